import type { Advice } from './advice.ts';

export const AdviceList = ({ title, steps }: Advice) => (
  <section>
    <h3>{title}</h3>
    <ul class="notice-steps">
      {steps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ul>
  </section>
);
