/**
 * The norm of all gradients together, and clipping to it: g min(1, c / ‖g‖) (Pascanu et al. 2013). Each tensor is summed in
 * 64 parts, the parts of all tensors are added, and then those: the same order of additions in every run. Squares of very
 * large numbers and of very small ones have sums of their own, scaled so that f32 holds them (Blue 1978).
 */
import normWgsl from '../../shaders/norm.wgsl';
import squareSumsWgsl from '../../shaders/square_sums.wgsl';
import clipWgsl from '../../shaders/update/clip.wgsl';
import { DIVISION, literal, SQRT, TINY, U } from '../base/float32.ts';
import { columns, size, stride } from '../base/tensor.ts';
import { append, type Graph, type Node } from '../graph/graph.ts';
import type { Case, KernelOp, PointwiseOp } from '../graph/op.ts';
import { sumOf } from './arithmetic.ts';
import { broadcast } from './shared/shapes.ts';

/** Parts that a tensor is summed in, one workgroup each, and terms that are added up side by side in one. */
const PARTS = 64;

/** Numbers of 2⁴⁸ and more, those between, and those below 2⁻⁴⁸; what each is multiplied by before it is squared. */
const SCALES = [2 ** -80, 1, 2 ** 80];
const rangeOf = (x: number): number => (Math.abs(x) >= 2 ** 48 ? 0 : Math.abs(x) < 2 ** -48 ? 2 : 1);

/** Elements of a tensor that fall into each part, but for the last ones. */
const partSize = (node: Node): number => Math.ceil(size(node.shape) / PARTS);

/** Σ of f, a function of an element and its scale, over those of each range in each part: [3, 64] */
function parts(data: ArrayLike<number>, length: number, f: (i: number, scale: number) => number): Float64Array {
  const out = new Float64Array(3 * PARTS);
  for (let i = 0; i < data.length; i++) {
    const range = rangeOf(data[i]);
    out[range * PARTS + Math.floor(i / length)] += f(i, SCALES[range]);
  }
  return out;
}

/** x -> Σ (scale · x)² over each of 64 parts of it, for the numbers of each range: [3, 64] */
export const squareSums: KernelOp = {
  kind: 'kernel',
  name: 'squareSums',
  shape: () => [3, PARTS],
  reference: ([x], { inputs }) => parts(x.data, partSize(inputs[0]), (i, scale) => (scale * x.data[i]) ** 2),
  // A square, then one addition after another in a term, and a tree of six levels: all of what is not negative.
  error: ([x], sums, { inputs }) => {
    const length = partSize(inputs[0]);
    const depth = Math.ceil(length / PARTS) + 7;
    const e = x.error ?? new Float64Array(x.data.length);
    const moved = (i: number): number => e[i] + (Math.abs(x.data[i]) < TINY ? TINY : 0);
    const carried = parts(
      x.data,
      length,
      (i, scale) => scale * (2 * Math.abs(x.data[i]) + moved(i)) * (scale * moved(i)),
    );
    return carried.map((c, p) => c + depth * U * (sums[p] + c));
  },
  body: (node, { lanes = 64 } = {}) => {
    const [x] = node.inputs;
    return {
      shaders: [squareSumsWgsl],
      constants: {
        COLUMNS: columns(x.shape),
        STRIDE: stride(x.shape),
        SIZE: size(x.shape),
        PART: partSize(x),
      },
      operands: { X: x },
      epilogues: { finish: node.shape },
      lanes,
      workgroups: [PARTS, 1, 1],
    };
  },
};

export const squareSumsCases = (): readonly Case[] => [
  ...[
    [1, 1],
    [7, 33],
    [10, 1],
    [64, 64],
    [100, 784],
    [6, 5, 5, 7],
  ].map((shape) => ({ shapes: [shape] })),
  ...[1e-30, 1e-12, 1e12, 1e14, 1e30].map((most) => ({ shapes: [[7, 33]], domain: [-most, most] as const })),
];

/** The sums of each range -> Σ x², in f64. What a range that holds no number errs by is nothing. */
function squaresIn(sums: ArrayLike<number>, errors?: ArrayLike<number>): number {
  return SCALES.reduce((sum, scale, range) => {
    const [start, end] = [range * PARTS, (range + 1) * PARTS];
    const values = Array.from(sums).slice(start, end);
    if (values.every((value) => value === 0)) return sum;
    const all = errors ? Array.from(errors).slice(start, end) : values;
    return sum + all.reduce((a, b) => a + b, 0) / scale / scale;
  }, 0);
}

/** Sums of squares [3, 64] of all gradients -> ‖g‖ [1, 1], infinite where f32 cannot hold it. */
export const norm: KernelOp = {
  kind: 'kernel',
  name: 'norm',
  shape: () => [1, 1],
  reference: ([sums]) => {
    const value = Math.sqrt(squaresIn(sums.data));
    return Float64Array.of(Number.isFinite(Math.fround(value)) ? value : Number.POSITIVE_INFINITY);
  },
  // A tree of six levels in each range, and two scaled sums of which one may be too small to count.
  error: ([sums], [value]) => {
    const squares = squaresIn(sums.data);
    const error = (sums.error ? squaresIn(sums.data, sums.error) : 0) + 10 * U * squares;
    return Float64Array.of(Math.sqrt(squares + error) - Math.sqrt(squares) + (SQRT + 4 * U) * value + TINY);
  },
  body: (node, { lanes = 64 } = {}) => ({
    shaders: [normWgsl],
    constants: { STRIDE: stride(node.inputs[0].shape) },
    operands: { X: node.inputs[0] },
    epilogues: { finish: node.shape },
    lanes,
    workgroups: [1, 1, 1],
  }),
};

export const normCases = (): readonly Case[] =>
  [1e-20, 1, 1e20].map((most) => ({ shapes: [[3, PARTS]], domain: [0, most] }));

const limitOf = (limit: unknown): number => Math.fround(Number(limit));

/** g min(1, c / ‖g‖), and NaN where ‖g‖ is not finite, since there is no direction; inputs g, ‖g‖. Attribute `limit` = c. */
export const clip: PointwiseOp = {
  kind: 'pointwise',
  name: 'clip',
  shape: (inputs) => broadcast('clip', inputs),
  f: ([g, norm], { attributes: { limit } }) => {
    if (!Number.isFinite(norm)) return Number.NaN;
    return norm > limitOf(limit) ? (g / norm) * limitOf(limit) : g;
  },
  rounding: (_args, result) => (2 * U + DIVISION) * Math.abs(result) + 8 * TINY,
  shaders: () => [clipWgsl],
  call: ([g, norm], { limit }) => `clip(${g}, ${norm}, ${literal(limitOf(limit))})`,
};

export const clipCases = (): readonly Case[] =>
  [
    // Below the limit, above it, and where the norm is next to all that f32 holds.
    { limit: 0.7, most: 2, norms: [0.1, 0.6] },
    { limit: 0.7, most: 2, norms: [0.8, 2] },
    { limit: 1e-10, most: 3e38, norms: [3e38, 3.3e38] },
  ].map(({ limit, most, norms: [least, greatest] }) => ({
    shapes: [
      [7, 33],
      [1, 1],
    ],
    attributes: { limit },
    domain: [
      [-most, most],
      [least, greatest],
    ],
  }));

/** The gradients scaled so that the norm of all together, kept as `gradientNorm`, is at most `limit`. */
export function appendClipped(graph: Graph, gradients: readonly Node[], limit: number): Node[] {
  const squares = gradients.map((g) => append(graph, squareSums, [g]));
  const whole = append(graph, norm, [sumOf(graph, squares)], {}, 'gradientNorm');
  return gradients.map((g) => append(graph, clip, [g, whole], { limit }));
}
