/** Networks of many kinds for the tests of fusing and scheduling: fixed ones, and any that fast-check can think of. */
import fc from 'fast-check';
import type { Graph } from '../../src/graph/graph.ts';
import { model } from '../../src/nn/functional.ts';
import { activations as all } from '../../src/nn/layers/all-activations.ts';
import * as layers from '../../src/nn/layers/index.ts';
import * as lossFunctions from '../../src/nn/losses/index.ts';
import { apply, input, type Model, type Symbolic, sequential } from '../../src/nn/model.ts';
import * as optim from '../../src/nn/optimizers/index.ts';
import { type Task, trainingGraph } from '../../src/train/graphs.ts';

export const activations = {
  ...all,
  own: layers.pointwise({
    name: 'own',
    wgsl: 'const K = 1.0; fn f(z: f32) -> f32 { return z * z / (K + abs(z)); }',
    derivative: 'fn derivative(z: f32) -> f32 { return z * (K + K + abs(z)) / ((K + abs(z)) * (K + abs(z))); }',
    reference: {
      f: (z) => z ** 2 / (1 + Math.abs(z)),
      derivative: (z) => (z * (2 + Math.abs(z))) / (1 + Math.abs(z)) ** 2,
    },
  }),
};
export const losses = {
  quadratic: lossFunctions.quadratic,
  squared: lossFunctions.squared,
  meanSquared: lossFunctions.meanSquared,
  binaryCrossEntropy: lossFunctions.binaryCrossEntropy,
  categoricalCrossEntropy: lossFunctions.categoricalCrossEntropy,
  sigmoidCrossEntropy: lossFunctions.sigmoidCrossEntropy,
  softmaxCrossEntropy: lossFunctions.softmaxCrossEntropy,
  meanAbsolute: lossFunctions.meanAbsolute,
  huber: lossFunctions.huber,
  hinge: lossFunctions.hinge,
  klDivergence: lossFunctions.klDivergence,
  focal: lossFunctions.focal,
};
export const optimizers = {
  sgd: optim.sgd({ learningRate: 0.1 }),
  'sgd with weight decay': optim.sgd({ learningRate: 0.1, weightDecay: 0.01 }),
  'sgd with decay of the weights': optim.sgd({ learningRate: 0.1, weightDecay: 0.01, decayed: 'weights' }),
  momentum: optim.momentum({ learningRate: 0.1 }),
  nesterov: optim.nesterov({ learningRate: 0.1 }),
  rmsprop: optim.rmsprop(),
  adam: optim.adam(),
  adamw: optim.adamw(),
} satisfies Readonly<Record<string, optim.Optimizer> & Record<optim.Optimizer['kind'], optim.Optimizer>>;

export const mlp = (input: number, widths: readonly [number, keyof typeof activations][]): Model =>
  sequential(
    [input],
    widths.map(([units, activation]) => layers.dense(units, activations[activation])),
  );

/** Nets on images: every layer for them, with strides, paddings and sizes that leave something over. */
export const imageNets: Record<string, Model> = {
  'conv2d, maxPool2d and flatten': sequential(
    [1, 6, 7],
    [
      layers.conv2d(3, 3, layers.relu, { padding: 1 }),
      layers.maxPool2d(2),
      layers.conv2d(4, [2, 1], layers.tanh),
      layers.flatten(),
      layers.dense(3),
    ],
  ),
  'conv2d with a stride, avgPool2d': sequential(
    [2, 7, 8],
    [
      layers.conv2d(3, 3, layers.sigmoid, { padding: 'same', stride: 2 }),
      layers.conv2d(2, 2, layers.linear, { stride: 1 }),
      layers.avgPool2d(2, { stride: 1 }),
      layers.dense(3),
    ],
  ),
  'depthwise, in groups, transposed, without biases': sequential(
    [2, 5, 4],
    [
      layers.conv2d(4, 3, layers.relu, { padding: [1, 2], stride: [1, 2], groups: 2 }),
      layers.conv2dTranspose(2, [2, 3], layers.tanh, { stride: [2, 1], padding: [1, 0], bias: false }),
      layers.conv2d(2, 1, layers.linear, { bias: false }),
      layers.dense(3, layers.linear, { bias: false }),
    ],
  ),
  'conv1d on a signal': sequential(
    [2, 11],
    [
      layers.conv1d(4, 4, layers.relu, { padding: 'same', stride: 2 }),
      layers.conv1d(4, 3, layers.tanh, { groups: 2 }),
      layers.dense(3),
    ],
  ),
  'overlapping windows before dense': sequential(
    [2, 5, 5],
    [layers.conv2d(2, 1, layers.silu), layers.maxPool2d(3, { stride: 1 }), layers.dense(3)],
  ),
  'a window as large as the image': sequential(
    [1, 8, 8],
    [layers.conv2d(2, 2, layers.tanh), layers.maxPool2d(7), layers.dense(3)],
  ),
  'concat, multiply, permute, reshape and global pools': gated(),
  'windows that reach beyond the image': sequential(
    [2, 5, 4],
    [
      layers.conv2d(2, 1, layers.tanh),
      layers.avgPool2d([3, 2], { stride: [2, 1], padding: [1, 1], countPadding: false }),
      layers.maxPool2d(3, { stride: 1, padding: 1 }),
      layers.reshape([2, -1]),
      layers.avgPool1d(4, { stride: 3, padding: 2 }),
      layers.maxPool1d(3, { stride: 1, padding: 1 }),
      layers.dense(3),
    ],
  ),
  'groupNorm, prelu and upsample2d': sequential(
    [4, 2, 3],
    [layers.groupNorm(2), layers.prelu(), layers.upsample2d([2, 1]), layers.conv2d(4, 2), layers.dense(3)],
  ),
};

/** Channels weighed as squeeze-and-excitation does it, beside what they were made of, with the axes in another order. */
function gated(): Model {
  const x = input([2, 5, 4]);
  const filtered = apply(layers.conv2d(3, 3, layers.relu, { padding: 1 }), x);
  const gate = apply(layers.dense(3, layers.sigmoid), apply(layers.globalAveragePool2d(), filtered));
  const beside = apply(layers.concat(), apply(layers.multiply(), filtered, gate, filtered), x, filtered);
  const turned = apply(layers.permute([1, 0, 2]), beside);
  const wide = apply(layers.reshape([5, -1]), turned);
  return model(
    x,
    apply(
      layers.dense(3),
      apply(layers.concat(), apply(layers.globalMaxPool2d(), turned), apply(layers.dense(2), wide)),
    ),
  );
}

/** The net of the benchmarks: 784-100-10, batch 100. */
export const mnistNet: Task = {
  model: mlp(784, [
    [100, 'sigmoid'],
    [10, 'linear'],
  ]),
  loss: lossFunctions.softmaxCrossEntropy(),
  batch: 100,
};

const key = <T extends object>(table: T) => fc.constantFrom(...(Object.keys(table) as (keyof T)[]));

/** What a value goes through before the next weighted sum. */
export const between: Record<string, (x: Symbolic) => Symbolic> = {
  nothing: (x) => x,
  dropout: (x) => apply(layers.dropout(0.4), x),
  batchNorm: (x) => apply(layers.batchNorm(), x),
  layerNorm: (x) => apply(layers.layerNorm(), x),
  standardize: (x) => apply(layers.standardize({ mean: 0.2, deviation: 0.5 }), x),
  'batchNorm and relu': (x) => apply(layers.activation(layers.relu), apply(layers.batchNorm(), x)),
  residual: (x) => apply(layers.add(), apply(layers.layerNorm(), x), apply(layers.dropout(0.1), x), x),
};

/** Weighted sums with something between; the last one ends the net. */
export function netOf(
  shape: readonly number[],
  parts: readonly [keyof typeof between, number, keyof typeof activations][],
) {
  const x = input(shape);
  const output = parts.reduce(
    (value, [name, units, activation]) => apply(layers.dense(units, activations[activation]), between[name](value)),
    x,
  );
  return model(x, output);
}

/** The graph of a training step, with how it came about for the message of a failing test. */
export const anyTraining = fc
  .record({
    input: fc.oneof(
      fc.tuple(fc.integer({ min: 1, max: 40 })),
      fc.tuple(...[3, 4, 3].map((max) => fc.integer({ min: 1, max }))),
    ),
    layers: fc.array(fc.tuple(key(between), fc.integer({ min: 1, max: 40 }), key(activations)), {
      minLength: 1,
      maxLength: 5,
    }),
    loss: key(losses),
    reduction: fc.constantFrom('mean' as const, 'sum' as const),
    optimizer: key(optimizers),
    batch: fc.integer({ min: 1, max: 40 }),
    storageBuffers: fc.constantFrom(8, 10, 16),
    keepNames: fc.boolean(),
    clipNorm: fc.constantFrom(undefined, 0.5),
    accumulate: fc.constantFrom(1, 3),
  })
  .map((how) => {
    const options = {
      model: netOf(how.input, how.layers),
      loss: losses[how.loss]({ reduction: how.reduction }),
      batch: Math.max(how.batch, how.layers.some(([name]) => name.includes('batchNorm')) ? 2 : 1),
    };
    const graph: Graph = trainingGraph(options, optimizers[how.optimizer], how).graph;
    return { ...how, graph, keep: how.keepNames ? ({ name }: { name: string }) => name !== '' : () => false };
  });

/** 80 inputs, so many dense layers of 80, which is too many for layers to share a dispatch, and 10 outputs. */
export const deepMlp = (count: number): Task => ({
  model: sequential([80], [...Array.from({ length: count }, () => layers.dense(80, layers.relu)), layers.dense(10)]),
  loss: lossFunctions.softmaxCrossEntropy(),
  batch: 8,
});

/** So many blocks of two convolutions with batch normalization, each added to what it is applied to. */
export function residualNet(count: number): Task {
  const convolution = () => layers.conv2d(4, 3, layers.linear, { padding: 1 });
  const normalized = (x: Symbolic): Symbolic => apply(layers.batchNorm(), apply(convolution(), x));
  const relu = (x: Symbolic): Symbolic => apply(layers.activation(layers.relu), x);
  const image = input([1, 6, 6]);
  const start = apply(convolution(), image);
  const end = Array.from({ length: count }).reduce<Symbolic>(
    (x) => relu(apply(layers.add(), normalized(relu(normalized(x))), x)),
    start,
  );
  return {
    model: model(image, apply(layers.dense(10), apply(layers.flatten(), end))),
    loss: lossFunctions.softmaxCrossEntropy(),
    batch: 8,
  };
}
