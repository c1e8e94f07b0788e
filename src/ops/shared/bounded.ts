/** Numbers with a bound on how far f32 arithmetic may end up from them. Every operation adds its own rounding. */
import { DIVISION, TINY, U } from '../../base/float32.ts';

export interface Bounded {
  readonly value: number;
  readonly error: number;
}

export const exact = (value: number): Bounded => ({ value, error: 0 });

/** What is rounded once on top of what its operands bring along; a denormal may be flushed to zero. */
const rounded = (value: number, carried: number, rounding = U): Bounded => ({
  value,
  error: carried + rounding * (Math.abs(value) + carried) + TINY,
});

export const plus = (a: Bounded, b: Bounded): Bounded => rounded(a.value + b.value, a.error + b.error);
export const minus = (a: Bounded, b: Bounded): Bounded => rounded(a.value - b.value, a.error + b.error);

export const times = (a: Bounded, b: Bounded): Bounded =>
  rounded(a.value * b.value, Math.abs(a.value) * b.error + Math.abs(b.value) * a.error + a.error * b.error);

/** a / b, for b further from 0 than its error. */
export function over(a: Bounded, b: Bounded): Bounded {
  const value = a.value / b.value;
  return rounded(value, (a.error + Math.abs(value) * b.error) / (Math.abs(b.value) - b.error), DIVISION);
}
