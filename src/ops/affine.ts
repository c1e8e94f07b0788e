/**
 * The random maps of augmentation, one per column: a turn about the centre of the image, a horizontal shear, a stretch of
 * each axis and a move, all drawn anew in every step. A map leads back, from a pixel p of the new image to the place in
 * the old one that its value comes from: A p + b, with
 *   A = diag(1/s₁, 1/s₂) [1 −h; 0 1] [cos θ  sin θ; −sin θ  cos θ],  h = tan φ,  b = m − A (m + t), m the centre.
 */
import affineWgsl from '../../shaders/affine.wgsl';
import { DIVISION, literal, U } from '../base/float32.ts';
import { streams, symmetric, threefry } from '../base/random.ts';
import { columns } from '../base/tensor.ts';
import type { Attributes, Node } from '../graph/graph.ts';
import type { KernelOp } from '../graph/op.ts';
import type { StepRow } from '../graph/step-row.ts';
import { sampleAt } from './gather.ts';
import { type Bounded, exact, minus, over, plus, times } from './shared/bounded.ts';
import { byColumn } from './shared/columns.ts';

const numbers = ({ turn, shear, stretch, shift, height, width }: Attributes) => ({
  turn: Math.fround(Number(turn)),
  shear: Math.fround(Number(shear)),
  stretch: Math.fround(Number(stretch)),
  shift: Math.fround(Number(shift)),
  centre: [(Number(width) - 1) / 2, (Number(height) - 1) / 2],
});

/**
 * (step) -> [6, batch]: A by rows, then b, as (x, y) in pixels. Attributes: `batch`, `height` and `width`, and the largest
 * |θ| as `turn` in radians up to π, |φ| as `shear` in radians up to 80°, |s − 1| as `stretch` below 1, |t| as `shift` in pixels; all uniform.
 */
export const affine: KernelOp = {
  kind: 'kernel',
  name: 'affine',
  shape: (_inputs, { batch }) => [6, Number(batch)],
  reference: (_inputs, node, step) => byColumn(node.shape, (j) => mapOf(node, step, j).map(({ value }) => value)),
  error: (_inputs, _data, node, step) => byColumn(node.shape, (j) => mapOf(node, step, j).map(({ error }) => error)),
  body: (node, { lanes = 64 } = {}) => {
    const { turn, shear, stretch, shift, centre } = numbers(node.attributes);
    const factors = {
      TURN: turn,
      SHEAR: shear,
      STRETCH: stretch,
      SHIFT: shift,
      CENTRE_X: centre[0],
      CENTRE_Y: centre[1],
    };
    const floats = Object.entries(factors).map(([name, value]) => [name, literal(value)]);
    return {
      shaders: [affineWgsl],
      constants: { COLUMNS: columns(node.shape), STREAM: streams.affine, ...Object.fromEntries(floats) },
      operands: {},
      epilogues: { finish: node.shape },
      lanes,
      workgroups: [Math.ceil(columns(node.shape) / lanes), 1, 1],
    };
  },
};

/** The six numbers of column j. */
function mapOf({ attributes }: Node, step: StepRow, j: number): Bounded[] {
  const { turn, shear, stretch, shift, centre } = numbers(attributes);
  const draw = (i: number): Bounded[] =>
    threefry(step.random, streams.affine, sampleAt(j, step), i).map((word) => exact(symmetric(word)));
  const [[u, v], stretches, moves] = [draw(0), draw(1), draw(2)];
  const [angle, lean] = [times(u, exact(turn)), times(v, exact(shear))];
  const [c, s, h] = [cosine(angle), sine(angle), over(sine(lean), cosine(lean))];
  const [s1, s2] = stretches.map((w) => plus(exact(1), times(w, exact(stretch))));
  const m = centre.map(exact);
  const [x, y] = moves.map((w, k) => plus(m[k], times(w, exact(shift))));
  const first = [plus(c, times(h, s)), minus(s, times(h, c))].map((a) => over(a, s1));
  const second = [minus(exact(0), s), c].map((a) => over(a, s2));
  const offsets = [first, second].map((a, k) => minus(m[k], plus(times(a[0], x), times(a[1], y))));
  return [...first, ...second, ...offsets];
}

/** Rounding of one term of a series on top of the one before: x², the quotient, the product, the difference. */
const TERM = 3 * U + DIVISION;

/** The 9 terms of the series in Horner's form, up to x¹⁷ / 17!; what is left out is below x¹⁹ / 19!, that is U for |x| ≤ π. */
const sine = ({ value, error }: Bounded): Bounded => ({
  value: Math.sin(value),
  error: error + 9 * TERM * Math.sinh(Math.abs(value)) + (Math.abs(value) / Math.PI) ** 19 * U,
});

/** The 10 terms, up to x¹⁸ / 18!; the first of them is exact. */
const cosine = ({ value, error }: Bounded): Bounded => ({
  value: Math.cos(value),
  error: error + 10 * TERM * (Math.cosh(value) - 1) + (Math.abs(value) / Math.PI) ** 20 * U,
});
