/**
 * The row of GELU itself, a = z Φ(z), with the distribution function Φ of the normal distribution; its slope is Φ(z) + z φ(z). In
 * a file of its own, since few of the nets that are opened have it.
 */
import exactGeluWgsl from '../../shaders/act/exact_gelu.wgsl';
import { DIVISION, expError, TINY, U } from '../base/float32.ts';
import { nameOf } from '../graph/op.ts';

/** φ(z) */
const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** Φ(z) for |z| < 3: ½ + φ(z) (z + z³/3 + z⁵/15 + ...). */
function nearZero(z: number): number {
  let [sum, term] = [z, z];
  for (let k = 3; k < 100; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + density(z) * sum;
}

/** Φ(−x) for x ≥ 3, by the continued fraction φ(x) / (x + 1/(x + 2/(x + ...))). */
function tail(x: number): number {
  let fraction = x;
  for (let k = 60; k > 0; k--) fraction = x + k / fraction;
  return density(x) / fraction;
}

/** Φ(z) */
export function distribution(z: number): number {
  if (Math.abs(z) < 3) return nearZero(z);
  return z > 0 ? 1 - tail(z) : tail(-z);
}

/** Bound on the error of Φ(z): the series, nine of whose terms are rounded, the exponential of it and the quotient t. */
/** Φ(z) */
export function distributionError(z: number): number {
  const exponent = (z * z) / 2 + 1.3;
  const relative = 1.2e-7 + 30 * U + 2 * DIVISION + expError(exponent) + 3 * U * exponent;
  return distribution(-Math.abs(z)) * relative + U * distribution(z) + TINY;
}

export const exactGelu = {
  name: 'exactGelu',
  toString: nameOf,
  shaders: [exactGeluWgsl],
  wgsl: 'exact_gelu',
  saves: 'input' as const,
  variance: 2 as const,
  f: (z: number) => z * distribution(z),
  gradient: (z: number) => distribution(z) + (density(z) && z * density(z)),
  rounding: (z: number) => Math.abs(z) * (distributionError(z) + U * distribution(z)) + TINY,
  gradientRounding: (z: number) => {
    const exponent = Math.min((z * z) / 2, 200);
    const second = Math.min(Math.abs(z), 15) * density(z);
    return distributionError(z) + second * (expError(exponent) + 3 * U * exponent + 4 * U) + 2 * U + TINY;
  },
};
