/** Parses the text of flags into values. Each parser throws the error that commander reports with the flag and its text. */
import { InvalidArgumentError } from 'commander';
import { nearest } from '../base/nearest.ts';

type Parse<T> = (text: string) => T;

export function number(expected: string, ok: (value: number) => boolean): Parse<number> {
  return (text) => {
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (Number.isFinite(value) && ok(value)) return value;
    throw new InvalidArgumentError(`Expected ${expected}.`);
  };
}

export const count = number('a positive integer', (value) => Number.isSafeInteger(value) && value >= 1);
export const seed = number(
  'an integer from 0 to 4294967295',
  (value) => Number.isInteger(value) && 0 <= value && value < 2 ** 32,
);
export const nonNegative = number('a number ≥ 0', (value) => value >= 0);
export const positive = number('a number above 0', (value) => value > 0);
export const learningRate = number(
  'a number above 0, because nothing is learned at a rate of 0 (leave the option out for the default)',
  (value) => value > 0,
);
export const fraction = number('a number ≥ 0 and below 1', (value) => 0 <= value && value < 1);
export const share = number('a number above 0 and below 1', (value) => 0 < value && value < 1);
export const percent = number('a number above 0 and at most 100', (value) => 0 < value && value <= 100);

/** A name of the table, in kebab-case or camelCase. */
export function oneOf<Name extends string>(table: Readonly<Record<Name, unknown>>): Parse<Name> {
  return (text) => {
    const name = text.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (Object.hasOwn(table, name)) return name as Name;
    const names = Object.keys(table);
    const near = nearest(name, names);
    throw new InvalidArgumentError(`Expected one of ${names.join(', ')}.${near ? ` Did you mean ${near}?` : ''}`);
  };
}

/** '100,50' -> [100, 50], 'none' -> []. */
export function sizes(text: string): number[] {
  if (text === 'none') return [];
  try {
    return text.split(',').map(count);
  } catch {
    throw new InvalidArgumentError("Expected positive integers such as 100 or 100,50, or 'none'.");
  }
}

/** 'layers.0.*,layers.1.*' -> a list, 'none' -> []. */
export function patterns(found: string): string[] {
  const all = found.split(',').map((pattern) => pattern.trim());
  if (found === 'none') return [];
  if (!all.includes('')) return all;
  throw new InvalidArgumentError(
    "Expected patterns of parameters such as 'layers.0.*', separated by commas, or 'none'.",
  );
}

/** 'a,b' -> what `parse` makes of each, every one once. */
export const someOf =
  <T>(parse: Parse<T>): Parse<T[]> =>
  (text) => [...new Set(text.split(',').map(parse))];

/** A path or name; a flag in its place means that the value was forgotten. */
export function text(found: string): string {
  if (found !== '' && !found.startsWith('-')) return found;
  throw new InvalidArgumentError('Expected a name or a path (write ./-name if it starts with a dash).');
}
