/** JSON from files that anybody may have written. */

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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

/** Behind the closing quote of the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isName(json: string, end: number): boolean {
  let at = end;
  while (' \t\n\r'.includes(json[at])) at++;
  return json[at] === ':';
}
