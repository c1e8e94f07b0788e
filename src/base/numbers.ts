/** Arrays of numbers from callers, of any kind and realm. Only values of type number count. */

import { isFloats, typedArrayName } from './as-bytes.ts';
import { OutOfMemoryError } from './errors.ts';
import { isFinite32 } from './float32.ts';
import { showValue } from './show-value.ts';

/** Numbers of samples: a row for each sample, or all numbers one after another. */
export type Rows = ArrayLike<number> | readonly ArrayLike<number>[];

/** Numbers of samples for each of several inputs, by name. */
export type NamedRows = Readonly<Record<string, Rows>>;

/** What has a length and numbers by index: no text, no function, no bigints. */
export const isNumbers = (value: unknown): value is ArrayLike<number> => lengthOf(value) !== undefined;

/** Of an array of anything; undefined for what is none, or is one of bigints. */
export function lengthOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || typedArrayName(value)?.startsWith('Big')) return undefined;
  try {
    const { length } = value as ArrayLike<unknown>;
    return Number.isSafeInteger(length) && length >= 0 ? length : undefined;
  } catch {
    return undefined; // a Proxy that was revoked
  }
}

/** Integers of whatever width: what a typed array of class indices is. */
export const isIntegers = (array: unknown): boolean => typedArrayName(array) !== undefined && !isFloats(array);

/** Position of the first that is no number which 32-bit floats hold, or −1; holes are none. */
export const firstOdd = (values: ArrayLike<unknown>): number =>
  isIntegers(values) ? -1 : firstWhere(values, (value) => !isFinite32(value));

export function firstWhere<T>(values: ArrayLike<T>, is: (value: T) => boolean): number {
  for (let i = 0; i < values.length; i++) if (is(values[i])) return i;
  return -1;
}

/** What was found in place of numbers, and what would make numbers of it. */
export function foundInstead(value: unknown): string {
  const iterates = typeof value === 'object' && value !== null && isIterable(value);
  return `found ${showValue(value)}${iterates ? '; spread the iterable into an array: [...values]' : ''}`;
}

function isIterable(value: object): boolean {
  try {
    return Symbol.iterator in value && lengthOf(value) === undefined && !typedArrayName(value);
  } catch {
    return false;
  }
}

/** Memory for as much as a caller asks for. Throws OutOfMemoryError where there is not so much. */
export function allocate<T>(what: string, count: number, make: (count: number) => T): T {
  try {
    return make(count);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new OutOfMemoryError(`${what}: not enough memory for ${count} numbers`, { cause });
  }
}

/**
 * Class indices as ones among zeros: [n][places] -> [n][classes][places], written into `out`, which is zeros. One place where a
 * sample has one class.
 */
export function writeOneHot<T extends Uint8Array | Float32Array>(
  labels: ArrayLike<number>,
  classes: number,
  places: number,
  out: T,
): T {
  for (let i = 0; i < labels.length; i++) {
    const place = i % places;
    out[(i - place) * classes + labels[i] * places + place] = 1;
  }
  return out;
}

/** Position of the highest value, the first of several; -1 if one is NaN. */
export const argmax = (values: readonly number[] | Float32Array): number =>
  values.indexOf((values as readonly number[]).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY));
