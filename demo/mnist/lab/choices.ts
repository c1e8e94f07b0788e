/** What the names that a visitor can choose stand for in the library. */
import {
  type LayerActivation,
  type LossFunction,
  linear,
  quadratic,
  sigmoid,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
} from 'retrograd';
import type { LossName } from '../config.ts';

export { activations } from '../../../src/nn/layers/all-activations.ts';
export { optimizers } from '../../../src/nn/optimizers/registry.ts';

interface Cost {
  readonly make: () => LossFunction;
  /** Activation of the last layer. */
  readonly output: LayerActivation;
}
export const losses: Readonly<Record<LossName, Cost>> = {
  crossEntropy: { make: softmaxCrossEntropy, output: linear },
  binaryCrossEntropy: { make: sigmoidCrossEntropy, output: linear },
  quadratic: { make: quadratic, output: sigmoid },
};
