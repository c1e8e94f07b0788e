/** Values put together along the first axis: [A, ..., N] and [B, ..., N] -> [A + B, ..., N]. The gradient of each is its part. */
import concatWgsl from '../../shaders/concat.wgsl';
import { TINY } from '../base/float32.ts';
import { columns, rows, sameShape, size, stride } from '../base/tensor.ts';
import { append, type Graph, type Node } from '../graph/graph.ts';
import type { Case, KernelOp, Value } from '../graph/op.ts';
import { slice } from './rows.ts';
import { grid } from './shared/grid.ts';
import { mismatch } from './shared/shapes.ts';

/** All of them, in pairs of pairs, so that each is copied few times. */
export function concatOf(graph: Graph, parts: readonly Node[]): Node {
  if (parts.length === 1) return parts[0];
  const half = Math.ceil(parts.length / 2);
  return append(graph, concat, [concatOf(graph, parts.slice(0, half)), concatOf(graph, parts.slice(half))]);
}

/** One array after the other. */
function joined(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const out = new Float64Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

const errorsOf = ({ data, error }: Value): Float64Array => error ?? new Float64Array(data.length);

export const concat: KernelOp = {
  kind: 'kernel',
  name: 'concat',
  shape(inputs) {
    const [[A, ...of], [B, ...others]] = inputs.map(({ shape }) => shape);
    if (!sameShape(of, others)) mismatch('concat', 'operands that differ in their first axis alone', inputs);
    return [A + B, ...of];
  },
  gradient: (graph, { inputs: [a, b] }, upstream) => [
    () => append(graph, slice, [upstream], { first: 0, count: a.shape[0] }),
    () => append(graph, slice, [upstream], { first: a.shape[0], count: b.shape[0] }),
  ],
  reference: ([a, b]) => joined(a.data, b.data),
  error: ([a, b]) => joined(errorsOf(a), errorsOf(b)).map((e) => e + TINY),
  body(node, { lanes = 64 } = {}) {
    const [a, b] = node.inputs;
    const { shape } = node;
    return {
      shaders: [concatWgsl],
      constants: { ROWS: rows(shape), COLUMNS: columns(shape), STRIDE: stride(shape), SPLIT: rows(a.shape) },
      operands: { A: a, B: b },
      epilogues: { finish: shape },
      lanes,
      workgroups: grid(size(shape), lanes),
    };
  },
};

export const concatCases = (): readonly Case[] => [
  {
    shapes: [
      [1, 1],
      [1, 1],
    ],
  },
  {
    shapes: [
      [3, 33],
      [7, 33],
    ],
  },
  {
    shapes: [
      [2, 3, 5, 7],
      [1, 3, 5, 7],
    ],
  },
];
