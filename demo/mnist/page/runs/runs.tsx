/** The tab of runs: curves of earlier runs and of the one that is there, laid over each other, and a table of all. */
import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { bounds } from '../../lab/kept.ts';
import { download } from '../shared/download.ts';
import { Section } from '../shared/section.tsx';
import { Switch } from '../shared/switch.tsx';
import { prepared } from '../state/index.ts';
import { axis } from '../training/charts.ts';
import { picture, tableAsCsv } from './export.ts';
import { measuredOn, RunCharts } from './run-charts.tsx';
import { dashOf, strokeOf } from './run-colours.ts';
import { RunLegend } from './run-legend.tsx';
import { RunTable } from './run-table.tsx';
import './runs.css';
import { columns, indexOf, linkTo, nameOf, refresh, refused, rows, runs, shown } from './runs-state.ts';

export const Runs = () => {
  useSignalEffect(() => {
    prepared.value; // the run before it is an earlier one now
    void refresh();
  });
  return (
    <main class="layout runs">
      <Section
        id="runs"
        title="Runs"
        lead={
          <>
            Every net that you train on the digits leaves its curves here. This browser keeps the last {bounds.runs}{' '}
            runs, with the weights of nets up to {bounds.bytes / 1e6} MB. Nothing of them leaves it.
          </>
        }
      >
        {refused.value && <p role="alert">Earlier runs cannot be read. The browser says: {refused.value}</p>}
        {runs.value.length > 0 ? <Comparison /> : <p>There is no run yet. Train a net in the tab Digits.</p>}
      </Section>
    </main>
  );
};

const axes = { steps: 'steps', seconds: 'seconds' } as const;
const samples = { test: 'test', training: 'training' } as const;

const Comparison = () => {
  const charts = useRef<HTMLDivElement>(null);
  const savePicture = async (): Promise<void> => {
    const entries = shown.value.map((run) => {
      const i = indexOf(run);
      return { name: nameOf(run), colour: strokeOf(i), dash: dashOf(i) };
    });
    const file = await picture(charts.current!, entries);
    if (file) download('retrograd-runs.png', [file], 'image/png');
  };
  const saveTable = (): void => {
    const text = tableAsCsv(rows.value, columns.value, nameOf, linkTo);
    download('retrograd-runs.csv', [text], 'text/csv');
  };
  return (
    <>
      <div class="row runs-switches">
        <Switch
          class="training-switch small"
          legend="Horizontal axis"
          name="runs-axis"
          options={axes}
          value={axis.value}
          onChoose={(chosen) => {
            axis.value = chosen;
          }}
        />
        <Switch
          class="training-switch small"
          legend="Samples"
          name="runs-samples"
          options={samples}
          value={measuredOn.value}
          onChoose={(chosen) => {
            measuredOn.value = chosen;
          }}
        />
      </div>
      <RunLegend />
      <div ref={charts} class="runs-charts">
        <RunCharts />
      </div>
      <RunTable />
      <div class="row">
        <button type="button" onClick={saveTable}>
          Download the table (CSV)
        </button>
        <button type="button" onClick={savePicture}>
          Download the charts (PNG)
        </button>
      </div>
    </>
  );
};
