import type { Steps } from 'retrograd';

export const AdviceList = ({ title, steps }: Steps) => (
  <section>
    <h3>{title}</h3>
    <ul class="notice-steps">
      {steps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ul>
  </section>
);
