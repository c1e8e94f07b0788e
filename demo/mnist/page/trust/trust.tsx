import { Section } from '../section.tsx';

export const Trust = () => (
  <Section
    id="trust"
    title="Is it right?"
    lead="Every tensor of a step on the GPU, held against a reference on the CPU."
  >
    <p />
  </Section>
);
