/** How the columns of a table became inputs: plain JSON data, so that the file of a net can hold it. */
import { isList } from '../base/arguments.ts';
import { DataError } from '../base/errors.ts';
import { isFinite32 } from '../base/float32.ts';
import { isObject } from '../base/json.ts';
import { showValue } from '../base/show-value.ts';
import { numberOf } from './csv-number.ts';

/** A column of a table, and what its cells become. */
export type TableColumn = NumberColumn | CategoryColumn;

/** A column of numbers: one input each. */
export interface NumberColumn {
  /** Name in the header, or the number of the column if there is no header. */
  readonly name: string;
  /** Kind of column. */
  readonly kind: 'number';
  /** What a missing cell becomes. If it is absent, a missing cell is an error. */
  readonly missing?: number;
}

/** A column of texts. */
export interface CategoryColumn {
  /** Name in the header, or the number of the column if there is no header. */
  readonly name: string;
  /** Kind of column. */
  readonly kind: 'category';
  /** The texts that its cells may hold, in the order of their index. */
  readonly categories: readonly string[];
  /** `'one-hot'`: an input per category. `'index'`: one input, the index. */
  readonly as: 'one-hot' | 'index';
  /** The category that a missing cell becomes. If it is absent, a missing cell is an error. */
  readonly missing?: string;
}

/** Throws DataError for a value that is not a list of columns; it may come from a file. */
export function checkColumns(columns: unknown, what: string): asserts columns is readonly TableColumn[] {
  if (!isList(columns) || columns.length === 0)
    throw new DataError(`${what}: expected the columns of a data set, found ${showValue(columns)}`);
  for (let i = 0; i < columns.length; i++) {
    if (isColumn(columns[i])) continue;
    throw new DataError(`${what}[${i}]: expected a column of numbers or categories, found ${showValue(columns[i])}`);
  }
}

function isColumn(column: unknown): column is TableColumn {
  const { name, kind, missing, categories, as } = (isObject(column) ? column : {}) as Record<string, unknown>;
  if (typeof name !== 'string') return false;
  if (kind === 'number') return missing === undefined || isFinite32(missing);
  if (kind !== 'category' || (as !== 'one-hot' && as !== 'index')) return false;
  if (!isList(categories) || !categories.every((text) => typeof text === 'string')) return false;
  const texts = new Set<unknown>(categories);
  return texts.size > 0 && texts.size === categories.length && (missing === undefined || texts.has(missing));
}

/** Whether a cell has no value: it is empty, or NA, N/A, NaN, null or ?, in whatever case. */
export const isMissing = (text: string): boolean => text.length <= 4 && MISSING.test(text);
const MISSING = /^(?:|na|n\/a|nan|null|\?)$/i;

/** Reads a cell as a number or the index of a category; NaN if it is missing. `refuse` throws for what the column cannot hold. */
export type ReadCell = (text: string, refuse: (expected: string) => never) => number;

/** Reads the cells of a column that is known. */
export function cellReader(column: TableColumn): ReadCell {
  const filled = fillOf(column);
  if (column.kind === 'number') return numberReader(filled);
  const { categories } = column;
  const indices = new Map(categories.map((category, i) => [category, i]));
  return (text, refuse) => indices.get(text) ?? (isMissing(text) ? filled : refuse(`one of ${showValue(categories)}`));
}

/** Reads numbers. A missing cell is read as `filled`. */
export const numberReader =
  (filled = Number.NaN): ReadCell =>
  (text, refuse) => {
    const value = numberOf(text);
    if (isFinite32(value)) return value;
    return isMissing(text) ? filled : refuse('a finite number that fits in a 32-bit float');
  };

/** Inputs of a column. */
export const widthOf = (column: TableColumn): number =>
  column.kind === 'category' && column.as === 'one-hot' ? column.categories.length : 1;

/** Inputs of a row. */
export const inputsIn = (columns: readonly TableColumn[]): number =>
  columns.reduce((sum, column) => sum + widthOf(column), 0);

/**
 * Writes the inputs of rows, `[rows][inputs]`, whose cells were read, `[rows][columns]`. A NaN becomes what the column has for a
 * missing cell.
 */
export function encodeCells<To extends Float32Array | Uint8Array>(
  columns: readonly TableColumn[],
  cells: Float32Array,
  inputs: To,
): To {
  const size = inputsIn(columns);
  let at = 0;
  for (const [i, column] of columns.entries()) {
    const isOneHot = column.kind === 'category' && column.as === 'one-hot';
    const filled = fillOf(column);
    for (let cell = i, to = at; cell < cells.length; cell += columns.length, to += size) {
      const value = Number.isNaN(cells[cell]) ? filled : cells[cell];
      if (isOneHot) inputs[to + value] = 1;
      else inputs[to] = value;
    }
    at += widthOf(column);
  }
  return inputs;
}

/** What is read for a missing cell; NaN if that is an error. */
const fillOf = (column: TableColumn): number =>
  column.kind === 'number'
    ? (column.missing ?? Number.NaN)
    : column.missing === undefined
      ? Number.NaN
      : column.categories.indexOf(column.missing);

/**
 * The same columns, with what they have for a missing cell: the mean of the cells that are not missing, `[rows][columns]`, or the
 * category that is most frequent among them. Throws DataError for a column without one.
 */
export function filledColumns(
  columns: readonly TableColumn[],
  cells: Float32Array,
  what: string,
): readonly TableColumn[] {
  return columns.map((column, i) => {
    const values = column.kind === 'number' ? undefined : new Uint32Array(column.categories.length);
    let [sum, count] = [0, 0];
    for (let cell = i; cell < cells.length; cell += columns.length) {
      const value = cells[cell];
      if (Number.isNaN(value)) continue;
      if (values) values[value]++;
      sum += value;
      count++;
    }
    if (count === 0) throw new DataError(`${what}: expected a value in column ${showValue(column.name)}, found none`);
    if (column.kind === 'number') return { ...column, missing: sum / count };
    return { ...column, missing: column.categories[mostAt(values!)] };
  });
}

const mostAt = (values: Uint32Array): number => values.reduce((most, value, i) => (value > values[most] ? i : most), 0);
