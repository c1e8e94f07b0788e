/** A data set in a CSV file that fits into memory, with numbers, texts and missing cells. */
import { checkFlag, isList, isShape, keysOf, member } from '../base/arguments.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { allocate } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import { size as sizeOf } from '../base/tensor.ts';
import { nameOf, type Source } from './bytes.ts';
import { made } from './checked-dataset.ts';
import { type CsvFormat, headerOf } from './csv-header.ts';
import { readRecords } from './csv-records.ts';
import { openRows, type RowOptions, type Rows } from './csv-rows.ts';
import type { Column } from './csv-table.ts';
import type { Dataset, DatasetPair } from './dataset.ts';
import { valuesField } from './described.ts';
import { checkedMeaning, meaningOf } from './meaning.ts';
import { checkDelimiter } from './open-csv.ts';
import { checkLimits, type ReadLimits } from './read-options.ts';
import { readUnpacked } from './read-unpacked.ts';
import { type SplitOptions, split } from './split.ts';
import { checkColumns, encodeCells, filledColumns, inputsIn, type TableColumn } from './table-columns.ts';

/** Options of {@link csv}. */
export interface CsvOptions extends ReadLimits {
  /**
   * The column of the targets, or several of them, for values. May be absent if `columns` are those of another data set: the
   * targets are then the inputs, which suits `predict`.
   */
  target?: Column | readonly Column[];
  /** The column of the weights, as in {@link ArraysOptions}: a number ≥ 0 in each row. Default: none. */
  sampleWeights?: Column;
  /**
   * The columns of the inputs, in this order; default: all but the target and the weights. Or `columns` of another data set, so that the cells
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

const optionNames: readonly (keyof CsvOptions | keyof SplitOptions)[] = [
  ...([
    'target',
    'sampleWeights',
    'columns',
    'categorical',
    'classes',
    'classNames',
    'header',
    'delimiter',
    'missing',
  ] as const),
  ...(['shape', 'type', 'scale', 'name', 'test', 'seed', 'stratify'] as const),
];

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
 * const { train, test } = await csv('measured.csv', { target: 'species', missing: 'mean', test: 0.2 });
 * const { columns, classNames } = train;
 * const later = await csv('later.csv', { target: 'species', columns, classNames });
 * const unlabelled = await csv('unlabelled.csv', { columns });
 * ```
 *
 * @param source The file: bytes, a Blob, a URL or, in Node, a path.
 * @returns The data set, or a pair of them: with the options of {@link split} the rows are split, and means are those of `train`.
 * @throws {ArgumentError} For an unknown or invalid option, or a source that is none.
 * @throws {DataError} For a file that is missing, too long or has no rows, lines of different numbers of columns, damaged quotes,
 * columns that are not there, and cells that are missing or invalid, with the line and the column.
 */
export function csv(source: Source, options: CsvOptions & SplitOptions): Promise<DatasetPair>;
export function csv(source: Source, options: CsvOptions): Promise<Dataset>;
export async function csv(source: Source, options: CsvOptions & Partial<SplitOptions>): Promise<Dataset | DatasetPair> {
  checkLimits('csv', options, optionNames);
  checkFlag('csv: header', options.header);
  const where = nameOf(source);
  const { delimiter = ',', maxBytes = MOST_BYTES, test, name = where.split(/[\\/]/).at(-1)! } = options;
  checkDelimiter('csv', delimiter);
  if (typeof name !== 'string') throw new DataError(`csv: name: expected a string, found ${showValue(name)}`);
  const rowOptions = rowOptionsOf(options, name);
  const bytes = await readUnpacked(source, { ...options, maxBytes });
  const rows = readRows(bytes, where, { delimiter, header: options.header }, rowOptions);
  const cells = cellsOf(rows, name);
  if (test !== undefined && rows.count < 2)
    throw new DataError(`${where}: expected two rows or more to split, found one`);
  const parts = test === undefined ? { train: cells } : split(cells, { test, ...splitOptions(options) });
  const fills = options.missing === 'mean' && !rowOptions.known;
  const columns = fills
    ? filledColumns(rows.columns, parts.train.inputs.data as Float32Array, parts.train.name)
    : rows.columns;
  const train = encoded(parts.train, columns, options);
  return 'test' in parts ? { train, test: encoded(parts.test, columns, options), source: where } : train;
}

/** The default limit in bytes. The rows take up to four times as much. */
const MOST_BYTES = 2 ** 28;
/** Inputs of a data set, which take four bytes each. */
const MOST_INPUTS = 2 ** 28;

/** Throws ArgumentError or DataError for options that are none, but for columns that are not in the file. */
function rowOptionsOf(options: CsvOptions & Partial<SplitOptions>, name: string): RowOptions {
  const { target, sampleWeights, columns, missing = 'error', classes, classNames, type, scale } = options;
  if (!['error', 'mean', 'drop'].includes(missing))
    throw new ArgumentError(`csv: missing must be 'error', 'mean' or 'drop', found ${showValue(missing)}`);
  if (options.test === undefined && (options.seed ?? options.stratify) !== undefined)
    throw new ArgumentError('csv: expected seed and stratify only with test');
  if (missing === 'mean' && type === 'uint8')
    throw new ArgumentError("csv: missing: expected 'error' or 'drop' with type 'uint8', found 'mean'");
  const known = isList(columns) && typeof columns[0] === 'object' ? (columns as readonly TableColumn[]) : undefined;
  if (known) checkColumns(known, `${name}.columns`);
  if (target === undefined && !known)
    throw new ArgumentError('csv: expected a target, or columns of another data set, found neither');
  const targets = target === undefined ? [] : ([target].flat() as Column[]);
  if (target !== undefined && targets.length === 0) throw new ArgumentError('csv: target: expected a column, found []');
  if (sampleWeights !== undefined && targets.length === 0)
    throw new ArgumentError('csv: sampleWeights: expected a target with them, found none');
  if (classes !== undefined && targets.length !== 1)
    throw new ArgumentError(`csv: classes: expected one target with them, found ${targets.length}`);
  return {
    target: targets,
    weights: sampleWeights === undefined ? [] : [sampleWeights],
    columns: known ? undefined : (columns as readonly Column[] | undefined),
    known,
    categorical: categoricalOf(options.categorical),
    classes,
    classNames,
    missing,
    field: valuesField(name, 1, type, scale),
  };
}

/** The options that are there. */
const splitOptions = ({ seed, stratify }: Partial<SplitOptions>): Partial<SplitOptions> => ({
  ...(seed !== undefined && { seed }),
  ...(stratify !== undefined && { stratify }),
});

function categoricalOf(categorical: CsvOptions['categorical'] = []): RowOptions['categorical'] {
  if (isList(categorical)) return (categorical as readonly Column[]).map((column) => [column, 'one-hot']);
  const columns = keysOf(categorical)?.map((column) => [column, member(categorical, column)]);
  const isValid = columns?.every(([, as]) => as === 'one-hot' || as === 'index');
  if (isValid) return columns as unknown as RowOptions['categorical'];
  const expected = "columns in an array, or an object with 'one-hot' or 'index' for each";
  throw new ArgumentError(`csv: categorical: expected ${expected}, found ${showValue(categorical)}`);
}

function readRows(bytes: Uint8Array, where: string, format: CsvFormat, options: RowOptions): Rows {
  let first: readonly string[] | undefined;
  let rows: ReturnType<typeof openRows> | undefined;
  const begin = (first: readonly string[], second?: readonly string[]): ReturnType<typeof openRows> => {
    const header = headerOf(where, format, first, second);
    const opened = openRows(header, options);
    if (header.names.length === 0) opened.take(first, 1);
    return opened;
  };
  readRecords(bytes, where, format.delimiter, (fields, line) => {
    if (!first) first = fields;
    else {
      rows ??= begin(first, fields);
      rows.take(fields, line);
    }
  });
  if (!first) throw new DataError(`${where}: expected a row of values, found none`);
  return (rows ?? begin(first)).end();
}

/** The rows as a data set whose inputs are the cells, with NaN for the missing ones. */
const cellsOf = ({ count, columns, cells, targets, sampleWeights, classNames }: Rows, name: string): Dataset => {
  const inputs = { kind: 'values', data: cells, size: columns.length, scale: 1 } as const;
  return made({
    name,
    count,
    shape: [columns.length],
    inputs,
    targets: targets ?? inputs,
    ...(sampleWeights && { sampleWeights }),
    ...meaningOf({ classNames }),
  });
};

/** The same with the inputs that the cells become. */
function encoded(part: Dataset, columns: readonly TableColumn[], options: CsvOptions): Dataset {
  const { type, scale = 1, target } = options;
  const size = inputsIn(columns);
  const { shape = [size] } = options;
  if (!isShape(shape) || sizeOf(shape) !== size)
    throw new DataError(`${part.name}.shape: expected ${size} values, as many as inputs, found ${showValue(shape)}`);
  const length = part.count * size;
  if (length > MOST_INPUTS)
    throw new DataError(
      `${part.name}: expected at most ${MOST_INPUTS} inputs in all, found ${length} (${size} in a row)`,
    );
  const data = allocate(part.name, length, (n) => (type === 'uint8' ? new Uint8Array(n) : new Float32Array(n)));
  const inputs = {
    kind: 'values',
    data: encodeCells(columns, part.inputs.data as Float32Array, data),
    size,
    scale,
  } as const;
  const targets = target === undefined ? inputs : part.targets;
  return made({
    ...part,
    shape: [...shape],
    inputs,
    targets,
    ...checkedMeaning({ ...part, columns }, targets.size, part.name),
  });
}
