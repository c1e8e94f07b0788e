/** Shows values of any kind in error messages, even values from files: always short, and never throws. */

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
export const typeName = (value: unknown): string => safely(() => nameOfType(value));

/** NaN as NaN, a text in quotes, a small array or object as it is written; of anything large or deep what it is. */
export const showValue = (value: unknown): string => safely(() => show(value));

/** A Proxy may have been revoked, and a getter may throw. */
function safely(describe: () => string): string {
  try {
    return describe();
  } catch {
    return 'an object that cannot be inspected';
  }
}

function nameOfType(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'function') return isWord(value.name) ? `the function ${shorten(value.name)}` : 'a function';
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (Array.isArray(value)) return 'an array';
  const name = isPlain(value) ? 'object' : nameOfClass(value);
  return `${/^[aeio]/i.test(name) ? 'an' : 'a'} ${shorten(name)}`;
}

/** What made it; a generator has nothing but a tag. */
function nameOfClass(value: object): string {
  const { name } = (value.constructor ?? {}) as { name?: unknown };
  if (isWord(name) && name !== 'Object') return name;
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1);
  return tag === 'Object' ? 'object' : tag;
}

function show(value: unknown): string {
  if (typeof value === 'string') return shorten(printable(JSON.stringify(value.slice(0, LONGEST + 1))));
  if (typeof value === 'bigint') return shorten(`${value}n`);
  if (typeof value === 'function') return nameOfType(value);
  if (typeof value !== 'object' || !value) return shorten(String(value));
  if (Array.isArray(value)) return showList(value);
  if (!isPlain(value)) return nameOfType(value);
  const members = Object.entries(value);
  if (members.length > LONGEST || members.some(([, item]) => isInner(item))) return nameOfType(value);
  const written = members.map(([key, item]) => `${nameOf(key)}: ${show(item)}`);
  return written.length > 0 ? shorten(`{ ${written.join(', ')} }`) : '{}';
}

function showList(list: readonly unknown[]): string {
  const first = list.slice(0, LONGEST);
  if (first.some(isInner)) return nameOfType(list);
  return shorten(`[${Array.from(first, show).join(', ')}${list.length > LONGEST ? ', ...' : ''}]`);
}

const isWord = (name: unknown): name is string => typeof name === 'string' && name !== '';
const isPlain = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value));
const isInner = (item: unknown): boolean => item !== null && ['object', 'function'].includes(typeof item);
const nameOf = (key: string): string => (/^\w+$/.test(key) ? key : JSON.stringify(key));
