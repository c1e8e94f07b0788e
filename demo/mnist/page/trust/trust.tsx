import { Section } from '../section.tsx';
import { machine } from '../state.ts';
import { Check } from './check.tsx';
import { Kernels } from './kernels.tsx';
import { Schedule } from './schedule.tsx';
import './trust.css';

export const Trust = () => (
  <Section
    id="trust"
    title="Check the GPU"
    lead="Compare every tensor of a training step with a reference on the CPU, and see where the GPU spends its time."
  >
    {machine.value?.kind === 'cpu' ? (
      <p>
        Without a GPU, the page runs on the CPU reference itself. There is nothing to compare it with, and there are no
        kernels to time.
      </p>
    ) : (
      <>
        <Check />
        <Kernels />
        <Schedule />
      </>
    )}
  </Section>
);
