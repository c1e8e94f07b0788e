/** Sums: over the batch, row by row (the bias gradient), and over everything (the loss). */
import type { Node } from '../graph.ts';
import { columns, rows, stride } from '../tensor.ts';
import { TINY, U } from './numerics.ts';
import type { Body, KernelOp, Value } from './op.ts';

/** Sums of `groups` equal runs of consecutive elements. */
function sums(data: ArrayLike<number>, groups: number, f: (x: number) => number = (x) => x): Float64Array {
  const length = data.length / groups;
  const out = new Float64Array(groups);
  for (let g = 0; g < groups; g++) for (let i = 0; i < length; i++) out[g] += f(data[g * length + i]);
  return out;
}

// One lane of 64 adds up its share of every row, then six levels of a tree: depth · 2⁻²⁴ Σ|x|. The row sums that ride on a
// matrix product add up whole rows.
function error([x]: readonly Value[], groups: number, depth: number): Float64Array {
  const n = x.data.length / groups;
  const carried = x.error ? sums(x.error, groups) : new Float64Array(groups);
  return sums(x.data, groups, Math.abs).map((sum, g) => depth * U * sum + 2 * n * TINY + carried[g]);
}

const treeDepth = (rowsPerSum: number, n: number): number => rowsPerSum * Math.ceil(n / 64) + 6;

const body = (node: Node, rowsPerSum: number): Body => {
  const [x] = node.inputs;
  return {
    shaders: ['reduce'],
    constants: { COLUMNS: columns(x.shape), STRIDE: stride(x.shape), ROWS_PER_SUM: rowsPerSum },
    operands: { X: x },
    epilogues: { finish: node.shape },
    workgroups: [rows(node.shape), 1, 1],
  };
};

/** [M, N] -> [M, 1]: ∂C/∂b = Σ over the batch of δ. */
export const rowSum: KernelOp = {
  kind: 'kernel',
  name: 'rowSum',
  shape: ([x]) => [rows(x.shape), 1],
  reference: ([x], node) => sums(x.data, rows(node.shape)),
  error: (inputs, _data, node) =>
    error(inputs, rows(node.shape), Math.max(columns(node.inputs[0].shape), treeDepth(1, 1))),
  body: (node) => body(node, 1),
  cases: [
    { shapes: [[1, 1]] },
    { shapes: [[7, 33]] },
    { shapes: [[100, 100]] },
    { shapes: [[33, 784]] },
    { shapes: [[784, 7]] },
  ],
};

/** [M, N] -> [1, 1]: a loss out of its terms. */
export const sum: KernelOp = {
  kind: 'kernel',
  name: 'sum',
  shape: () => [1, 1],
  reference: ([x]) => sums(x.data, 1),
  error: (inputs, _data, node) =>
    error(inputs, 1, treeDepth(rows(node.inputs[0].shape), columns(node.inputs[0].shape))),
  body: (node) => body(node, rows(node.inputs[0].shape)),
  cases: [{ shapes: [[1, 1]] }, { shapes: [[7, 33]] }, { shapes: [[1, 100]] }, { shapes: [[100, 784]] }],
};
