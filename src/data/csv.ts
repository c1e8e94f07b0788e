/** A data set in a CSV file that fits into memory, with numbers, texts and missing cells. */
import { checkFlag, isList, isShape, keysOf, member } from '../base/arguments.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { allocate } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import { size as sizeOf } from '../base/tensor.ts';
import { nameOf, type Source } from './bytes.ts';
import { made } from './checked-dataset.ts';
import { fail } from './csv-lines.ts';
import { numberOf } from './csv-number.ts';
import { readRecords } from './csv-records.ts';
import { openRows, type RowOptions, type Rows } from './csv-rows.ts';
import type { Column } from './csv-table.ts';
import type { Dataset } from './dataset.ts';
import { valuesField } from './described.ts';
import { checkedMeaning } from './meaning.ts';
import { checkDelimiter } from './open-csv.ts';
import { checkLimits, type ReadLimits } from './read-options.ts';
import { readUnpacked } from './read-unpacked.ts';
import { checkColumns, encodeCells, filledColumns, inputsIn, isMissing, type TableColumn } from './table-columns.ts';

/** Options of {@link csv}. */
export interface CsvOptions extends ReadLimits {
  /**
   * The column of the targets, or several of them, for values. May be absent if `columns` are those of another data set: the
   * targets are then the inputs, which suits `predict`.
   */
  target?: Column | readonly Column[];
  /**
   * The columns of the inputs, in this order; default: all but the target. Or `columns` of another data set, so that the cells
   * become the same inputs as there.
   */
  columns?: readonly Column[] | readonly TableColumn[];
  /**
   * The columns whose cells are categories. Each becomes an input per category (one-hot), or one input, the index:
   * `['colour', 'size']` or `{ colour: 'one-hot', size: 'index' }`. Default: the columns of texts, one-hot.
   */
  categorical?: readonly Column[] | Readonly<Record<string, 'one-hot' | 'index'>>;
  /** Number of classes, if the target is a class index. */
  classes?: number;
  /** Names of the classes, in the order of their index; of the outputs if the targets are values. Default: those in the file. */
  classNames?: readonly string[];
  /** Whether the first line has names. Default: whether it has no number, or a text above a number. */
  header?: boolean;
  /** What separates columns. Default: `','`. */
  delimiter?: string;
  /**
   * What to do about a missing cell: one that is empty, or NA, N/A, NaN, null or ?. `'error'` throws. `'mean'` fills it with the
   * mean of its column, or the most frequent category. `'drop'` leaves out its row. Default: `'error'`.
   */
  missing?: 'error' | 'mean' | 'drop';
  /** Shape of one sample: `[28, 28]` for 784 inputs. Default: `[inputs]`. */
  shape?: readonly number[];
  /** How the inputs are stored. `'uint8'` is for integers from 0 to 255, such as pixels. Default: `'float32'`. */
  type?: 'uint8' | 'float32';
  /** Factor for the inputs: the net sees `x · scale`. Default: 1. */
  scale?: number;
  /** Name of the data set in messages. Default: that of the file, without its folder. */
  name?: string;
}

const known = ['target', 'columns', 'categorical', 'classes', 'classNames', 'header', 'delimiter', 'missing'];
const more = ['shape', 'type', 'scale', 'name'];

/**
 * Reads a data set from a CSV file, plain or gzip. For a file of numbers that does not fit into memory, see {@link openCsv}.
 *
 * A column is what its first cell is: numbers, such as `1`, `-0.5` or `6e-3`, or texts. A column of texts is taken for categories
 * if it has 100 of them at most. A number between texts, a text between numbers, and texts without letters, such as `1,5` or `$7`,
 * are errors, unless `categorical` has the column. Categories are sorted. Blanks around a cell do not count.
 *
 * The target is a class if its cells are texts, if it is `categorical`, or if `classes` or `classNames` are given. Else it is a value. The
 * names of classes, or of the columns of values, are `classNames` of the data set. How cells became inputs is in its `columns`:
 *
 * ```js
 * const train = await csv('train.csv', { target: 'species' });
 * const { columns, classNames } = train;
 * const test = await csv('test.csv', { target: 'species', columns, classNames });
 * const unlabelled = await csv('new.csv', { columns });
 * ```
 *
 * @param source The file: bytes, a Blob, a URL or, in Node, a path.
 * @throws {ArgumentError} For an unknown or invalid option, or a source that is none.
 * @throws {DataError} For a file that is missing, too long or has no rows, lines of different numbers of columns, damaged quotes,
 * columns that are not there, and cells that are missing or invalid, with the line and the column.
 */
export async function csv(source: Source, options: CsvOptions): Promise<Dataset> {
  checkLimits('csv', options, [...known, ...more]);
  checkFlag('csv: header', options.header);
  const { delimiter = ',', maxBytes = MOST_BYTES, name = nameOf(source).split(/[\\/]/).at(-1)! } = options;
  checkDelimiter('csv', delimiter);
  if (typeof name !== 'string') throw new DataError(`csv: name: expected a string, found ${showValue(name)}`);
  const rowOptions = rowOptionsOf(options, name);
  const bytes = await readUnpacked(source, { ...options, maxBytes });
  const rows = readRows(bytes, nameOf(source), { delimiter, header: options.header }, rowOptions);
  const columns =
    options.missing === 'mean' && !rowOptions.known ? filledColumns(rows.columns, rows.cells, name) : rows.columns;
  return datasetOf(rows, columns, options, name);
}

/** Bytes that are read, unless told otherwise. The rows take up to four times as many. */
const MOST_BYTES = 2 ** 28;
/** Inputs of a data set, which take four bytes each. */
const MOST_INPUTS = 2 ** 28;

/** Throws ArgumentError or DataError for options that are none, but for columns that are not in the file. */
function rowOptionsOf(options: CsvOptions, name: string): RowOptions {
  const { target, columns, missing = 'error', classes, classNames, type, scale } = options;
  if (!['error', 'mean', 'drop'].includes(missing))
    throw new ArgumentError(`csv: missing must be 'error', 'mean' or 'drop', found ${showValue(missing)}`);
  if (missing === 'mean' && type === 'uint8')
    throw new ArgumentError("csv: missing: expected 'error' or 'drop' with type 'uint8', found 'mean'");
  const known = isList(columns) && typeof columns[0] === 'object' ? (columns as readonly TableColumn[]) : undefined;
  if (known) checkColumns(known, `${name}.columns`);
  if (target === undefined && !known)
    throw new ArgumentError('csv: expected a target, or columns of another data set, found neither');
  const targets = target === undefined ? [] : ([target].flat() as Column[]);
  if (target !== undefined && targets.length === 0) throw new ArgumentError('csv: target: expected a column, found []');
  if (classes !== undefined && targets.length !== 1)
    throw new ArgumentError(`csv: classes: expected one target with them, found ${targets.length}`);
  return {
    target: targets,
    columns: known ? undefined : (columns as readonly Column[] | undefined),
    known,
    categorical: categoricalOf(options.categorical),
    classes,
    classNames,
    missing,
    field: valuesField(name, 1, type, scale),
  };
}

function categoricalOf(categorical: CsvOptions['categorical'] = []): RowOptions['categorical'] {
  if (isList(categorical)) return (categorical as readonly Column[]).map((column) => [column, 'one-hot']);
  const columns = keysOf(categorical)?.map((column) => [column, member(categorical, column)]);
  const isValid = columns?.every(([, as]) => as === 'one-hot' || as === 'index');
  if (isValid) return columns as unknown as RowOptions['categorical'];
  const expected = "columns in an array, or an object with 'one-hot' or 'index' for each";
  throw new ArgumentError(`csv: categorical: expected ${expected}, found ${showValue(categorical)}`);
}

function readRows(
  bytes: Uint8Array,
  where: string,
  { delimiter, header }: { delimiter: string; header?: boolean },
  options: RowOptions,
): Rows {
  let first: readonly string[] | undefined;
  let rows: ReturnType<typeof openRows> | undefined;
  const begin = (first: readonly string[], second?: readonly string[]): ReturnType<typeof openRows> => {
    const isHeader = header ?? isNames(first, second);
    if (first.length === 1) demandDelimiter(first[0], where, delimiter);
    const names = isHeader ? namesOf(first, where) : [];
    const opened = openRows({ where, names, all: first.map((_, i) => i) }, options);
    if (!isHeader) opened.take(first, 1);
    return opened;
  };
  readRecords(bytes, where, delimiter, (fields, line) => {
    if (!first) first = fields;
    else {
      rows ??= begin(first, fields);
      rows.take(fields, line);
    }
  });
  if (!first) throw new DataError(`${where}: expected a row of values, found none`);
  return (rows ?? begin(first)).end();
}

/** Whether a line has names: there is no number in it, or a text is above a number. */
function isNames(first: readonly string[], second: readonly string[] = []): boolean {
  const isNumber = (text: string | undefined): boolean => text !== undefined && !Number.isNaN(numberOf(text.trim()));
  const isText = (text: string): boolean => !isNumber(text) && !isMissing(text.trim());
  return first.every((text) => !isNumber(text)) || first.some((text, i) => isText(text) && isNumber(second[i]));
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

/** The cells as inputs, one data set of them. */
function datasetOf(rows: Rows, columns: readonly TableColumn[], options: CsvOptions, name: string): Dataset {
  const { type, scale = 1 } = options;
  const size = inputsIn(columns);
  const { shape = [size] } = options;
  if (!isShape(shape) || sizeOf(shape) !== size)
    throw new DataError(`${name}.shape: expected ${size} values, as many as inputs, found ${showValue(shape)}`);
  const length = rows.count * size;
  if (length > MOST_INPUTS)
    throw new DataError(`${name}: expected at most ${MOST_INPUTS} inputs in all, found ${length} (${size} in a row)`);
  const data = allocate(name, length, (n) => (type === 'uint8' ? new Uint8Array(n) : new Float32Array(n)));
  const inputs = { kind: 'values', data: encodeCells(columns, rows.cells, data), size, scale } as const;
  const { targets = inputs } = rows;
  return made({
    name,
    count: rows.count,
    shape: [...shape],
    inputs,
    targets,
    ...checkedMeaning({ classNames: rows.classNames, columns }, targets.size, name),
  });
}
