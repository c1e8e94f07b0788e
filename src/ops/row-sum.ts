/**
 * Sums over all but the first axis: [M, N] -> [M, 1], [channels, height, width, N] -> [channels, 1]. ∂C/∂b is such a sum
 * of δ. With attribute `rows` the axes before the last are taken as so many rows: one sum for each feature of an image.
 */
import rowSumWgsl from '../../shaders/row_sum.wgsl';
import { TINY, U } from '../base/float32.ts';
import { columns, rows, size, stride } from '../base/tensor.ts';
import type { Case, KernelOp } from '../graph/op.ts';

function sums(data: ArrayLike<number>, m: number, f: (x: number) => number = (x) => x): Float64Array {
  const n = data.length / m;
  const out = new Float64Array(m);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[i] += f(data[i * n + j]);
  return out;
}

export const rowSum: KernelOp = {
  kind: 'kernel',
  name: 'rowSum',
  shape: ([x], { rows }) => [Number(rows ?? x.shape[0]), 1],
  reference: ([x], node) => sums(x.data, rows(node.shape)),
  // One addition after another, as where the sums ride on a matrix product, or 64 partial sums and a tree of six levels.
  error: ([x], _data, node) => {
    const m = rows(node.shape);
    const n = size(x.shape) / m;
    const depth = Math.max(n, Math.ceil(n / 64) + 6);
    const carried = x.error ? sums(x.error, m) : new Float64Array(m);
    return sums(x.data, m, Math.abs).map((sum, i) => depth * U * sum + 2 * n * TINY + carried[i]);
  },
  body: (node, { lanes = 64 } = {}) => {
    const [x] = node.inputs;
    return {
      shaders: [rowSumWgsl],
      constants: {
        COLUMNS: columns(x.shape),
        STRIDE: stride(x.shape),
        COUNT: size(x.shape) / rows(node.shape),
      },
      operands: { X: x },
      epilogues: { finish: node.shape },
      lanes,
      workgroups: [rows(node.shape), 1, 1],
    };
  },
};

export const rowSumCases = (): readonly Case[] => [
  { shapes: [[1, 1]] },
  { shapes: [[7, 33]] },
  { shapes: [[100, 100]] },
  { shapes: [[33, 784]] },
  { shapes: [[784, 7]] },
  { shapes: [[6, 12, 12, 7]] },
  { shapes: [[3, 5, 1, 33]] },
  { shapes: [[3, 5, 2, 33]], attributes: { rows: 30 } },
  { shapes: [[2, 200, 164, 1]], attributes: { rows: 65_600 } }, // more than a dispatch has along one dimension
];
