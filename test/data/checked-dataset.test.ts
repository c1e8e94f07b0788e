/** Data sets as they reach a net: of its shapes, and checked however they were made. */
import { beforeAll, describe, expect, test } from 'vitest';
import { batch, type Dataset, digits, type Field, fromArrays, take } from '../../src/data/index.ts';
import {
  ArgumentError,
  augmented,
  binaryCrossEntropy,
  categoricalCrossEntropy,
  compile,
  conv2d,
  DataError,
  dense,
  type LossFunction,
  type Model,
  meanSquared,
  relu,
  ShapeError,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmax,
  softmaxCrossEntropy,
  type Trainer,
} from '../../src/index.node.ts';

const optimizer = sgd({ learningRate: 0.1 });
const onCpu = (model: Model, loss: LossFunction = softmaxCrossEntropy(), size = 2): Promise<Trainer> =>
  compile(model, { device: 'cpu', batch: size, loss, optimizer, seed: 1 });

/** Every way by which a data set enters a net. */
const ways: [string, (net: Trainer, dataset: Dataset, good: Dataset) => Promise<unknown>][] = [
  ['fit', (net, dataset) => net.fit(dataset, { epochs: 1 })],
  ['fit: validation', (net, dataset, good) => net.fit(good, { epochs: 1, validation: dataset })],
  ['evaluate', (net, dataset) => net.evaluate(dataset)],
];

describe('the shape of a sample', () => {
  const of = (shape: number[]): Dataset =>
    fromArrays({ x: new Float32Array(2 * shape.reduce((a, b) => a * b)), y: [0, 1], shape, name: 'images' });

  test.each<[number[], number[]]>([
    [[28, 28], [784]],
    [[784], [28, 28]],
    [
      [28, 28],
      [1, 28, 28],
    ],
    [
      [1, 28, 28],
      [28, 28],
    ],
    [
      [28, 28, 1],
      [1, 28, 28],
    ],
    [[784], [1, 28, 28]],
    [
      [3, 2, 2],
      [3, 2, 2],
    ],
    [[3, 2, 2], [12]],
    [[12], [3, 2, 2]],
    [
      [1, 12],
      [3, 2, 2],
    ],
  ])('%j goes into a model for %j', async (shape, size) => {
    const net = await onCpu(sequential(size, [dense(2)]));
    for (const [, enter] of ways) await enter(net, of(shape), of(shape));
  });

  describe.each<[number[], number[]]>([
    [
      [2, 2, 3],
      [3, 2, 2],
    ],
    [
      [3, 2, 2],
      [2, 2, 3],
    ],
    [
      [4, 3],
      [3, 4],
    ],
    [
      [4, 3],
      [3, 2, 2],
    ],
    [
      [6, 2],
      [3, 2, 2],
    ],
    [
      [2, 6],
      [2, 2, 3],
    ],
  ])('%j does not go into a model for %j', (shape, size) => {
    test.each(ways)('%s', async (where, enter) => {
      const net = await onCpu(sequential(size, [dense(2)]));
      const call = enter(net, of(shape), of(size));
      await expect(call).rejects.toThrow(ShapeError);
      await expect(call).rejects.toThrow(`${where}: expected samples of shape [${size.join(', ')}]`);
      await expect(call).rejects.toThrow(`found images with [${shape.join(', ')}]`);
      expect(net.steps).toBe(0);
    });
  });

  test('channels last do not go into a convolution', async () => {
    const net = await onCpu(sequential([3, 2, 2], [conv2d(1, 2), dense(2)]));
    const images = fromArrays({ x: new Float32Array(24), y: [0, 1], shape: [2, 2, 3] });
    await expect(net.fit(images, { epochs: 1 })).rejects.toThrow(ShapeError);
  });
});

const points = fromArrays({
  x: [
    [0, 1],
    [1, 0],
    [1, 1],
    [0, 0],
  ],
  y: [0, 1, 1, 0],
  name: 'points',
});
const { inputs, targets } = points;
type Change = Partial<Record<keyof Field, unknown>>;
const x = (more: Change) => ({ inputs: { ...inputs, ...more } as Field });
const y = (more: Change) => ({ targets: { ...targets, ...more } as Field });

describe('a data set made by hand', () => {
  let net: Trainer;
  beforeAll(async () => {
    net = await onCpu(sequential([2], [dense(2)]));
  });

  const wrong: [string, object, string][] = [
    ['twice the rows', { count: 8 }, 'points.inputs.data: expected 16 numbers (8 samples, 2 values each), found 8'],
    ['half the rows', { count: 2 }, 'inputs.data: expected 4 numbers (2 samples, 2 values each), found 8'],
    ['a count in words', { count: '4' }, 'points.count: expected a positive integer, found "4"'],
    ['no samples', { count: 0 }, 'points.count: expected a positive integer, found 0'],
    [
      'a label out of range',
      y({ data: Uint8Array.of(0, 1, 7, 0) }),
      'targets.data[2]: expected a class from 0 to 1, found 7',
    ],
    [
      'half a label',
      y({ data: Float32Array.of(0, 0.5, 1, 0) }),
      'targets.data[1]: expected a class from 0 to 1, found 0.5',
    ],
    ['a negative label', y({ data: Float32Array.of(0, -1, 1, 0) }), 'targets.data[1]: expected a class'],
    [
      'too few labels',
      y({ data: Uint8Array.of(0, 1, 1) }),
      'targets.data: expected 4 numbers (4 samples, one class each), found 3',
    ],
    [
      'Int32Array data',
      x({ data: new Int32Array(8) }),
      'inputs.data: expected a Uint8Array or a Float32Array, found an Int32Array',
    ],
    ['Float64Array data', x({ data: new Float64Array(8) }), 'inputs.data: expected a Uint8Array or a Float32Array'],
    [
      'Int32Array labels',
      y({ data: Int32Array.of(0, 1, 1, 0) }),
      'targets.data: expected a Uint8Array or a Float32Array',
    ],
    [
      'plain arrays',
      x({ data: [0, 1, 1, 0, 1, 1, 0, 0] }),
      'inputs.data: expected a Uint8Array or a Float32Array, found [0, 1',
    ],
    [
      'NaN',
      x({ data: new Float32Array(8).fill(Number.NaN, 5) }),
      'inputs.data[5]: expected a finite number, found NaN',
    ],
    ['a scale of NaN', x({ scale: Number.NaN }), 'inputs.scale: expected a finite number'],
    [
      'a scale beyond floats',
      x({ scale: 1e39 }),
      'inputs.scale: expected a finite number that fits in a 32-bit float, found 1e+39',
    ],
    [
      'a scale that makes infinity',
      x({ scale: 3e38, data: new Float32Array(8).fill(2) }),
      'inputs.data[0]: expected a number',
    ],
    ['another shape', { shape: [3] }, 'points.shape: expected 2 values, as many as inputs have per sample, found [3]'],
    ['a shape in words', { shape: '2' }, 'points.shape: expected positive integers, found "2"'],
    ['another kind', x({ kind: 'bytes' }), `inputs.kind: expected 'values' or 'labels', found "bytes"`],
    ['a size of 1.5', x({ size: 1.5 }), 'inputs.size: expected a positive integer, found 1.5'],
  ];
  const entrances: [string, (dataset: Dataset) => unknown][] = [
    ...ways.map(([name, enter]): [string, (dataset: Dataset) => unknown] => [
      name,
      (dataset) => enter(net, dataset, points),
    ]),
    ['take', (dataset) => take(dataset, 1)],
    ['batch', (dataset) => batch(dataset, [0, 1, 2, 3])],
    ['augmented', (dataset) => augmented(dataset, {}, { count: 4 })],
  ];
  describe.each(wrong)('with %s', (name, change, message) => {
    test.each(entrances)('is refused by %s', async (where, enter) => {
      const call = Promise.resolve().then(() => enter({ ...points, ...change } as Dataset));
      await expect(call).rejects.toThrow(DataError);
      // `batch` looks at the samples that it takes.
      if (where !== 'batch' || !/label|NaN|infinity/.test(name)) await expect(call).rejects.toThrow(message);
      await expect(call).rejects.toThrow(where.split(':')[0]);
    });
  });

  test.each<[string, unknown]>([
    ['a pair of sets', { train: points, test: points }],
    ['no targets', { ...points, targets: undefined }],
    ['no name', { ...points, name: undefined }],
    ['null', null],
    ['a Promise', Promise.resolve(points)],
    ['a text', 'mnist'],
  ])('%s is none', async (_, dataset) => {
    for (const [, enter] of entrances) {
      const call = Promise.resolve().then(() => enter(dataset as Dataset));
      await expect(call).rejects.toThrow(ArgumentError);
      await expect(call).rejects.toThrow('expected a data set');
    }
  });

  test('is as good as any where it is right', async () => {
    const byHand = { name: 'by hand', count: 4, shape: [2], ...x({}), ...y({}) } as Dataset;
    const trained = async (dataset: Dataset) => {
      const one = await onCpu(sequential([2], [dense(2)]));
      return one.fit(dataset, { epochs: 2, validation: dataset }).then((results) => results.map((r) => r.trainLoss));
    };
    expect(await trained(byHand)).toEqual(await trained(points));
    expect(await trained({ ...points, name: 'renamed' })).toEqual(await trained(points));
  });

  test('one that the library made stays as it was made', () => {
    for (const set of [points, digits({ train: 1, test: 1 }).train, take(points, 2)]) {
      for (const part of [set, set.shape, set.inputs, set.targets]) expect(Object.isFrozen(part)).toBe(true);
    }
  });
});

describe('arrays that change after the call', () => {
  const model = sequential([2], [dense(2)]);
  const make = (): Dataset => ({
    ...points,
    ...x({ data: inputs.data.slice() }),
    ...y({ data: targets.data.slice() }),
  });
  const options = { epochs: 3, shuffle: false };
  const losses = async (net: Trainer, dataset: Dataset) =>
    (await net.fit(dataset, options)).map(({ trainLoss }) => trainLoss);

  test.each([
    ['made by hand', make],
    [
      'of fromArrays',
      () =>
        fromArrays({
          x: [
            [0, 1],
            [1, 0],
            [1, 1],
            [0, 0],
          ],
          y: [0, 1, 1, 0],
        }),
    ],
  ])('do not reach the fit that runs: %s', async (_, create) => {
    const dataset = create();
    const net = await onCpu(model);
    const running = losses(net, dataset);
    dataset.inputs.data.fill(100);
    dataset.targets.data.fill(7);
    expect(await running).toEqual(await losses(await onCpu(model), points));
  });

  test('are the data of the next call where the set was made by hand, and checked again', async () => {
    const dataset = make();
    const net = await onCpu(model);
    await net.fit(dataset, options);
    dataset.inputs.data.fill(1);
    const before = await net.evaluate(dataset);
    const same = await net.evaluate(fromArrays({ x: new Float32Array(8).fill(1), y: [0, 1, 1, 0], shape: [2] }));
    expect(before).toEqual(same);
    dataset.targets.data[0] = 7;
    await expect(net.evaluate(dataset)).rejects.toThrow('targets.data[0]: expected a class from 0 to 1, found 7');
    dataset.targets.data[0] = 1;
    Object.assign(dataset, { count: 5 });
    await expect(net.fit(dataset, options)).rejects.toThrow('expected 10 numbers');
  });

  test('are not what a checked step of the next fit is compared with', async () => {
    const dataset = fromArrays({ x: new Float32Array([0, 1, 1, 0, 1, 1, 0, 0]), y: [0, 1, 1, 0], shape: [2] });
    const asMade = await onCpu(model);
    const net = await compile(model, {
      device: 'cpu',
      batch: 2,
      loss: softmaxCrossEntropy(),
      optimizer,
      seed: 1,
      check: { every: 1 },
    });
    const [before, expected] = [await losses(net, dataset), await losses(asMade, dataset)];
    expect(before).toEqual(expected);
    dataset.inputs.data.fill(0);
    dataset.targets.data.fill(0);
    expect(await losses(net, dataset)).toEqual(await losses(asMade, dataset));
  });

  test('never reach a net unchecked', async () => {
    const dataset = fromArrays({
      x: [
        [0, 1],
        [1, 0],
      ],
      y: [0, 1],
    });
    dataset.targets.data[1] = 7;
    dataset.inputs.data[0] = Number.NaN;
    const net = await onCpu(model);
    await expect(net.fit(dataset, options)).rejects.toThrow(DataError);
    await expect(net.evaluate(dataset)).rejects.toThrow(DataError);
    expect(net.steps).toBe(0);
  });
});

describe('targets', () => {
  test.each(ways)('class labels for one output: %s says what to write instead', async (where, enter) => {
    const net = await onCpu(sequential([2], [dense(1, sigmoid)]), binaryCrossEntropy());
    const good = fromArrays({
      x: [
        [0, 1],
        [1, 0],
      ],
      y: [[0], [1]],
    });
    const call = enter(net, points, good);
    await expect(call).rejects.toThrow(ShapeError);
    await expect(call).rejects.toThrow(`${where}: points has labels of 2 classes`);
    await expect(call).rejects.toThrow('give y as values, [[0], [1], ...] or a Float32Array');
    await enter(net, good, good);
  });

  test('fewer classes than outputs name the option that says how many there are', async () => {
    const net = await onCpu(sequential([2], [dense(10)]));
    await expect(net.fit(points, { epochs: 1 })).rejects.toThrow('{ classes: 10 }');
  });

  const losses: [string, LossFunction, Model][] = [
    ['binaryCrossEntropy', binaryCrossEntropy(), sequential([1], [dense(2, sigmoid)])],
    ['sigmoidCrossEntropy', sigmoidCrossEntropy(), sequential([1], [dense(2)])],
    ['categoricalCrossEntropy', categoricalCrossEntropy(), sequential([1], [dense(2, softmax)])],
    ['softmaxCrossEntropy', softmaxCrossEntropy(), sequential([1], [dense(2)])],
  ];
  describe.each(losses)('%s', (name, loss, model) => {
    const of = (...rows: [number, number][]) => fromArrays({ x: rows.map(() => [1]), y: rows });
    test.each([-0.1, 1.01, 2])('takes no target of %d', async (value) => {
      const net = await onCpu(model, loss);
      const [good, bad] = [of([0, 1], [0.5, 0.5]), of([0, 1], [0, value])];
      const found = Math.fround(value);
      for (const [where, enter] of ways) {
        const call = enter(net, bad, good);
        await expect(call).rejects.toThrow(DataError);
        await expect(call).rejects.toThrow(`${where}: arrays: y: value 1 of sample 1 must be a probability`);
        await expect(call).rejects.toThrow(`for ${name}, found ${found}`);
      }
      const calls = [() => net.step([1, 1], [0, 1, 0, value]), () => net.gradients([1, 1], [0, 1, 0, value])];
      for (const call of [...calls, () => net.tensors([1, 1], [0, 1, 0, value]), () => net.check([1], [0, value])]) {
        const made = Promise.resolve().then<unknown>(call);
        await expect(made).rejects.toThrow(DataError);
        await expect(made).rejects.toThrow(/y: value 1 of sample [01] must be a probability, from 0 to 1/);
      }
      expect(net.steps).toBe(0);
    });

    test('takes every probability, whatever they sum to, and those of `predict`', async () => {
      const net = await onCpu(model, loss);
      await net.fit(of([0, 0], [1, 1], [0.25, 0.5]), { epochs: 1 });
      net.step([1, 1], await net.predict([1, 2]));
      net.step([1], [0, 1.0000001]);
      expect(await net.loss()).toBeGreaterThan(0);
    });
  });

  test('other losses take any number', async () => {
    const net = await onCpu(sequential([1], [dense(1)]), meanSquared());
    await net.fit(fromArrays({ x: [[1], [2]], y: [[-5], [17]] }), { epochs: 1 });
    expect(net.steps).toBe(1);
  });
});

describe('y of a step', () => {
  const good = [0, 1, 1, 0];
  test.each<[string, ArrayLike<number>, ArrayLike<number>]>([
    ['integers are classes', Int32Array.of(2, 0), [2, 0]],
    ['bytes are classes', Uint8Array.of(2, 0), [2, 0]],
    ['floats are values', Float64Array.of(0, 0, 1, 1, 0, 0), [0, 0, 1, 1, 0, 0]],
    ['a plain array is what its length says', [0, 0, 1, 1, 0, 0], [2, 0]],
  ])('%s', async (_, given, same) => {
    const net = await onCpu(sequential([2], [dense(3, relu), dense(3)]));
    expect(await net.gradients(good, given)).toEqual(await net.gradients(good, same));
  });

  test.each<[string, ArrayLike<number>, string]>([
    ['floats as many as samples', Float32Array.of(2, 0), 'found 2; a Float32Array holds values'],
    ['floats of 64 bits', Float64Array.of(2, 0), 'found 2; a Float64Array holds values'],
    ['bytes as many as values', Uint8Array.of(0, 0, 1, 1, 0, 0), 'found 6; a Uint8Array holds class indices'],
    ['a text', '20' as never, 'found "20"'],
    ['a generator', (function* () {})() as never, 'found a Generator; spread the iterable into an array'],
  ])('%s: refused', async (_, given, message) => {
    const net = await onCpu(sequential([2], [dense(3)]));
    for (const method of ['step', 'gradients', 'tensors', 'check'] as const) {
      const call = Promise.resolve().then<unknown>(() => net[method](good, given));
      await expect(call).rejects.toThrow(ShapeError);
      await expect(call).rejects.toThrow(message);
    }
  });

  test('one output takes numbers of any array as values', async () => {
    const net = await onCpu(sequential([2], [dense(1)]), meanSquared());
    const plain = await net.gradients(good, [5, 17]);
    for (const given of [Uint8Array.of(5, 17), Float32Array.of(5, 17)]) {
      expect(await net.gradients(good, given)).toEqual(plain);
    }
  });
});
