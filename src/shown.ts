/** Values of any kind, also such as a file may hold, as error messages show them: never long, never an error themselves. */

const LONGEST = 200;
export const shorten = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text);

/** 'an array', 'a Promise', 'the function sgd', 'a number', 'nothing' */
export function typeName(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'function') return value.name ? `the function ${value.name}` : 'a function';
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (Array.isArray(value)) return 'an array';
  if (isPlain(value)) return 'an object';
  const { name } = Object.getPrototypeOf(value).constructor;
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** NaN as NaN, a text in quotes, a small array or object as it is written; of anything large or deep what it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return shorten(JSON.stringify(value));
  if (typeof value === 'function') return typeName(value);
  if (typeof value !== 'object' || !value) return String(value);
  if (!(Array.isArray(value) || isPlain(value)) || Object.values(value).some(isInner)) return typeName(value);
  if (Array.isArray(value)) return shorten(`[${value.map(shown).join(', ')}]`);
  const members = Object.entries(value).map(([key, item]) => `${nameOf(key)}: ${shown(item)}`);
  return members.length > 0 ? shorten(`{ ${members.join(', ')} }`) : '{}';
}

const isPlain = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value));
const isInner = (item: unknown): boolean => item !== null && ['object', 'function'].includes(typeof item);
const nameOf = (key: string): string => (/^\w+$/.test(key) ? key : JSON.stringify(key));
