import { readingOf } from './run-charts.tsx';
import { colourOf, dashOf } from './run-colours.ts';
import type { RunView } from './run-columns.ts';
import { indexOf, isShown, nameOf, runs, show } from './runs-state.ts';

/** The line of a run, as the charts draw it. */
export const Sample = ({ run }: { readonly run: RunView }) => {
  const i = indexOf(run);
  return (
    <svg class="runs-sample" viewBox="0 0 28 4" aria-hidden="true">
      <line x1="0" y1="2" x2="28" y2="2" style={{ stroke: colourOf(i) }} stroke-dasharray={dashOf(i).join(' ')} />
    </svg>
  );
};

/** Every run with its line and its name. A run that is not ticked is hidden. */
export const RunLegend = () => (
  <fieldset class="runs-legend">
    <legend class="unseen">Runs in the charts</legend>
    {runs.value.map((run) => (
      <label key={run.id} class="runs-entry">
        <input
          type="checkbox"
          checked={isShown(run)}
          onChange={({ currentTarget }) => show(run, currentTarget.checked)}
        />
        <Sample run={run} />
        <span class="small">
          {nameOf(run)}
          {run.isNow && <strong> now</strong>} <span class="soft">{isShown(run) ? readingOf(run) : 'hidden'}</span>
        </span>
      </label>
    ))}
  </fieldset>
);
