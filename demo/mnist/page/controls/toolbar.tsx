import { integer, percent } from '../numbers.ts';
import { download, isReady, isTraining, latest, pause, reset, start, status, step, stepNow } from '../state.ts';
import { state } from './words.ts';

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
        <button
          type="button"
          disabled={!isReady.value && status.value !== 'failed'}
          title="Fresh weights from the seed"
          onClick={reset}
        >
          {status.value === 'failed' ? 'Retry' : 'Reset'}
        </button>
      </div>
      <p class="toolbar-state small">
        <span class="toolbar-word" role="status" data-status={status.value}>
          {state(status.value, steps, download.value !== undefined)}
        </span>
        {isReady.value && (
          <>
            <span class="toolbar-step soft">step {integer(steps)}</span>
            {latest.value && <span class="soft">{percent(latest.value.accuracy)} right</span>}
          </>
        )}
      </p>
    </div>
  );
};
