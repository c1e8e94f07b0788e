import { Scrollable } from '../scrollable.tsx';
import { prepared } from '../state.ts';

/** What the GPU runs for a step, in full. */
export const Schedule = () => {
  const { schedule, dispatches } = prepared.value ?? {};
  if (schedule === undefined) return null;
  return (
    <div class="trust-part">
      <h3>The kernels of a step</h3>
      <p class="small">
        A training step takes {dispatches} {dispatches === 1 ? 'dispatch' : 'dispatches'}, preceded by one that gathers
        the batch.
      </p>
      <details>
        <summary>The schedule, kernel by kernel</summary>
        <Scrollable label="Schedule" class="trust-schedule">
          <pre>{schedule}</pre>
        </Scrollable>
      </details>
    </div>
  );
};
