/** Sums over all axes but the last: [..., N] -> [1, N], one sum for each sample. */
import columnSumWgsl from '../../shaders/column_sum.wgsl';
import { TINY, U } from '../base/float32.ts';
import { columns, rows } from '../base/tensor.ts';
import type { Case, KernelOp } from '../graph/op.ts';
import { byColumn, column, columnErrors, columnWalk } from './shared/columns.ts';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export const columnSum: KernelOp = {
  kind: 'kernel',
  name: 'columnSum',
  shape: ([x]) => [1, columns(x.shape)],
  reference: ([x], { shape }) => byColumn(shape, (j) => [sum(column(x.data, x.shape, j))]),
  error: ([x], _data, { shape }) => {
    const m = rows(x.shape);
    return byColumn(shape, (j) => [
      m * U * sum(column(x.data, x.shape, j).map(Math.abs)) + 2 * m * TINY + sum(columnErrors(x, j)),
    ]);
  },
  body: (node, { lanes } = {}) => ({
    shaders: [columnSumWgsl],
    operands: { X: node.inputs[0] },
    epilogues: { finish: node.shape },
    columnwise: ['X'],
    ...columnWalk(node.inputs[0].shape, lanes),
  }),
};

export const columnSumCases = (): readonly Case[] => [
  { shapes: [[1, 1]] },
  { shapes: [[7, 33]] },
  { shapes: [[784, 7]] },
  { shapes: [[3, 5, 2, 100]] },
];
