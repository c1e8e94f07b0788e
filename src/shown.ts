/** Values of any kind, also such as a file may hold, as error messages show them: never long, never an error themselves. */

/** What moves a cursor, turns text round or cannot be seen: all but the characters that print. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text as one line: what does not print is written as JSON would write it, so a text from outside commands no terminal. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, escaped);

/** The same for several lines of one's own: a line stays one. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');

/** Lines below another one. */
export const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const escaped = (character: string): string =>
  short[character] ??
  Array.from({ length: character.length }, (_, i) => {
    return `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }).join('');

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
  if (typeof value === 'string') return shorten(printable(JSON.stringify(value)));
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
