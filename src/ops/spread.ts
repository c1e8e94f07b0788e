/** The spread of values over many batches, without a pass for their mean, and without squares that cancel. */
import spreadWgsl from '../../shaders/pointwise/spread.wgsl';
import { DIVISION, TINY, U } from '../base/float32.ts';
import { sameShape } from '../base/tensor.ts';
import { append, type Graph, type Node } from '../graph/graph.ts';
import { leaf, state, stepOf, tensors } from '../graph/leaf.ts';
import type { Case, Place, PointwiseOp } from '../graph/op.ts';
import { momentsOf } from './moments.ts';
import { difference } from './residuals.ts';
import { rowSum } from './row-sum.ts';
import { mismatch } from './shared/shapes.ts';

/** x -> its first column, and 0 elsewhere. */
export const firstColumn: PointwiseOp = {
  kind: 'pointwise',
  name: 'firstColumn',
  shape: ([x]) => x.shape,
  f: ([x], { column }) => (column === 0 ? x : 0),
  rounding: () => 0,
  shaders: () => [],
  call: ([x]) => `select(0.0, ${x}, col == 0u)`,
};

export const firstColumnCases = (): readonly Case[] => [{ shapes: [[1, 1]] }, { shapes: [[7, 33]] }];

const PLANES = 4;

/** What comes of one more batch; `by` is what its sum of squares grows by. */
function merged(args: readonly number[], { step: { begins, start, columns } }: Place) {
  const [, , , , first, mean, variance] = args;
  const [origin, center, squares, rest] = begins ? [first, 0, 0, 0] : args;
  const n = begins ? 0 : start;
  const share = columns / (n + columns);
  const moves = [first - origin, mean - center];
  const shift = moves[0] + moves[1];
  const by = columns * variance + shift ** 2 * n * share;
  const shiftError = U * (Math.abs(moves[0]) + Math.abs(moves[1]) + Math.abs(shift));
  const byError = (10 * U + 2 * DIVISION) * by + (2 * Math.abs(shift) * shiftError + shiftError ** 2) * n * share;
  return { origin, center, squares, rest, share, shift, by, shiftError, byError };
}

/**
 * (first, mean − first, Σ (x − mean)², rest) of all values so far, by one more batch (Chan et al. 1979): with δ the difference
 * of the means, the sum of squares grows by n' variance + δ² n n' / (n + n'). Inputs the spread, [4 · slots, ...] of the shape
 * of a mean; of the batch its first value, and mean and variance of the differences from that; step. A step that begins a total
 * starts from nothing, any other one says by its `start` how many values there were.
 */
export const spread: PointwiseOp = {
  kind: 'pointwise',
  name: 'spread',
  inPlace: 0,
  planes: PLANES,
  shape: (inputs) => {
    const [total, ...ofBatch] = tensors(inputs);
    const [planes, ...places] = total.shape;
    if (planes % PLANES > 0 || ofBatch.some(({ shape }) => !sameShape(places, shape))) {
      mismatch('spread', 'a spread of four planes like what is known of a batch, or of several times four', inputs);
    }
    return total.shape;
  },
  f: (args, place) => {
    const { origin, center, squares, rest, share, shift, by } = merged(args, place);
    const x = Math.fround(Math.fround(by) - rest);
    const sum = Math.fround(squares + x);
    return [origin, center + shift * share, sum, Math.fround(sum - squares) - x][place.plane ?? 0];
  },
  // The sum may be rounded either way, and the rest is what comes of that.
  rounding: (args, result, place) => {
    const { center, squares, rest, share, shift, by, shiftError, byError } = merged(args, place);
    if (place.plane === 0) return 0;
    if (place.plane === 1) {
      const moved = shiftError * share + (2 * U + DIVISION) * Math.abs(shift * share);
      return moved + U * (Math.abs(center) + Math.abs(result)) + TINY;
    }
    return 8 * U * (Math.abs(squares) + Math.abs(rest) + by) + byError + TINY;
  },
  shaders: () => [spreadWgsl],
  call: ([total, first, mean, variance]) => `spread(${total}, ${first}, ${mean}, ${variance})`,
};

export const spreadCases = (): readonly Case[] => {
  const domain = [
    [0, 2],
    [-2, 2],
    [-2, 2],
    [0, 2],
  ] as const;
  const shapesOf = (slots: number, k: number) => [[4 * slots, k, 1], [k, 1], [k, 1], [k, 1], null];
  return [
    { shapes: shapesOf(1, 1), domain, step: { columns: 5, start: 20 } },
    { shapes: shapesOf(1, 7), domain, step: { columns: 5, begins: 1 } },
    { shapes: shapesOf(3, 7), domain, step: { columns: 2, start: 10, slot: 2 } },
  ];
};

/** Appends the spread of each row of x [K, N] over many batches. */
export function appendSpread(graph: Graph, name: string, x: Node, slots = 1): Node {
  const first = append(graph, rowSum, [append(graph, firstColumn, [x])]);
  const { mean, variance } = momentsOf(graph, append(graph, difference, [x, first, stepOf(graph)]), 'channel');
  const total = leaf(graph, state, name, [PLANES * slots, ...mean.shape]);
  return append(graph, spread, [total, first, mean, variance, stepOf(graph)]);
}

/** A spread as it is read, of one slot -> Σ (x − mean)² of each row. */
export function squaresOf(total: ArrayLike<number>): Float64Array {
  const rows = total.length / PLANES;
  return Float64Array.from({ length: rows }, (_, i) => total[2 * rows + i] - total[3 * rows + i]);
}
