/** The points of the plane, by their geometry, and how well predictions fit them. */
import { describe, expect, test } from 'vitest';
import { featureNames, inputsOf } from '../../demo/mnist/lab/plane/features.ts';
import { grid, pixelOf, placeOf, pointAt } from '../../demo/mnist/lab/plane/grid.ts';
import type { PlaneDataName, PlanePoint } from '../../demo/mnist/lab/plane/plane-protocol.ts';
import { pointsOf } from '../../demo/mnist/lab/plane/points.ts';
import { scoreOf } from '../../demo/mnist/lab/plane/score.ts';

const { PI, hypot, atan2, abs } = Math;

const all = (data: PlaneDataName, noise = 0, seed = 1): PlanePoint[] => {
  const { train, test } = pointsOf({ data, noise, share: 50, seed }, []);
  return [...train, ...test];
};
const ofClass = (points: readonly PlanePoint[], y: number) => points.filter((point) => point.y === y);

describe('data sets without noise', () => {
  test.each(['circles', 'xor', 'spirals', 'moons'] as const)('%s: as many of one class as of the other', (data) => {
    expect([0, 1].map((y) => ofClass(all(data), y).length)).toEqual([200, 200]);
  });

  test('circles: a disc within a ring, both evenly filled', () => {
    const radii = (y: number) => ofClass(all('circles'), y).map(({ x1, x2 }) => hypot(x1, x2));
    expect(Math.max(...radii(1))).toBeLessThanOrEqual(2.5);
    expect(Math.min(...radii(0))).toBeGreaterThanOrEqual(3.5);
    expect(Math.max(...radii(0))).toBeLessThanOrEqual(5);
    // A quarter of the area of a disc lies within half of its radius.
    expect(abs(radii(1).filter((radius) => radius < 1.25).length / 200 - 0.25)).toBeLessThan(0.09);
  });

  test('xor: class 1 where the signs are equal, in all four corners, and none near an axis', () => {
    const points = all('xor');
    for (const { x1, x2, y } of points) {
      expect(x1 * x2 > 0).toBe(y === 1);
      expect(Math.min(abs(x1), abs(x2))).toBeGreaterThanOrEqual(0.3);
      expect(Math.max(abs(x1), abs(x2))).toBeLessThanOrEqual(5);
    }
    const corners = points.map(({ x1, x2 }) => `${x1 > 0} ${x2 > 0}`);
    for (const corner of new Set(corners)) expect(corners.filter((of) => of === corner).length).toBeGreaterThan(70);
    expect(new Set(corners).size).toBe(4);
  });

  test('spirals: the radius grows with the angle, and one arm is the other turned by half a turn', () => {
    for (const { x1, x2, y } of all('spirals')) {
      const angle = (hypot(x1, x2) / 5) * 2 * PI * 1.75 + y * PI;
      const off = atan2(x1, x2) - angle;
      expect(abs(off - 2 * PI * Math.round(off / (2 * PI)))).toBeLessThan(1e-9);
    }
  });

  test('moons: two half circles, one up and one down, each around the end of the other', () => {
    for (const { x1, x2, y } of all('moons')) {
      const [right, up] = y === 0 ? [-1.5, -0.75] : [1.5, 0.75];
      expect(hypot(x1 - right, x2 - up)).toBeCloseTo(3, 9);
      expect(y === 0 ? x2 >= up : x2 <= up).toBe(true);
    }
  });

  test('slope: targets are a plane from -1 to 1', () => {
    for (const { x1, x2, y } of all('slope')) expect(y).toBeCloseTo((x1 + x2) / 10, 12);
    const values = all('slope').map(({ y }) => y);
    expect(Math.max(...values)).toBeGreaterThan(0.8);
    expect(Math.min(...values)).toBeLessThan(-0.8);
  });
});

test('noise moves points by its standard deviation, and values of a regression by a fifth of it', () => {
  const deviation = (values: readonly number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
  const [still, moved] = [all('spirals'), all('spirals', 0.5)];
  expect(abs(deviation(moved.flatMap(({ x1, x2 }, i) => [x1 - still[i].x1, x2 - still[i].x2])) - 0.5)).toBeLessThan(
    0.04,
  );
  const off = all('slope', 0.5).map(({ x1, x2, y }) => y - (x1 + x2) / 10);
  expect(abs(deviation(off) - 0.1)).toBeLessThan(0.015);
});

test('the same seed gives the same points, and another seed others; the share decides how many are for training', () => {
  expect(all('moons', 0.2, 7)).toEqual(all('moons', 0.2, 7));
  expect(all('moons', 0.2, 8)).not.toEqual(all('moons', 0.2, 7));
  const { train, test } = pointsOf({ data: 'circles', noise: 0, share: 30, seed: 1 }, []);
  expect([train.length, test.length]).toEqual([120, 280]);
  expect(new Set([...train, ...test].map(({ x1 }) => x1)).size).toBe(400);
  expect(abs(ofClass(train, 1).length - 60)).toBeLessThan(20);
});

test('points of one’s own are all trained on', () => {
  const own = [{ x1: 1, x2: 2, y: 1 }];
  expect(pointsOf({ data: 'own', noise: 1, share: 30, seed: 1 }, own)).toEqual({ train: own, test: [] });
});

test('inputs are the chosen functions of the coordinates', () => {
  const [row] = inputsOf(featureNames, [{ x1: 2, x2: -3 }]);
  expect(row).toEqual([2, -3, 4, 9, -6, Math.sin(2), Math.sin(-3)]);
  expect(inputsOf(['x1x2', 'x1'], [{ x1: 2, x2: -3 }])).toEqual([[-6, 2]]);
});

test('the grid goes from the upper left to the lower right, and each of its points lies in its pixel', () => {
  expect(grid[0]).toEqual({ x1: -5.88, x2: 5.88 });
  expect(grid.every(({ x1, x2 }, i) => pixelOf(x1, x2) === i)).toBe(true);
  expect(pointAt(...placeOf(1.5, -4))).toEqual({ x1: 1.5, x2: -4 });
  expect(pixelOf(99, -99)).toBe(grid.length - 1);
});

test('a score is the mean cross-entropy and the share in its class, or the mean square', () => {
  const points = [1, 0, 1].map((y) => ({ x1: 0, x2: 0, y }));
  const { loss, accuracy } = scoreOf(points, [0.8, 0.4, 0.1], false)!;
  expect(loss).toBeCloseTo(-(Math.log(0.8) + Math.log(0.6) + Math.log(0.1)) / 3, 12);
  expect(accuracy).toBeCloseTo(2 / 3, 12);
  expect(scoreOf(points, [0.5, 1, 1], true)).toEqual({ loss: (0.25 + 1) / 3 });
  expect(scoreOf([], [], false)).toBeUndefined();
});
