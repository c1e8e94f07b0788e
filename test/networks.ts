/** Networks of many kinds for the tests of fusing and scheduling: fixed ones, and any that fast-check can think of. */
import fc from 'fast-check';
import type { Graph } from '../src/graph.ts';
import * as layers from '../src/layers/index.ts';
import * as lossFunctions from '../src/losses.ts';
import { type Model, sequential } from '../src/model.ts';
import { type NetworkOptions, trainingNetwork } from '../src/network.ts';
import * as optim from '../src/optim.ts';

export const activations = {
  sigmoid: layers.sigmoid,
  tanh: layers.tanh,
  relu: layers.relu,
  leakyRelu: layers.leakyRelu,
  elu: layers.elu,
  gelu: layers.gelu,
  silu: layers.silu,
  softplus: layers.softplus,
  softmax: layers.softmax,
  linear: layers.linear,
};
export const losses = {
  quadratic: lossFunctions.quadratic,
  squared: lossFunctions.squared,
  meanSquared: lossFunctions.meanSquared,
  binaryCrossEntropy: lossFunctions.binaryCrossEntropy,
  categoricalCrossEntropy: lossFunctions.categoricalCrossEntropy,
  sigmoidCrossEntropy: lossFunctions.sigmoidCrossEntropy,
  softmaxCrossEntropy: lossFunctions.softmaxCrossEntropy,
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

export const mlp = (input: number, widths: readonly [number, keyof typeof activations][]): Model =>
  sequential(
    [input],
    widths.map(([units, activation]) => layers.dense(units, activations[activation])),
  );

/** The net of the benchmarks: 784-100-10, batch 100. */
export const mnistNet: NetworkOptions = {
  model: mlp(784, [
    [100, 'sigmoid'],
    [10, 'linear'],
  ]),
  loss: lossFunctions.softmaxCrossEntropy(),
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
