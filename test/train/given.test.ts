/** Samples as callers give them: rows, numbers one after another, bytes, data sets. */
import { describe, expect, test } from 'vitest';
import type { Rows } from '../../src/base/numbers.ts';
import { type Dataset, digits, fromArrays, fromSamples, take } from '../../src/data/index.ts';
import {
  ArgumentError,
  binaryCrossEntropy,
  compile,
  dense,
  type LossFunction,
  type Model,
  meanSquared,
  ShapeError,
  sequential,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
  type Trainer,
} from '../../src/index.node.ts';
import { realm } from '../support/realm.ts';

const other = await realm();
const optimizer = sgd({ learningRate: 0.1 });
const onCpu = (model: Model, loss: LossFunction = softmaxCrossEntropy()): Promise<Trainer> =>
  compile(model, { device: 'cpu', batch: 3, loss, optimizer, seed: 1 });
const classes = () => onCpu(sequential([2], [dense(3)]));

const flat = [0, 1, 0.5, -1, 3, 2];
const rows = [
  [0, 1],
  [0.5, -1],
  [3, 2],
];

describe('x', () => {
  const ways: [string, Rows][] = [
    ['rows', rows],
    ['rows in typed arrays', rows.map((row) => Float64Array.from(row))],
    ['rows of another realm', new other.Array(...rows.map((row) => new other.Float32Array(row)))],
    ['a Float64Array', Float64Array.from(flat)],
    ['what is like an array', { ...flat, length: 6 }],
  ];
  test.each(ways)('as %s is what it is as numbers one after another', async (_, x) => {
    const net = await classes();
    expect(await net.predict(x)).toEqual(await net.predict(flat));
    expect(await net.gradients(x, [2, 0, 1])).toEqual(await net.gradients(flat, [2, 0, 1]));
    expect(await net.tensors(x, [2, 0, 1])).toEqual(await net.tensors(flat, [2, 0, 1]));
    expect(await net.check(x, [2, 0, 1])).toMatchObject({ ok: true });
    const twin = await classes();
    net.step(x, [2, 0, 1]);
    twin.step(flat, [2, 0, 1]);
    expect(await net.parameters()).toEqual(await twin.parameters());
  });

  test('as a data set is its inputs, whatever its targets are', async () => {
    const net = await classes();
    const expected = await net.predict(flat);
    for (const y of [[0, 1, 2], [0, 0, 7], rows.map(() => [5, -5])])
      expect(await net.predict(fromArrays({ x: rows, y }))).toEqual(expected);
    await expect(net.predict(fromArrays({ x: [[1, 2, 3]], y: [0] }))).rejects.toThrow(/has 3 inputs per sample/);
    await expect(net.evaluate(fromArrays({ x: rows, y: [0, 0, 7] }))).rejects.toThrow(/labels are of 8 classes/);
    net.destroy();
  });

  test('as one row is one sample', async () => {
    const net = await classes();
    expect(await net.predict([[3, 2]])).toEqual(await net.predict([3, 2]));
  });
});

describe('y', () => {
  const values = [0, 1, 0, 0.5, 0.5, 0, 1, 0, 0];
  const inRows = [values.slice(0, 3), values.slice(3, 6), values.slice(6)];
  test('as rows is values, one for each output', async () => {
    const net = await classes();
    expect(await net.gradients(rows, inRows)).toEqual(await net.gradients(flat, values));
  });

  test('as rows of one value each goes with one output', async () => {
    const net = await onCpu(sequential([2], [dense(1)]), meanSquared());
    expect(await net.gradients(rows, [[1], [5], [-2]])).toEqual(await net.gradients(flat, [1, 5, -2]));
  });
});

describe('bytes', () => {
  const bytes = Uint8Array.of(0, 51, 102, 255, 7, 8);
  const scaled = Float32Array.from(bytes, (byte) => byte * Math.fround(1 / 255));
  const set = (scale: number) => fromArrays({ x: bytes, y: [0, 1, 0], shape: [2], classes: 3, scale });

  test('are multiplied by the scale of the data set that the net was last trained on', async () => {
    const net = await classes();
    expect(await net.predict(bytes)).toEqual(await net.predict([...bytes]));
    await net.fit(set(1 / 255), { epochs: 1 });
    for (const given of [
      bytes,
      Uint8ClampedArray.from(bytes),
      [0, 2, 4].map((i) => bytes.subarray(i, i + 2)),
      set(1 / 255),
    ])
      expect(await net.predict(given)).toEqual(await net.predict(scaled));
    expect(await net.gradients(bytes, [1, 2, 0])).toEqual(await net.gradients(scaled, [1, 2, 0]));
    await net.fit(set(2), { epochs: 1 });
    expect(await net.predict(bytes)).toEqual(await net.predict([0, 102, 204, 510, 14, 16]));
  });

  test('and no other numbers are', async () => {
    const net = await classes();
    await net.fit(set(1 / 255), { epochs: 1 });
    expect(await net.predict(Int16Array.from(bytes))).toEqual(await net.predict([...bytes]));
    expect(await net.predict([[...bytes.subarray(0, 2)], bytes.subarray(2, 4), bytes.subarray(4)])).toEqual(
      await net.predict([0, 51, ...scaled.subarray(2)]),
    );
  });

  test('are so after a load too', async () => {
    const net = await classes();
    await net.fit(set(1 / 255), { epochs: 1 });
    const loaded = await classes();
    await loaded.load(await net.save());
    expect(await loaded.predict(bytes)).toEqual(await net.predict(scaled));
  });

  test('in y are classes, or values of one output', async () => {
    const net = await onCpu(sequential([2], [dense(1)]), meanSquared());
    await net.fit(fromArrays({ x: bytes, y: [[0], [1], [0]], shape: [2], scale: 1 / 255 }), { epochs: 1 });
    expect(await net.gradients(scaled, Uint8Array.of(5, 17, 0))).toEqual(await net.gradients(scaled, [5, 17, 0]));
  });
});

describe('a data set', () => {
  const labelled = fromArrays({ x: rows, y: [2, 0, 1], scale: 2, classNames: ['a', 'b', 'c'] });

  test('is a batch of all its samples', async () => {
    const [net, twin] = [await classes(), await classes()];
    const doubled = flat.map((value) => 2 * value);
    expect(await net.gradients(labelled)).toEqual(await twin.gradients(doubled, [2, 0, 1]));
    expect(await net.tensors(labelled)).toEqual(await twin.tensors(doubled, [2, 0, 1]));
    expect(await net.check(labelled)).toMatchObject({ ok: true });
    net.step(labelled);
    twin.step(doubled, [2, 0, 1]);
    expect(await net.parameters()).toEqual(await twin.parameters());
    expect(net.classNames).toEqual(['a', 'b', 'c']);
    expect(twin.classNames).toBeUndefined();
  });

  test('takes the step that fit takes on it', async () => {
    const { train } = digits({ train: 3, test: 1 });
    const [net, twin] = await Promise.all([0, 1].map(() => onCpu(sequential([28, 28], [dense(10)]))));
    net.step(train);
    await twin.fit(train, { epochs: 1, shuffle: false });
    expect(await net.parameters()).toEqual(await twin.parameters());
  });

  test('may have values as targets, with a scale', async () => {
    const net = await onCpu(sequential([2], [dense(2, sigmoid)]), binaryCrossEntropy());
    const set = fromArrays({ x: rows, y: rows.map((_, i) => [i % 2, 1]) });
    const half: Dataset = { ...set, targets: { ...set.targets, scale: 0.5 } };
    expect(await net.gradients(half)).toEqual(await net.gradients(flat, [0, 0.5, 0.5, 0.5, 0, 0.5]));
  });

  test('of a batch at most, in memory, of the shape of the net, and alone', async () => {
    const net = await classes();
    const { train } = digits({ train: 3, test: 1 });
    const streamed = fromSamples((samples) => ({ x: samples, y: samples }), {
      ...{ count: 3, shape: [2], classes: 3, name: 'stream' },
    });
    const four = fromArrays({ x: [...rows, [1, 1]], y: [2, 0, 1, 0], name: 'four' });
    for (const method of ['step', 'gradients', 'tensors', 'check'] as const) {
      const refused = async (given: unknown, error: new (message: string) => Error, words: string, y?: unknown) => {
        const call = Promise.resolve().then<unknown>(() => net[method](given as never, y as never));
        await expect(call).rejects.toThrow(error);
        await expect(call).rejects.toThrow(`${method}: ${words}`);
      };
      await refused(four, ShapeError, 'four has 4 samples, more than the batch of 3 that the net was compiled for');
      await refused(train, ShapeError, 'digits train has 784 inputs per sample, but the model has 2');
      await refused(
        streamed,
        ArgumentError,
        'expected a data set in memory, found stream, which is read as it is used',
      );
      await refused(labelled, ArgumentError, 'expected no y beside a data set, found [0, 1, 2]', [0, 1, 2]);
      await refused(rows, ShapeError, 'y must hold the targets of 3 samples, found undefined');
    }
    expect(net.steps).toBe(0);
    net.step(take(four, 3));
    expect(net.steps).toBe(1);
  });
});
