import { Section } from '../section.tsx';

export const Try = () => (
  <Section id="try" title="Draw a digit" lead="Draw with mouse, finger or pen; the network reads along.">
    <p />
  </Section>
);
