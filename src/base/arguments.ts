/** Checks of options; each throws ArgumentError naming the function, the option and what was found. */

import { tagOf } from './as-bytes.ts';
import { ArgumentError } from './errors.ts';
import { isFinite32 } from './float32.ts';
import { nearest } from './nearest.ts';
import { showValue } from './show-value.ts';

/** Options are an object that holds no key but the known ones: another would be one that nothing reads. */
export function checkKeys(where: string, options: unknown, known: readonly string[]): void {
  const keys = keysOf(options);
  const unknown = keys?.find((key) => !known.includes(key));
  if (keys && unknown === undefined) return;
  const found = unknown === undefined ? showValue(options) : `${unknown}${meant(unknown, known)}`;
  throw new ArgumentError(`${where}: expected { ${known.join(', ')} }, found ${found}`);
}

/** '; did you mean stride?' for strides, and nothing where no name is near. */
function meant(unknown: string, known: readonly string[]): string {
  const name = nearest(unknown, known);
  return name === undefined ? '' : `; did you mean ${name}?`;
}

/** Of an object that is no array, Map, Promise or the like. */
export function keysOf(options: unknown): string[] | undefined {
  try {
    return typeof options === 'object' && tagOf(options) === 'Object' ? Object.keys(options as object) : undefined;
  } catch {
    return undefined; // a Proxy that was revoked
  }
}

/** A member of what may be anything; undefined where there is none, or it cannot be read. */
export function member(value: unknown, name: string | symbol): unknown {
  try {
    return (value as Record<string | symbol, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}

/** A list, of any realm. */
export function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value) && value.length >= 0;
  } catch {
    return false;
  }
}

/** Positive integers, without a hole: what a shape is. */
export function isShape(value: unknown): value is readonly number[] {
  if (!isList(value) || value.length === 0) return false;
  for (const n of value) if (!isCount(n)) return false; // `every` would pass over holes, were there billions
  return true;
}

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;

/** A number that f32 can hold, neither as infinity nor as 0 where it is none, and that is `expected`. */
export function checkNumber(what: string, value: unknown, expected: string, ok: (value: number) => boolean): void {
  const isHeld = isFinite32(value) && ok(value);
  if (isHeld && (value === 0 || Math.abs(value) >= SMALLEST)) return;
  const why = isHeld ? `, which is too close to 0 for f32: the smallest is ${SMALLEST}` : '';
  throw new ArgumentError(`${what} must be ${expected}, found ${showValue(value)}${why}`);
}

/** Below it f32 has fewer digits, and a GPU may take 0 instead: 2⁻¹²⁶. */
const SMALLEST = 2 ** -126;

/** A positive integer. */
export function checkCount(what: string, value: unknown): void {
  if (isCount(value)) return;
  throw new ArgumentError(`${what} must be a positive integer, found ${showValue(value)}`);
}

/** True or false, where it is given: anything else would be taken for one of the two by its looks. */
export function checkFlag(what: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new ArgumentError(`${what} must be true or false, found ${showValue(value)}`);
}

/** A function, where it is given. */
export function checkFunction(what: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  throw new ArgumentError(`${what} must be a function, found ${showValue(value)}`);
}

export function checkSignal(what: string, value: AbortSignal | undefined): void {
  if (value === undefined || typeof member(value, 'throwIfAborted') === 'function') return;
  throw new ArgumentError(`${what} must be an AbortSignal, found ${showValue(value)}`);
}
