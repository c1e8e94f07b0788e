import { Scrollable } from '../shared/scrollable.tsx';
import { Section } from '../shared/section.tsx';
import { machine, prepared } from '../state/index.ts';
import { Check } from './check.tsx';
import { Kernels } from './kernels.tsx';
import { LossProof } from './loss-proof.tsx';
import { MemoryUse } from './memory-use.tsx';
import { SpeedComparison } from './speed-comparison.tsx';
import './trust.css';

export const Trust = () => (
  <Section
    id="trust"
    title="Check the GPU"
    lead="Compare every tensor of a training step with a reference on the CPU, lose the device, and see where the GPU spends its time and memory."
  >
    {machine.value?.kind === 'cpu' ? (
      <p>
        Without a GPU, the page runs on the CPU reference itself. There is nothing to compare it with, and there are no
        kernels to time.
      </p>
    ) : (
      <>
        <Check />
        <LossProof />
        <Kernels />
        <SpeedComparison />
        <MemoryUse />
        <Schedule />
      </>
    )}
  </Section>
);

/** What the GPU runs for a step, in full. */
const Schedule = () => {
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
