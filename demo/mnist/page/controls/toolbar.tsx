import { integer, percent } from '../shared/numbers.ts';
import {
  cancel,
  download,
  isReady,
  isTraining,
  latest,
  pause,
  preparing,
  reset,
  start,
  status,
  step,
  stepNow,
  trouble,
} from '../state/index.ts';
import { part, state } from './phrases.ts';

/** Where there is no net, it can be asked for again. */
const isWithout = () => status.value === 'failed' || status.value === 'cancelled';

/** Train, step, reset, and how far it is. On phones it keeps to the lower edge of the window. */
export const Toolbar = () => {
  const steps = stepNow.value;
  return (
    <div class="toolbar">
      <div class="toolbar-buttons">
        <button
          type="button"
          class="primary toolbar-train"
          disabled={!isReady.value}
          onClick={isTraining.value ? pause : start}
        >
          {isTraining.value ? 'Pause' : 'Train'}
        </button>
        <button type="button" disabled={!isReady.value} title="Train on one batch" onClick={step}>
          Step
        </button>
        {status.value === 'preparing' ? (
          <button type="button" title="Stop preparing this network" onClick={cancel}>
            Cancel
          </button>
        ) : (
          <button
            type="button"
            disabled={!isReady.value && !isWithout()}
            title="Fresh weights from the seed"
            onClick={reset}
          >
            {isWithout() ? 'Retry' : 'Reset'}
          </button>
        )}
      </div>
      <p class="toolbar-state small">
        <span
          class="toolbar-word"
          role="status"
          data-status={status.value}
          data-trouble={isTraining.value && trouble.value !== undefined}
        >
          {(isTraining.value && trouble.value?.word) || state(status.value, steps, download.value !== undefined)}
        </span>
        {status.value === 'preparing' && preparing.value && (
          <span class="toolbar-part soft">
            <progress aria-label="Preparing" value={preparing.value.done} max={preparing.value.total} />{' '}
            {part(preparing.value)}
          </span>
        )}
        {isReady.value && (
          <>
            <span class="toolbar-step soft">step {integer(steps)}</span>
            {latest.value && <span class="soft">{percent(latest.value.accuracy)} correct</span>}
          </>
        )}
      </p>
    </div>
  );
};
