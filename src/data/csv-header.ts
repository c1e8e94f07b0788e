/** The header of a CSV file: the names of its columns, if its first line has them. */
import { showValue } from '../base/show-value.ts';
import { fail } from './csv-lines.ts';
import { numberOf } from './csv-number.ts';
import type { Header } from './csv-table.ts';
import { isMissing } from './table-columns.ts';

/** How a file is written. */
export interface CsvFormat {
  readonly delimiter: string;
  /** Whether the first line has names; if absent, its looks tell. */
  readonly header?: boolean;
}

/** More than any image has numbers that is kept in a table. Each takes some hundred bytes while a file is read. */
const MOST_COLUMNS = 2 ** 18;

/** Throws DataError for two columns of one name, and for a single column that another delimiter would split. */
export function headerOf(
  where: string,
  { delimiter, header }: CsvFormat,
  first: readonly string[],
  second: readonly string[] = [],
): Header {
  if (first.length > MOST_COLUMNS)
    fail(where, 1, `at most ${MOST_COLUMNS} columns`, `${first.length}; openCsv reads more columns of numbers`);
  if (first.length === 1) demandDelimiter(first[0], where, delimiter);
  const names = (header ?? isNames(first, second)) ? namesOf(first, where) : [];
  return { where, names, all: first.map((_, i) => i) };
}

/** Whether a line has names: it has no number, or it has a text above a number. */
function isNames(first: readonly string[], second: readonly string[]): boolean {
  const isNumber = (text: string | undefined): boolean => text !== undefined && !Number.isNaN(numberOf(text.trim()));
  const isText = (text: string): boolean => !isNumber(text) && !isMissing(text.trim());
  return !first.some(isNumber) || first.some((text, i) => isText(text) && isNumber(second[i]));
}

function namesOf(first: readonly string[], where: string): readonly string[] {
  const names = first.map((name) => name.trim());
  const places = new Map<string, number>();
  for (const [i, name] of names.entries()) {
    const before = places.get(name);
    if (before !== undefined)
      fail(where, `1, column ${i}`, 'a name of its own', `${showValue(name)} as in column ${before}`);
    places.set(name, i);
  }
  return names;
}

function demandDelimiter(line: string, where: string, delimiter: string): void {
  const other = [',', ';', '\t', '|'].find((other) => line.includes(other));
  if (other === undefined) return;
  const expected = `columns separated by ${showValue(delimiter)}`;
  fail(
    where,
    1,
    expected,
    `${showValue(line)}; if ${showValue(other)} separates them, set { delimiter: ${showValue(other)} }`,
  );
}
