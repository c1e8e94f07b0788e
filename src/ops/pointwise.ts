/** Pointwise arithmetic: z = Wa + b, a + b and the Hadamard product a ⊙ b. */
import { append, type Graph, type Node } from '../graph.ts';
import { U } from './numerics.ts';
import type { Case, PointwiseOp } from './op.ts';
import { rowSum } from './row_sum.ts';
import { channelVector, equalShapes } from './shapes.ts';

/** z[i, ..., j] = a[i, ..., j] + b[i]; ∂/∂b is the sum over all but the first axis. */
export const bias: PointwiseOp = {
  kind: 'pointwise',
  name: 'bias',
  shape: (inputs) => channelVector('bias', inputs),
  gradient: (graph, _node, upstream) => [() => upstream, () => append(graph, rowSum, [upstream])],
  f: ([a, b]) => a + b,
  rounding: (_args, result) => U * Math.abs(result),
  shaders: () => ['pointwise/bias'],
  call: ([a, b]) => `bias(${a}, ${b})`,
  cases: [
    {
      shapes: [
        [7, 33],
        [7, 1],
      ],
    },
    {
      shapes: [
        [1, 1],
        [1, 1],
      ],
    },
    {
      shapes: [
        [100, 100],
        [100, 1],
      ],
    },
    {
      shapes: [
        [784, 3],
        [784, 1],
      ],
    },
    {
      shapes: [
        [6, 3, 5, 7],
        [6, 1],
      ],
    },
  ],
};

/** Two operands of one shape. */
const pairs: Case[] = [
  [7, 33],
  [1, 1],
  [100, 7],
].map((shape) => ({ shapes: [shape, shape] }));

export const add: PointwiseOp = {
  kind: 'pointwise',
  name: 'add',
  shape: (inputs) => equalShapes('add', inputs),
  gradient: (_graph, _node, upstream) => [() => upstream, () => upstream],
  f: ([a, b]) => a + b,
  rounding: (_args, result) => U * Math.abs(result),
  shaders: () => ['pointwise/add'],
  call: ([a, b]) => `add(${a}, ${b})`,
  cases: pairs,
};

export const hadamard: PointwiseOp = {
  kind: 'pointwise',
  name: 'hadamard',
  shape: (inputs) => equalShapes('hadamard', inputs),
  gradient: (graph, node, upstream) => {
    const [a, b] = node.inputs;
    return [() => append(graph, hadamard, [upstream, b]), () => append(graph, hadamard, [upstream, a])];
  },
  f: ([a, b]) => a * b,
  rounding: (_args, result) => U * Math.abs(result),
  shaders: () => ['pointwise/hadamard'],
  call: ([a, b]) => `hadamard(${a}, ${b})`,
  cases: pairs,
};

/** Sum of the gradients of a value that is used more than once. */
export const sumOf = (graph: Graph, terms: readonly Node[]): Node =>
  terms.reduce((total, term) => append(graph, add, [total, term]));
