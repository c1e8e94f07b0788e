import { describe, expect, test } from 'vitest';
import { concat } from '../../src/base/byte-stream.ts';
import { ArgumentError } from '../../src/base/errors.ts';
import { hex } from '../../src/data/bytes.ts';
import { digits } from '../../src/data/digits.ts';
import { glyphs } from '../../src/data/glyphs.ts';
import { take } from '../../src/data/samples.ts';

const { train, test: held } = digits({ train: 1000, test: 500 });
const images = train.inputs.data as Uint8Array;
const imageOf = (i: number) => images.subarray(784 * i, 784 * (i + 1));
const sum = (values: Uint8Array) => values.reduce((total, value) => total + value, 0);

describe('digits', () => {
  test('have the format of MNIST', () => {
    expect(train).toMatchObject({
      name: 'digits train',
      count: 1000,
      shape: [28, 28],
      inputs: { kind: 'values', size: 784, scale: 1 / 255 },
      targets: { kind: 'labels', size: 10, scale: 1 },
    });
    expect(train.inputs.data).toBeInstanceOf(Uint8Array);
    expect(train.inputs.data.length).toBe(784000);
  });

  test('are the same bytes for the same seed, always', async () => {
    const bytes = concat([train, held].flatMap(({ inputs, targets }) => [inputs.data, targets.data] as Uint8Array[]));
    const sum = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
    expect(hex(new Uint8Array(sum))).toBe('4e45676054e3a71ac03fa71a19e6cc112de0b86306e9917dbb0305bc51e7aca8');
  });

  test('are others for another seed', () => {
    expect(digits({ train: 10, test: 10, seed: 2 }).train).not.toEqual(take(train, 10));
  });

  test('begin with the same samples however many are asked for', () => {
    expect(digits({ train: 37, test: 1 }).train).toEqual(take(train, 37));
  });

  test.each([
    ['training', train],
    ['test', held],
  ])('hold every label once in every ten %s samples, in a changing order', (_part, { count, targets }) => {
    const labels = Array.from(targets.data);
    const tens = Array.from({ length: count / 10 }, (_, i) => labels.slice(10 * i, 10 * i + 10));
    for (const ten of tens) expect(ten.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(tens.map(String)).size).toBe(tens.length);
  });

  test.each([1, 7, 2 ** 32 - 1])('do so with seed %d, and with no digit twice in fewer than ten', (seed) => {
    for (const part of [digits({ train: 25, test: 1, seed }).train, digits({ train: 1, test: 25, seed }).test]) {
      const labels = Array.from(part.targets.data);
      for (const start of [0, 10, 20]) {
        const ten = labels.slice(start, start + 10);
        expect(new Set(ten).size).toBe(ten.length);
      }
    }
  });

  test('never repeat an image, in training or testing', () => {
    const all = [train, held].flatMap(({ count, inputs }) =>
      Array.from({ length: count }, (_, i) => String(inputs.data.subarray(784 * i, 784 * (i + 1)))),
    );
    expect(new Set(all).size).toBe(1500);
  });

  test('vary: two of a kind differ by much of what there is of either', () => {
    for (let digit = 0; digit < 10; digit++) {
      const [a, b] = Array.from(train.targets.data.keys())
        .filter((i) => train.targets.data[i] === digit)
        .map(imageOf);
      const difference = sum(a!.map((value, k) => Math.abs(value - b![k]!)));
      expect(difference / sum(a!)).toBeGreaterThan(0.3);
    }
  });

  test('have about the ink of MNIST, and hardly a stroke at the edge', () => {
    const edge = (k: number) => k < 28 || k >= 27 * 28 || k % 28 === 0 || k % 28 === 27;
    const touching = Array.from({ length: train.count }, (_, i) => imageOf(i)).filter((image) =>
      image.some((value, k) => value > 128 && edge(k)),
    );
    expect(sum(images) / images.length / 255).toBeCloseTo(0.16, 1);
    expect(touching.length / train.count).toBeLessThan(0.02);
  });

  test('have no more control points than there are random words for', () => {
    for (const { points } of glyphs.flat()) expect(points.length).toBeLessThanOrEqual(26);
  });

  test.each([{ train: 0 }, { test: 1.5 }, { train: -1 }, { seed: 0.5 }, { train: 2 ** 31 }, { seed: 1n as never }])(
    'refuse %o',
    (options) => {
      expect(() => digits({ train: 1, test: 1, ...options })).toThrow(ArgumentError);
    },
  );
});
