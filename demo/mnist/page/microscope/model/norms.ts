/** What dropout and normalisations do to one number. */

/** Which numbers a mask keeps: 1, or 0; NaN where neither the number nor its gradient shows it, since both are 0. */
export function maskOf(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  gradientBefore: ArrayLike<number> | undefined,
  gradientAfter: ArrayLike<number>,
): Float32Array {
  return Float32Array.from({ length: after.length }, (_, i) => {
    if (before[i] !== 0) return after[i] === 0 ? 0 : 1;
    if (gradientBefore && gradientAfter[i] !== 0) return gradientBefore[i] === 0 ? 0 : 1;
    return Number.NaN;
  });
}

/** A number of a normalisation, on its way back: ∂C/∂x = r (g − mean of g − x̂ · mean of g x̂), where g = γ ∂C/∂a and r = 1/√(v + ε). */
export interface NormError {
  readonly g: number;
  readonly mean: number;
  readonly meanWith: number;
  readonly normalized: number;
  readonly r: number;
  readonly result: number;
}

/** `mean` and `meanWith` are those of g, and of g x̂, over all that has been normalised with the same statistics. */
export function normError(
  g: number,
  normalized: number,
  { mean, meanWith, variance, epsilon }: { mean: number; meanWith: number; variance: number; epsilon: number },
): NormError {
  const r = 1 / Math.sqrt(variance + epsilon);
  return { g, mean, meanWith, normalized, r, result: r * (g - mean - normalized * meanWith) };
}
