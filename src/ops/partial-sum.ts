/** Adds up the parts of sums that were divided among many invocations: [parts, ...shape] -> [...shape], in their order. */
import partialSumWgsl from '../../shaders/partial_sum.wgsl';
import { TINY, U } from '../base/float32.ts';
import { columns, rows, size, stride } from '../base/tensor.ts';
import type { Case, KernelOp } from '../graph/op.ts';
import { grid } from './shared/grid.ts';
import { mismatch } from './shared/shapes.ts';

function sums(data: ArrayLike<number>, n: number, f: (x: number) => number = (x) => x): Float64Array {
  const out = new Float64Array(n);
  for (let i = 0; i < data.length; i++) out[i % n] += f(data[i]);
  return out;
}

export const partialSum: KernelOp = {
  kind: 'kernel',
  name: 'partialSum',

  shape(inputs) {
    const [, ...rest] = inputs[0].shape;
    if (rest.length < 2) mismatch('partialSum', 'parts of at least two axes each', inputs);
    return rest;
  },

  reference: ([x], node) => sums(x.data, size(node.shape)),

  error([x], _data, node) {
    const n = size(node.shape);
    const parts = x.shape[0];
    const carried = x.error ? sums(x.error, n) : new Float64Array(n);
    return sums(x.data, n, Math.abs).map((sum, i) => parts * U * sum + 2 * parts * TINY + carried[i]);
  },

  body: (node, { lanes = 64 } = {}) => {
    const [x] = node.inputs;
    return {
      shaders: [partialSumWgsl],
      constants: {
        PARTS: x.shape[0],
        ROWS: rows(node.shape),
        COLUMNS: columns(node.shape),
        STRIDE: stride(x.shape),
      },
      operands: { X: x },
      epilogues: { finish: node.shape },
      lanes,
      workgroups: grid(size(node.shape), lanes),
    };
  },
};

export const partialSumCases = (): readonly Case[] => [
  { shapes: [[1, 1, 1]] },
  { shapes: [[7, 3, 33]] },
  { shapes: [[64, 6, 25]] },
  { shapes: [[3, 2, 5, 9]] },
];
