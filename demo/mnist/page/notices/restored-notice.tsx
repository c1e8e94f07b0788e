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
            Weights and curves up to step {integer(kept.step)} were kept in this browser, with a test accuracy of{' '}
            {percent(kept.accuracy)}. The optimizer state starts from zero.
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
