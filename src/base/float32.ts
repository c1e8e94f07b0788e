/**
 * Units for rounding bounds, from the accuracy table of the WGSL specification: + − × round correctly, a division errs by
 * at most 2.5 ULP, exp by 3 + 2|x| ULP, log by 2⁻²¹ near 1 and 3 ULP elsewhere, sqrt by what 1 / inverseSqrt errs.
 */

/** Unit roundoff of f32, 2⁻²⁴: relative error of one correctly rounded operation; half an ULP. */
export const U = 2 ** -24;
const ULP = 2 * U;
export const DIVISION = 2.5 * ULP;
export const SQRT = 4.5 * ULP;
/** Smallest normal f32: results below it may be flushed to zero. */
export const TINY = 2 ** -126;

/** Relative error of exp(x). */
export const expError = (x: number): number => (3 + 2 * Math.abs(x)) * ULP;
/** Absolute error of log(x). */
export const logError = (x: number): number => (x >= 0.5 && x <= 2 ? 2 ** -21 : 3 * ULP * Math.abs(Math.log(x)));

/** Absolute error of exp_minus_one(x), x ≤ 0: of a series of eight terms from −½ on, else of exp and a difference. */
export const expMinusOneError = (x: number): number =>
  x > -0.5 ? 8 * U * Math.abs(Math.expm1(x)) : Math.exp(x) * expError(x) + U * Math.abs(Math.expm1(x));
/** Relative error of log_one_plus(x): of a quotient, and of a series of seven terms in its square. */
export const LOG_ONE_PLUS = DIVISION + 10 * U;

/** A number as a WGSL literal of type f32. */
export function literal(x: number): string {
  const text = String(Math.fround(x));
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Whether a value is a number that stays finite in f32: 1e39 is as good as infinity. */
export const isFinite32 = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(Math.fround(value));
