import { Section } from '../section.tsx';

export const Training = () => (
  <Section id="training" title="Training" lead="Loss and accuracy while the network learns.">
    <p />
  </Section>
);
