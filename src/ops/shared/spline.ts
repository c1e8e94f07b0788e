/** Random fields as the GPU weighs them: cubic B-splines over a grid of control points, with bounds on the rounding. */
import { U } from '../../base/float32.ts';
import { type Bounded, exact, minus, plus, times } from './bounded.ts';

/** One axis of a field at a pixel: the first of four control points, and the weight of each. */
interface Reach {
  readonly first: number;
  readonly weights: readonly Bounded[];
}

const fraction = (value: number): Bounded => ({ value, error: U * value });

/** B of the four points around pixel x; `pitch` in points per pixel, so short that x · pitch is exact in f32. */
export function reachOf(x: number, pitch: number): Reach {
  const first = Math.floor(x * pitch);
  const f = exact(x * pitch - first);
  const g = minus(exact(1), f);
  const outer = (t: Bounded) => times(times(times(t, t), t), fraction(1 / 6));
  const inner = (t: Bounded) => minus(fraction(2 / 3), times(times(t, t), minus(exact(1), times(exact(0.5), t))));
  return { first, weights: [outer(g), inner(f), inner(g), outer(f)] };
}

/** Σ weights · points, of the four in reach. */
export const weighed = ({ first, weights }: Reach, point: (k: number) => Bounded): Bounded =>
  weights.map((weight, k) => times(weight, point(first + k))).reduce(plus);
