/** What the names that a visitor can choose stand for in the library. */
import {
  adam,
  adamw,
  elu,
  gelu,
  type LayerActivation,
  type LossFunction,
  leakyRelu,
  linear,
  momentum,
  nesterov,
  type Optimizer,
  quadratic,
  relu,
  rmsprop,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  silu,
  softmaxCrossEntropy,
  softplus,
  tanh,
} from 'retrograd';
import type { ActivationName, LossName, OptimizerName } from '../config.ts';

export const activations: Readonly<Record<ActivationName, LayerActivation>> = {
  sigmoid,
  tanh,
  relu,
  leakyRelu,
  elu,
  gelu,
  silu,
  softplus,
  linear,
};

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

export const optimizers: Readonly<Record<OptimizerName, (options: { learningRate: number }) => Optimizer>> = {
  sgd,
  momentum,
  nesterov,
  rmsprop,
  adam,
  adamw,
};
