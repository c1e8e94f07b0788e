/** Embeddings: indices of any kind arrive exactly, those that are none are refused from every side, and runs repeat. */
import { describe, expect, test } from 'vitest';
import { csv, type Dataset, fromArrays } from '../../../src/data/index.ts';
import {
  ArgumentError,
  adam,
  apply,
  compile,
  concat,
  DataError,
  dense,
  embedding,
  flatten,
  input,
  model,
  permute,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from '../../../src/index.node.ts';
import { openModel } from '../../../src/predict.node.ts';
import { useGpu } from '../../support/harness.ts';
import { streamed } from '../../support/streamed.ts';

const gpu = useGpu();
const text = (count = 1000, padding?: number) =>
  sequential([3], [embedding(count, 4, { padding }), flatten(), dense(2)]);
const make = (of = text(), options = {}) =>
  compile(of, {
    device: gpu.device,
    batch: 4,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
    seed: 1,
    tune: 'off',
    ...options,
  });

const numbers = [
  [3, 500, 999],
  [0, 256, 3],
  [7, 7, 65],
  [999, 0, 255],
];
const set = (x: readonly number[][], options = {}): Dataset => fromArrays({ x, y: [0, 1, 1, 0], ...options });

describe('whole numbers', () => {
  test.each([
    ['rows', numbers],
    ['Int32Array', Int32Array.from(numbers.flat())],
    ['rows of Uint16Array', numbers.map((row) => Uint16Array.from(row))],
    ['Float32Array', Float32Array.from(numbers.flat())],
  ])('take their rows of the table: %s', async (_, x) => {
    const net = await make();
    net.step(x, [0, 1, 1, 0]);
    const { data } = await net.tensor('a1'); // [3, 4, 4], batch last
    const { 'layers.0.weight': table } = await (await make()).parameters();
    for (const [n, row] of numbers.entries())
      for (const [l, index] of row.entries())
        for (let u = 0; u < 4; u++) expect(data[(l * 4 + u) * 4 + n]).toBe(table.data[index * 4 + u]);
    net.destroy();
  });

  test('of bytes are not scaled, and columns of a table are as good', async () => {
    const small = numbers.map((row) => row.map((x) => x % 256));
    const bytes = fromArrays({ x: Uint8Array.from(small.flat()), y: [0, 1, 1, 0], shape: [3] });
    const table = await csv(new Blob([`a,b,c,y\n${small.map((row, i) => `${row},${'nyyn'[i]}`).join('\n')}`]), {
      target: 'y',
    });
    const net = await make();
    const expected = await net.predict(small);
    for (const given of [bytes, table, set(small), streamed(set(small))])
      expect(await net.predict(given)).toEqual(expected);
    net.destroy();
  });
});

describe('a number without a row is a DataError', () => {
  test.each([
    ['beyond the table', 1000, /value 1 of sample 2 must be a whole number from 0 to 999 for embedding, found 1000/],
    ['below 0', -1, /value 1 of sample 2 must be .* found -1/],
    ['between two', 6.5, /value 1 of sample 2 must be .* found 6.5/],
  ])('%s', async (_, odd, message) => {
    const rows = numbers.map((row, n) => row.map((x, l) => (n === 2 && l === 1 ? odd : x)));
    const net = await make();
    const file = await net.save();
    const opened = await openModel(file, { device: gpu.device });
    expect(() => net.step(rows, [0, 1, 1, 0])).toThrow(DataError);
    expect(() => net.step(rows, [0, 1, 1, 0])).toThrow(message);
    for (const call of [
      () => net.predict(rows),
      () => net.fit(set(rows), { epochs: 1 }),
      () => net.evaluate(set(rows)),
      () => net.predict(set(rows)),
      () => net.fit(streamed(set(rows)), { epochs: 1 }),
      () => net.evaluate(streamed(set(rows)), { maxBytes: 32 }),
      () => net.predict(streamed(set(rows))),
      () => net.gradients(rows, [0, 1, 1, 0]),
      () => opened.predict(rows),
      () => opened.predict(set(rows)),
      () => opened.evaluate(streamed(set(rows))),
    ])
      await expect(call).rejects.toThrow(message);
    expect(await net.save()).toEqual(file);
    net.destroy();
    opened.destroy();
  });

  test('because of the scale of its data set', async () => {
    const net = await make();
    await expect(net.fit(set(numbers, { scale: 1 / 255 }), { epochs: 1 })).rejects.toThrow(
      /must be a whole number from 0 to 999/,
    );
    net.destroy();
  });
});

test('of several inputs, only the one of the embedding has to be of whole numbers', async () => {
  const [words, more] = [input([3]), input([2])];
  const joined = apply(concat(), apply(flatten(), apply(embedding(10, 4), words)), more);
  const net = await make(model({ words, more }, apply(dense(2), joined)));
  const x = { words: [[1, 2, 9]], more: [[0.5, -20]] };
  expect(await net.predict(x)).toHaveLength(2);
  const bad = { ...x, words: [[1, 2, 10]] };
  await expect(net.predict(bad)).rejects.toThrow(/value 2 of sample 0 must be a whole number from 0 to 9/);
  net.destroy();
});

describe('a table', () => {
  test('has the same bits in every run, with rows that are used many times', async () => {
    const words = Array.from({ length: 64 }, (_, i) => Array.from({ length: 40 }, (_, l) => (i * l * l) % 50));
    const stack = sequential([40], [embedding(50, 17), flatten(), dense(2)]);
    const runs = await Promise.all(
      [0, 1].map(async () => {
        const net = await make(stack, { batch: 64, optimizer: adam() });
        for (let i = 0; i < 5; i++)
          net.step(
            words,
            Uint8Array.from(words, (_, n) => n % 2),
          );
        const found = await net.parameters();
        net.destroy();
        return found;
      }),
    );
    expect(runs[0]).toEqual(runs[1]);
  });

  test('leaves the row of its padding at 0', async () => {
    const net = await make(text(1000, 7), { optimizer: adam() });
    for (let i = 0; i < 3; i++) net.step(numbers, [0, 1, 1, 0]);
    const { data } = (await net.parameters())['layers.0.weight'];
    expect(data.slice(28, 32)).toEqual(new Float32Array(4));
    expect(data.slice(24, 28).every((x) => x !== 0)).toBe(true);
    net.destroy();
  });

  test('is drawn from a normal distribution of deviation 1', async () => {
    const net = await make();
    const { data } = (await net.parameters())['layers.0.weight'];
    const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
    const variance = data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length;
    expect(Math.abs(mean)).toBeLessThan(0.06);
    expect(Math.abs(variance - 1)).toBeLessThan(0.08);
    net.destroy();
  });

  test('is the one of its file', async () => {
    const net = await make(text(1000, 7));
    const opened = await openModel(await net.save(), { device: gpu.device });
    expect(opened.model.layers[0]).toMatchObject({ layer: 'embedding', count: 1000, units: 4, padding: 7 });
    expect(await opened.predict(numbers)).toEqual(await net.predict(numbers));
    net.destroy();
    opened.destroy();
  });
});

describe('options', () => {
  test.each([
    [() => embedding(0, 3), /count/],
    [() => embedding(2 ** 24 + 1, 3), /at most 2²⁴/],
    [() => embedding(5, 1.5), /units/],
    [() => embedding(5, 3, { padding: 5 }), /padding must be a whole number from 0 to 4, found 5/],
    [() => embedding(5, 3, { pading: 5 } as object), /pading/],
    [
      () => sequential([4], [dense(3, relu), flatten(), embedding(5, 3)]),
      /those of an input, found the output of dense/,
    ],
  ])('%s', (make, message) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(message);
  });

  test('the input may be rearranged before', () => {
    const x = input([2, 3]);
    const { shapes } = model(x, apply(embedding(5, 4), apply(permute([1, 0]), x)));
    expect(shapes[2]).toEqual([3, 2, 4]);
  });
});
