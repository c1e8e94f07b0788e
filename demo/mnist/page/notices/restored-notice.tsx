import { integer, percent } from '../shared/numbers.ts';
import { isReady, reset, restored } from '../state/index.ts';

/** Says that what is here is of an earlier visit, and lets the visitor begin afresh. */
export const RestoredNotice = () => {
  const kept = restored.value;
  return (
    <div role="status">
      {kept && (
        <div class="notice notice-restored" data-kind="info">
          <h2 class="notice-title">Your last network is back</h2>
          <p>
            This browser kept it up to step {integer(kept.step)}, with a test accuracy of {percent(kept.accuracy)}.
            Press Train to go on. It learns as if it had never stopped, to the last bit on the same device.
          </p>
          <div class="notice-buttons">
            <button type="button" disabled={!isReady.value} onClick={reset}>
              Start over
            </button>
            <button
              type="button"
              onClick={() => {
                restored.value = undefined;
              }}
            >
              Dismiss
            </button>
          </div>
        </div>
      )}
    </div>
  );
};
