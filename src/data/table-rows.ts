/** Rows of a table that are in memory, as the inputs that its columns became. */
import { isList, keysOf, member } from '../base/arguments.ts';
import { DataError } from '../base/errors.ts';
import { allocate } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import { cellReader, encodeCells, inputsIn, type TableColumn } from './table-columns.ts';

/** A cell. Nothing, an empty text and NaN are missing ones. */
export type Cell = string | number | boolean | null | undefined;

/** A row: its cells by the names of the columns, or in their order. */
export type TableRow = Readonly<Record<string, Cell>> | readonly Cell[];

/** The inputs of rows, `[rows][inputs]`. Throws DataError for a row without a cell, or a cell that its column cannot hold. */
export function encodeRows(columns: readonly TableColumn[], rows: readonly TableRow[], what: string): Float32Array {
  const cells = allocate(what, rows.length * columns.length, (n) => new Float32Array(n));
  const readers = columns.map(cellReader);
  for (let i = 0; i < rows.length; i++) {
    const row = cellsOf(rows[i], columns, `${what}[${i}]`);
    for (const [j, read] of readers.entries()) {
      const refuse = (expected: string): never => {
        const place = `${what}[${i}]: column ${showValue(columns[j].name)}`;
        throw new DataError(`${place}: expected ${expected}, found ${showValue(row[j])}`);
      };
      const value = read(String(row[j] ?? '').trim(), refuse);
      cells[i * columns.length + j] = Number.isNaN(value) ? refuse('a value') : value;
    }
  }
  const length = rows.length * inputsIn(columns);
  return encodeCells(
    columns,
    cells,
    allocate(what, length, (n) => new Float32Array(n)),
  );
}

function cellsOf(row: unknown, columns: readonly TableColumn[], what: string): readonly unknown[] {
  if (isList(row)) {
    if (row.length === columns.length) return row;
    throw new DataError(`${what}: expected ${columns.length} cells, one for each column, found ${row.length}`);
  }
  const names = keysOf(row);
  if (!names) throw new DataError(`${what}: expected a row, in an object or an array, found ${showValue(row)}`);
  const absent = columns.find(({ name }) => !names.includes(name));
  if (absent) throw new DataError(`${what}: expected a cell ${showValue(absent.name)}, found ${showValue(names)}`);
  return columns.map(({ name }) => member(row, name));
}
