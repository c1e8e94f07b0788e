import { describe, expect, test } from 'vitest';
import { centre } from '../../demo/mnist/page/shared/centre.ts';

type Point = readonly [x: number, y: number];

/** A polyline with round ends on [size][size] pixels, softened over one pixel; coordinates and thickness in pixels. */
function draw(size: number, points: readonly Point[], thickness: number): Float32Array {
  const ink = new Float32Array(size * size);
  for (let i = 0; i < ink.length; i++) {
    const at: Point = [(i % size) + 0.5, Math.floor(i / size) + 0.5];
    const distance = Math.min(...points.slice(1).map((end, j) => distanceTo(at, points[j], end)));
    ink[i] = Math.max(0, Math.min(1, thickness / 2 - distance + 0.5));
  }
  return ink;
}

function distanceTo([x, y]: Point, [x0, y0]: Point, [x1, y1]: Point): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const t = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
}

function measure(digit: Float32Array) {
  const inked = Array.from(digit.entries()).filter(([, value]) => value > 0);
  const mean = (coordinate: (i: number) => number) =>
    inked.reduce((sum, [i, value]) => sum + value * coordinate(i), 0) /
    inked.reduce((sum, [, value]) => sum + value, 0);
  const extent = (coordinate: (i: number) => number) => {
    const all = inked.map(([i]) => coordinate(i));
    return Math.max(...all) - Math.min(...all) + 1;
  };
  const [column, row] = [(i: number) => i % 28, (i: number) => Math.floor(i / 28)];
  return { x: mean(column), y: mean(row), width: extent(column), height: extent(row) };
}

const shapes: Record<string, readonly Point[]> = {
  seven: [
    [0.3, 0.2],
    [0.7, 0.2],
    [0.45, 0.8],
  ],
  'a leaning one': [
    [0.55, 0.1],
    [0.45, 0.9],
  ],
  'a flat stroke in a corner': [
    [0.1, 0.95],
    [0.5, 0.9],
  ],
  'an L of very unequal legs': [
    [0.2, 0.1],
    [0.2, 0.9],
    [0.9, 0.9],
  ],
};
const drawn = (name: string, size: number, scale = 1) => {
  const points = shapes[name].map(([x, y]): Point => [x * scale * size, y * scale * size]);
  return centre(draw(size, points, 0.1 * scale * size), size);
};

describe.each(Object.keys(shapes))('%s', (name) => {
  test('lies with its centre of mass in the middle', () => {
    const { x, y } = measure(drawn(name, 120));
    expect(Math.abs(x - 13.5)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(y - 13.5)).toBeLessThanOrEqual(0.5);
  });

  test('fills 20 pixels along its longer side and no more', () => {
    for (const size of [37, 120, 200]) {
      const { width, height } = measure(drawn(name, size));
      expect(Math.max(width, height)).toBe(20);
    }
  });

  test('looks alike from drawings of any size and resolution', () => {
    const large = drawn(name, 360);
    for (const other of [drawn(name, 360, 0.5), drawn(name, 220)]) {
      const difference = other.reduce((sum, value, i) => sum + Math.abs(value - large[i]), 0);
      // A box of one pixel more or less changes the edges; the ink stays where it is.
      expect(difference / large.reduce((a, b) => a + b)).toBeLessThan(0.1);
    }
  });
});

test('blank stays blank', () => {
  expect(centre(new Float32Array(50 * 50), 50)).toEqual(new Float32Array(784));
});

test('a mean over the area: full ink stays 1, nothing is above it, half-covered pixels are half', () => {
  expect(Array.from(centre(new Float32Array(40 * 40).fill(1), 40)).filter((value) => value > 0)).toEqual(
    new Array(400).fill(1),
  );
  // 40 high and 15 wide at half the size: 7.5 pixels, laid in the middle of 8.
  const bar = Float32Array.from({ length: 40 * 40 }, (_, i) => (i % 40 < 15 ? 1 : 0));
  const row = Array.from(centre(bar, 40).subarray(14 * 28, 15 * 28));
  expect(row.filter((value) => value > 0)).toEqual([0.75, 1, 1, 1, 1, 1, 1, 0.75]);
});

test('a dot, and a drawing smaller than 20 pixels, are scaled up', () => {
  const dot = new Float32Array(28 * 28);
  dot[5 * 28 + 3] = 0.5;
  const { x, y, width, height } = measure(centre(dot, 28));
  expect([width, height]).toEqual([20, 20]);
  expect([x, y]).toEqual([13.5, 13.5]);
});

test('where the weight is at one end, nothing is cut off', () => {
  const wedge = Float32Array.from({ length: 100 * 100 }, (_, i) => (i % 100 < 3 || Math.floor(i / 100) === 50 ? 1 : 0));
  const all = centre(wedge, 100).reduce((a, b) => a + b);
  expect(all).toBeCloseTo((100 * 3 + 97) / 25, 1);
});
