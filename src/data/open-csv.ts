/** A data set in a CSV file of numbers that is read in slices, as samples are needed. */
import { checkFlag, checkKeys, isShape } from '../base/arguments.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { size as sizeOf } from '../base/tensor.ts';
import { nameOf, type Source } from './bytes.ts';
import { type Column, columnsOf, readTable, tableOf } from './csv-table.ts';
import { labelsField, valuesField } from './described.ts';
import { identityOfSome } from './identity-of-some.ts';
import { checkedMeaning } from './meaning.ts';
import type { Request, StreamedDataset, StreamedField } from './streamed.ts';

/** Options of {@link openCsv}. */
export interface OpenCsvOptions {
  /** The column of the targets, or several of them, for values. */
  target: Column | readonly Column[];
  /** The column of the weights, as in {@link ArraysOptions}: a number ≥ 0 in each line. Default: none. */
  sampleWeights?: Column;
  /** Number of classes, if the target is a class index. Default: the targets are values. */
  classes?: number;
  /** Names of the classes, in the order of their index; of the outputs if the targets are values. */
  classNames?: readonly string[];
  /** The columns of the inputs, in this order. The others are not read. Default: all but the target and the weights. */
  columns?: readonly Column[];
  /** Whether the first line has names. Default: whether it has anything but numbers. */
  header?: boolean;
  /** What separates columns. Default: `','`. */
  delimiter?: string;
  /** Shape of one sample: `[28, 28]` for 784 columns. Default: `[columns]`. */
  shape?: readonly number[];
  /** How the inputs are stored. `'uint8'` is for integers from 0 to 255, such as pixels. Default: `'float32'`. */
  type?: 'uint8' | 'float32';
  /** Factor for the inputs: the net sees `x · scale`. Default: 1. */
  scale?: number;
  /** Name of the data set in messages. Default: that of the file, without its folder. */
  name?: string;
}

/**
 * Opens a data set in a CSV file of numbers. It reads the file once, to find its lines, and then samples as they are needed. So
 * the file may be larger than the memory. A source is a path or a file URL in Node, a `Blob` or `File`, or bytes in memory. Each
 * pass over the samples opens the file and closes it.
 *
 * Every line is a sample. It has numbers such as `1`, `-0.5` or `"6e-3"`, and may end in CR LF. Columns that are neither inputs nor
 * targets may hold other text, without line breaks.
 *
 * @throws {ArgumentError} For an unknown option, or a source that is none.
 * @throws {DataError} For a file that is missing or has no samples, lines of different numbers of columns, and columns that are
 * not there. While the data set is read: for an invalid number or class, with the line and the column.
 */
export async function openCsv(source: Source, options: OpenCsvOptions): Promise<StreamedDataset> {
  const ofColumns = ['target', 'sampleWeights', 'classes', 'classNames', 'columns', 'header', 'delimiter'];
  checkKeys('openCsv', options, [...ofColumns, 'shape', 'type', 'scale', 'name']);
  checkFlag('openCsv: header', options.header);
  const { delimiter = ',', name = nameOf(source).split(/[\\/]/).at(-1)! } = options;
  if (typeof name !== 'string') throw new DataError(`openCsv: name: expected a string, found ${showValue(name)}`);
  checkDelimiter('openCsv', delimiter);
  const table = await tableOf(source, delimiter.charCodeAt(0), options.header);
  const targets = columnsOf(table, 'target', [options.target].flat() as Column[]);
  const weights = options.sampleWeights === undefined ? [] : columnsOf(table, 'sampleWeights', [options.sampleWeights]);
  const inputs =
    options.columns === undefined
      ? table.all.filter((column) => !targets.includes(column) && !weights.includes(column))
      : columnsOf(table, 'columns', options.columns);
  if (inputs.length === 0) throw new DataError(`${table.where}: expected a column besides the target, found none`);
  const { shape = [inputs.length] } = options;
  if (!isShape(shape) || sizeOf(shape) !== inputs.length)
    throw new DataError(
      `${name}.shape: expected ${inputs.length} values, as many as columns, found ${showValue(shape)}`,
    );
  const x = { field: valuesField(name, inputs.length, options.type, options.scale), columns: inputs };
  const y = { field: targetField(name, targets, options.classes), columns: targets };
  const w = { field: valuesField(name, 1), columns: weights };
  const parts = weights.length > 0 ? { x, y, w } : { x, y };
  const read = (requests: Iterable<Request>) => readTable(source, table, parts, requests);
  const count = table.lines.count - table.header;
  const set = {
    name,
    count,
    shape: Object.freeze([...shape]),
    inputs: x.field,
    targets: y.field,
    ...(weights.length > 0 && { sampleWeights: w.field }),
    ...checkedMeaning({ classNames: options.classNames }, y.field.size, name),
    shuffles: true,
    read,
  };
  return Object.freeze({ ...set, identity: await identityOfSome(set) });
}

/** A character that separates columns. Throws ArgumentError for one that could be part of a number. */
export function checkDelimiter(where: string, delimiter: unknown): asserts delimiter is string {
  if (typeof delimiter === 'string' && /^[\t -~]$/.test(delimiter) && !/[\w".+-]/.test(delimiter)) return;
  const expected = "a character such as ',', ';' or '\\t'";
  throw new ArgumentError(`${where}: delimiter must be ${expected}, found ${showValue(delimiter)}`);
}

function targetField(name: string, targets: readonly number[], classes?: number): StreamedField {
  if (classes === undefined && targets.length > 0) return valuesField(name, targets.length);
  if (targets.length === 1) return labelsField(name, classes);
  throw new DataError(
    `${name}.target: expected one column${classes ? ' of classes' : ' or more'}, found ${targets.length}`,
  );
}
