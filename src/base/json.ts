/** JSON from files that anybody may have written. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Brackets in brackets: more than there are in anything that is read here, and few enough for any walk through them. */
const DEEPEST = 32;

/** Undefined where it is none, or nested deeper than anything that is read here. */
export function parseJson(text: string): unknown {
  if (tooDeep(text, DEEPEST) !== undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first bracket of a text, JSON or not, that is inside of more than `deepest` others; without the cost of parsing it. */
export function tooDeep(text: string, deepest: number): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === '}' || character === ']') depth--;
    else if ((character === '{' || character === '[') && ++depth > deepest) return at;
  }
  return undefined;
}

/**
 * What JSON.parse hides, which keeps the last of two members of one name. The first name that an object of this
 * valid text holds twice, and where it stands again.
 */
export function repeatedName(json: string): { readonly name: string; readonly at: number } | undefined {
  /** The names so far of every open object; nothing for an array. */
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    if (character !== '"') continue;
    const end = endOfString(json, at);
    const names = open[open.length - 1];
    if (names && isName(json, end)) {
      const name = JSON.parse(json.slice(at, end)) as string; // "a" and "\u0061" are one
      if (names.has(name)) return { name, at };
      names.add(name);
    }
    at = end - 1;
  }
  return undefined;
}

/** Behind the closing quote of the string that begins at `start`; behind the text where there is none. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isName(json: string, end: number): boolean {
  let at = end;
  while (' \t\n\r'.includes(json[at])) at++;
  return json[at] === ':';
}
