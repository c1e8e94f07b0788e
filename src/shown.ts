/** Values of any kind as error messages show them. */

const LONGEST = 200;
export const shorten = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text);

/** 'an array', 'a Promise', 'the function sgd', 'a number', 'nothing' */
export function typeName(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'function') return value.name ? `the function ${value.name}` : 'a function';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name = value.constructor?.name ?? 'Object';
  return /^[AEIOU]/.test(name)
    ? `an ${name === 'Array' || name === 'Object' ? name.toLowerCase() : name}`
    : `a ${name}`;
}

/** NaN as NaN, a text in quotes, a small object as it is written; of anything large or deep what it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return shorten(JSON.stringify(value));
  if (typeof value === 'object' && value) return isSmall(value) ? shorten(JSON.stringify(value)) : typeName(value);
  return typeof value === 'function' ? typeName(value) : String(value);
}

const isSmall = (value: object): boolean =>
  (Array.isArray(value) || typeName(value) === 'an object') &&
  Object.values(value).every((item) => item === null || !['object', 'function'].includes(typeof item));
