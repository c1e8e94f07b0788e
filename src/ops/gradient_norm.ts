/**
 * The norm of all gradients together, and clipping to it: g min(1, c / ‖g‖) (Pascanu et al. 2013). Each tensor is summed in
 * 64 parts, the parts of all tensors are added, and then those: the same order of additions in every run.
 */
import { type Attributes, append, type Graph, type Node } from '../graph.ts';
import { columns, size, stride } from '../tensor.ts';
import { DIVISION, literal, SQRT, TINY, U } from './numerics.ts';
import type { KernelOp, PointwiseOp } from './op.ts';
import { scale, sumOf } from './pointwise.ts';
import { rowSum } from './row_sum.ts';

/** Parts that a tensor is summed in, one workgroup each, and terms that are added up side by side in one. */
const PARTS = 64;

/** Elements of a tensor that fall into each part, but for the last ones. */
const partSize = (node: Node): number => Math.ceil(size(node.shape) / PARTS);

/** Σ of f over the parts. */
function parts(data: ArrayLike<number>, length: number, f: (i: number) => number): Float64Array {
  const out = new Float64Array(PARTS);
  for (let i = 0; i < data.length; i++) out[Math.floor(i / length)] += f(i);
  return out;
}

/** x -> Σ x² over each of 64 parts of it, [1, 64] */
export const squareSums: KernelOp = {
  kind: 'kernel',
  name: 'squareSums',
  shape: () => [1, PARTS],
  reference: ([x], { inputs }) => parts(x.data, partSize(inputs[0]), (i) => x.data[i] ** 2),
  // A square, then one addition after another in a term, and a tree of six levels: all of what is not negative.
  error: ([x], sums, { inputs }) => {
    const length = partSize(inputs[0]);
    const depth = Math.ceil(length / PARTS) + 7;
    const e = x.error ?? new Float64Array(x.data.length);
    const carried = parts(x.data, length, (i) => (2 * Math.abs(x.data[i]) + e[i]) * e[i]);
    return carried.map((c, p) => c + depth * U * (sums[p] + c) + 2 * length * TINY);
  },
  body: (node, { lanes = 64 } = {}) => {
    const [x] = node.inputs;
    return {
      shaders: ['square_sums'],
      constants: { COLUMNS: columns(x.shape), STRIDE: stride(x.shape), SIZE: size(x.shape), PART: partSize(x) },
      operands: { X: x },
      epilogues: { finish: node.shape },
      lanes,
      workgroups: [PARTS, 1, 1],
    };
  },
  cases: [
    [1, 1],
    [7, 33],
    [10, 1],
    [64, 64],
    [100, 784],
    [6, 5, 5, 7],
  ].map((shape) => ({ shapes: [shape] })),
};

/** √x */
export const squareRoot: PointwiseOp = {
  kind: 'pointwise',
  name: 'squareRoot',
  shape: ([x]) => x.shape,
  // A sum of squares that is 0 but for its error has a root too; an x below the smallest normal number may count as 0.
  f: ([x]) => Math.sqrt(Math.max(x, 0)),
  rounding: (_args, result) => SQRT * result + Math.sqrt(TINY),
  shaders: () => ['pointwise/square_root'],
  call: ([x]) => `square_root(${x})`,
  cases: [
    [1, 1],
    [7, 33],
  ].map((shape) => ({ shapes: [shape], domain: [0, 9] })),
};

const limitOf = ({ limit }: Attributes): number => Math.fround(Number(limit));

/** min(1, c / ‖g‖) of a norm; attribute `limit` = c. */
export const clipFactor: PointwiseOp = {
  kind: 'pointwise',
  name: 'clipFactor',
  shape: ([norm]) => norm.shape,
  f: ([norm], { attributes }) => (norm > limitOf(attributes) ? limitOf(attributes) / norm : 1),
  rounding: ([norm], result, { attributes }) => (norm > limitOf(attributes) ? DIVISION * result : 0),
  shaders: () => ['update/clip_factor'],
  call: ([norm], attributes) => `clip_factor(${norm}, ${literal(limitOf(attributes))})`,
  cases: [
    [1, 1],
    [7, 33],
  ].map((shape) => ({ shapes: [shape], attributes: { limit: 0.7 }, domain: [0, 2] })),
};

/** The gradients scaled so that the norm of all together, kept as `gradientNorm`, is at most `limit`. */
export function appendClipped(graph: Graph, gradients: readonly Node[], limit: number): Node[] {
  const squares = gradients.map((g) => append(graph, squareSums, [g]));
  const total = append(graph, rowSum, [sumOf(graph, squares)]);
  const norm = append(graph, squareRoot, [total], {}, 'gradientNorm');
  const factor = append(graph, clipFactor, [norm], { limit });
  return gradients.map((g) => append(graph, scale, [g, factor]));
}
