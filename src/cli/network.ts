/** What the flags can name, and the model, loss and optimizer that they make together. */
import {
  ArgumentError,
  adam,
  adamw,
  dense,
  elu,
  gelu,
  he,
  type Initialiser,
  type LossFunction,
  leakyRelu,
  linear,
  type Model,
  meanSquared,
  momentum,
  nesterov,
  normal,
  type Optimizer,
  quadratic,
  relu,
  rmsprop,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  silu,
  softmaxCrossEntropy,
  softplus,
  squared,
  tanh,
  uniform,
  xavier,
  zeros,
} from '../index.node.ts';

export const activations = { sigmoid, tanh, relu, 'leaky-relu': leakyRelu, elu, gelu, silu, softplus, linear };

/** Each with the activation of the last layer that it goes with. */
export const losses = {
  'cross-entropy': { make: softmaxCrossEntropy, output: linear },
  'binary-cross-entropy': { make: sigmoidCrossEntropy, output: linear },
  quadratic: { make: quadratic, output: sigmoid },
  squared: { make: squared, output: sigmoid },
  mse: { make: meanSquared, output: sigmoid },
};

interface OptimizerChoice {
  make(options: { learningRate: number; momentum?: number; weightDecay?: number }): Optimizer;
  /** One at which 784-100-10 with ReLU and cross-entropy trains steadily in batches of 100. */
  learningRate: number;
  takesMomentum?: boolean;
}
export const optimizers = {
  sgd: { make: sgd, learningRate: 0.3 },
  momentum: { make: momentum, learningRate: 0.05, takesMomentum: true },
  nesterov: { make: nesterov, learningRate: 0.05, takesMomentum: true },
  rmsprop: { make: rmsprop, learningRate: 0.001 },
  adam: { make: adam, learningRate: 0.001 },
  adamw: { make: adamw, learningRate: 0.001 },
} satisfies Record<string, OptimizerChoice>;

/** Of weights and, where it says so, of biases; `scale` is the number behind the colon. */
type Init = (scale?: number) => { init: Initialiser; biasInit?: Initialiser };
export const inits: Record<'xavier' | 'he' | 'normal' | 'uniform' | 'zeros', Init> = {
  xavier: () => ({ init: xavier() }),
  he: () => ({ init: he() }),
  normal: (deviation) => ({ init: normal(deviation), biasInit: normal(deviation) }),
  uniform: (limit) => ({ init: uniform(limit) }),
  zeros: () => ({ init: zeros() }),
};

export interface ModelFlags {
  hidden: number[];
  activation: keyof typeof activations;
  init?: ReturnType<Init>;
  loss: keyof typeof losses;
}

/** The hidden layers, then one with a unit per class. */
export function modelOf({ hidden, activation, init, loss }: ModelFlags, inputs: number, classes: number): Model {
  const layers = hidden.map((units) => dense(units, activations[activation], init));
  return sequential([inputs], [...layers, dense(classes, losses[loss].output, init)]);
}

export const lossOf = ({ loss }: ModelFlags): LossFunction => losses[loss].make();

export interface OptimizerFlags {
  optimizer: keyof typeof optimizers;
  learningRate?: number;
  momentum?: number;
  weightDecay?: number;
}

/** Throws ArgumentError for a momentum that the optimizer has no use for. */
export function optimizerOf(flags: OptimizerFlags): Optimizer {
  const choice: OptimizerChoice = optimizers[flags.optimizer];
  if (flags.momentum !== undefined && !choice.takesMomentum) {
    throw new ArgumentError(
      `--momentum: expected with --optimizer momentum or nesterov, found with ${flags.optimizer}`,
    );
  }
  const { learningRate = choice.learningRate, momentum, weightDecay } = flags;
  const given = Object.entries({ learningRate, momentum, weightDecay }).filter(([, value]) => value !== undefined);
  return choice.make(Object.fromEntries(given) as { learningRate: number });
}
