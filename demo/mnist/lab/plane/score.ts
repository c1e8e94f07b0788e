/** How well predictions fit the points that they are of. */
import type { PlanePoint, Score } from './plane-protocol.ts';

/** Undefined where there are no points. `predicted` are values, or probabilities of class 1. */
export function scoreOf(
  points: readonly PlanePoint[],
  predicted: ArrayLike<number>,
  isRegression: boolean,
): Score | undefined {
  if (points.length === 0) return undefined;
  const mean = (of: (y: number, p: number) => number): number =>
    points.reduce((sum, { y }, i) => sum + of(y, predicted[i]), 0) / points.length;
  if (isRegression) return { loss: mean((y, p) => (p - y) ** 2) };
  return {
    loss: mean((y, p) => -Math.log(Math.max(y === 1 ? p : 1 - p, SMALLEST))),
    accuracy: mean((y, p) => Number(p > 0.5 === (y === 1))),
  };
}

/** Probabilities have 24 bits: of less than this, 1 − p is 0. */
const SMALLEST = 2 ** -25;
