/**
 * Totals over many steps, exact to one rounding: the rounding error of the last addition is stored beside the sum and
 * corrected by the next addition (Kahan 1965). A million equal losses added up plainly would be off by a percent.
 */
import tallyWgsl from '../../shaders/pointwise/tally.wgsl';
import { TINY, U } from '../base/float32.ts';
import { sameShape } from '../base/tensor.ts';
import { append, type Graph, type Node } from '../graph/graph.ts';
import { leaf, state, stepOf, tensors } from '../graph/leaf.ts';
import type { Case, Place, PointwiseOp } from '../graph/op.ts';
import { mismatch } from './shared/shapes.ts';

const weighted = (value: number, { attributes, step }: Place): number =>
  attributes.mean ? value * step.columns : value;

/**
 * (sum, rest) ← (sum + x, ((sum + x) − sum) − x) for x = value · n − rest, n the columns of a mean and 1 of a sum; sum and
 * rest are 0 where the step begins a total. Inputs the total, [2 · slots, ...] of the shape of a value, the value, step.
 * Attribute `mean`.
 */
export const tally: PointwiseOp = {
  kind: 'pointwise',
  name: 'tally',
  inPlace: 0,
  planes: 2,
  shape: (inputs) => {
    const [total, value] = tensors(inputs);
    const [planes, ...places] = total.shape;
    if (planes % 2 > 0 || !sameShape(places, value.shape)) {
      mismatch('tally', 'a total of two planes like its value, or of several times two', inputs);
    }
    return total.shape;
  },
  f: ([before, restBefore, value], place) => {
    const [sum, rest] = place.step.begins ? [0, 0] : [before, restBefore];
    const x = Math.fround(Math.fround(weighted(value, place)) - rest);
    const next = Math.fround(sum + x);
    return place.plane ? Math.fround(next - sum) - x : next;
  },
  // The sum may be rounded either way, and the rest is what comes of that.
  rounding: ([before, restBefore, value], _result, place) => {
    const [sum, rest] = place.step.begins ? [0, 0] : [before, restBefore];
    const by = Math.abs(weighted(value, place));
    return 8 * U * (Math.abs(sum) + Math.abs(rest) + by) + TINY;
  },
  shaders: () => [tallyWgsl],
  call: ([total, value], { mean }) => `tally(${total}, ${value}, ${Boolean(mean)})`,
};

export const tallyCases = (): readonly Case[] =>
  [true, false].flatMap((mean) =>
    [
      [1, 1],
      [7, 33],
    ].flatMap((shape) => [
      { shapes: [[2, ...shape], shape, null], attributes: { mean } },
      { shapes: [[2, ...shape], shape, null], attributes: { mean }, step: { begins: 1 } },
      { shapes: [[6, ...shape], shape, null], attributes: { mean }, step: { slot: 1 } },
    ]),
  );

/** Appends the totals of a value over many steps, one in each slot. A mean counts as often as its step has columns. */
export const appendTotal = (
  graph: Graph,
  name: string,
  value: Node,
  { mean, slots = 1 }: { mean: boolean; slots?: number },
): Node =>
  append(graph, tally, [leaf(graph, state, name, [2 * slots, ...value.shape]), value, stepOf(graph)], { mean });

/** A total as it is read, of one slot -> what each of its elements has come to, the rest left out. */
export function valuesOfTotal(total: ArrayLike<number>): Float64Array {
  const count = total.length / 2;
  return Float64Array.from({ length: count }, (_, i) => total[i] - total[count + i]);
}
