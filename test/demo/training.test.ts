/** What the charts, numbers and pictures of training are computed by. */
import { describe, expect, test } from 'vitest';
import { diverging } from '../../demo/mnist/page/shared/colours.ts';
import { accuracyTicks, lossRange, lossTicks, stretch, unstretch } from '../../demo/mnist/page/training/axis-scales.ts';
import { firstReaching } from '../../demo/mnist/page/training/milestones.ts';
import { extent, layOut, mosaic, reach } from '../../demo/mnist/page/training/mosaic.ts';
import { align, pointsOf, thin } from '../../demo/mnist/page/training/points.ts';
import {
  formatCount,
  formatLoss,
  formatPart,
  formatRate,
  formatSeconds,
  formatShare,
} from '../../demo/mnist/page/training/steady-numbers.ts';

describe('numbers as text', () => {
  test('losses have five digits, whatever their size', () => {
    expect([0, 0.01234, 2.30251, 12.3456, 345.678, 4567.89].map(formatLoss)).toEqual([
      '0.0000',
      '0.0123',
      '2.3025',
      '12.346',
      '345.68',
      '4567.9',
    ]);
    expect([12345, Number.NaN, Number.POSITIVE_INFINITY].map(formatLoss)).toEqual(['1.23e+4', 'NaN', '∞']);
  });

  test('counts are grouped, rates rounded to three digits, shares percentages', () => {
    expect(formatCount(1234567)).toBe('1,234,567');
    expect([formatPart(7, 200), formatPart(200, 200)]).toEqual(['\u2007\u20077', '200']);
    expect(formatRate(45678)).toBe('45,700');
    expect(formatShare(0.9712)).toBe('97.12\u00a0%');
    expect([formatCount(Number.NaN), formatRate(Number.NaN), formatShare(Number.NaN)]).toEqual(['—', '—', '—']);
  });

  test('times go from tenths of seconds to hours, without a second 60', () => {
    expect([0, 4.23, 59.94, 59.96, 123.4, 3599.7, 3725].map(formatSeconds)).toEqual([
      '0.0\u00a0s',
      '4.2\u00a0s',
      '59.9\u00a0s',
      '1\u00a0min 00\u00a0s',
      '2\u00a0min 03\u00a0s',
      '1\u00a0h 00\u00a0min',
      '1\u00a0h 02\u00a0min',
    ]);
  });
});

describe('milestones', () => {
  const evaluations = [0.1, 0.9, 0.95, 0.94, 0.9699, 0.97].map((accuracy, i) => ({
    step: 100 * i,
    seconds: i,
    loss: 1,
    accuracy,
  }));

  test('are the first evaluation at or above, also when it falls again', () => {
    expect([90, 95, 97, 98].map((percent) => firstReaching(percent, evaluations)?.step)).toEqual([
      100,
      200,
      500,
      undefined,
    ]);
    expect(firstReaching(90, [])).toBeUndefined();
  });
});

describe('points', () => {
  test('are thinned evenly, with the first and the last, and left alone where they are few', () => {
    const points = Array.from({ length: 1001 }, (_, i) => i);
    expect(thin(points, 5)).toEqual([0, 250, 500, 750, 1000]);
    expect(new Set(thin(points, 1000)).size).toBe(1000);
    expect(thin(points, 1001)).toBe(points);
  });

  test('are over steps or seconds, with a gap where there is no number', () => {
    const values = [
      { step: 1, seconds: 0.5, loss: 2 },
      { step: 2, seconds: 0.75, loss: Number.NaN },
    ];
    expect(pointsOf(values, 'steps', ({ loss }) => loss)).toEqual([
      [1, 2],
      [2, null],
    ]);
    expect(pointsOf(values, 'seconds', ({ loss }) => loss)[1]).toEqual([0.75, null]);
  });

  test('of two curves share one ascending x', () => {
    const a = [
      [1, 10],
      [2, 20],
      [4, 40],
    ] as const;
    const b = [
      [0, 5],
      [2, 6],
      [2, 7],
    ] as const;
    expect(align(a, b)).toEqual([
      [0, 1, 2, 2, 4],
      [null, 10, 20, null, 40],
      [5, null, 6, 7, null],
    ]);
    expect(align([], [])).toEqual([[], [], []]);
  });
});

describe('axes', () => {
  test('stretch accuracy near 100, and back', () => {
    for (const percent of accuracyTicks) expect(unstretch(stretch(percent))).toBeCloseTo(percent);
    expect(stretch(98) - stretch(97)).toBeGreaterThan(5 * (stretch(11) - stretch(10)));
  });

  test('of losses end at 1, 2 or 5 times a power of ten', () => {
    expect(lossRange(0.07, 2.31)).toEqual([0.05, 5]);
    expect(lossRange(0.05, 5)).toEqual([0.05, 5]);
    expect(lossRange(2.3, 2.3)).toEqual([1, 10]);
    expect(lossRange(null, null)).toEqual([0.1, 5]);
  });

  test('of losses have ticks inside, and not too many', () => {
    expect(lossTicks(0.05, 5, 9)).toEqual([0.05, 0.1, 0.2, 0.5, 1, 2, 5]);
    expect(lossTicks(0.001, 5, 9)).toEqual([0.001, 0.01, 0.1, 1]);
    expect(lossTicks(1e-10, 1e20, 9).length).toBeLessThan(10);
  });
});

describe('pictures of weights', () => {
  test('are as large as their room allows', () => {
    const phone = layOut(100, 330, 400, 2);
    const desktop = layOut(32, 1000, 400, 1);
    expect(desktop).toEqual({ columns: 11, rows: 3, scale: 3 });
    for (const [{ columns, rows, scale }, count, width] of [
      [phone, 100, 330],
      [desktop, 32, 1000],
    ] as const) {
      expect(columns * rows).toBeGreaterThanOrEqual(count);
      expect(extent(columns) * scale).toBeLessThanOrEqual(width);
    }
    expect(layOut(10, 1000, 400, 1)).toMatchObject({ columns: 10, rows: 1 });
  });

  test('have a scale that a few outliers do not stretch', () => {
    const weights = Float32Array.from({ length: 1000 }, (_, i) => (i % 2 ? 1 : -1) * (i / 1000));
    expect(reach(weights)).toBeCloseTo(0.995, 2);
    weights[0] = -50;
    expect(reach(weights)).toBeLessThan(1.1);
    expect(reach(new Float32Array(5))).toBe(0);
    expect(reach(Float32Array.of(3))).toBe(3);
    expect(reach(Float32Array.of(1, Number.NaN))).toBeNaN();
  });

  test('have one pixel per weight, of the colours of the scale, with gaps between', () => {
    const weights = new Float32Array(3 * 784);
    weights[0] = 2;
    weights[784 + 29] = -2; // second row and column of the second picture
    weights[2 * 784] = 9; // beyond the scale
    const pixels = mosaic(weights, 3, 2, 2);
    const at = (x: number, y: number) => [...new Uint8Array(pixels.buffer, 4 * (y * 58 + x), 4)];
    expect(pixels.length).toBe(58 * 58);
    expect(at(0, 0)).toEqual([...diverging(1), 255]);
    expect(at(1, 0)).toEqual([...diverging(0), 255]);
    expect(at(31, 1)).toEqual([...diverging(-1), 255]);
    expect(at(0, 30)).toEqual([...diverging(1), 255]);
    expect(at(28, 0)).toEqual([0, 0, 0, 0]);
    expect(at(40, 40)).toEqual([0, 0, 0, 0]);
  });
});
