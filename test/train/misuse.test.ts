/** Mistakes of the caller's: each a typed error that says what, where, what was expected and found, before anything runs. */
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import * as errors from '../../src/base/errors.ts';
import type { Rows } from '../../src/base/numbers.ts';
import { fromArrays, mnist } from '../../src/data/index.ts';
import { append, createGraph } from '../../src/graph/graph.ts';
import { batch as batchLeaf, leaf } from '../../src/graph/leaf.ts';
import {
  ArgumentError,
  activation,
  adam,
  batchNorm,
  binaryCrossEntropy,
  type CompileOptions,
  categoricalCrossEntropy,
  compile,
  cosineDecay,
  DataError,
  type Device,
  dense,
  dropout,
  exponentialDecay,
  type FitOptions,
  groupNorm,
  type Layer,
  type LayerActivation,
  type LossFunction,
  layerNorm,
  linear,
  type Model,
  meanSquared,
  momentum,
  nesterov,
  type Optimizer,
  oneCycle,
  openDevice,
  permute,
  print,
  type RetrogradError,
  relu,
  reshape,
  rmsprop,
  ShapeError,
  StateError,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmax,
  softmaxCrossEntropy,
  stepDecay,
  type Trainer,
  uniform,
  updatesIn,
  upsample2d,
  warmUp,
} from '../../src/index.node.ts';
import { add, bias } from '../../src/ops/arithmetic.ts';
import { matmul } from '../../src/ops/matmul.ts';

test('every error has the name it is exported by, which no minifier changes', () => {
  for (const [name, Class] of Object.entries(errors)) {
    expect(new (Class as new (message: string, report?: unknown) => Error)('').name).toBe(name);
  }
});

// The device that does nothing gives no answers either.
vi.mock('../../src/engine/self-test.ts', async (original) => ({
  ...(await original<object>()),
  allPass: async () => true,
}));

type ErrorClass = abstract new (...args: never[]) => RetrogradError;

/** The error of a call, thrown or rejected: of this class, with all of these words in its message. */
async function expectError(call: () => unknown, type: ErrorClass, words: readonly string[]): Promise<void> {
  const error = await Promise.resolve()
    .then(call)
    .then(
      () => 'no error',
      (error) => error,
    );
  expect(error).toBeInstanceOf(type);
  expect(error.name).toBe(type.name);
  for (const word of words) expect(error.message).toContain(word);
}

/** A device that does nothing and counts what it is asked to do. */
function countingDevice(): { device: Device; asked: () => number } {
  let asked = 0;
  const count =
    (value: unknown = undefined) =>
    () => {
      asked++;
      return value;
    };
  const pass = { setPipeline: count(), setBindGroup: count(), dispatchWorkgroups: count(), end: count() };
  const gpu = {
    limits: {
      maxStorageBufferBindingSize: 2 ** 27,
      maxBufferSize: 2 ** 28,
      maxStorageBuffersPerShaderStage: 8,
      minUniformBufferOffsetAlignment: 256,
      maxComputeWorkgroupsPerDimension: 65535,
    },
    queue: { writeBuffer: count(), submit: count(), onSubmittedWorkDone: async () => {} },
    pushErrorScope() {},
    popErrorScope: async () => null,
    createBindGroup: count({}),
    createCommandEncoder: count({ beginComputePass: () => pass, finish: count({}) }),
  };
  const device = {
    gpu,
    info: { name: 'a device that does nothing', vendor: '', architecture: '', software: true, subgroup: 0 },
    faults: new Map(),
    bytesInUse: 0,
    createBuffers: async (descriptors: GPUBufferDescriptor[]) => {
      asked++;
      return descriptors.map(({ size }) => ({ size, destroy() {} }));
    },
    answer: (work: Promise<unknown>) => work,
    wait: (work: Promise<unknown>) => work,
    destroyBuffer() {},
    pipeline: async () => ({ getBindGroupLayout: () => ({}) }),
    assertAlive() {},
    destroy() {},
  };
  return { device: device as unknown as Device, asked: () => asked };
}

const any = (value: unknown) => value as never;
const model = sequential([2], [dense(4, sigmoid), dense(3)]);
const good = { batch: 4, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.1 }) };
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

describe('learning rates and other numbers of an optimizer', () => {
  const wrong: [unknown, string][] = [
    [nan, 'found NaN'],
    [-0.1, 'found -0.1'],
    [infinity, 'found Infinity'],
    [1e39, 'found 1e+39'],
    ['0.1', 'found "0.1"'],
    [undefined, 'found undefined'],
    [null, 'found null'],
  ];
  test.each(wrong)('a learning rate of %o is refused by every optimizer', async (learningRate, found) => {
    const words = ['learningRate', 'finite number ≥ 0', found];
    await expectError(() => sgd({ learningRate: any(learningRate) }), ArgumentError, ['sgd', ...words]);
    await expectError(() => momentum({ learningRate: any(learningRate) }), ArgumentError, ['momentum', ...words]);
    if (learningRate === undefined) return; // these have a default
    await expectError(() => adam({ learningRate: any(learningRate) }), ArgumentError, ['adam', ...words]);
    await expectError(() => rmsprop({ learningRate: any(learningRate) }), ArgumentError, ['rmsprop', ...words]);
    // One made by hand gets no further than compile.
    const optimizer = { ...good.optimizer, learningRate: any(learningRate) };
    await expectError(() => compile(model, { ...good, device: 'cpu', optimizer }), ArgumentError, [
      'compile',
      ...words,
    ]);
  });

  test.each(wrong)('a net refuses to be set to a learning rate of %o and keeps its own', async (value, found) => {
    const net = await compile(model, { ...good, device: 'cpu' });
    const set = () => {
      net.learningRate = any(value);
    };
    await expectError(set, ArgumentError, ['learningRate', 'finite number ≥ 0', found]);
    expect(net.learningRate).toBe(0.1);
  });

  test.each<[string, () => unknown, string[]]>([
    ['momentum of 1', () => sgd({ learningRate: 1, momentum: 1 }), ['momentum', '[0, 1)', 'found 1']],
    ['negative momentum', () => momentum({ learningRate: 1, momentum: -0.5 }), ['momentum', '[0, 1)', 'found -0.5']],
    ['momentum in words', () => sgd({ learningRate: 1, momentum: any('0.9') }), ['momentum', 'found "0.9"']],
    ['β₁ of 1', () => adam({ beta1: 1 }), ['adam', 'beta1', '[0, 1)', 'found 1']],
    ['β₂ of 1', () => adam({ beta2: 1 }), ['adam', 'beta2', '[0, 1)', 'found 1']],
    ['β₂ that f32 rounds to 1', () => adam({ beta2: 0.99999999 }), ['adam', 'beta2', '[0, 1)']],
    ['a weight decay beyond f32', () => sgd({ learningRate: 1, weightDecay: 1e39 }), ['weightDecay', 'found 1e+39']],
    ['a bare number for options', () => adam(any(0.5)), ['adam', 'learningRate, beta1', 'found 0.5']],
    ['an option that nothing reads', () => adam(any({ lr: 0.5 })), ['adam', 'learningRate, beta1', 'found lr']],
    [
      'an option that is misspelt',
      () => sgd(any({ learningrate: 1 })),
      ['found learningrate; did you mean learningRate?'],
    ],
    ['no options', () => sgd(any(undefined)), ['learningRate', 'as in sgd({ learningRate: 0.1 })', 'found undefined']],
    [
      'no learning rate',
      () => momentum(any({ momentum: 0.5 })),
      ['as in momentum({ learningRate: 0.1 })', 'undefined'],
    ],
    ['options of null', () => nesterov(any(null)), ['as in nesterov({ learningRate: 0.1 })']],
    ['two kinds of momentum', () => momentum(any({ learningRate: 1, nesterov: true })), ['momentum', 'found nesterov']],
    ['momentum or none', () => nesterov(any({ learningRate: 1, nesterov: false })), ['nesterov', 'found nesterov']],
    [
      'nesterov without a momentum',
      () => sgd({ learningRate: 1, nesterov: true }),
      ['nesterov', 'momentum', 'above 0'],
    ],
    [
      'nesterov with a momentum of 0',
      () => sgd({ learningRate: 1, nesterov: true, momentum: 0 }),
      ['nesterov', 'momentum', 'above 0', 'found 0'],
    ],
    ["nesterov's momentum of 0", () => nesterov({ learningRate: 1, momentum: 0 }), ['momentum', 'above 0', 'found 0']],
    [
      'nesterov in words',
      () => sgd({ learningRate: 1, momentum: 0.9, nesterov: any('no') }),
      ['sgd: nesterov', 'true or false', 'found "no"'],
    ],
    ['ε of 0', () => adam({ epsilon: 0 }), ['adam', 'epsilon', 'found 0']],
    ['NaN weight decay', () => sgd({ learningRate: 1, weightDecay: nan }), ['weightDecay', '≥ 0']],
    ['a rate of rmsprop that nothing reads', () => rmsprop(any({ rho: 0.9 })), ['rmsprop', 'decay', 'found rho']],
    [
      'what is decayed in other words',
      () => sgd({ learningRate: 1, decayed: any('biases') }),
      ['sgd', "'all' or 'weights'", 'found "biases"'],
    ],
  ])('%s', async (_name, make, words) => {
    await expectError(make, ArgumentError, words);
  });
});

describe('learning-rate schedules', () => {
  test.each<[string, () => unknown, string[]]>([
    ['no options', () => cosineDecay(any(undefined)), ['cosineDecay', '{ from, to, steps }', 'found undefined']],
    ['a key that nothing reads', () => stepDecay(any({ gamma: 0.1 })), ['stepDecay', 'factor', 'found gamma']],
    ['a negative rate', () => cosineDecay({ from: -1, steps: 5 }), ['cosineDecay: from', '≥ 0', 'found -1']],
    ['no end', () => cosineDecay(any({ from: 1 })), ['cosineDecay: steps', 'positive integer', 'found undefined']],
    ['half a step', () => oneCycle({ max: 1, steps: 2.5 }), ['oneCycle: steps', 'positive integer', 'found 2.5']],
    ['a rise of everything', () => oneCycle({ max: 1, steps: 9, rise: 1 }), ['oneCycle: rise', 'below 1', 'found 1']],
    ['no highest rate', () => oneCycle(any({ steps: 9 })), ['oneCycle: max', 'found undefined']],
    ['a factor of 0', () => exponentialDecay({ from: 1, factor: 0, every: 3 }), ['factor', '> 0', 'found 0']],
    ['an interval of 0', () => stepDecay({ from: 1, factor: 0.5, every: 0 }), ['every', 'positive integer', 'found 0']],
    ['a warm-up to nothing', () => warmUp(any({ steps: 3 })), ['warmUp: rate', 'finite number ≥ 0', 'undefined']],
    ['a warm-up to less than nothing', () => warmUp({ steps: 3, rate: -1 }), ['warmUp: rate', 'found -1']],
    ['one that was not called', () => sgd({ learningRate: any(cosineDecay) }), ['sgd', 'cosineDecay()', 'function']],
    ['one of another make', () => adam({ learningRate: any({ schedule: 'plateau' }) }), ['adam', '"plateau"']],
    [
      'one made by hand',
      () => adam({ learningRate: any({ schedule: 'cosineDecay', from: 1, to: 0 }) }),
      ['cosineDecay: steps', 'found undefined'],
    ],
    ['updates of nothing', () => updatesIn(any(undefined), { batch: 3 }), ['updatesIn: count', 'found undefined']],
    ['updates in no batches', () => updatesIn({ count: 9 }, any(undefined)), ['updatesIn', 'batch', 'found undefined']],
    ['updates in half an epoch', () => updatesIn({ count: 9 }, { batch: 3, epochs: 0.5 }), ['epochs', 'found 0.5']],
  ])('%s', async (_name, make, words) => {
    await expectError(make, ArgumentError, words);
  });

  test('a net that runs one can be set to a number only', async () => {
    const optimizer = sgd({ learningRate: cosineDecay({ from: 0.5, steps: 4 }) });
    const net = await compile(model, { ...good, device: 'cpu', optimizer });
    const set = () => {
      net.learningRate = any(cosineDecay({ from: 1, steps: 4 }));
    };
    await expectError(set, ArgumentError, ['learningRate', 'finite number ≥ 0', 'cosineDecay']);
    expect(net.learningRate).toBe(0.5);
  });
});

const ending = (layer: Layer): Model => sequential([2], [layer]);

describe('models', () => {
  test.each<[string, () => unknown, string[]]>([
    ['no layer', () => sequential([2], []), ['sequential', 'array of layers', 'found []']],
    ['no input', () => sequential([], [dense(1)]), ['sequential', 'input']],
    ['a number for an input shape', () => sequential(any(784), [dense(1)]), ['sequential', 'input', '[784]']],
    ['an input of 0', () => sequential([28, 0], [dense(1)]), ['sequential', 'input', 'found 0']],
    ['0 units', () => dense(0), ['dense', 'units', 'positive integer', 'found 0']],
    ['1.5 units', () => dense(1.5), ['dense', 'units', 'positive integer', 'found 1.5']],
    ['units in words', () => dense(any('10')), ['dense', 'units', 'found "10"']],
    ['an unknown activation', () => dense(1, any({ activation: 'swoosh' })), ['dense', 'activation', '"swoosh"']],
    ['an activation by hand', () => dense(1, any({ activation: 'relu' })), ['dense', 'such as relu', '"relu"']],
    ['an activation of two names', () => dense(1, { ...relu, activation: 'gelu' }), ['dense', '"gelu"']],
    ['an activation by its bare name', () => dense(1, any('relu')), ['dense', 'activation']],
    [
      'what every object has for an activation',
      () => dense(1, any({ activation: 'toString' })),
      ['activation', '"toString"'],
    ],
    [
      'an unknown reduction',
      () => softmaxCrossEntropy({ reduction: any('max') }),
      ['reduction', "'mean' or 'sum'", '"max"'],
    ],
    [
      'an option that no loss reads',
      () => meanSquared(any({ labelSmoothing: 0.1 })),
      ['meanSquared', '{ reduction }', 'found labelSmoothing'],
    ],
    [
      'labels all smoothed away',
      () => softmaxCrossEntropy({ labelSmoothing: 1 }),
      ['labelSmoothing', '[0, 1)', 'found 1'],
    ],
    ['labels sharpened', () => softmaxCrossEntropy({ labelSmoothing: -0.1 }), ['labelSmoothing', 'found -0.1']],
    [
      'a class of negative weight',
      () => categoricalCrossEntropy({ classWeights: [1, -2] }),
      ['categoricalCrossEntropy', 'classWeights[1]', '≥ 0', 'found -2'],
    ],
    ['weights in words', () => softmaxCrossEntropy({ classWeights: any(['a']) }), ['classWeights[0]', 'found "a"']],
    [
      'one weight for all',
      () => softmaxCrossEntropy({ classWeights: any(2) }),
      ['classWeights', 'an array', 'found 2'],
    ],
    [
      'a label of negative weight',
      () => sigmoidCrossEntropy({ positiveWeights: [1, -2] }),
      ['sigmoidCrossEntropy', 'positiveWeights[1]', '≥ 0', 'found -2'],
    ],
    [
      'one weight for all labels',
      () => binaryCrossEntropy({ positiveWeights: any(2) }),
      ['positiveWeights', 'one number per label', 'found 2'],
    ],
    ['an initialiser by name', () => dense(1, linear, any({ init: 'he' })), ['dense', 'init', 'he()', '"he"']],
    ['an initialiser that is none', () => dense(1, linear, any({ init: null })), ['dense', 'init', 'he()', 'null']],
    [
      'an option of dense',
      () => dense(1, linear, any({ initial: 1 })),
      ['dense', '{ bias, init, biasInit }', 'initial'],
    ],
    ['no activation', () => activation(any(undefined)), ['activation', 'such as relu', 'undefined']],
    ['null for an activation', () => dense(1, any(null)), ['dense', 'expected an activation', 'null']],
    ['a layer that is none', () => sequential([2], any([{}])), ['sequential', 'layer 0', 'dense(10)', '{}']],
    ['a rate of 1', () => dropout(1), ['dropout', 'rate', '[0, 1)', 'found 1']],
    ['a rate in words', () => dropout(any('0.5')), ['dropout', 'rate', 'found "0.5"']],
    ['a momentum of 2', () => batchNorm({ momentum: 2 }), ['batchNorm', 'momentum', '[0, 1]', 'found 2']],
    ['an epsilon of 0', () => layerNorm({ epsilon: 0 }), ['layerNorm', 'epsilon', 'found 0']],
    ['an option that is none', () => batchNorm(any({ eps: 1 })), ['batchNorm', 'momentum, epsilon', 'found eps']],
    ['a number for options', () => layerNorm(any(1e-5)), ['layerNorm', '{ epsilon }', 'found 0.00001']],
    ['a shape with a fraction', () => reshape([2, 1.5]), ['reshape', 'positive integers', 'found [2, 1.5]']],
    ['two sizes that are left over', () => reshape([-1, -1]), ['reshape', 'one size of -1', 'found [-1, -1]']],
    ['no groups', () => groupNorm(0), ['groupNorm', 'groups', 'found 0']],
    ['a factor of 1.5', () => upsample2d(1.5), ['upsample2d', 'factor', 'found 1.5']],
    ['an axis twice', () => permute([0, 0]), ['permute', 'each once', 'found [0, 0]']],
    ['axes counted from 1', () => permute([1, 2]), ['permute', 'each once', 'found [1, 2]']],
    ['an initialiser of no size', () => uniform(nan), ['uniform', 'finite', 'found NaN']],
  ])('%s', async (_name, make, words) => {
    await expectError(make, ArgumentError, words);
  });

  test.each<[string, Partial<CompileOptions & { model: Model }>, string[]]>([
    ['a batch of 0', { batch: 0 }, ['batch', 'positive integer', 'found 0']],
    ['a batch of 1.5', { batch: 1.5 }, ['batch', 'positive integer', 'found 1.5']],
    ['a batch in words', { batch: any('10') }, ['batch', 'positive integer', 'found "10"']],
    ['a batch of NaN', { batch: nan }, ['batch', 'positive integer', 'found NaN']],
    ['no batch', { batch: undefined }, ['batch', 'positive integer', 'found undefined']],
    [
      'a loss that was not called',
      { loss: any(meanSquared) },
      ['loss', 'softmaxCrossEntropy()', 'the function meanSquared'],
    ],
    ['logits that are probabilities', { model: ending(dense(3, softmax)) }, ['logits', 'linear', 'found softmax']],
    ['probabilities that are logits', { loss: binaryCrossEntropy() }, ['probabilities', 'sigmoid', 'found linear']],
    ['a softmax of one', { model: ending(dense(1)) }, ['classes', '2 units or more', 'found 1']],
    [
      'a choice of one',
      { loss: categoricalCrossEntropy(), model: ending(dense(1, softmax)) },
      ['categoricalCrossEntropy', '2 units or more', 'found 1', 'binaryCrossEntropy'],
    ],
    ['a device by name', { device: any('gpu') }, ['device', 'openDevice()', 'found "gpu"']],
    ['a device that is null', { device: any(null) }, ['device', 'found null']],
    ['nothing to train', { model: sequential([2], [dropout(0.5)]) }, ['parameters to train', '2 -> dropout 0.5']],
    ['no model', { model: any(null) }, ['model', 'sequential()', 'found null']],
    ['no loss', { loss: undefined }, ['loss', 'found undefined']],
    ['an optimizer of another kind', { optimizer: { ...good.optimizer, kind: any('lion') } }, ['optimizer', 'adam()']],
    ['an optimizer from JSON', { optimizer: any(JSON.parse(JSON.stringify(good.optimizer))) }, ['optimizer', 'adam()']],
    ['an optimizer that was not called', { optimizer: any(adam) }, ['optimizer', 'adam()', 'found the function adam']],
    ['a negative seed', { seed: -1 }, ['seed', 'found -1']],
    ['a check that nothing reads', { check: any({ evry: 1 }) }, ['check', '{ every }', 'found evry']],
    ['a name to keep, not a list', { keep: any('a1') }, ['keep', 'list of names', 'found "a1"']],
    ['a check every 0 steps', { check: { every: 0 } }, ['check.every', 'positive integer', 'found 0']],
    ['a clip of 0', { clipNorm: 0 }, ['clipNorm', '> 0', 'found 0']],
    ['a clip of infinity', { clipNorm: infinity }, ['clipNorm', 'finite', 'found Infinity']],
    ['no batch to an update', { accumulate: 0 }, ['accumulate', 'positive integer', 'found 0']],
    ['half a batch to an update', { accumulate: 1.5 }, ['accumulate', 'positive integer', 'found 1.5']],
    [
      'weights for other classes',
      { loss: softmaxCrossEntropy({ classWeights: [1, 2] }) },
      ['classWeights', 'each of 3 classes', 'found 2'],
    ],
    [
      'weights for other labels',
      { loss: sigmoidCrossEntropy({ positiveWeights: [1, 2] }) },
      ['positiveWeights', 'each of 3 labels', 'found 2'],
    ],
    [
      'weights for other labels after a sigmoid',
      { loss: binaryCrossEntropy({ positiveWeights: [] }), model: ending(dense(3, sigmoid)) },
      ['positiveWeights', 'each of 3 labels', 'found 0'],
    ],
    ['a tensor to keep that is not there', { keep: ['delta3'] }, ['compile: keep', '"delta3"', 'delta1, ', 'W2']],
    ['weights in place of a flag', { sampleWeights: any([1, 2]) }, ['compile: sampleWeights', 'found [1, 2]']],
    ['an option that nothing reads', any({ clipnorm: 1 }), ['clipNorm', 'found clipnorm']],
  ])('compiled with %s: nothing reaches the device', async (_name, { model: net = model, ...options }, words) => {
    const { device, asked } = countingDevice();
    await expectError(() => compile(net, { ...good, device, ...options }), ArgumentError, words);
    expect(asked()).toBe(0);
  });
});

test('copies of an activation, a loss and an optimizer are what they are of', async () => {
  const of = (loss: LossFunction, optimizer: Optimizer, f: LayerActivation) =>
    compile(sequential([2], [dense(4, f), dense(3)]), { ...good, device: 'cpu', loss, optimizer });
  const [one, other] = [
    await of(softmaxCrossEntropy(), adam(), relu),
    await of({ ...softmaxCrossEntropy() }, { ...adam() }, { ...relu }),
  ];
  expect(print(other.graph)).toBe(print(one.graph));
  one.destroy();
  other.destroy();
});

describe('the graph', () => {
  const graph = createGraph();
  const node = (name: string, ...shape: number[]) => leaf(graph, batchLeaf, name, shape);
  const [A, B, v] = [node('A', 3, 4), node('B', 5, 7), node('v', 2, 1)];
  test.each<[string, () => unknown, string[]]>([
    [
      'matmul of inner sizes 4 and 5',
      () => append(graph, matmul, [A, B]),
      ['matmul', 'A [3, 4]', 'B [5, 7]', '4 and 5'],
    ],
    [
      'matmul of inner sizes 3 and 7 when transposed',
      () => append(graph, matmul, [A, B], { transposeA: true, transposeB: true }),
      ['matmul', 'Aᵀ × Bᵀ', 'A [3, 4]', 'B [5, 7]', '3 and 7'],
    ],
    ['a sum of two shapes', () => append(graph, add, [A, B]), ['add', 'one shape', 'A [3, 4]', 'B [5, 7]']],
    ['a bias of another height', () => append(graph, bias, [A, v]), ['bias', '[3, 1]', 'A [3, 4]', 'v [2, 1]']],
    ['a name given twice', () => node('A', 1, 1), ['"A"', 'taken']],
  ])('%s', async (_name, build, words) => {
    const before = graph.nodes.length;
    await expectError(build, ShapeError, words);
    expect(graph.nodes).toHaveLength(before);
  });
});

describe('data sets', () => {
  const x = [
    [0, 1],
    [1, 0],
  ];
  test.each<[string, Parameters<typeof fromArrays>[0], string[]]>([
    ['more labels than images', { x, y: [0, 1, 2] }, ['y', 'expected 2 samples', 'found 3']],
    ['fewer labels than images', { x, y: Uint8Array.of(1) }, ['y', 'expected 2 samples', 'found 1']],
    ['a label out of range', { x, y: [0, 3], classes: 3 }, ['y[1]', 'from 0 to 2', 'found 3']],
    ['a negative label', { x, y: [-1, 0] }, ['y[0]', 'found -1']],
    ['a label of 1.5', { x, y: [0, 1.5] }, ['y[1]', 'found 1.5']],
    [
      'NaN in x',
      {
        x: [
          [0, nan],
          [1, 0],
        ],
        y: [0, 1],
        name: 'mine',
      },
      ['mine.x[0][1]', 'finite', 'found NaN'],
    ],
  ])('%s', async (_name, options, words) => {
    await expectError(() => fromArrays(options), DataError, words);
  });
});

describe('calls on a net', () => {
  let net: Trainer;
  let asked: () => number;
  beforeAll(async () => {
    const counting = countingDevice();
    net = await compile(model, { ...good, device: counting.device });
    asked = counting.asked;
  });
  let before: number;
  beforeEach(() => {
    before = asked();
  });

  test('a good step does reach the device', async () => {
    const counting = countingDevice();
    const other = await compile(model, { ...good, device: counting.device });
    const compiled = counting.asked();
    other.step([0, 1], [2]);
    expect(counting.asked()).toBeGreaterThan(compiled + other.schedule.dispatches.length);
    expect(other.steps).toBe(1);
  });

  const two = [0, 1, 1, 0];
  const points = (size: number, classes: number, count = 8) =>
    fromArrays({ x: new Float32Array(size * count), y: new Uint8Array(count), shape: [size], classes, name: 'points' });
  const batches: [string, Rows, Rows, ErrorClass, string[]][] = [
    ['a label out of range', two, [0, 3], DataError, ['y[1]', 'from 0 to 2', 'found 3']],
    ['a negative label', two, [-1, 0], DataError, ['y[0]', 'from 0 to 2', 'found -1']],
    ['a label of 1.5', two, [1.5, 0], DataError, ['y[0]', 'found 1.5']],
    ['more labels than samples', two, [0, 1, 2], ShapeError, ['y must hold', '2 class indices or 2 × 3', 'found 3']],
    ['no labels', two, [], ShapeError, ['y must hold', 'found 0']],
    ['half a sample', [0, 1, 1], [0], ShapeError, ['x must hold whole samples of 2', 'found 3']],
    ['a word in x', any([0, 1, 1, 'a']), [0, 1], DataError, ['x', 'value 1 of sample 1', 'found "a"']],
    ['a ragged row', [two.slice(0, 2), [1]], [0, 0], ShapeError, ['x[1]: expected 2 numbers', 'found 1']],
    [
      'a row of no numbers',
      any([[0, 1], 'ab']),
      [0, 0],
      ShapeError,
      ['x[1]: expected a row of 2 numbers', 'found "ab"'],
    ],
    [
      'a hole among rows',
      any(Object.assign(new Array(3), { 0: [0, 1], 2: [1, 1] })),
      [0, 0, 0],
      ShapeError,
      ['x[1]', 'found undefined'],
    ],
    [
      'NaN in a row',
      [
        [0, 1],
        [nan, 1],
      ],
      [0, 0],
      DataError,
      ['x: value 0 of sample 1', 'found NaN'],
    ],
    ['numbers and a row', any([0, 1, [0, 1], 1]), [0, 0], DataError, ['x: value 0 of sample 1', 'found [0, 1]']],
    ['fewer rows in y', two, [[0, 1, 0]], ShapeError, ['y must hold a row for each of the 2 samples', 'found 1']],
    [
      'a row of y that is too long',
      two,
      [
        [0, 1, 0],
        [0, 0, 0, 1],
      ],
      ShapeError,
      ['y[1]: expected 3 numbers', 'found 4'],
    ],
    ['no y at all', two, any(undefined), ShapeError, ['y must hold', 'found undefined']],
    ['no x at all', any(undefined), [0], ShapeError, ['x must hold', 'found undefined']],
    ['no samples', [], [], ShapeError, ['x must hold whole samples of 2', 'found 0']],
    ['more samples than the batch', new Array(10).fill(0), [0, 0, 0, 0, 0], ShapeError, ['5 samples', 'batch of 4']],
    ['a number beyond f32 in x', [0, 1, 1e39, 1], [0, 1], DataError, ['value 0 of sample 1', 'found 1e+39']],
    ['NaN in x', [0, 1, 1, nan], [0, 1], DataError, ['x', 'value 1 of sample 1', 'found NaN']],
    ['infinity in y', two, [0, 1, 0, 0, 0, infinity], DataError, ['y', 'value 2 of sample 1', 'found Infinity']],
  ];
  describe.each(['step', 'gradients', 'check'] as const)('%s', (method) => {
    test.each(batches)('%s', async (_name, x, y, type, words) => {
      // gradients compiles its program before it looks: not counted.
      if (method === 'gradients') await net.gradients([0, 0], [0]).catch(() => {});
      before = asked();
      await expectError(() => net[method](x, y), type, [method, ...words]);
      expect(asked()).toBe(before);
      expect(net.steps).toBe(0);
    });
  });

  const data = points(2, 3);
  test.each<[string, () => unknown, ErrorClass, string[]]>([
    [
      'fit that is not told how long',
      () => net.fit(data, any(undefined)),
      ArgumentError,
      ['fit: epochs must be a positive integer', 'found undefined'],
    ],
    [
      'fit on inputs of another size',
      () => net.fit(points(3, 3), { epochs: 1 }),
      ShapeError,
      ['fit', 'points has 3 inputs', 'the model has 2'],
    ],
    [
      'fit on other classes',
      () => net.fit(points(2, 10), { epochs: 1 }),
      ShapeError,
      ['fit', '10 targets', 'the model has 3'],
    ],
    [
      'fit with a validation set that does not match',
      () => net.fit(data, { epochs: 1, validation: points(3, 3) }),
      ShapeError,
      ['validation', '3 inputs', 'the model has 2'],
    ],
    [
      'fit on less data than a batch',
      () => net.fit(points(2, 3, 3), { epochs: 1 }),
      ArgumentError,
      ['batch of 4', 'points', '3 samples'],
    ],
    ['fit for 0 epochs', () => net.fit(data, { epochs: 0 }), ArgumentError, ['epochs', 'positive integer', 'found 0']],
    [
      'fit on a pair of sets',
      () => net.fit(any({ train: data, test: data }), { epochs: 1 }),
      ArgumentError,
      ['data set', 'an object with train, test'],
    ],
    [
      'evaluate on nothing',
      () => net.evaluate(any(undefined)),
      ArgumentError,
      ['evaluate', 'data set', 'found undefined'],
    ],
    ['fit without options', () => net.fit(data, any(undefined)), ArgumentError, ['epochs', 'found undefined']],
    [
      'fit with submits of no length',
      () => net.fit(data, { epochs: 1, millisecondsPerSubmit: nan }),
      ArgumentError,
      ['millisecondsPerSubmit', 'found'],
    ],
    ...(
      [
        ['words for callbacks', { onEpoch: any('stop') }, ['onEpoch', 'a function', 'found "stop"']],
        ['a controller for its signal', { signal: any(new AbortController()) }, ['signal', 'found an AbortController']],
        ['a shuffle in words', { shuffle: any('no') }, ['shuffle', 'true or false', 'found "no"']],
        ['a metric of its own', { metric: any('f1') }, ["'loss', 'accuracy' or 'exactMatch'", 'found "f1"']],
        [
          'a best net, but no validation',
          { validation: undefined, keepBest: true },
          ['keepBest', 'validation', 'none'],
        ],
        [
          'an early stop, but no validation',
          { validation: undefined, earlyStopping: { patience: 1 } },
          ['earlyStopping', 'validation'],
        ],
        ['no patience', { earlyStopping: { patience: 0 } }, ['earlyStopping.patience', 'positive integer', 'found 0']],
        ['a bare patience', { earlyStopping: any(3) }, ['earlyStopping', '{ patience, minDelta }', 'found 3']],
        [
          'a gain below nothing',
          { earlyStopping: { patience: 1, minDelta: -1 } },
          ['earlyStopping.minDelta', '≥ 0', 'found -1'],
        ],
      ] as [string, Partial<FitOptions>, string[]][]
    ).map(([name, options, words]): [string, () => unknown, ErrorClass, string[]] => [
      `fit with ${name}`,
      () => net.fit(data, { epochs: 1, validation: data, ...options }),
      ArgumentError,
      words,
    ]),
    ['predict of NaN', () => net.predict([1, nan]), DataError, ['predict', 'value 1 of sample 0', 'found NaN']],
    ['fit for 1.5 epochs', () => net.fit(data, { epochs: 1.5 }), ArgumentError, ['epochs', 'found 1.5']],
    [
      'evaluate on inputs of another size',
      () => net.evaluate(points(5, 3)),
      ShapeError,
      ['evaluate', 'points has 5 inputs', 'the model has 2'],
    ],
    ['predict of half a sample', () => net.predict([1]), ShapeError, ['predict', 'whole samples of 2', 'found 1']],
    ['predict of nothing', () => net.predict([]), ShapeError, ['predict', 'whole samples of 2', 'found 0']],
    ['a tensor before the first step', () => net.tensor('z1'), StateError, ['z1', 'before the first step']],
    ['the loss before the first step', () => net.loss(), StateError, ['loss', 'before the first step']],
  ])('%s', async (_name, call, type, words) => {
    await expectError(call, type, words);
    expect(asked()).toBe(before);
  });
});

describe('options that only look like an answer', () => {
  const data = fromArrays({ x: new Float32Array(16), y: Uint8Array.from({ length: 8 }, (_, i) => i % 3) });
  let net: Trainer;
  beforeAll(async () => {
    net = await compile(model, { ...good, device: 'cpu' });
  });

  const flags: [string, (flag: never) => unknown][] = [
    ['sgd: nesterov', (nesterov) => sgd({ learningRate: 1, momentum: 0.9, nesterov })],
    ['fit: shuffle', (shuffle) => net.fit(data, { epochs: 1, shuffle })],
    ['fit: keepBest', (keepBest) => net.fit(data, { epochs: 1, keepBest })],
    ['save: weightsOnly', (weightsOnly) => net.save(undefined, { weightsOnly })],
    ['load: weightsOnly', async (weightsOnly) => net.load(await net.save(), { weightsOnly })],
    ['MNIST: keep', (keep) => mnist({ keep })],
    ['openDevice: forceFallbackAdapter', (forceFallbackAdapter) => openDevice({ forceFallbackAdapter })],
  ];
  test.each(flags)('%s is true or false', async (name, call) => {
    for (const value of ['no', '', 0, 1, null, nan, {}]) {
      await expectError(() => call(any(value)), ArgumentError, [`${name} must be true or false, found `]);
    }
  });

  const callbacks: [string, (callback: never) => unknown][] = [
    ['compile: onProgress', (onProgress) => compile(model, { ...good, device: 'cpu', onProgress })],
    ['fit: onProgress', (onProgress) => net.fit(data, { epochs: 1, onProgress })],
    ['fit: onEpoch', (onEpoch) => net.fit(data, { epochs: 1, onEpoch })],
    ['evaluate: onProgress', (onProgress) => net.evaluate(data, { onProgress })],
    ['MNIST: onProgress', (onProgress) => mnist({ onProgress })],
  ];
  test.each(callbacks)('%s is a function', async (name, call) => {
    for (const value of ['no', '', 0, true, false, null, {}]) {
      await expectError(() => call(any(value)), ArgumentError, [`${name} must be a function, found `]);
    }
  });

  test('fit: earlyStopping is its two numbers', async () => {
    for (const value of [0, 3, '', 'no', true, false, null, []]) {
      const call = () => net.fit(data, { epochs: 1, validation: data, earlyStopping: any(value) });
      await expectError(call, ArgumentError, ['fit: earlyStopping: expected { patience, minDelta }, found ']);
    }
  });

  test('what is left out is no mistake', async () => {
    const nothing = { validation: undefined, shuffle: undefined, keepBest: undefined, earlyStopping: undefined };
    const all = { ...nothing, augment: undefined, onProgress: undefined, onEpoch: undefined, signal: undefined };
    expect(await net.fit(data, { epochs: 1, ...all })).toHaveLength(1);
  });

  test('the files of MNIST are in something', async () => {
    for (const from of [0, null, true]) {
      await expectError(() => mnist({ from: any(from) }), ArgumentError, [
        'MNIST: from must be a folder',
        `found ${from}`,
      ]);
    }
    for (const from of [[], [5], [null], {}]) {
      await expectError(() => mnist({ from: any(from) }), DataError, ['files given: expected', 'found none']);
    }
  });
});

describe('tensors and parameters', () => {
  const compiled = () => compile(model, { ...good, device: 'cpu' });

  test('an unknown tensor lists those there are', async () => {
    const net = await compiled();
    net.step([0, 1], [2]);
    const names = ['x', 'y', 'W1', 'b1', 'z1', 'a1', 'z2', 'losses', 'delta2', 'dW2', 'db2', 'delta1', 'dW1', 'db1'];
    await expectError(() => net.tensor('dW3'), ArgumentError, ['"dW3"', ...names.map((name) => ` ${name},`).slice(1)]);
  });

  test('setParameters of nothing says so', async () => {
    const net = await compiled();
    await expectError(() => net.setParameters(any(undefined)), ShapeError, ['tensors by key', 'found undefined']);
  });

  type Values = Parameters<Trainer['setParameters']>[0];
  const edit = (change: (values: Record<string, unknown>) => void) => change;
  test.each<[string, ReturnType<typeof edit>, string[]]>([
    [
      'bare floats',
      edit((values) => Object.assign(values, { 'layers.0.bias': new Float32Array(4) })),
      ['layers.0.bias: expected { shape: [4], data }', 'found a Float32Array'],
    ],
    ['a key missing', edit((values) => delete values['layers.1.bias']), ['layers.1.bias: missing']],
    [
      'a key too many',
      edit((values) => Object.assign(values, { extra: values['layers.0.bias'] })),
      ['extra: not in this model'],
    ],
    [
      'a transposed shape',
      edit((values) => Object.assign(values, { 'layers.0.weight': { shape: [2, 4], data: new Float32Array(8) } })),
      ['layers.0.weight', 'expected [4, 2]', 'found [2, 4]'],
    ],
    [
      'too few values',
      edit((values) => Object.assign(values, { 'layers.0.bias': { shape: [4], data: [1, 2, 3] } })),
      ['layers.0.bias', 'expected 4 values', 'found 3'],
    ],
    [
      'several mistakes, which are all named',
      edit((values) => {
        delete values['layers.0.bias'];
        values['layers.2.weight'] = { shape: [1], data: [1] };
      }),
      ['layers.0.bias: missing', 'layers.2.weight: not in this model'],
    ],
  ])('setParameters with %s changes nothing', async (_name, change, words) => {
    const net = await compiled();
    const before = await net.parameters();
    const values: Record<string, unknown> = Object.fromEntries(
      Object.entries(before).map(([key, { shape }]) => [
        key,
        {
          shape,
          data: new Float32Array(12).subarray(
            0,
            shape.reduce((a, b) => a * b),
          ),
        },
      ]),
    );
    change(values);
    await expectError(() => net.setParameters(values as Values), ShapeError, [
      'setParameters',
      'nothing was changed',
      ...words,
    ]);
    expect(await net.parameters()).toEqual(before);
  });

  test('the same values without a mistake are taken', async () => {
    const net = await compiled();
    const zero = Object.entries(await net.parameters()).map(([key, { shape, data }]) => [
      key,
      { shape, data: data.map(() => 0) },
    ]);
    net.setParameters(Object.fromEntries(zero));
    expect(Object.values(await net.parameters()).flatMap(({ data }) => [...data])).toEqual(
      new Array(8 + 4 + 12 + 3).fill(0),
    );
  });

  test('the CPU has no schedule to print', async () => {
    const net = await compiled();
    await expectError(() => net.schedule, StateError, ['schedule', 'CPU']);
  });
});
