/** What turns the outputs of a net into predictions, by the name of its loss: a loss on logits has taken it over. */
import { linear, sigmoid, softmax } from './layers/activation.ts';
import type { LayerActivation } from './layers/layer.ts';

export const predictions = {
  quadratic: linear,
  squared: linear,
  meanSquared: linear,
  binaryCrossEntropy: linear,
  categoricalCrossEntropy: linear,
  sigmoidCrossEntropy: sigmoid,
  softmaxCrossEntropy: softmax,
} satisfies Record<string, LayerActivation>;

export type LossName = keyof typeof predictions;
