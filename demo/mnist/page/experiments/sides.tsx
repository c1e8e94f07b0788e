import type { Stopped } from '../../lab/experiments/experiment.ts';
import { courses, experiment } from './experiments-state.ts';

/** The colours of the nets, as they are called in palettes. */
export const sideColours = ['training', 'test', 'reached', 'ink'] as const;

/** The step, the layer ('layers.0') and the tensor, as far as they are known. */
const placeOf = ({ step, layer, tensor }: Stopped): string[] => [
  ...(step === undefined ? [] : [`step ${step}`]),
  ...(layer === undefined ? [] : [layer]),
  ...(tensor === undefined ? [] : [`tensor ${tensor}`]),
];

/** The nets that are compared, with the colour of each, and why one has stopped. */
export const Sides = () => (
  <ul class="experiment-sides">
    {experiment.value.sides.map(({ title }, side) => {
      const { stopped } = courses.value[side] ?? {};
      return (
        <li key={title} class="experiment-side" data-side={side}>
          <strong>{title}</strong>
          {stopped && (
            <p class="experiment-stopped small" data-testid={`stopped-${side}`}>
              <b>{[stopped.name, ...placeOf(stopped)].join(', ')}</b>
              <br />
              {stopped.message}
            </p>
          )}
        </li>
      );
    })}
  </ul>
);
