import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError } from '../../src/base/errors.ts';
import { fromArrays } from '../../src/data/arrays.ts';
import { digits } from '../../src/data/digits.ts';
import { batch } from '../../src/data/samples.ts';
import { type Statistics, statistics } from '../../src/data/statistics.ts';
import { streamed, streamedInOrder } from '../support/streamed.ts';

const closeTo = ({ mean, deviation }: Statistics, means: number[], deviations: number[]): void => {
  expect([mean.length, deviation.length]).toEqual([means.length, deviations.length]);
  means.forEach((value, i) => void expect(mean[i]).toBeCloseTo(value, 6));
  deviations.forEach((value, i) => void expect(deviation[i]).toBeCloseTo(value, 6));
};

describe('statistics', () => {
  test('of features are one each, and the deviation divides by n', () => {
    const x = [
      [1, 2],
      [3, 2],
      [8, 2],
    ];
    // Distances from 4: 9 + 1 + 16 = 26.
    closeTo(statistics(fromArrays({ x, y: [0, 1, 0] })), [4, 2], [Math.sqrt(26 / 3), 0]);
  });

  test('of images with channels are one per channel', () => {
    const x = Uint8Array.of(0, 2, 10, 10, 4, 6, 20, 40);
    // Channel 0: 0, 2, 4, 6; channel 1: 10, 10, 20, 40.
    const means = [3, 20];
    const deviations = [Math.sqrt(20 / 4), Math.sqrt((100 + 100 + 0 + 400) / 4)];
    const of = (scale: number) => statistics(fromArrays({ x, y: [0, 1], shape: [2, 1, 2], scale }));
    closeTo(of(1), means, deviations);
    const scaled = (by: number, values: number[]) => values.map((value) => by * value);
    closeTo(of(1 / 255), scaled(1 / 255, means), scaled(1 / 255, deviations));
    closeTo(of(-2), scaled(-2, means), scaled(2, deviations));
  });

  test('of images without channels are one for all', () => {
    closeTo(statistics(fromArrays({ x: Uint8Array.of(0, 2, 4, 6), y: [0], shape: [2, 2] })), [3], [Math.sqrt(5)]);
  });

  test('of numbers far from 0 lose nothing, and what never changes has none', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => [1e7 + (i % 2), 0.1, i === 0 ? 1e6 : 0]);
    const { mean, deviation } = statistics(fromArrays({ x: rows, y: rows }));
    expect([mean[0], deviation[0]]).toEqual([1e7 + 0.5, 0.5]);
    expect([mean[1], deviation[1]]).toEqual([Math.fround(0.1), 0]);
    // One of 1000 is 10⁶: mean 10³, variance 10¹² · 0.001 · 0.999.
    expect(mean[2]).toBeCloseTo(1000, 6);
    expect(deviation[2]).toBeCloseTo(Math.sqrt(0.999e9), 6);
  });

  test('are those of what a net sees', () => {
    const { train } = digits({ train: 50, test: 1 });
    const { x } = batch(train, [...Array(50).keys()]);
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    const deviation = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length);
    closeTo(statistics(train), [mean], [deviation]);
  });

  test('of what is read as it is used are the same, read in parts', async () => {
    const x = Float32Array.from({ length: 3000 * 700 }, (_, i) => Math.sin(i) + (i % 700));
    const y = Array.from({ length: 3000 }, (_, i) => i % 2);
    const whole = fromArrays({ x, y, shape: [700], scale: 0.5 });
    const found = await statistics(streamed(whole));
    const { mean, deviation } = statistics(whole);
    closeTo(found, [...mean], [...deviation]);
    expect(await statistics(streamedInOrder(whole, [7, 500]))).toEqual(found);
  });

  test('are of data sets alone', () => {
    const set = fromArrays({ x: [[1]], y: [0] });
    for (const none of [undefined, null, 'mnist', { train: set, test: set }])
      expect(() => statistics(none as never)).toThrow(ArgumentError);
    const data = Float32Array.of(Number.NaN);
    expect(() => statistics({ ...set, inputs: { ...set.inputs, data } })).toThrow(DataError);
  });
});
