/**
 * A setup file: typed arrays of one type with the same bytes are equal. `toEqual` then does not look at each element, which
 * takes it some ten microseconds. Vitest still compares all others: 0 is not -0, and NaN is NaN.
 */
import { expect } from 'vitest';

function sameBytes(a: unknown, b: unknown): true | undefined {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b) || a.constructor !== b.constructor) return undefined;
  const [x, y] = [a, b].map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  return (x.length === y.length && x.every((byte, i) => byte === y[i])) || undefined;
}

expect.addEqualityTesters([sameBytes]);
