/** What evaluation counts: the right answers of a batch. */
import correctWgsl from '../../shaders/correct.wgsl';
import { isFinite32, literal } from '../base/float32.ts';
import { argmax } from '../base/numbers.ts';
import { columns } from '../base/tensor.ts';
import { tensors } from '../graph/leaf.ts';
import type { Case, KernelOp } from '../graph/op.ts';
import { byColumn, channelWalk, column, inChannels, placesOf } from './shared/columns.ts';
import { equalShapes } from './shared/shapes.ts';

/**
 * (output, y, step) -> [3, N], for each sample: 1 where its highest output stands where its highest target stands; how many of
 * its outputs lie on the same side of the threshold as their targets of 0.5; 1 where all of them do. Attribute `threshold`.
 * With attribute
 * `places` each of so many places of its channels counts by itself: [3 · places, N].
 * An output that is no finite number stands in the place of all three, since no count could tell of it.
 */
export const correct: KernelOp = {
  kind: 'kernel',
  name: 'correct',
  shape: (inputs, attributes) => [3 * placesOf(attributes), columns(equalShapes('correct', tensors(inputs)))],
  reference(inputs, { shape, attributes }, step) {
    const [a, y] = inputs.map((value) => inChannels(value, placesOf(attributes)));
    return byColumn([3, columns(a.shape)], (j) => {
      if (j % columns(shape) >= step.columns) return [0, 0, 0];
      const [aj, yj] = [column(a.data, a.shape, j), column(y.data, y.shape, j)];
      const bad = aj.find((x) => !isFinite32(x));
      if (bad !== undefined) return [bad, bad, bad];
      const right = aj.filter((x, i) => x >= Number(attributes.threshold) === yj[i] >= 0.5).length;
      return [Number(argmax(aj) === argmax(yj)), right, Number(right === aj.length)];
    });
  },
  // Comparisons: exact for exact inputs, and nothing can be said of two outputs that lie within their errors.
  error([value], _data, { attributes }) {
    const a = inChannels(value, placesOf(attributes));
    return byColumn([3, columns(a.shape)], (j) => {
      if (!a.error) return [0, 0, 0];
      const [aj, e] = [column(a.data, a.shape, j), column(a.error, a.shape, j)];
      const doubtful = aj.filter((x, i) => Math.abs(x - Number(attributes.threshold)) <= 2 * e[i]).length;
      return [Number(topGap(aj) <= 2 * Math.max(...e)), doubtful, Number(doubtful > 0)];
    });
  },
  body: (node, { lanes } = {}) => {
    const { constants, ...grid } = channelWalk(node.inputs[0].shape, lanes, placesOf(node.attributes));
    return {
      shaders: [correctWgsl],
      constants: { ...constants, THRESHOLD: literal(Number(node.attributes.threshold)) },
      operands: { A: node.inputs[0], Y: node.inputs[1] },
      epilogues: { finish: node.shape },
      columnwise: ['A', 'Y'],
      ...grid,
    };
  },
};

export const correctCases = (): readonly Case[] => [
  ...[
    [1, 1],
    [1, 33],
    [2, 7],
    [10, 100],
  ].map((shape) => ({
    shapes: [shape, shape, null],
    attributes: { threshold: 0.5 },
    domain: [0, 1] as const,
  })),
  { shapes: [[3, 4, 2, 7], [3, 4, 2, 7], null], attributes: { threshold: 0.5, places: 8 }, domain: [0, 1] },
];

/** Between the two highest. */
export function topGap(values: readonly number[]): number {
  const [first, second = Number.NEGATIVE_INFINITY] = values.toSorted((a, b) => b - a);
  return first - second;
}
