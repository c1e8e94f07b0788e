import { Section } from '../section.tsx';

export const Microscope = () => (
  <Section
    id="microscope"
    title="The backprop microscope"
    lead="Every quantity of the four equations, for one sample, as it is right now."
  >
    <p />
  </Section>
);
