import type { ReadonlySignal } from '@preact/signals';
import type { Reading } from './charts.ts';

interface LegendProps {
  readonly title: string;
  readonly curves: readonly { readonly name: string; readonly kind: 'training' | 'test' }[];
  readonly reading: ReadonlySignal<Reading | undefined>;
  readonly format: (value: number) => string;
}

/** Title, names of the curves, and their values under the pointer. Screen readers have the label of the chart for these. */
export const Legend = ({ title, curves, reading, format }: LegendProps) => (
  <>
    <figcaption class="training-caption">
      <h3>{title}</h3>
      <span class="small soft">{reading.value && `at ${reading.value.x}`}</span>
    </figcaption>
    <p class="training-legend small soft" aria-hidden="true">
      {curves.map(({ name, kind }, i) => {
        const value = reading.value?.values[i];
        return (
          <span key={name}>
            <span class={`training-swatch training-swatch-${kind}`} />
            {name} <strong>{value !== undefined && format(value)}</strong>
          </span>
        );
      })}
    </p>
  </>
);
