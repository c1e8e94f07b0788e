/** Where the units and lines of the picture of the network are. */
import { describe, expect, test } from 'vitest';
import { fromHash } from '../../demo/mnist/config.ts';
import { heightOf, layNetOut, linesBetween } from '../../demo/mnist/page/network/net-layout.ts';

const hidden = (...units: number[]) => ({
  hidden: units.map((count) => ({ kind: 'dense' as const, units: count, activation: 'tanh' as const })),
});

describe('the picture of a network', () => {
  test('has a column per layer, as wide apart as there is room, and at most twelve units of each', () => {
    const { columns, width } = layNetOut(hidden(32, 5), 600);
    expect(width).toBe(600);
    expect(columns.map(({ units, shown }) => [units, shown])).toEqual([
      [32, 12],
      [5, 5],
      [10, 10],
    ]);
    const [first, second, third] = columns.map(({ x }) => x);
    expect(second - first).toBe(third - second);
  });

  test('is wider than a phone rather than let columns overlap, and of ten outputs where nothing is hidden', () => {
    const { columns, width } = layNetOut(hidden(8, 8, 8, 8, 8, 8), 300);
    expect(width).toBeGreaterThan(300);
    expect(columns[1].x - columns[0].x).toBe(72);
    expect(layNetOut(hidden(), 300).columns).toMatchObject([{ units: 10, shown: 10 }]);
  });

  test('has a column of feature maps for each layer on images, and none for dropout', () => {
    const { columns } = layNetOut(fromHash('#hidden=conv16x5:relu,maxpool2,dropout0.5,20'), 600);
    expect(columns.map(({ sign, tensor, units, shown, pixels }) => [sign, tensor, units, shown, pixels])).toEqual([
      ['conv', 'a1', 16, 12, 24 * 24],
      ['max', 'a2', 16, 12, 12 * 12],
      ['dense', 'a4', 20, 12, 1],
      ['', 'prediction', 10, 10, 1],
    ]);
  });

  test('draws the sum of the weights between a map and a unit, and a plain line where there are none', () => {
    const layout = layNetOut(fromHash('#hidden=conv2x1:relu,maxpool14,1'), 600);
    const [conv, pool, one] = layout.columns;
    expect(linesBetween(conv, pool, undefined, layout).map(({ strength }) => strength)).toEqual([undefined, undefined]);
    const weights = Float32Array.of(1, 1, -3, -1, 1, 1, 1, 1); // [1, 2 maps of 2 × 2]
    expect(linesBetween(pool, one, weights, layout).map(({ strength }) => strength)).toEqual([-0.5, 1]);
  });

  test('keeps units apart and inside', () => {
    const layout = layNetOut(hidden(40), 600);
    const heights = Array.from({ length: 12 }, (_, unit) => heightOf(layout.columns[0], unit, layout));
    expect(heights[1] - heights[0]).toBe(28);
    expect([heights[0], layout.height - heights[11]]).toEqual([14, 14]);
  });

  test('draws weights [out, in] as lines, by the largest, and leaves out what cannot be seen', () => {
    const layout = layNetOut(hidden(2), 600);
    const [from, to] = layout.columns;
    const weights = new Float32Array(20);
    weights.set([0.5, -1, 0.04], 0); // W[0][0], W[0][1], W[1][0]
    const lines = linesBetween(from, to, weights, layout);
    expect(lines.map(({ strength }) => strength)).toEqual([0.5, -1]);
    expect(lines[1].path).toBe(`M${from.x},${heightOf(from, 1, layout)} L${to.x},${heightOf(to, 0, layout)}`);
  });
});
