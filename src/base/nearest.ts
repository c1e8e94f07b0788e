/** What somebody probably meant who wrote a name that is not there. */

/**
 * Finds the name that is nearest to a word. Only letters and digits count, in any case. A name is near if one of the two
 * begins with the other, or if they are at most 3 edits apart and half the same. Undefined if none is near.
 */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const near = names
    .map((name) => ({ name, edits: editsBetween(lettersOf(word), lettersOf(name)) }))
    .filter(({ name, edits }) => edits <= Math.min(MOST, Math.max(word.length, name.length) / 2));
  return near.sort((a, b) => a.edits - b.edits)[0]?.name;
}

const MOST = 3;

const lettersOf = (name: string): string => name.replace(/[^a-z0-9]/gi, '').toLowerCase();

function editsBetween(a: string, b: string): number {
  if (Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a))) return 1;
  return Math.abs(a.length - b.length) > MOST ? Number.POSITIVE_INFINITY : levenshtein(a, b);
}

/** The fewest characters to replace, insert and delete: a row of the table holds those from a[..i] to each b[..j]. */
function levenshtein(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, character] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(row[j]! + Number(character !== b[j]), row[j + 1]! + 1, next[j]! + 1));
    row = next;
  }
  return row[b.length]!;
}
