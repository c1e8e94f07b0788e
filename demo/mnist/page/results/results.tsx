import { Section } from '../section.tsx';

export const Results = () => (
  <Section id="results" title="Test set" lead="What the network makes of digits it has never trained on.">
    <p />
  </Section>
);
