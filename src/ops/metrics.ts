/** What evaluation counts: correct classifications of a batch. */
import { columns, rows } from '../tensor.ts';
import { byColumn, column, columnWalk } from './columns.ts';
import { literal } from './numerics.ts';
import type { KernelOp } from './op.ts';
import { equalShapes, tensors } from './shapes.ts';

/** Position of the highest value, the first of several. */
export const argmax = (values: readonly number[]): number => values.indexOf(Math.max(...values));

/** (output, y, step) -> [1, N]: 1 where the right class is chosen. Attribute `threshold`: for a single output. */
export const correct: KernelOp = {
  kind: 'kernel',
  name: 'correct',
  shape: (inputs) => [1, columns(equalShapes('correct', tensors(inputs)))],
  reference: ([a, y], node, step) =>
    byColumn(node.shape, (j) => {
      const [aj, yj] = [column(a.data, a.shape, j), column(y.data, y.shape, j)];
      const same =
        rows(a.shape) === 1 ? aj[0] >= Number(node.attributes.threshold) === yj[0] >= 0.5 : argmax(aj) === argmax(yj);
      return [same && j < step.columns ? 1 : 0];
    }),
  // A comparison: exact for exact inputs, and nothing can be said of two outputs that lie within their errors.
  error: ([a], _data, node) => {
    const doubtful = (j: number): boolean => {
      if (!a.error) return false;
      const [aj, e] = [column(a.data, a.shape, j), column(a.error, a.shape, j)];
      const gap = rows(a.shape) === 1 ? Math.abs(aj[0] - Number(node.attributes.threshold)) : topGap(aj);
      return gap <= 2 * Math.max(...e);
    };
    return byColumn(node.shape, (j) => [doubtful(j) ? 1 : 0]);
  },
  body: (node, { lanes } = {}) => {
    const { constants, ...grid } = columnWalk(node.inputs[0].shape, lanes);
    return {
      shaders: ['correct'],
      constants: { ...constants, THRESHOLD: literal(Number(node.attributes.threshold)) },
      operands: { A: node.inputs[0], Y: node.inputs[1] },
      epilogues: { finish: node.shape },
      columnwise: ['A', 'Y'],
      ...grid,
    };
  },
  cases: [
    [1, 1],
    [1, 33],
    [2, 7],
    [10, 100],
  ].map((shape) => ({
    shapes: [shape, shape, null],
    attributes: { threshold: 0.5 },
    domain: [0, 1],
  })),
};

function topGap(values: readonly number[]): number {
  const [first, second] = values.toSorted((a, b) => b - a);
  return first - second;
}
