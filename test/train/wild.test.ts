/** Arguments of no kind that anybody expects: every public function answers with a typed error, or takes them. */
import { describe, expect, test, vi } from 'vitest';
import { member } from '../../src/base/arguments.ts';
import { showValue, typeName } from '../../src/base/show-value.ts';
import { matmul, measure, network, synthetic, xorSamples } from '../../src/bench/index.ts';
import { batch, concat, digits, fromArrays, split, statistics, take, withTargets } from '../../src/data/index.ts';
import * as library from '../../src/index.node.ts';
import {
  focal,
  hinge,
  huber,
  klDivergence,
  lossFunction,
  meanAbsolute,
  OutOfMemoryError,
  RetrogradError,
} from '../../src/index.node.ts';
import { fromLayersModel } from '../../src/keras/index.ts';
import { platform } from '../../src/platform/platform.ts';
import { realm } from '../support/realm.ts';

const other = await realm();
const hidden = () => {
  throw new Error('not to be looked at');
};
const revoked = (target: object) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};

const inItself: unknown[] = [];
inItself.push(inItself);

const wild: [string, unknown][] = [
  ['a list of itself', inItself],
  ['undefined', undefined],
  ['null', null],
  ['true', true],
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['minus one', -1],
  ['zero', 0],
  ['a half', 0.5],
  ['beyond f32', 1e39],
  ['beyond exact integers', 2 ** 53],
  ['a bigint', 1n],
  ['a symbol', Symbol('wild')],
  ['an empty text', ''],
  ['a text of digits', '01'],
  ['what every object has', 'constructor'],
  ['a function', () => 1],
  ['a class', class Wild {}],
  ['the function Array, which has an of', Array],
  ['an empty list', []],
  ['a list of a hole', new Array(1)],
  ['a list of more holes than there is memory for', new Array(2 ** 32 - 1)],
  ['a list of symbols', [Symbol('wild')]],
  ['a list of bigints', [1n, 2n]],
  ['a list of lists of symbols', [[Symbol('wild')]]],
  ['an empty object', {}],
  ['an object without a prototype', Object.create(null)],
  ['an object of such a one', Object.create(Object.create(null))],
  ['a length', { length: 1e12 }],
  ['a length that is a bigint', { length: 1n }],
  ['what turns into no text', { toString: hidden, valueOf: hidden, [Symbol.toPrimitive]: hidden }],
  ['a getter that throws', Object.defineProperty({}, 'secret', { get: hidden, enumerable: true })],
  ['a proxy that was revoked', revoked({})],
  ['a list that was revoked', revoked([1])],
  ['a proxy that throws', new Proxy({}, { get: hidden, ownKeys: hidden, getPrototypeOf: hidden, has: hidden })],
  ['bigints in a typed array', BigInt64Array.of(1n)],
  ['a DataView', new DataView(new ArrayBuffer(4))],
  ['floats of another realm', new other.Float64Array([Number.NaN])],
  ['a Date', new Date(Number.NaN)],
  ['a Map', new Map([['batch', 1]])],
  ['a Promise', Promise.resolve(1)],
  ['a generator', (function* () {})()],
  [
    'a name for everything',
    { layer: 'dense', kind: 'sgd', schedule: 'warmUp', term: 'squaredError', of: [], shape: [] },
  ],
];

// By their names alone: a test runner shows what it hands over.
const byName = new Map(wild);

test.each([...byName.keys()])('%s can be shown, shortly', (name) => {
  const value = byName.get(name);
  for (const describe of [showValue, typeName]) {
    expect(describe(value)).not.toBe('');
    expect(describe(value).length).toBeLessThan(300);
  }
});

test('what is found is shown as what it is', () => {
  const shows: [unknown, string][] = [
    [1n, '1n'],
    [Symbol('three'), 'Symbol(three)'],
    [Object.assign(new Array(3), { 0: 1, 2: 3 }), '[1, undefined, 3]'],
    [(function* () {})(), 'a Generator'],
    [Object.create(Object.create(null)), 'an object'],
    [revoked([]), 'an object that cannot be inspected'],
    [new Array(1000).fill(0), `[${'0, '.repeat(200).slice(0, 199)}...`],
  ];
  for (const [value, text] of shows) expect(showValue(value)).toBe(text);
});

/** What a call came to: nothing, an error of ours, or one that is nobody's. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error;
  }
}

async function expectTyped(call: () => unknown): Promise<void> {
  const error = await outcome(call);
  if (error === undefined) return;
  expect(error, String((error as Error)?.stack)).toBeInstanceOf(RetrogradError);
  expect((error as Error).name).toMatch(/^(Argument|Shape|Data|State|OutOfMemory|NoAdapter|NonFinite)Error$/);
}

const any = (value: unknown) => value as never;
const { embedding, gru, lstm } = library;
const { adam, adamw, activation, add, apply, augmented, avgPool1d, avgPool2d, batchNorm, binaryCrossEntropy } = library;
const {
  categoricalCrossEntropy,
  compile,
  conv1d,
  conv2d,
  conv2dTranspose,
  cosineDecay,
  reduceOnPlateau,
  dense,
  dropout,
  exponentialDecay,
  flatten,
} = library;
const { backward, forward, observe } = library;
const {
  formatLog,
  groupNorm,
  input,
  joinShards,
  layerNorm,
  learningRateAt,
  logTo,
  maxPool1d,
  maxPool2d,
  meanSquared,
  model,
  momentum,
  nesterov,
  normal,
} = library;
const { precisionRecallF1, printConfusion, printScores, printSummary, summary, topK } = library;
const { oneCycle, permute, pointwise, print, printReport, quadratic, relu, reshape, rmsprop, sequential, sgd } =
  library;
const {
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  squared,
  standardize,
  stepDecay,
  uniform,
  updatesIn,
  upsample2d,
  warmUp,
} = library;

const points = fromArrays({
  x: [
    [0, 1],
    [1, 0],
  ],
  y: [0, 1],
});
const images = fromArrays({ x: new Uint8Array(8), y: [0, 1], shape: [2, 2] });
const net = sequential([2], [dense(2)]);
const good = { device: 'cpu', batch: 2, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.1 }) } as const;
const trainer = await compile(net, good);
const x = input([2, 2, 2]);
const shardIndex = new TextEncoder().encode('{"weight_map":{"w":"a"}}');
const layersModel = {
  modelTopology: {
    class_name: 'Sequential',
    config: {
      layers: [{ class_name: 'Dense', config: { name: 'd', units: 2, use_bias: false, batch_input_shape: [null, 2] } }],
    },
  },
  weightsManifest: [{ paths: ['a'], weights: [{ name: 'd/kernel', shape: [2, 2], dtype: 'float32' }] }],
};
const square = {
  name: 'square',
  wgsl: 'fn loss(a: f32, y: f32) -> f32 { return (a - y) * (a - y); }',
  derivative: 'fn derivative(a: f32, y: f32) -> f32 { return 2.0 * (a - y); }',
  reference: { loss: (a: number, y: number) => (a - y) ** 2, derivative: (a: number, y: number) => 2 * (a - y) },
};
const swish = {
  name: 'swish',
  wgsl: 'fn f(z: f32) -> f32 { return z; }',
  derivative: 'fn derivative(z: f32) -> f32 { return 1.0; }',
  reference: { f: (z: number) => z, derivative: () => 1 },
};

/** A call for each argument and option of a function, with the wild value in its place. */
type Calls = Record<string, (w: never) => unknown>;
/** A call for each option by itself, beside good ones, and one with the value for all options. */
const options = (name: string, call: (options: never) => unknown, given: object, names: readonly string[]): Calls => ({
  [`${name}(options)`]: call,
  ...Object.fromEntries(names.map((key) => [`${name}: ${key}`, (w) => call(any({ ...given, [key]: w }))])),
});

const rates = ['from', 'factor', 'every', 'to', 'steps', 'max', 'rise', 'rate'];
const losses = {
  quadratic,
  squared,
  meanSquared,
  binaryCrossEntropy,
  categoricalCrossEntropy,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  meanAbsolute,
  huber,
  hinge,
  klDivergence,
  focal,
};
const optimizers = { sgd, momentum, nesterov, rmsprop, adam, adamw };
const fit = { epochs: 1, validation: points };

/** What a function of the caller's throws is the caller's. */
const fitting = (given: object) =>
  ['onProgress', 'onEpoch'].some((name) => typeof member(given, name) === 'function') ||
  trainer.fit(points, any(given));

const calls: Calls = {
  ...options(
    'fromArrays',
    fromArrays,
    {
      x: [
        [0, 1],
        [1, 0],
      ],
      y: [0, 1],
    },
    ['x', 'y', 'sampleWeights', 'shape', 'classes', 'name', 'scale'],
  ),
  'fromArrays: a weight': (w) => fromArrays({ x: [[0], [1]], y: [0, 1], sampleWeights: [1, w] }),
  'fromArrays: a row': (w) => fromArrays({ x: [w, [1]], y: [0, 1] }),
  'fromArrays: a number': (w) =>
    fromArrays({
      x: [
        [0, w],
        [1, 0],
      ],
      y: [w, 1],
    }),
  'digits: train': (w) => digits({ train: w ?? 1, test: 1 }),
  'digits: test': (w) => digits({ train: 1, test: w ?? 1 }),
  'digits: seed': (w) => digits({ train: 1, test: 1, seed: w }),
  'take: data set': (w) => take(w, 1),
  'take: count': (w) => take(points, w),
  'batch: data set': (w) => batch(w, [0]),
  ...options('split', (w) => split(points, w), { test: 1 }, ['test', 'stratify', 'seed']),
  'split: data set': (w) => split(w, { test: 1 }),
  'concat: data set': (w) => concat(points, w),
  'concat: first': (w) => concat(w, points),
  'statistics: data set': (w) => statistics(w),
  'withTargets: data set': (w) => withTargets(w, 'inputs'),
  'withTargets: targets': (w) => withTargets(points, w),
  ...options('withTargets', (w) => withTargets(points, [0, 1], w), {}, ['classes', 'classNames']),
  ...options('fromArrays: names', (w) => fromArrays(w), { x: [[1], [2]], y: [0, 1] }, ['classNames']),
  'batch: indices': (w) => batch(points, w),
  'batch: index': (w) => batch(points, [w]),
  'augmented: data set': (w) => augmented(w, {}),
  ...options('augmented', (w) => augmented(images, w), { shift: 1 }, ['shift', 'rotate', 'scale', 'shear', 'elastic']),
  ...options('augmented: elastic', (w) => augmented(images, { elastic: w }), { alpha: 1, sigma: 1 }, [
    'alpha',
    'sigma',
  ]),
  ...options('augmented: of', (w) => augmented(images, { shift: 1 }, w), {}, ['count', 'seed', 'step']),
  'input: shape': (w) => input(w),
  'input: size': (w) => input([w]),
  'apply: layer': (w) => apply(w, x),
  'apply: value': (w) => apply(add(), x, w),
  'model: input': (w) => model(w, apply(flatten(), x)),
  'model: output': (w) => model(x, w),
  'sequential: input': (w) => sequential(w, [dense(1)]),
  'sequential: layers': (w) => sequential([2], w),
  'sequential: layer': (w) => sequential([2], [w]),
  'sequential: a layer made by hand': async (w) => {
    const all = {
      units: w,
      filters: w,
      kernel: w,
      pool: w,
      size: w,
      stride: w,
      rate: w,
      momentum: w,
      epsilon: w,
      values: w,
      shape: w,
      axes: w,
      groups: w,
      factor: w,
    };
    for (const layer of [
      'dense',
      'conv1d',
      'conv2d',
      'conv2dTranspose',
      'pool1d',
      'pool2d',
      'globalPool2d',
      'reshape',
      'permute',
      'groupNorm',
      'upsample2d',
      'prelu',
      'dropout',
      'batchNorm',
      'layerNorm',
      'activation',
      'standardize',
    ])
      await expectTyped(() => sequential([2, 2, 2], [any({ ...all, layer, activation: w })]));
  },
  'dense: units': (w) => sequential([2], [dense(w)]),
  'dense: activation': (w) => dense(1, w),
  'dense: a name of an activation': (w) => dense(1, any({ activation: w })),
  ...options('dense', (w) => dense(1, relu, w), {}, ['bias', 'init', 'biasInit']),
  'dense: a scale of an initialiser': (w) => dense(1, relu, { init: any({ kind: w, scale: w }) }),
  'conv2d: filters': (w) => conv2d(w, 1),
  'conv2d: kernel': (w) => conv2d(1, w),
  'conv2d: height': (w) => conv2d(1, [w, 1]),
  ...options('conv2d', (w) => sequential([2, 2, 2], [conv2d(1, 1, relu, w)]), {}, [
    'stride',
    'padding',
    'groups',
    'bias',
    'init',
    'biasInit',
  ]),
  'conv2d: a stride': (w) => sequential([2, 2, 2], [conv2d(1, 1, relu, { stride: [1, w] })]),
  'conv2d: a padding': (w) => sequential([2, 2, 2], [conv2d(1, 1, relu, { padding: [w, 1] })]),
  'conv1d: filters': (w) => conv1d(w, 1),
  'conv1d: kernel': (w) => conv1d(1, w),
  ...options('conv1d', (w) => sequential([2, 2], [conv1d(1, 1, relu, w)]), {}, ['stride', 'padding', 'groups']),
  'conv2dTranspose: filters': (w) => conv2dTranspose(w, 1),
  'conv2dTranspose: kernel': (w) => conv2dTranspose(1, w),
  ...options('conv2dTranspose', (w) => sequential([2, 2, 2], [conv2dTranspose(1, 1, relu, w)]), {}, [
    'stride',
    'padding',
    'outputPadding',
    'groups',
  ]),
  'embedding: count': (w) => embedding(w, 1),
  'embedding: units': (w) => embedding(1, w),
  ...options('embedding', (w) => sequential([2], [embedding(9, 1, w)]), {}, ['padding', 'init']),
  'gru: units': (w) => gru(w),
  ...options('gru', (w) => sequential([2, 2], [gru(1, w)]), {}, ['sequence', 'mask', 'init', 'biasInit']),
  'lstm: units': (w) => lstm(w),
  ...options('lstm', (w) => sequential([2, 2], [lstm(1, w)]), {}, ['sequence', 'mask', 'init', 'biasInit']),
  'reshape: shape': (w) => reshape(w),
  'reshape: a size': (w) => sequential([2, 2, 2], [reshape([w, 2, 2])]),
  'permute: axes': (w) => permute(w),
  'permute: an axis': (w) => sequential([2, 2, 2], [permute([w, 1, 2])]),
  'groupNorm: groups': (w) => groupNorm(w),
  ...options('groupNorm', (w) => groupNorm(1, w), {}, ['epsilon']),
  'upsample2d: factor': (w) => upsample2d(w),
  'upsample2d: rows': (w) => upsample2d([w, 1]),
  'maxPool2d: size': (w) => maxPool2d(w),
  ...options('avgPool2d', (w) => sequential([2, 2, 2], [avgPool2d(1, w)]), {}, ['stride', 'padding', 'countPadding']),
  'maxPool1d: size': (w) => maxPool1d(w),
  ...options('avgPool1d', (w) => sequential([2, 2], [avgPool1d(1, w)]), {}, ['stride', 'padding', 'countPadding']),
  activation: (w) => activation(w),
  'dropout: rate': (w) => dropout(w),
  ...options('batchNorm', batchNorm, {}, ['momentum', 'epsilon']),
  ...options('layerNorm', layerNorm, {}, ['epsilon']),
  ...options('standardize', standardize, { mean: 0, deviation: 1 }, ['mean', 'deviation']),
  'standardize: numbers': (w) => standardize({ mean: [w], deviation: [w] }),
  ...options('pointwise', pointwise, swish, ['name', 'wgsl', 'derivative', 'reference', 'tolerance']),
  'pointwise: f': (w) => pointwise({ ...swish, reference: { f: w, derivative: () => 1 } }),
  'pointwise: what f gives': (w) => pointwise({ ...swish, reference: { f: () => w, derivative: () => w } }),
  ...options('lossFunction', lossFunction, square, [
    'name',
    'wgsl',
    'derivative',
    'reference',
    'tolerance',
    'points',
    'reduction',
  ]),
  'lossFunction: a point': (w) => lossFunction({ ...square, points: [w] }),
  'lossFunction: what the loss gives': (w) =>
    lossFunction({ ...square, reference: { loss: () => w, derivative: () => w } }),
  'normal: deviation': (w) => normal(w),
  'uniform: limit': (w) => uniform(w),
  ...Object.assign(
    {},
    ...Object.entries(losses).map(([name, make]) =>
      options(name, make, {}, [
        'reduction',
        'labelSmoothing',
        'classWeights',
        'positiveWeights',
        'delta',
        'gamma',
        'alpha',
      ]),
    ),
  ),
  'classWeights: a weight': (w) => softmaxCrossEntropy({ classWeights: [1, w] }),
  'positiveWeights: a weight': (w) => sigmoidCrossEntropy({ positiveWeights: [1, w] }),
  ...Object.assign(
    {},
    ...Object.entries(optimizers).map(([name, make]) =>
      options(name, make, { learningRate: 1 }, [
        'learningRate',
        'momentum',
        'nesterov',
        'weightDecay',
        'decayed',
        'beta1',
        'beta2',
        'decay',
        'epsilon',
      ]),
    ),
  ),
  ...options('stepDecay', stepDecay, { from: 1, factor: 1, every: 1 }, rates),
  ...options('exponentialDecay', exponentialDecay, { from: 1, factor: 1, every: 1 }, rates),
  ...options('cosineDecay', cosineDecay, { from: 1, steps: 1 }, rates),
  ...options('oneCycle', oneCycle, { max: 1, steps: 1 }, rates),
  ...options('reduceOnPlateau', reduceOnPlateau, { from: 1 }, [
    ...rates,
    'patience',
    'threshold',
    'thresholdMode',
    'cooldown',
  ]),
  ...options('warmUp', warmUp, { steps: 1, rate: 1 }, rates),
  'learningRateAt: rate': (w) => learningRateAt(w, 0),
  'learningRateAt: t': (w) => learningRateAt(cosineDecay({ from: 1, steps: 1 }), w),
  'updatesIn: data set': (w) => updatesIn(w, { batch: 1 }),
  'updatesIn: count': (w) => updatesIn({ count: w }, { batch: 1 }),
  ...options('updatesIn', (w) => updatesIn(points, w), { batch: 1 }, ['batch', 'epochs', 'accumulate']),
  print: (w) => print(w),
  printReport: (w) => printReport(w),
  'compile: model': (w) => compile(w, good),
  'compile: a model made by hand': (w) => compile(any({ ...net, layers: w, wiring: w, shapes: w }), good),
  'compile: a model of other shapes': (w) => compile(any({ ...net, shapes: [[2], w] }), good),
  ...options('compile', (w) => compile(net, w), good, [
    'batch',
    'loss',
    'optimizer',
    'seed',
    'check',
    'keep',
    'tune',
    'clipNorm',
    'accumulate',
    'freeze',
    'learningRates',
    'average',
    'sampleWeights',
  ]),
  'compile: freeze, a pattern': (w) => compile(net, { ...good, freeze: [w] }),
  'compile: learningRates, a factor': (w) => compile(net, { ...good, learningRates: { '*': w } }),
  'compile: device': (w) => w !== undefined && compile(net, { ...good, device: w }),
  'compile: a device made by hand': (w) => compile(net, { ...good, device: any({ gpu: w }) }),
  'compile: check.every': (w) => compile(net, { ...good, check: { every: w } }),
  'compile: keep, a name': (w) => compile(net, { ...good, keep: [w] }),
  'compile: a loss made by hand': (w) => compile(net, { ...good, loss: any({ term: w, factor: w }) }),
  'compile: an optimizer made by hand': (w) =>
    compile(net, { ...good, optimizer: any({ ...good.optimizer, kind: w }) }),
  'fit: data set': (w) => trainer.fit(w, fit),
  ...options('fit', fitting, fit, [
    'epochs',
    'validation',
    'metrics',
    'metric',
    'earlyStopping',
    'keepBest',
    'shuffle',
    'augment',
    'onProgress',
    'onEpoch',
    'signal',
    'millisecondsPerSubmit',
  ]),
  'evaluate: data set': (w) => trainer.evaluate(w),
  ...options('evaluate', (w) => trainer.evaluate(points, w), {}, ['signal', 'metrics']),
  'evaluate: metrics, one': (w) => trainer.evaluate(points, { metrics: [w] }),
  'evaluate: metrics, one made by hand': (w) => trainer.evaluate(points, { metrics: [any({ best: w, rule: w })] }),
  'topK: k': (w) => topK(w),
  ...options('precisionRecallF1', precisionRecallF1, {}, ['average']),
  printConfusion: (w) => printConfusion(w),
  'printConfusion: classes': (w) => printConfusion({ classes: [w], counts: [[w]] }),
  printScores: (w) => printScores(w),
  'printScores: a class': (w) => printScores({ perClass: [w], averages: w }),
  summary: (w) => summary(w),
  ...options('summary', (w) => summary(net, w), { ...good, device: undefined }, ['batch', 'loss', 'optimizer', 'keep']),
  printSummary: (w) => printSummary(w),
  'printSummary: a layer': (w) => printSummary({ input: [1], layers: [w], parameters: w, multiplyAdds: w, bytes: w }),
  formatLog: (w) => formatLog(w, 'csv'),
  'formatLog: a result': (w) => formatLog([w], 'csv'),
  'formatLog: a format': (w) => formatLog([], w),
  ...options('formatLog', (w) => formatLog([], 'csv', w), {}, ['after']),
  'joinShards: index': (w) => joinShards(w),
  'joinShards: a file': (w) => joinShards({ 'a.index.json': w }),
  'joinShards: a shard': (w) => joinShards({ 'a.index.json': shardIndex, a: w }),
  ...options('joinShards', (w) => joinShards({ 'a.index.json': shardIndex }, w), {}, ['maxBytes', 'timeout']),
  'fromLayersModel: json': (w) => fromLayersModel(w),
  'fromLayersModel: topology': (w) => fromLayersModel({ modelTopology: w, weightsManifest: [] }, []),
  'fromLayersModel: weights': (w) => fromLayersModel(layersModel, w),
  'fromLayersModel: a shard': (w) => fromLayersModel(layersModel, [w]),
  ...options('fromLayersModel', (w) => fromLayersModel(layersModel, new Uint8Array(16), w), {}, ['layout']),
  'logTo: path': (w) => logTo(w),
  ...options('logTo', (w) => logTo('run.csv', w), {}, ['after', 'format']),
  predict: (w) => trainer.predict(w),
  'predict: a number': (w) => trainer.predict([w, 1]),
  ...Object.assign(
    {},
    ...(['step', 'gradients', 'tensors', 'check'] as const).flatMap((method): Calls[] => [
      {
        [`${method}: x`]: (w) => trainer[method](w, [0]),
        [`${method}: a number of x`]: (w) => trainer[method]([w, 1], [0]),
        [`${method}: y`]: (w) => trainer[method]([1, 1], w),
        [`${method}: a number of y`]: (w) => trainer[method]([1, 1], [w]),
        [`${method}: options`]: (w) => trainer[method]([1, 1], [0], w),
        [`${method}: sampleWeights`]: (w) => trainer[method]([1, 1], [0], { sampleWeights: w }),
        [`${method}: a weight`]: (w) => trainer[method]([1, 1], [0], { sampleWeights: [w] }),
      },
    ]),
  ),
  tensor: (w) => trainer.tensor(w),
  freeze: (w) => trainer.freeze(w),
  'freeze: a pattern': (w) => trainer.freeze([w]),
  ...options('parameters', (w) => trainer.parameters(w), {}, ['averaged']),
  learningRate: (w) => {
    trainer.learningRate = w;
  },
  setParameters: (w) => trainer.setParameters(w),
  'setParameters: a tensor': (w) => trainer.setParameters({ 'layers.0.weight': w, 'layers.0.bias': w }),
  'setParameters: a shape': (w) =>
    trainer.setParameters({
      'layers.0.weight': { shape: w, data: w },
      'layers.0.bias': { shape: [w] as never, data: w },
    }),
  'setParameters: data': (w) =>
    trainer.setParameters({
      'layers.0.weight': { shape: [2, 2], data: w },
      'layers.0.bias': { shape: [2], data: [w, 1] },
    }),
  update: (w) => trainer.update(w),
  'update: a gradient': (w) => trainer.update({ 'layers.0.weight': w, 'layers.0.bias': w }),
  'update: data': (w) =>
    trainer.update({
      'layers.0.weight': { shape: [2, 2], data: w },
      'layers.0.bias': { shape: [2], data: [w, 1] },
    }),
  ...options('gradients', (w) => trainer.gradients([1, 1], [0], w), {}, ['inputs', 'parameters']),
  forward: (w) => forward(w, [1, 1]),
  'forward: x': (w) => forward(trainer, w),
  ...options('forward', (w) => forward(trainer, [1, 1], w), {}, ['training', 'prediction']),
  backward: (w) => backward(w, [1, 1], { y: [0] }),
  'backward: x': (w) => backward(trainer, w, { y: [0] }),
  ...options('backward', (w) => backward(trainer, [1, 1], w), {}, ['y', 'outputGradient']),
  ...options('backward', (w) => backward(trainer, [1, 1], w), { y: [0] }, ['inputs', 'parameters', 'sampleWeights']),
  observe: (w) => observe(w, [1, 1], ['prediction']),
  'observe: x': (w) => observe(trainer, w, ['prediction']),
  'observe: names': (w) => observe(trainer, [1, 1], w),
  'observe: a name': (w) => observe(trainer, [1, 1], [w]),
  'backward: a number of outputGradient': (w) => backward(trainer, [1, 1], { outputGradient: [w, 1] }),
  'bench: matmul': (w) => matmul(w),
  ...options(
    'bench: network',
    network,
    { batch: 2, loss: good.loss, optimizer: good.optimizer, name: 'net', model: net },
    ['name', 'model', 'loss', 'optimizer', 'batch', 'epoch'],
  ),
  ...options('bench: synthetic', synthetic, { count: 1, features: 1, outputs: 1 }, ['count', 'features', 'outputs']),
  'bench: xorSamples': (w) => xorSamples(w),
  'bench: measure, the work': (w) => measure(w, w),
  'bench: measure, the device': (w) => measure(matmul(1), w),
};

test.each(Object.keys(calls))('%s: takes every wild value or says what is wrong with it', async (name) => {
  for (const [what, value] of wild) {
    await expectTyped(() => calls[name](value as never)).catch((error) => {
      throw new Error(`${what}: ${error.message}`);
    });
  }
});

describe('sizes', () => {
  const sized = (layers: Parameters<typeof sequential>[1], batch = 1, shape = [2]) =>
    compile(sequential(shape, layers), { ...good, batch });
  test.each<[string, () => unknown]>([
    ['a batch of 2³²', () => sized([dense(2)], 2 ** 32)],
    ['2⁵² units', () => sized([dense(2 ** 52), dense(2)])],
    ['2²⁸ units of 2²⁸', () => sized([dense(2 ** 28), dense(2 ** 28), dense(2)])],
    ['a large input', () => sized([dense(2)], 1, [2 ** 30, 2 ** 30, 2 ** 30])],
    ['large filters', () => sized([conv2d(2, 2 ** 20, relu, { padding: 2 ** 20 })], 1, [1, 1, 1])],
    ['many filters', () => sized([conv2d(2 ** 40, 1), dense(2)], 1, [1, 1, 1])],
  ])('%s are refused before there is memory for them', async (_, call) => {
    const error = await outcome(call);
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect((error as Error).message).toMatch(/^compile: .* needs \S+ bytes.*; the limit is 4294967296/);
  });

  test('2⁵³ units are no number of units', () => {
    expect(() => dense(2 ** 53)).toThrow('dense: units must be a positive integer, found 9007199254740992');
  });
});

test('an adapter that is refused is none', async () => {
  const requestAdapter = async () => {
    throw new TypeError('not today');
  };
  const gpu = vi.spyOn(platform, 'gpu').mockResolvedValue({ requestAdapter } as unknown as GPU);
  await expect(library.openDevice()).rejects.toThrow(library.NoAdapterError);
  await expect(library.openDevice()).rejects.toThrow('not today');
  await expect(library.openDevice(any(revoked({})))).rejects.toThrow(library.NoAdapterError);
  gpu.mockRestore();
});

test('every function that is exported is tried', () => {
  const tried = Object.keys(calls).join(' ');
  const untried = [
    'formatSafetensors',
    'parseSafetensors',
    'openDevice',
    'xavier',
    'he',
    'lecun',
    'zeros',
    'ones',
    'add',
    'flatten',
    'multiply',
    'prelu',
    ...['globalAveragePool2d', 'globalMaxPool2d'], // take nothing
    ...['accuracy', 'auc', 'confusion', 'exactMatch', 'meanAbsoluteError', 'rSquared'], // take nothing
  ];
  for (const [name, value] of Object.entries(library)) {
    const isFunction = typeof value === 'function' && !/^[A-Z]/.test(name);
    if (isFunction && !untried.includes(name)) expect(tried).toContain(name);
  }
});
