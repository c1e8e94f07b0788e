/** The model in its file: what is written is read back, and what is not as it is written is a DataError. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DataError } from '../../src/base/errors.ts';
import { fromArrays, type TableColumn } from '../../src/data/index.ts';
import {
  activation,
  add,
  apply,
  avgPool1d,
  avgPool2d,
  batchNorm,
  binaryCrossEntropy,
  categoricalCrossEntropy,
  compile,
  concat,
  conv1d,
  conv2d,
  conv2dTranspose,
  dense,
  dropout,
  elu,
  flatten,
  focal,
  formatSafetensors,
  gelu,
  globalAveragePool2d,
  globalMaxPool2d,
  groupNorm,
  he,
  hinge,
  huber,
  input,
  klDivergence,
  type LossFunction,
  layerNorm,
  leakyRelu,
  linear,
  type Model,
  maxPool1d,
  maxPool2d,
  meanAbsolute,
  meanSquared,
  model,
  multiply,
  normal,
  parseSafetensors,
  permute,
  pointwise,
  prelu,
  quadratic,
  relu,
  reshape,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  silu,
  softmax,
  softmaxCrossEntropy,
  softplus,
  squared,
  standardize,
  tanh,
  upsample2d,
} from '../../src/index.ts';
import { lossNamed } from '../../src/nn/losses/registry.ts';
import { outputs } from '../../src/nn/model.ts';
import { formatModel, MODEL, plain } from '../../src/saved/model-text.ts';
import { readModel } from '../../src/saved/read-model.ts';

const cube = (scale: number) =>
  pointwise({
    name: 'cube',
    wgsl: `fn f(z: f32) -> f32 { return ${scale}.0 * z * z * z; }`,
    derivative: `fn derivative(z: f32) -> f32 { return ${3 * scale}.0 * z * z; }`,
    reference: { f: (z) => scale * z ** 3, derivative: (z) => 3 * scale * z * z },
  });

function residual(): Model {
  const x = input([3]);
  const wide = apply(dense(5, silu, { init: he(), biasInit: normal(0.5) }), x);
  return model(x, apply(dense(2, softmax), apply(add(), apply(dense(3), wide), x)));
}

function branches(): Model {
  const x = input([4, 3, 2]);
  const gate = apply(globalMaxPool2d(), x);
  const both = apply(concat(), apply(multiply(), x, gate), apply(permute([0, 1, 2]), x));
  const row = apply(maxPool1d(3, { stride: 2, padding: 1 }), apply(reshape([2, -1]), both));
  const ends = apply(flatten(), apply(avgPool1d(2, { padding: 1, countPadding: false }), row));
  return model(x, apply(concat(), ends, apply(globalAveragePool2d(), both), apply(reshape([-1]), both), gate));
}

const image = sequential(
  [2, 9, 9],
  [
    standardize({ mean: [1, 2], deviation: [3, 4] }),
    conv2d(3, [3, 2], relu, { stride: 2, padding: 'same' }),
    conv2d(2, 2, gelu, { padding: 1, groups: 1, bias: false }),
    conv2d(4, [1, 3], relu, { stride: [1, 1], padding: [0, 1], groups: 2 }),
    conv2dTranspose(2, [1, 2], relu, { stride: [1, 2], padding: [0, 1], outputPadding: [0, 1], groups: 2 }),
    maxPool2d(2),
    maxPool2d(2, { stride: 1, padding: 'same' }),
    avgPool2d([1, 2], { stride: 1 }),
    maxPool2d(3, { stride: [2, 1], padding: 1 }),
    avgPool2d([3, 2], { stride: 1, padding: [1, 0], countPadding: false }),
    layerNorm({ epsilon: 1e-3 }),
    batchNorm({ momentum: 0.25 }),
    groupNorm(2, { epsilon: 1e-4 }),
    upsample2d([1, 2]),
    prelu(),
    activation(elu),
    flatten(),
    dropout(0.25),
    dense(4, leakyRelu),
    dense(4, softplus),
    dense(4, sigmoid),
  ],
);

const saved: Record<string, [Model, LossFunction]> = {
  'a stack': [
    sequential([784], [dense(100, tanh), dense(10)]),
    softmaxCrossEntropy({ classWeights: Array(10).fill(2) }),
  ],
  'a residual net': [residual(), categoricalCrossEntropy({ labelSmoothing: 0.1, reduction: 'sum' })],
  'a net with branches that join': [branches(), quadratic()],
  'every layer': [image, binaryCrossEntropy()],
  'a net on signals': [
    sequential(
      [2, 9],
      [conv1d(4, 3, relu, { stride: 2, padding: 'same', groups: 2 }), dense(1, linear, { bias: false })],
    ),
    quadratic(),
  ],
  'a linear net': [sequential([1], [dense(1, linear)]), sigmoidCrossEntropy()],
  squares: [sequential([2], [dense(1)]), squared()],
  halves: [sequential([2], [dense(1)]), quadratic()],
  means: [sequential([2], [dense(1)]), meanSquared({ reduction: 'sum' })],
  distances: [sequential([2], [dense(1)]), meanAbsolute()],
  'few outliers': [sequential([2], [dense(1)]), huber({ delta: 0.5 })],
  'a support vector machine': [sequential([2], [dense(3)]), hinge()],
  'a student': [sequential([2], [dense(3)]), klDivergence()],
  'few hard samples': [sequential([2], [dense(3)]), focal({ gamma: 1, alpha: 'none' })],
};
const facts = { name: 'MNIST train', type: 'uint8', scale: 1 / 255 } as const;
const dataOf = (of: Model) => ({
  ...{ ...facts, shape: of.input },
  classNames: Array.from({ length: outputs(of) }, (_, i) => `class ${i}`),
  ...(of.input.length === 1 && of.input[0] < 4 && { columns: columnsOf(of.input[0]) }),
});
const columnsOf = (inputs: number): readonly TableColumn[] =>
  inputs > 1
    ? [{ name: 'a', kind: 'category', categories: Array.from('xyz').slice(0, inputs), as: 'one-hot', missing: 'x' }]
    : [{ name: 'b', kind: 'number', missing: 0.5 }];

/** Initialisers are no part of a text. */
const told = ({ layers, ...rest }: Model) => ({ ...rest, layers: layers.map(plain) });

test.each(Object.entries(saved))('%s comes back as it was', async (_title, [net, loss]) => {
  const data = dataOf(net);
  const text = formatModel(net, loss, data);
  const read = await readModel(text, 'some');
  expect(told(read.model)).toEqual(told(net));
  expect(read.data).toEqual(data);
  expect(read.loss.name).toBe(loss.name);
  expect(formatModel(read.model, loss, data)).toBe(text);
  expect(text.length).toBeLessThan(2000);
});

test('the text of a net is what it says', () => {
  expect(formatModel(sequential([2], [dense(3, relu)]), quadratic())).toBe(
    '{"version":1,"input":[2],"layers":[{"layer":"dense","units":3,"activation":"relu"}],"wiring":[[0]],' +
      '"loss":{"name":"quadratic","reduction":"mean","labelSmoothing":0}}',
  );
});

describe('an activation of your own', () => {
  const net = sequential([2], [dense(3, cube(2)), activation(cube(2)), dense(1)]);
  const text = formatModel(net, squared());
  test('is found among those given, by its name and its WGSL', async () => {
    const read = await readModel(text, 'some', [cube(1), cube(2)]);
    expect(read.model.layers.map((layer) => 'activation' in layer && String(layer.activation))).toEqual([
      'cube',
      'cube',
      'linear',
    ]);
    expect(formatModel(read.model, squared())).toBe(text);
  });
  test('that is not given, or is another, is an error that says so', async () => {
    await expect(readModel(text, 'some')).rejects.toThrow(
      'some: retrograd.model: layers[0]: expected the activation "cube" in { activations: [...] }, from pointwise(), found none of that name',
    );
    await expect(readModel(text, 'some', [cube(1)])).rejects.toThrow(
      /with the same WGSL as in training, found another/,
    );
  });
});

test.each<[string, string, string, string]>([
  ['a newer version', '"version":1', '"version":2', 'version: expected 1 or an older one; update retrograd'],
  ['no version', '"version":1,', '', 'version: expected 1, found undefined'],
  ['something more', '"version":1', '"version":1,"more":2', 'more: expected nothing, found 2'],
  ['no JSON', '{"version"', 'version', 'expected a JSON object, found "version'],
  ['an empty shape', '"input":[784]', '"input":[]', 'input: expected a shape such as [784], found []'],
  [
    'a layer of no version',
    '"dense","units":100',
    '"attention","units":100',
    'layers[0]: expected a layer of this version',
  ],
  ['a name of every object', '"layer":"dense","units":100', '"layer":"toString","units":100', 'found "toString"'],
  [
    'an activation of none',
    '"tanh"',
    '"softsign"',
    'layers[0]: expected an activation of this version of retrograd, found "softsign"',
  ],
  ['no units', '"units":100', '"units":0', 'dense: units must be a positive integer, found 0'],
  [
    'an option that nobody reads',
    '"units":100',
    '"units":100,"rate":1',
    'layers[0]: expected {"layer":"dense","units":100,"activation":"tanh"}, found ',
  ],
  ['fewer wires than layers', '[[0],[1]]', '[[0]]', 'wiring: expected the values that each of 2 layers is applied to'],
  ['a wire to what comes later', '[[0],[1]]', '[[0],[2]]', 'wiring[1]: expected numbers of values from 0 to 1'],
  ['a layer that leads nowhere', '[[0],[1]]', '[[0],[0]]', 'wiring: expected '],
  ['two values for one', '[[0],[1]]', '[[0],[0,1]]', 'dense: expected 1 values, found [784] and [100]'],
  ['an input beyond all counting', '"input":[784]', '"input":[9007199254740991,9]', 'layers[-1]'],
  ['no loss', '"softmaxCrossEntropy"', '"hinge"', 'loss: expected one that goes with the layers'],
  [
    'weights of other classes',
    '"classWeights":[2,',
    '"classWeights":[',
    'loss: expected one that goes with the layers',
  ],
  [
    'columns of other inputs',
    '"type"',
    '"columns":[{"name":"a","kind":"number"}],"type"',
    'data: columns: expected those of 784 inputs',
  ],
  [
    'columns that are none',
    '"type"',
    '"columns":[{"name":"a","kind":"text"}],"type"',
    'data: columns[0]: expected a column',
  ],
  ['names of other classes', '"class 9"', '"class 8"', 'data: expected { name'],
  ['no type', '"uint8"', '"int8"', 'data: expected { name, shape, type, scale, targets, classNames, columns, inputs }'],
])('%s is a DataError', async (_title, from, to, words) => {
  const text = formatModel(...saved['a stack'], dataOf(saved['a stack'][0])).replace(from, to);
  const error = await readModel(text, 'some').catch((error: unknown) => error);
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).message).toContain('some: retrograd.model: ');
  expect((error as DataError).message).toContain(words);
});

/** What stands in the place of some JSON value. */
const anything = [
  null,
  true,
  -1,
  0,
  1.5,
  2 ** 53,
  1e308,
  '',
  'dense',
  '__proto__',
  [],
  [0],
  [[]],
  {},
  { layer: 'add' },
];

test('a text with any change gives a model that is written as that text, or a DataError', async () => {
  const texts = Object.values(saved).map(([net, loss]) => formatModel(net, loss, dataOf(net)));
  const places = fc.tuple(fc.constantFrom(...texts), fc.nat(), fc.constantFrom(...anything), fc.nat(3));
  let [taken, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(places, async ([text, at, value, kind]) => {
      const changed =
        kind === 0
          ? text.slice(0, at % text.length) + text.slice((at % text.length) + 1)
          : kind === 1
            ? text.slice(0, at % text.length) + String.fromCharCode(32 + (at % 95)) + text.slice((at % text.length) + 1)
            : replaced(text, at, value);
      try {
        const { model, loss, data } = await readModel(changed, 'some');
        const again = JSON.parse(formatModel(model, await lossNamed(loss), data));
        expect(again).toEqual(JSON.parse(changed));
        taken++;
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        refused++;
      }
    }),
    { numRuns: 3000, seed: 1 },
  );
  expect(Math.min(taken, refused)).toBeGreaterThan(20);
});

/** The text with one of its values, or the members of it, replaced. */
function replaced(text: string, at: number, value: unknown): string {
  let count = 0;
  JSON.parse(text, (_key, item) => {
    count++;
    return item;
  });
  let i = 0;
  return JSON.stringify(JSON.parse(text, (_key, item) => (i++ === at % count ? value : item)) ?? null);
}

describe('a net saves its model', () => {
  const make = () =>
    compile(sequential([2], [dense(3, relu)]), {
      device: 'cpu',
      batch: 2,
      loss: squared(),
      optimizer: sgd({ learningRate: 0.1 }),
    });
  const classNames = ['cat', 'dog', 'hamster'];
  const x = Uint8Array.of(1, 2, 3, 255);
  const samples = fromArrays({ x, y: [0, 2], shape: [2], classNames, scale: 1 / 255 });

  test('with how the samples of the last fit were given, also with weights alone, and loads it', async () => {
    const net = await make();
    expect(JSON.parse(parseSafetensors(await net.save()).metadata[MODEL]).data).toBeUndefined();
    await net.fit(samples, { epochs: 1 });
    const files = [await net.save(), await net.save(undefined, { weightsOnly: true })];
    const texts = files.map((file) => parseSafetensors(file).metadata[MODEL]);
    expect(texts[0]).toBe(texts[1]);
    expect((await readModel(texts[0], 'some')).data).toEqual({
      name: 'arrays',
      shape: [2],
      type: 'uint8',
      scale: 1 / 255,
      targets: 'labels',
      classNames,
    });
    const other = await make();
    await other.load(files[0]);
    expect(other.classNames).toEqual(classNames);
    expect(await other.save()).toEqual(files[0]);
  });

  test('and takes files from before, but none whose data are malformed', async () => {
    const net = await make();
    await net.fit(samples, { epochs: 1 });
    const { tensors, metadata } = parseSafetensors(await net.save(undefined, { weightsOnly: true }));
    const { [MODEL]: text, 'retrograd.crc32': _, ...rest } = metadata;
    await net.load(formatSafetensors(tensors, rest));
    expect(JSON.parse(parseSafetensors(await net.save()).metadata[MODEL]).data).toBeUndefined();
    const broken = formatSafetensors(tensors, { ...rest, [MODEL]: text.replace('"scale"', '"size"') });
    await expect(net.load(broken)).rejects.toThrow(
      /retrograd\.model: data: expected \{ name, shape, type, scale, targets, classNames, columns, inputs \}/,
    );
    for (const names of ['["cat","dog"]', '["cat","dog","dog"]', '["cat","dog",1]', '"cat"']) {
      const renamed = text.replace(JSON.stringify(classNames), names);
      await expect(net.load(formatSafetensors(tensors, { ...rest, [MODEL]: renamed }))).rejects.toThrow(
        /data: expected/,
      );
    }
    await expect(net.save(undefined, { metadata: { [MODEL]: 'mine' } })).rejects.toThrow(
      /retrograd\.model is reserved/,
    );
  });
});
