/**
 * Sums over all axes but the last: [..., N] -> [1, N], one sum for each sample. With attribute `groups` the rows are in so many
 * groups, one after another: [..., N] -> [groups, N].
 */
import columnSumWgsl from '../../shaders/column_sum.wgsl';
import { TINY, U } from '../base/float32.ts';
import { columns, rows } from '../base/tensor.ts';
import type { Case, KernelOp } from '../graph/op.ts';
import { byColumn, byGroup, column, columnErrors, columnWalk, groupsOf } from './shared/columns.ts';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export const columnSum: KernelOp = {
  kind: 'kernel',
  name: 'columnSum',
  shape: ([x], attributes) => [groupsOf(attributes), columns(x.shape)],
  reference: ([x], { shape, attributes }) =>
    byColumn(shape, (j) => byGroup(column(x.data, x.shape, j), groupsOf(attributes), sum)),
  error: ([x], _data, { shape, attributes }) => {
    const groups = groupsOf(attributes);
    const m = rows(x.shape) / groups;
    return byColumn(shape, (j) => {
      const sizes = byGroup(column(x.data, x.shape, j).map(Math.abs), groups, sum);
      const carried = byGroup(columnErrors(x, j), groups, sum);
      return sizes.map((size, g) => m * U * size + 2 * m * TINY + carried[g]);
    });
  },
  body: (node, { lanes } = {}) => ({
    shaders: [columnSumWgsl],
    operands: { X: node.inputs[0] },
    epilogues: { finish: node.shape },
    columnwise: ['X'],
    ...columnWalk(node.inputs[0].shape, lanes, groupsOf(node.attributes)),
  }),
};

export const columnSumCases = (): readonly Case[] => [
  { shapes: [[1, 1]] },
  { shapes: [[7, 33]] },
  { shapes: [[784, 7]] },
  { shapes: [[3, 5, 2, 100]] },
  { shapes: [[3, 5, 2, 33]], attributes: { groups: 3 } },
  { shapes: [[131_200, 1]], attributes: { groups: 65_600 } }, // more than a dispatch has along one dimension
];
