/** What augmentation draws: fields like those of the paper, maps within the limits asked for; and what it refuses. */
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/base/errors.ts';
import { type Dataset, fromArrays } from '../../src/data/index.ts';
import { append, createGraph } from '../../src/graph/graph.ts';
import { stepOf } from '../../src/graph/leaf.ts';
import { evaluate } from '../../src/graph/reference.ts';
import { stepRow } from '../../src/graph/step-row.ts';
import { adam, compile, dense, sequential, softmaxCrossEntropy } from '../../src/index.node.ts';
import { affine } from '../../src/ops/affine.ts';
import { amplitudeOf, elastic, pitchOf, pointsAlong } from '../../src/ops/elastic.ts';
import { reachOf, weighed } from '../../src/ops/shared/spline.ts';
import { type AugmentOptions, augmentationOf } from '../../src/train/augmentation.ts';
import { augmented } from '../../src/train/augmented.ts';
import { feedGraph } from '../../src/train/graphs.ts';

/** An op of the step alone, for so many columns. */
function drawn(op: typeof affine, attributes: Record<string, number>, batch: number): Float64Array {
  const graph = createGraph();
  const node = append(graph, op, [stepOf(graph)], { ...attributes, batch });
  const step = stepRow({ columns: batch, count: batch, random: 7 });
  const leaf = () => ({ shape: [1, 1], data: new Float64Array(1) });
  return evaluate(graph, { step, leaf }).get(node)!.data as Float64Array;
}

describe.each([
  [34, 4],
  [20, 2.5],
  [5, 1],
])('the field for alpha %d and sigma %d', (alpha, sigma) => {
  const n = 28;
  const fields = 800;
  const pitch = pitchOf(sigma);
  const width = pointsAlong(n, pitch);
  const points = drawn(elastic, { height: width, width, amplitude: amplitudeOf(alpha, sigma) }, fields);
  const reaches = Array.from({ length: n }, (_, x) => reachOf(x, pitch));
  const at = (axis: number, x: number, y: number, j: number): number =>
    weighed(reaches[y], (i) =>
      weighed(reaches[x], (k) => {
        const value = points[((axis * width + i) * width + k) * fields + j];
        return { value, error: 0 };
      }),
    ).value;
  // Along one row of each field, where no sample is a copy of another; x and y displacements are two fields.
  const rows = Array.from({ length: 2 * fields }, (_, i) =>
    Array.from({ length: n }, (_, x) => at(i % 2, x, 13, i >> 1)),
  );
  const meanOf = (f: (row: number[], x: number) => number, last = n): number =>
    rows.reduce((sum, row) => sum + row.slice(0, last).reduce((total, _, x) => total + f(row, x), 0), 0) /
    (rows.length * last);
  const variance = meanOf((row, x) => row[x] ** 2);

  // The paper's: uniform noise of variance 1/3, smoothed with the sampled Gaussian g along both axes.
  const g = Array.from({ length: 121 }, (_, i) => Math.exp(-((i - 60) ** 2) / (2 * sigma ** 2)));
  const overlap = (d: number) => g.reduce((sum, x, i) => sum + x * (g[i + d] ?? 0), 0) / g.reduce((a, b) => a + b) ** 2;
  const expected = (alpha ** 2 / 3) * overlap(0) ** 2;

  test('has the deviation of uniform noise behind a Gaussian', () => {
    expect(Math.abs(meanOf((row, x) => row[x]))).toBeLessThan(0.1 * Math.sqrt(expected));
    expect(Math.abs(Math.sqrt(variance / expected) - 1)).toBeLessThan(0.03);
    expect(Math.sqrt(expected)).toBeCloseTo((0.163 * alpha) / sigma, 1);
  });

  test('has nearly its correlation at every distance', () => {
    for (let d = 1; d < Math.min(n, 5 * sigma); d++) {
      const correlation = meanOf((row, x) => row[x] * row[x + d], n - d) / variance;
      expect(Math.abs(correlation - overlap(d) / overlap(0)), `at ${d} pixels`).toBeLessThan(0.04);
    }
  });

  test('is near normal', () => {
    const kurtosis = meanOf((row, x) => row[x] ** 4) / variance ** 2;
    expect(kurtosis).toBeGreaterThan(2.6);
    expect(kurtosis).toBeLessThan(3.2);
  });
});

describe('maps', () => {
  const [turn, shear, stretch, shift] = [0.5, 0.3, 0.2, 3];
  const n = 4000;
  const maps = drawn(affine, { turn, shear, stretch, shift, height: 28, width: 20 }, n);
  // Forward, the inverse of A is R(θ) [1 h; 0 1] diag(s₁, s₂).
  const drawnAs = Array.from({ length: n }, (_, j) => {
    const [a, b, c, d, e, f] = [0, 1, 2, 3, 4, 5].map((row) => maps[row * n + j]);
    const determinant = a * d - b * c;
    const forward = (x: number, y: number) => [(d * x - b * y) / determinant, (a * y - c * x) / determinant];
    const [[x1, y1], [x2, y2], centre] = [forward(1, 0), forward(0, 1), forward(9.5 - e, 13.5 - f)];
    const angle = Math.atan2(y1, x1);
    const s2 = Math.cos(angle) * y2 - Math.sin(angle) * x2;
    const h = (Math.cos(angle) * x2 + Math.sin(angle) * y2) / s2;
    return [angle, Math.atan(h), Math.hypot(x1, y1) - 1, s2 - 1, centre[0] - 9.5, centre[1] - 13.5];
  });

  test.each([
    ['turn', 0, turn],
    ['lean', 1, shear],
    ['stretch the width', 2, stretch],
    ['stretch the height', 3, stretch],
    ['move to the side', 4, shift],
    ['move up and down', 5, shift],
  ])('%s by numbers uniform within the limit', (_name, index, limit) => {
    const values = drawnAs.map((numbers) => numbers[index] / limit);
    const mean = (f: (x: number) => number) => values.reduce((sum, x) => sum + f(x), 0) / n;
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1 + 1e-6);
    expect(Math.min(...values)).toBeLessThan(-0.99);
    expect(Math.max(...values)).toBeGreaterThan(0.99);
    expect(Math.abs(mean((x) => x))).toBeLessThan(6 / Math.sqrt(3 * n));
    expect(Math.abs(mean((x) => x * x) - 1 / 3)).toBeLessThan(6 * Math.sqrt(4 / 45 / n));
  });
});

test.each([10, 70, 80])('upright lines lean by angles uniform within %d degrees', (shear) => {
  const upright = fromArrays({ x: new Uint8Array(100), y: [0], shape: [10, 10] });
  const graph = feedGraph(upright, 1, augmentationOf({ shear }, upright, upright.shape, 'here'));
  const { attributes } = graph.nodes.find(({ op }) => op === affine)!;
  const n = 4000;
  const maps = drawn(affine, attributes as Record<string, number>, n);
  // Sheared alone, a map back is [1 −h; 0 1].
  const degrees = Array.from({ length: n }, (_, j) => (Math.atan(-maps[n + j]) * 180) / Math.PI);
  const mean = (f: (x: number) => number) => degrees.reduce((sum, x) => sum + f(x / shear), 0) / n;
  expect(Math.abs(mean(Math.abs) - 1 / 2)).toBeLessThan(6 * Math.sqrt(1 / 12 / n));
  expect(Math.abs(mean((x) => x * x) - 1 / 3)).toBeLessThan(6 * Math.sqrt(4 / 45 / n));
  expect(Math.max(...degrees.map(Math.abs))).toBeLessThan(shear * (1 + 1e-6));
});

const square = fromArrays({ x: new Uint8Array(64), y: [0, 1], shape: [4, 8], classes: 2 });
const flat = fromArrays({ x: new Uint8Array(64), y: [0, 1], shape: [32], classes: 2 });

test('images are as the samples say, else as the model does', () => {
  expect(augmentationOf({ shift: 1 }, square, [32], 'here')!.image).toEqual([1, 4, 8]);
  expect(augmentationOf({ shift: 1 }, flat, [2, 4, 4], 'here')!.image).toEqual([2, 4, 4]);
});

test('what changes nothing is none', () => {
  for (const nothing of [{}, { shift: 0 }, { elastic: { alpha: 0, sigma: 3 } }]) {
    expect(augmentationOf(nothing, flat, [32], 'here')).toBeUndefined();
  }
});

const wrong: [unknown, Dataset, string][] = [
  [{ shift: -1 }, square, 'here: shift must be a number from 0 to 4095, found -1'],
  [{ rotate: Number.NaN }, square, 'here: rotate must be a number from 0 to 180, found NaN'],
  [{ scale: 1 }, square, 'here: scale must be a number from 0 to 0.99, found 1'],
  [{ shear: '10' }, square, 'here: shear must be a number from 0 to 80, found "10"'],
  [{ rotation: 10 }, square, 'here: expected { shift, rotate, scale, shear, elastic }, found rotation'],
  [{ elastic: 34 }, square, 'here: elastic: expected { alpha, sigma }, found 34'],
  [{ elastic: { alpha: 34 } }, square, 'here: elastic.sigma must be a number from 1 to 4096, found undefined'],
  [{ elastic: { alpha: 34, sigma: 0.5 } }, square, 'here: elastic.sigma must be a number from 1 to 4096, found 0.5'],
  [{ elastic: { alpha: 34, sigma: 4, beta: 1 } }, square, 'here: elastic: expected { alpha, sigma }, found beta'],
  [null, square, 'here: expected { shift, rotate, scale, shear, elastic }, found null'],
  [{ shift: 1 }, flat, 'here: expected images, [height, width] or [channels, height, width], found arrays of [32]'],
];

test.each(wrong)('%o is refused', (options, dataset, message) => {
  const call = () => augmentationOf(options as AugmentOptions, dataset, dataset.shape, 'here');
  expect(call).toThrow(ArgumentError);
  expect(call).toThrow(message);
});

test('fit refuses it too, and `augmented`', async () => {
  const options = { batch: 2, loss: softmaxCrossEntropy(), optimizer: adam(), device: 'cpu' } as const;
  const net = await compile(sequential([32], [dense(2)]), options);
  await expect(net.fit(square, { epochs: 1, augment: { shear: 90 } })).rejects.toThrow('fit: augment: shear must be');
  await expect(net.fit(flat, { epochs: 1, augment: { shear: 9 } })).rejects.toThrow('fit: augment: expected images');
  expect(net.steps).toBe(0);
  net.destroy();
  expect(() => augmented(square, { shift: -1 })).toThrow('augmented: shift must be');
  expect(() => augmented(square, { shift: 1 }, { step: -1 })).toThrow(
    'augmented: step must be an integer ≥ 0, found -1',
  );
});
