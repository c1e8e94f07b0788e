import { exact, short } from './format.ts';
import type { Summary } from './scales.ts';

interface FactsProps {
  /** Of the element: '[5]'. */
  readonly at: string;
  readonly value: number;
  readonly summary: Summary | undefined;
}

/** One element to its last digit, and what they are like as a whole. */
export const Facts = ({ at, value, summary }: FactsProps) => (
  <dl class="microscope-facts">
    <div class="microscope-element">
      <dt>{at || 'value'}</dt>
      <dd>{exact(value)}</dd>
    </div>
    {summary &&
      (['min', 'max', 'mean'] as const).map((what) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{short(summary[what])}</dd>
        </div>
      ))}
  </dl>
);
