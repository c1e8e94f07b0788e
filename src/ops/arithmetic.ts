/** Pointwise arithmetic: z = Wa + b, γ ⊙ x, a + b, the Hadamard product a ⊙ b, and a multiple of a. */
import addWgsl from '../../shaders/pointwise/add.wgsl';
import biasWgsl from '../../shaders/pointwise/bias.wgsl';
import hadamardWgsl from '../../shaders/pointwise/hadamard.wgsl';
import { literal, TINY, U } from '../base/float32.ts';
import { append, type Graph, type Node } from '../graph/graph.ts';
import type { Case, PointwiseOp } from '../graph/op.ts';
import { columnSum } from './column-sum.ts';
import { rowSum } from './row-sum.ts';
import { broadcast, equalShapes, isPerGroup, isPerRow, isPerSample } from './shared/shapes.ts';

/** What the gradient of a vector is where each of its values served many elements: the sum over those. */
export function sumLike(graph: Graph, gradient: Node, vector: Node): Node {
  if (isPerSample(gradient, vector)) return append(graph, columnSum, [gradient]);
  const [rows] = vector.shape;
  if (isPerRow(gradient, vector)) return append(graph, rowSum, [gradient], rows === gradient.shape[0] ? {} : { rows });
  if (isPerGroup(gradient, vector)) return append(graph, columnSum, [gradient], { groups: rows });
  return append(graph, columnSum, [append(graph, rowSum, [gradient])]);
}

/** z = a + b, with one b per channel, feature or sample, per group of rows and sample, or one for all. */
export const bias: PointwiseOp = {
  kind: 'pointwise',
  name: 'bias',
  shape: (inputs) => broadcast('bias', inputs),
  gradient: (graph, { inputs: [, b] }, upstream) => [() => upstream, () => sumLike(graph, upstream, b)],
  f: ([a, b]) => a + b,
  rounding: (_args, result) => U * Math.abs(result),
  shaders: () => [biasWgsl],
  call: ([a, b]) => `bias(${a}, ${b})`,
};

export const biasCases = (): readonly Case[] => [
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
];

/** y = γ ⊙ x, with one γ per channel, feature or sample, per group of rows and sample, or one for all. */
export const scale: PointwiseOp = {
  kind: 'pointwise',
  name: 'scale',
  shape: (inputs) => broadcast('scale', inputs),
  gradient: (graph, { inputs: [x, gamma] }, upstream) => [
    () => append(graph, scale, [upstream, gamma]),
    () => sumLike(graph, append(graph, hadamard, [upstream, x]), gamma),
  ],
  f: ([x, gamma]) => gamma * x,
  rounding: (_args, result) => U * Math.abs(result) + TINY,
  shaders: () => [hadamardWgsl],
  call: ([x, gamma]) => `hadamard(${x}, ${gamma})`,
};

export const scaleCases = (): readonly Case[] => [
  {
    shapes: [
      [1, 1],
      [1, 1],
    ],
  },
  {
    shapes: [
      [7, 33],
      [7, 1],
    ],
  },
  {
    shapes: [
      [7, 33],
      [1, 33],
    ],
  },
  {
    shapes: [
      [6, 3, 5, 7],
      [6, 1],
    ],
  },
  {
    shapes: [
      [6, 3, 5, 7],
      [90, 1],
    ],
  },
  {
    shapes: [
      [6, 3, 5, 7],
      [1, 1],
    ],
  },
  {
    shapes: [
      [6, 3, 5, 7],
      [6, 7],
    ],
  },
  {
    shapes: [
      [6, 5, 1],
      [2, 1],
    ],
  },
];

/** Two operands of one shape. */
const pairs = (): Case[] =>
  [
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
  shaders: () => [addWgsl],
  call: ([a, b]) => `add(${a}, ${b})`,
};

export const addCases = (): readonly Case[] => pairs();

/** a under another name. */
export const copy: PointwiseOp = {
  kind: 'pointwise',
  name: 'copy',
  shape: ([a]) => a.shape,
  f: ([a]) => a,
  rounding: () => 0,
  shaders: () => [],
  call: ([a]) => a,
};

export const copyCases = (): readonly Case[] => [{ shapes: [[7, 33]] }];

export const hadamard: PointwiseOp = {
  kind: 'pointwise',
  name: 'hadamard',
  shape: (inputs) => equalShapes('hadamard', inputs),
  gradient: (graph, node, upstream) => {
    const [a, b] = node.inputs;
    return [() => append(graph, hadamard, [upstream, b]), () => append(graph, hadamard, [upstream, a])];
  },
  f: ([a, b]) => a * b,
  rounding: (_args, result) => U * Math.abs(result) + TINY,
  shaders: () => [hadamardWgsl],
  call: ([a, b]) => `hadamard(${a}, ${b})`,
};

export const hadamardCases = (): readonly Case[] => pairs();

/** factor · a */
export const times: PointwiseOp = {
  kind: 'pointwise',
  name: 'times',
  shape: ([a]) => a.shape,
  gradient: (graph, { attributes }, upstream) => [() => append(graph, times, [upstream], attributes)],
  f: ([a], { attributes }) => Math.fround(Number(attributes.factor)) * a,
  rounding: (_args, result) => U * Math.abs(result) + TINY,
  shaders: () => [hadamardWgsl],
  call: ([a], { factor }) => `hadamard(${a}, ${literal(Number(factor))})`,
};

export const timesCases = (): readonly Case[] => [{ shapes: [[7, 33]], attributes: { factor: -0.3 } }];

/** Sum of the gradients of a value that is used more than once, and of others; in pairs, so that few wait for each other. */
export function sumOf(graph: Graph, terms: readonly Node[]): Node {
  if (terms.length === 1) return terms[0];
  const half = Math.ceil(terms.length / 2);
  return append(graph, add, [sumOf(graph, terms.slice(0, half)), sumOf(graph, terms.slice(half))]);
}
