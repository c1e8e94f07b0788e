import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/base/errors.ts';
import { normals, permute, shuffleKey, stepKey, streams, threefry, uniforms, words } from '../../src/base/random.ts';

/** χ² of counts that should be equal, in standard deviations from its mean: |z| < 6 fails once in 10⁹ fair runs. */
function chiSquareDeviation(counts: ArrayLike<number>, total: number): number {
  const expected = total / counts.length;
  const freedom = counts.length - 1;
  const chiSquare = Array.from(counts).reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  return (chiSquare - freedom) / Math.sqrt(2 * freedom);
}

describe('threefry2x32 with 20 rounds', () => {
  const ones = 0xffffffff;
  test.each([
    { key: [0, 0], counter: [0, 0], words: [0x6b200159, 0x99ba4efe] },
    { key: [ones, ones], counter: [ones, ones], words: [0x1cb996fc, 0xbb002be7] },
    { key: [0x13198a2e, 0x03707344], counter: [0x243f6a88, 0x85a308d3], words: [0xc4923a9c, 0x483df7a0] },
  ] as const)('gives the known answer of Random123 for key $key', ({ key, counter, words }) => {
    expect(threefry(key[0], key[1], counter[0], counter[1])).toEqual(words);
  });
});

describe('streams', () => {
  test('a longer draw begins with the shorter one', () => {
    expect(words(1001, 7, streams.init, 3).subarray(0, 10)).toEqual(words(10, 7, streams.init, 3));
  });

  test('differ by seed, by stream and by step', () => {
    const draws = [words(4, 1, 1, 0), words(4, 2, 1, 0), words(4, 1, 2, 0), words(4, 1, 1, 1)];
    expect(new Set(draws.map(String)).size).toBe(4);
    expect(new Set(Object.values(streams)).size).toBe(Object.values(streams).length);
  });

  test('give each step of each seed a key of its own', () => {
    const keys = [0, 1, 2].flatMap((seed) => Array.from({ length: 1000 }, (_, step) => stepKey(seed, step)));
    expect(new Set(keys).size).toBe(keys.length);
    expect(stepKey(1, 5)).not.toBe(shuffleKey(1, 5));
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN])('refuse the seed %s', (seed) => {
    expect(() => words(1, seed, streams.init)).toThrow(ArgumentError);
    expect(() => shuffleKey(seed, 0)).toThrow(ArgumentError);
  });
});

describe('uniforms', () => {
  test('fill (0, 1) evenly', () => {
    const counts = new Uint32Array(100);
    for (const u of uniforms(1e6, 1, 99)) counts[Math.floor(100 * u)]!++;
    expect(Math.abs(chiSquareDeviation(counts, 1e6))).toBeLessThan(6);
  });
});

describe('normals', () => {
  const count = 1e6;
  const sample = normals(count, 1, 99);
  const meanOf = (power: number) => sample.reduce((sum, x) => sum + x ** power, 0) / count;
  const tail = (limit: number) => sample.filter((x) => Math.abs(x) > limit).length / count;

  test('have mean 0, variance 1, skewness 0 and kurtosis 3', () => {
    expect(Math.abs(meanOf(1))).toBeLessThan(6 / Math.sqrt(count));
    expect(Math.abs(meanOf(2) - 1)).toBeLessThan(6 * Math.sqrt(2 / count));
    expect(Math.abs(meanOf(3))).toBeLessThan(6 * Math.sqrt(15 / count));
    expect(Math.abs(meanOf(4) - 3)).toBeLessThan(6 * Math.sqrt(96 / count));
  });

  test.each([
    [1, 0.317311],
    [2, 0.0455003],
    [3, 0.0026998],
    [4, 0.00006334],
  ])('lie further out than %d with probability %d', (limit, probability) => {
    expect(Math.abs(tail(limit) - probability)).toBeLessThan(6 * Math.sqrt(probability / count));
  });

  test('come in odd numbers too', () => {
    expect(normals(3, 1, 99)).toEqual(sample.slice(0, 3));
  });
});

describe('permute', () => {
  const key = fc.integer({ min: 0, max: 0xffffffff });
  const orderOf = (count: number, key: number) => Uint32Array.from({ length: count }, (_, i) => permute(i, count, key));

  test.each([1, 2, 3, 4, 5, 127, 128, 129, 255, 256, 257, 60000, 65536])('is a bijection of [0, %d)', (count) => {
    expect(orderOf(count, 12345).sort()).toEqual(Uint32Array.from({ length: count }, (_, i) => i));
  });

  test('is a bijection for any count and key', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), key, (count, key) => {
        const seen = new Set(orderOf(count, key));
        return seen.size === count && Math.max(...seen) === count - 1;
      }),
    );
  });

  test('stays inside [0, count) and apart for counts up to 2^31', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2 ** 20, max: 2 ** 31 }), key, (count, key) => {
        const indices = [0, 1, 2, count >>> 1, count - 2, count - 1];
        const images = indices.map((index) => permute(index, count, key));
        return new Set(images).size === indices.length && images.every((i) => i >= 0 && i < count);
      }),
    );
  });

  test('leaves an index outside as it is', () => {
    expect([permute(10, 10, 1), permute(12, 10, 1), permute(0, 0, 1)]).toEqual([10, 12, 0]);
  });

  test.each([2, 3, 5, 10, 100, 300])('sends every index anywhere in [0, %d) equally often', (count) => {
    const epochs = 40000;
    for (const index of [0, count >> 1, count - 1]) {
      const counts = new Uint32Array(count);
      for (let epoch = 0; epoch < epochs; epoch++) counts[permute(index, count, shuffleKey(1, epoch))]!++;
      expect(Math.abs(chiSquareDeviation(counts, epochs))).toBeLessThan(6);
    }
  });

  test.each([5, 16, 200])('sends two neighbours to every pair of places in [0, %d) equally often', (count) => {
    const epochs = 40000;
    const distances = new Uint32Array(count - 1); // from the first to the second, going round
    for (let epoch = 0; epoch < epochs; epoch++) {
      const key = shuffleKey(2, epoch);
      distances[((permute(1, count, key) - permute(0, count, key) + count) % count) - 1]!++;
    }
    expect(Math.abs(chiSquareDeviation(distances, epochs))).toBeLessThan(6);
  });

  test('gives the 24 orders of four samples equally often', () => {
    const orders = new Map<string, number>();
    for (let epoch = 0; epoch < 24000; epoch++) {
      const order = String(orderOf(4, shuffleKey(3, epoch)));
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(24);
    expect(Math.abs(chiSquareDeviation([...orders.values()], 24000))).toBeLessThan(6);
  });
});
