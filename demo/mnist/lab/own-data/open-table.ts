/** Looks a CSV file through, before a target is chosen: its first rows, and what its columns are. The library reads it. */
import { DataError } from 'retrograd';
import { headerOf } from '../../../../src/data/csv-header.ts';
import { readRecords } from '../../../../src/data/csv-records.ts';
import { openRows, type RowOptions } from '../../../../src/data/csv-rows.ts';
import type { Header } from '../../../../src/data/csv-table.ts';
import { valuesField } from '../../../../src/data/described.ts';
import { readUnpacked } from '../../../../src/data/read-unpacked.ts';
import { type Delimiter, delimiters, LOOKED_AT, type OwnColumn, type OwnTable } from './own-protocol.ts';

/** Bytes of a file, as for `csv`. */
const MOST_BYTES = 2 ** 28;
/** Rows that are shown. */
const SHOWN = 8;

export async function openTable(file: File, delimiter?: Delimiter): Promise<OwnTable> {
  const bytes = await readUnpacked(file, { maxBytes: MOST_BYTES });
  const separates = delimiter ?? guessDelimiter(bytes);
  const records: { readonly fields: readonly string[]; readonly line: number }[] = [];
  let count = 0;
  readRecords(bytes, file.name, separates, (fields, line) => {
    if (records.length <= LOOKED_AT) records.push({ fields, line });
    count++;
  });
  if (count === 0) throw new DataError(`${file.name}: expected a row of values, found none`);
  const header = headerOf(file.name, { delimiter: separates }, records[0].fields, records[1]?.fields);
  const hasNames = header.names.length > 0;
  const below = hasNames ? records.slice(1) : records;
  return {
    delimiter: separates,
    columns: header.all.map((at) => columnOf(header, at, below)),
    rows: below.slice(0, SHOWN).map(({ fields }) => fields),
    count: hasNames ? count - 1 : count,
  };
}

/** What the first line has most of. */
function guessDelimiter(bytes: Uint8Array): Delimiter {
  const [line] = new TextDecoder().decode(bytes.subarray(0, 65_536)).split(/[\r\n]/, 1);
  const all = Object.keys(delimiters) as Delimiter[];
  const times = (delimiter: Delimiter) => line.split(delimiter).length;
  return all.reduce((best, next) => (times(next) > times(best) ? next : best));
}

/** Reads one column alone: another one may be wrong. */
function columnOf(
  header: Header,
  at: number,
  records: readonly { readonly fields: readonly string[]; readonly line: number }[],
): OwnColumn {
  const name = header.names[at] ?? `${at}`;
  const rows = openRows(header, alone(at));
  try {
    for (const { fields, line } of records) rows.take(fields, line);
    const [column] = rows.end().columns;
    return { name, kind: column.kind, ...(column.kind === 'category' && { categories: column.categories.length }) };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { name, problem: error.message };
  }
}

const alone = (at: number): RowOptions => ({
  target: [],
  weights: [],
  columns: [at],
  categorical: [],
  missing: 'mean', // missing cells do not tell what a column is
  field: valuesField('table', 1),
});
