import { useSignal } from '@preact/signals';
import { unkept } from '../state/index.ts';

/** Says that a reload would lose the run, and why. Training goes on. */
export const UnkeptNotice = () => {
  const dismissed = useSignal<string>();
  const reason = unkept.value;
  return (
    <div role="status">
      {reason && reason !== dismissed.value && (
        <div class="notice" data-kind="warn">
          <h2 class="notice-title">This run is not kept</h2>
          <p>
            Training goes on, but a reload loses what is not kept yet. The browser gives no room for it: its storage is
            full, or closed to this page, as in a private window. It says: {reason}
          </p>
          <button
            type="button"
            onClick={() => {
              dismissed.value = reason;
            }}
          >
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
};
