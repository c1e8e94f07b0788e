/** Patterns that choose parameters by their keys: `layers.0.*`, where `*` stands for any characters, or for none. */
import { isList, keysOf } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { indented, showValue } from '../base/show-value.ts';

/**
 * The keys that match one of the patterns, in the order of `keys`.
 *
 * @param where What a message begins with: 'compile: freeze'.
 * @throws {ArgumentError} For what is not a list of texts, and for a pattern that matches no key, with all keys.
 */
export function matching(where: string, patterns: unknown, keys: readonly string[]): string[] {
  if (!isList(patterns)) {
    throw new ArgumentError(`${where} must be a list of patterns such as 'layers.0.*', found ${showValue(patterns)}`);
  }
  const chosen = new Set(Array.from(patterns, (pattern) => matchingOne(where, pattern, keys)).flat());
  return keys.filter((key) => chosen.has(key));
}

/**
 * The value of each key that matches a pattern, for values given by pattern: `{ 'layers.0.*': 0.1 }`. Of several patterns that
 * match a key the last one counts.
 *
 * @param where What a message begins with.
 * @throws {ArgumentError} For what is not such an object, and for a pattern that matches no key, with all keys.
 */
export function valuesByKey<T>(
  where: string,
  values: Readonly<Record<string, T>>,
  keys: readonly string[],
): Map<string, T> {
  checkValues(where, values);
  const found = new Map<string, T>();
  for (const [pattern, value] of Object.entries(values)) {
    for (const key of matchingOne(where, pattern, keys)) found.set(key, value);
  }
  return found;
}

/** Throws ArgumentError for what is no object of values by pattern. */
export function checkValues(where: string, values: unknown): void {
  if (keysOf(values)) return;
  throw new ArgumentError(`${where} must be an object such as { 'layers.0.*': 0.1 }, found ${showValue(values)}`);
}

function matchingOne(where: string, pattern: unknown, keys: readonly string[]): string[] {
  if (typeof pattern !== 'string') {
    throw new ArgumentError(`${where}: expected a pattern such as 'layers.0.*', found ${showValue(pattern)}`);
  }
  const found = keys.filter((key) => starsIn(key, pattern));
  if (found.length > 0) return found;
  throw new ArgumentError([`${where}: ${showValue(pattern)} matches no parameter; there are:`, ...indented(keys)]);
}

/** What the stars of a pattern stand for in a text, in their order; undefined where it does not match. */
export function starsIn(text: string, pattern: string): string[] | undefined {
  const parts = pattern.split('*');
  const last = parts[parts.length - 1];
  if (parts.length === 1) return text === pattern ? [] : undefined;
  if (!text.startsWith(parts[0])) return undefined;
  const stars: string[] = [];
  let at = parts[0].length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return undefined;
    stars.push(text.slice(at, found));
    at = found + part.length;
  }
  const end = text.length - last.length;
  return at <= end && text.endsWith(last) ? [...stars, text.slice(at, end)] : undefined;
}
