/** What a net says of each sample, as ones and zeros: the class that it chooses, or each label that it finds. */
import highestWgsl from '../../shaders/highest.wgsl';
import reachesWgsl from '../../shaders/pointwise/reaches.wgsl';
import { literal } from '../base/float32.ts';
import { argmax } from '../base/numbers.ts';
import { columns } from '../base/tensor.ts';
import { tensors } from '../graph/leaf.ts';
import type { Case, KernelOp, PointwiseOp } from '../graph/op.ts';
import { topGap } from './metrics.ts';
import { byColumn, channelWalk, column, columnErrors, inChannels, placesOf } from './shared/columns.ts';

/**
 * (x, step) -> the shape of x: 1 where the highest value of a column stands, the first of several, and 0 elsewhere. Columns
 * past the end of a ragged batch are 0. With attribute `places` it is the highest of the channels at each of so many places.
 */
export const highest: KernelOp = {
  kind: 'kernel',
  name: 'highest',
  shape: (inputs) => tensors(inputs)[0].shape,
  reference([value], { attributes, shape }, step) {
    const x = inChannels(value, placesOf(attributes));
    return byColumn(x.shape, (j) => {
      const xj = column(x.data, x.shape, j);
      const place = j % columns(shape) < step.columns ? argmax(xj) : -1;
      return xj.map((_, i) => Number(i === place));
    });
  },
  // Comparisons: exact for exact inputs, and nothing can be said of values that may have changed places.
  error([value], _data, { attributes, shape }, step) {
    const x = inChannels(value, placesOf(attributes));
    return byColumn(x.shape, (j) => {
      const errors = columnErrors(x, j);
      const isValid = j % columns(shape) < step.columns;
      const isDoubtful = x.error && isValid && topGap(column(x.data, x.shape, j)) <= 2 * Math.max(...errors);
      return errors.map(() => Number(Boolean(isDoubtful)));
    });
  },
  body: (node, { lanes } = {}) => ({
    shaders: [highestWgsl],
    operands: { X: node.inputs[0] },
    epilogues: { finish: node.shape },
    columnwise: ['X'],
    ...channelWalk(node.shape, lanes, placesOf(node.attributes)),
  }),
};

export const highestCases = (): readonly Case[] => [
  { shapes: [[1, 1], null] },
  { shapes: [[2, 7], null] },
  { shapes: [[10, 100], null] },
  { shapes: [[3, 2, 2, 33], null] },
  { shapes: [[3, 2, 2, 33], null], attributes: { places: 4 } },
];

/**
 * (x, step) -> the shape of x: 1 where x is at least the attribute `threshold`, else 0. Columns past the end of a ragged batch
 * are 0.
 */
export const reaches: PointwiseOp = {
  kind: 'pointwise',
  name: 'reaches',
  shape: (inputs) => tensors(inputs)[0].shape,
  f: ([x], { attributes, step, column }) =>
    Number(column < step.columns && x >= Math.fround(Number(attributes.threshold))),
  rounding: () => 0,
  shaders: () => [reachesWgsl],
  call: ([x], { threshold }) => `reaches(${x}, ${literal(Number(threshold))}, col)`,
};

export const reachesCases = (): readonly Case[] => [
  { shapes: [[1, 1], null], attributes: { threshold: 0 } },
  { shapes: [[7, 33], null], attributes: { threshold: 0.5 } },
  { shapes: [[3, 2, 2, 9], null], attributes: { threshold: 0.5 } },
];
