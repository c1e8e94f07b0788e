/** Whether the right class is among the k that a net finds most likely. */
import amongHighestWgsl from '../../shaders/among_highest.wgsl';
import { argmax } from '../base/numbers.ts';
import { columns } from '../base/tensor.ts';
import { tensors } from '../graph/leaf.ts';
import type { Case, KernelOp } from '../graph/op.ts';
import { byColumn, column, columnErrors, columnWalk } from './shared/columns.ts';
import { equalShapes } from './shared/shapes.ts';

/**
 * (output, y, step) -> [1, N]: 1 where the output at the highest target is among the `most` highest outputs of its sample, else
 * 0. Of equal outputs the one in the lower row counts as higher, as in `correct`. Columns past the end of a ragged batch are 0.
 */
export const amongHighest: KernelOp = {
  kind: 'kernel',
  name: 'amongHighest',
  shape: (inputs) => [1, columns(equalShapes('amongHighest', tensors(inputs)))],
  reference: ([a, y], { shape, attributes }, step) =>
    byColumn(shape, (j) => {
      const [aj, wanted] = [column(a.data, a.shape, j), argmax(column(y.data, y.shape, j))];
      const before = aj.filter((x, i) => x > aj[wanted] || (x === aj[wanted] && i < wanted)).length;
      return [Number(j < step.columns && before < Number(attributes.most))];
    }),
  // Comparisons: exact for exact inputs. An output within its error of the one that is wanted may stand before it or behind.
  error: ([a, y], _data, { shape, attributes }, step) =>
    byColumn(shape, (j) => {
      if (!a.error || j >= step.columns) return [0];
      const [aj, e, wanted] = [column(a.data, a.shape, j), columnErrors(a, j), argmax(column(y.data, y.shape, j))];
      const others = aj.flatMap((x, i) => (i === wanted ? [] : [{ gap: x - aj[wanted], e: e[i] + e[wanted] }]));
      const surely = others.filter(({ gap, e }) => gap > e).length;
      const maybe = others.filter(({ gap, e }) => gap >= -e).length;
      const most = Number(attributes.most);
      return [Number(surely < most && maybe >= most)];
    }),
  body: (node, { lanes } = {}) => {
    const { constants, ...grid } = columnWalk(node.inputs[0].shape, lanes);
    return {
      shaders: [amongHighestWgsl],
      constants: { ...constants, MOST: Number(node.attributes.most) },
      operands: { A: node.inputs[0], Y: node.inputs[1] },
      epilogues: { finish: node.shape },
      columnwise: ['A', 'Y'],
      ...grid,
    };
  },
};

export const amongHighestCases = (): readonly Case[] =>
  [
    { shape: [2, 7], most: 1 },
    { shape: [10, 100], most: 3 },
    { shape: [3, 33], most: 5 },
  ].map(({ shape, most }) => ({ shapes: [shape, shape, null], attributes: { most } }));
