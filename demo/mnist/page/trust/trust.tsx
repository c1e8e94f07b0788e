import { Section } from '../section.tsx';
import { machine } from '../state.ts';
import { Check } from './check.tsx';
import { Kernels } from './kernels.tsx';
import { Schedule } from './schedule.tsx';
import './trust.css';

export const Trust = () => (
  <Section
    id="trust"
    title="Is it right?"
    lead="Every tensor of a step on the GPU, held against a reference on the CPU."
  >
    {machine.value?.kind === 'cpu' ? (
      <p>
        Without a GPU the page runs on the CPU reference itself: there is no schedule of kernels, and nothing to check
        against it.
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
