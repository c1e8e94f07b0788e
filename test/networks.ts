/** Networks of many kinds for the tests of fusing and scheduling: fixed ones, and any that fast-check can think of. */
import fc from 'fast-check';
import type { Graph } from '../src/graph.ts';
import * as models from '../src/model.ts';
import { type NetworkOptions, trainingNetwork } from '../src/network.ts';
import * as optim from '../src/optim.ts';

export const activations = {
  sigmoid: models.sigmoid,
  tanh: models.tanh,
  relu: models.relu,
  leakyRelu: models.leakyRelu,
  elu: models.elu,
  gelu: models.gelu,
  silu: models.silu,
  softplus: models.softplus,
  softmax: models.softmax,
  linear: models.linear,
};
export const losses = {
  quadratic: models.quadratic,
  squared: models.squared,
  meanSquared: models.meanSquared,
  binaryCrossEntropy: models.binaryCrossEntropy,
  categoricalCrossEntropy: models.categoricalCrossEntropy,
  sigmoidCrossEntropy: models.sigmoidCrossEntropy,
  softmaxCrossEntropy: models.softmaxCrossEntropy,
};
export const optimizers = {
  sgd: optim.sgd({ learningRate: 0.1 }),
  'sgd with weight decay': optim.sgd({ learningRate: 0.1, weightDecay: 0.01 }),
  momentum: optim.momentum({ learningRate: 0.1 }),
  nesterov: optim.nesterov({ learningRate: 0.1 }),
  rmsprop: optim.rmsprop(),
  adam: optim.adam(),
  adamw: optim.adamw(),
};

export const mlp = (input: number, layers: readonly [number, keyof typeof activations][]): models.Model =>
  models.sequential(
    [input],
    layers.map(([units, activation]) => models.dense(units, activations[activation])),
  );

/** The net of the benchmarks: 784-100-10, batch 100. */
export const mnistNet: NetworkOptions = {
  model: mlp(784, [
    [100, 'sigmoid'],
    [10, 'linear'],
  ]),
  loss: models.softmaxCrossEntropy(),
  batch: 100,
};

const key = <T extends object>(table: T) => fc.constantFrom(...(Object.keys(table) as (keyof T)[]));

/** The graph of a training step, with how it came about for the message of a failing test. */
export const anyTraining = fc
  .record({
    input: fc.integer({ min: 1, max: 40 }),
    layers: fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), key(activations)), { minLength: 1, maxLength: 5 }),
    loss: key(losses),
    reduction: fc.constantFrom('mean' as const, 'sum' as const),
    optimizer: key(optimizers),
    batch: fc.integer({ min: 1, max: 40 }),
    storageBuffers: fc.constantFrom(8, 10, 16),
    keepNames: fc.boolean(),
  })
  .map((how) => {
    const options = {
      model: mlp(how.input, how.layers),
      loss: losses[how.loss]({ reduction: how.reduction }),
      batch: how.batch,
    };
    const graph: Graph = trainingNetwork(options, optimizers[how.optimizer]).graph;
    return { ...how, graph, keep: how.keepNames ? ({ name }: { name: string }) => name !== '' : () => false };
  });
