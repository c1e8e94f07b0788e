/** Loss and accuracy of all runs that are shown, laid over each other. */
import { computed, type Signal, signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type uPlot from 'uplot';
import { percent } from '../shared/numbers.ts';
import { Chart, type ChartOptions } from '../training/chart.tsx';
import { axis, common, curve, type Reading } from '../training/charts.ts';
import type { Palette } from '../training/palette.ts';
import { align, type Point, pointsOf, type Timed, thin } from '../training/points.ts';
import { formatLoss, formatShare } from '../training/steady-numbers.ts';
import { accuracyAxis, lossAxis } from '../training/value-axes.ts';
import { dashOf, strokeOf } from './run-colours.ts';
import type { RunView } from './run-columns.ts';
import { indexOf, nameOf, runs, shown } from './runs-state.ts';

/** Which samples the curves are measured on. */
export const measuredOn = signal<'test' | 'training'>('test');

/** More are not to be seen among several curves. */
const MOST_POINTS = 500;

interface Measure {
  readonly title: string;
  readonly value: typeof lossAxis;
  readonly reading: Signal<Reading | undefined>;
  readonly format: (value: number) => string;
  readonly pointsIn: (run: RunView) => readonly Point[];
}

const positive = (value: number): number => (value > 0 ? value : Number.NaN);

const loss: Measure = {
  ...{ title: 'Loss', value: lossAxis, format: formatLoss, reading: signal(undefined) },
  pointsIn({ curves: { losses, evaluations } }) {
    const measured: readonly (Timed & { readonly loss: number })[] = measuredOn.value === 'test' ? evaluations : losses;
    return pointsOf(thin(measured, MOST_POINTS), axis.value, (of) => positive(of.loss));
  },
};

const accuracy: Measure = {
  ...{ title: 'Accuracy', value: accuracyAxis, reading: signal(undefined) },
  format: (value) => formatShare(value / 100),
  pointsIn: ({ curves: { evaluations } }) =>
    pointsOf(
      thin(evaluations, MOST_POINTS),
      axis.value,
      (of) => 100 * (measuredOn.value === 'test' ? of.accuracy : (of.trainingAccuracy ?? Number.NaN)),
    ),
};
const measures = [loss, accuracy];

/** The chart of some runs: it has as many curves as long as it lives, also where one of the runs is gone. */
function chartOf({ value, reading, pointsIn }: Measure, ids: readonly string[], colours: readonly number[]) {
  const options = (palette: () => Palette): ChartOptions => {
    const { axes, scales, cursor, ...others } = common(palette, reading);
    const curves = colours.map((i) => ({ ...curve(() => strokeOf(i), false), dash: [...dashOf(i)] }));
    return {
      ...others,
      series: [{}, ...curves],
      scales: { ...scales, y: value.scale },
      axes: [...axes!, value.axis(palette)],
      cursor: { ...cursor, sync: { key: 'runs', scales: ['x', null] } },
    };
  };
  const data = computed(() => {
    const points = ids.map((id) => runs.value.filter((run) => run.id === id).flatMap(pointsIn));
    return align(...points) as uPlot.AlignedData;
  });
  return { options, data };
}

const RunChart = ({ of }: { readonly of: Measure }) => {
  const [ids, colours] = [shown.value.map(({ id }) => id), shown.value.map(indexOf)];
  const { options, data } = useMemo(() => chartOf(of, ids, colours), [of, ids.join(), colours.join()]);
  const ends = shown.value.map((run) => {
    const [, last] = of.pointsIn(run).findLast(([, y]) => y !== null) ?? [];
    return `${nameOf(run)} ${last == null ? 'not measured' : of.format(last)}`;
  });
  const label = `${of.title} on ${measuredOn.value} samples. Last values: ${ends.join('; ')}.`;
  return (
    <figure class="training-figure">
      <figcaption class="training-caption">
        <h3>
          {of.title} on {measuredOn.value} samples
        </h3>
        <span class="small soft">{of.reading.value && `at ${of.reading.value.x}`}</span>
      </figcaption>
      <Chart options={options} data={data} label={label} />
    </figure>
  );
};

export const RunCharts = () => (
  <div class="training-charts">
    {measures.map((of) => (
      <RunChart key={of.title} of={of} />
    ))}
  </div>
);

/** What the curves of a run are under the pointer, and its best accuracy elsewhere. */
export function readingOf(run: RunView): string {
  const i = shown.value.findIndex(({ id }) => id === run.id);
  const found = measures.flatMap(({ reading, format }) => {
    const value = reading.value?.values[i];
    return value === undefined ? [] : [format(value)];
  });
  if (found.length > 0) return found.join(', ');
  const best = Math.max(...run.curves.evaluations.map((of) => of.accuracy));
  return Number.isFinite(best) ? `best ${percent(best)}` : '';
}
