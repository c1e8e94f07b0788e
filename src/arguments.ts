/** Checks of options; each throws ArgumentError naming the function, the option and what was found. */
import { ArgumentError } from './errors.ts';
import { isFinite32 } from './finite.ts';
import { shown } from './shown.ts';

/** Options are an object that holds no key but the known ones: another would be one that nothing reads. */
export function checkKeys(where: string, options: unknown, known: readonly string[]): void {
  const keys = typeof options === 'object' && options ? Object.keys(options) : undefined;
  const unknown = keys?.find((key) => !known.includes(key));
  if (keys && !unknown) return;
  throw new ArgumentError(`${where}: expected { ${known.join(', ')} }, found ${unknown ?? shown(options)}`);
}

/** A number that f32 can hold, neither as infinity nor as 0 where it is none, and that is `expected`. */
export function checkNumber(what: string, value: unknown, expected: string, ok: (value: number) => boolean): void {
  const isHeld = isFinite32(value) && ok(value);
  if (isHeld && (value === 0 || Math.abs(value) >= SMALLEST)) return;
  const why = isHeld ? `, which is too near 0 for f32: ${SMALLEST} is the least` : '';
  throw new ArgumentError(`${what} must be ${expected}, found ${shown(value)}${why}`);
}

/** Below it f32 has fewer digits, and a GPU may take 0 instead: 2⁻¹²⁶. */
const SMALLEST = 2 ** -126;

/** A positive integer. */
export function checkCount(what: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) >= 1) return;
  throw new ArgumentError(`${what} must be a positive integer, found ${shown(value)}`);
}

export function checkSignal(what: string, value: AbortSignal | undefined): void {
  if (value === undefined || typeof value?.throwIfAborted === 'function') return;
  throw new ArgumentError(`${what} must be that of an AbortController, found ${shown(value)}`);
}
