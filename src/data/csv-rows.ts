/** Reads the records of a CSV file as rows of numbers, `[rows][columns]`. NaN is a missing cell. */
import { growing } from '../base/byte-stream.ts';
import { DataError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { MOST_CLASSES } from './checked-dataset.ts';
import { fail, placeOf } from './csv-lines.ts';
import { type Column, columnsOf, type Header } from './csv-table.ts';
import type { Field } from './dataset.ts';
import { labelsField } from './described.ts';
import { expectedOf, holderOf } from './field-numbers.ts';
import { classesByName, type FoundColumn, findColumn, knownColumn } from './found-column.ts';
import type { StreamedField } from './streamed.ts';
import { isMissing, type ReadCell, type TableColumn } from './table-columns.ts';

/** What a caller says of the rows. */
export interface RowOptions {
  readonly target: readonly Column[];
  /** The column of the weights, or none. */
  readonly weights: readonly Column[];
  readonly columns?: readonly Column[];
  /** The columns of another table: the inputs are read as they are. */
  readonly known?: readonly TableColumn[];
  readonly categorical: readonly (readonly [Column, 'one-hot' | 'index'])[];
  readonly classes?: number;
  readonly classNames?: readonly string[];
  readonly missing: 'error' | 'mean' | 'drop';
  /** What a number among the inputs may be. */
  readonly field: StreamedField;
}

/** What was read. */
export interface Rows {
  readonly count: number;
  /** The columns of the inputs. */
  readonly columns: readonly TableColumn[];
  /** Their cells: numbers, and indices of categories, `[count][columns]`. */
  readonly cells: Float32Array;
  readonly targets?: Field;
  readonly sampleWeights?: Field;
  readonly classNames?: readonly string[];
}

/** A column that is read. */
interface Reading {
  /** Its number in the file. */
  readonly at: number;
  readonly found: FoundColumn;
  /** Whether a row is left out where the cell is missing. */
  readonly drops: boolean;
  readonly read: ReadCell;
}

/** Reads the records below a header. Throws DataError for columns that are not there. */
export function openRows(header: Header, options: RowOptions) {
  const { where, names, all } = header;
  const { inputs, targets, weights } = readingsOf(header, options);
  const readings = [...inputs, ...targets, ...weights];
  const row = new Float32Array(readings.length);
  const rowBytes = new Uint8Array(row.buffer);
  const memory = growing(where);
  let [count, line, column, text] = [0, 0, 0, ''];
  const refuse = (expected: string): never =>
    fail(where, placeOf(line, column, names), expected, text === '' ? 'an empty cell' : showValue(text));
  return {
    /** The record that begins in a line. Throws DataError with the line and the column of a cell that it may not hold. */
    take(fields: readonly string[], at: number): void {
      line = at;
      if (fields.length !== all.length) fail(where, line, `${all.length} columns, as in line 1`, `${fields.length}`);
      if (readings.some(({ at, drops }) => drops && isMissing(fields[at].trim()))) return;
      for (let i = 0; i < readings.length; i++) {
        column = readings[i].at;
        text = fields[column].trim();
        row[i] = readings[i].read(text, refuse);
      }
      memory.push(rowBytes);
      count++;
    },
    /** All rows. Throws DataError if there are none. */
    end(): Rows {
      if (count === 0) {
        const found = line === 0 ? 'only a header' : 'only rows with a missing cell';
        throw new DataError(`${where}: expected a row of values, found ${found}`);
      }
      const table = new Float32Array(memory.bytes.buffer);
      const ends = readings.map(({ found }) => found.end());
      for (const [i, { order }] of ends.entries()) if (order) renumber(table, i, readings.length, order);
      const columns = ends.map(({ column }) => column);
      const cells = columnsFrom(table, readings.length, 0, inputs.length);
      const rows = { count, columns: columns.slice(0, inputs.length), cells };
      if (targets.length === 0) return rows;
      const end = inputs.length + targets.length;
      const data = columnsFrom(table, readings.length, inputs.length, end);
      return {
        ...rows,
        ...targetsOf(data, columns.slice(inputs.length, end), names.length > 0, options),
        ...(weights.length > 0 && { sampleWeights: valuesOf(columnsFrom(table, readings.length, end, end + 1), 1) }),
      };
    },
  };
}

/** Finds the columns that are read. */
function readingsOf(header: Header, options: RowOptions) {
  const { where, names, all } = header;
  const targets = columnsOf(header, 'target', options.target);
  const weights = columnsOf(header, 'sampleWeights', options.weights);
  const inputs = inputsOf(header, [...targets, ...weights], options);
  if (inputs.length === 0) throw new DataError(`${where}: expected a column besides the target, found none`);
  const found = options.known ? targets : [...inputs, ...targets];
  const declared = new Map(
    options.categorical.map(([column, as]) => {
      const [at] = columnsOf(header, 'categorical', [placeIn(header, column)]);
      if (found.includes(at)) return [at, as];
      const expected = options.known ? 'the target' : 'an input or the target';
      throw new DataError(`${where}: categorical: expected ${expected}, found ${showValue(column)}`);
    }),
  );
  const about = (at: number) => ({ at, name: names[at] ?? `${all[at]}`, as: declared.get(at) });
  return {
    inputs: inputs.map((at, i) => inputReading(about(at), options, options.known?.[i])),
    targets: targets.map((at) => targetReading(about(at), options, targets.length)),
    weights: weights.map((at) => weightReading(about(at), options)),
  };
}

function inputsOf(header: Header, others: readonly number[], { columns, known }: RowOptions): number[] {
  if (columns) return columnsOf(header, 'columns', columns);
  if (!known) return header.all.filter((at) => !others.includes(at));
  return columnsOf(
    header,
    'columns',
    known.map(({ name }) => placeIn(header, name)),
  );
}

/** Without a header a column's name is its number. */
const placeIn = ({ names }: Header, column: Column): Column =>
  names.length === 0 && /^\d+$/.test(`${column}`) ? Number(column) : column;

/** A column's number in the file, its name, and what the caller declares it to be. */
interface About {
  readonly at: number;
  readonly name: string;
  readonly as?: 'one-hot' | 'index';
}

/** Texts at most in a column that is not declared: where there are more they are names, notes or dates. */
const MOST_FOUND = 100;

function inputReading(about: About, { missing, field }: RowOptions, known?: TableColumn): Reading {
  const found = known ? knownColumn(known) : findColumn({ ...about, most: MOST_FOUND });
  const hint = known ? '' : "fill missing cells by { missing: 'mean' }, or ";
  const absent = `a value; ${hint}leave out rows with a missing cell by { missing: 'drop' }`;
  const drops = missing === 'drop' && known?.missing === undefined;
  return { at: about.at, found, drops, read: checked(found.read, missing === 'mean' && !known ? '' : absent, field) };
}

function targetReading(about: About, options: RowOptions, count: number): Reading {
  const { classNames, missing } = options;
  const classes = classesOf(options, count);
  const found =
    classes && classNames
      ? classesByName(about.name, classNames)
      : classes || count > 1
        ? knownColumn({ name: about.name, kind: 'number' })
        : findColumn({ ...about, most: MOST_CLASSES });
  const absent = "a target; leave out rows without one by { missing: 'drop' }";
  const field = classes ? labelsField(about.name, classes) : undefined;
  return { at: about.at, found, drops: missing === 'drop', read: checked(found.read, absent, field) };
}

function weightReading({ at, name }: About, { missing }: RowOptions): Reading {
  const found = knownColumn({ name, kind: 'number' });
  const read = checked(found.read, "a weight; leave out rows without one by { missing: 'drop' }");
  return {
    ...{ at, found, drops: missing === 'drop' },
    read: (text, refuse) => {
      const weight = read(text, refuse);
      return weight >= 0 ? weight : refuse('a weight, a finite number ≥ 0');
    },
  };
}

/** How many classes the caller says that there are, if so. */
const classesOf = ({ classes, classNames }: RowOptions, targets: number): number | undefined =>
  classes ?? (targets === 1 && classNames && classNames.length > 1 ? classNames.length : undefined);

/** Refuses a missing cell, as what is `absent`, and a number that the field may not hold. */
function checked(read: ReadCell, absent: string, field?: StreamedField): ReadCell {
  const holds = field && holderOf(field);
  return (text, refuse) => {
    const value = read(text, refuse);
    if (Number.isNaN(value)) return absent ? refuse(absent) : value;
    return !holds || holds(value) ? value : refuse(expectedOf(field!));
  };
}

function targetsOf(
  data: Float32Array,
  columns: readonly TableColumn[],
  hasNames: boolean,
  options: RowOptions,
): Pick<Rows, 'targets' | 'classNames'> {
  const [column] = columns;
  const { classNames = column.kind === 'category' ? column.categories : undefined } = options;
  const size = classesOf({ ...options, classNames }, columns.length);
  if (size === undefined) {
    const targets = valuesOf(data, columns.length);
    return { targets, classNames: classNames ?? (hasNames ? columns.map(({ name }) => name) : undefined) };
  }
  return { targets: { kind: 'labels', data: size > 256 ? data : Uint8Array.from(data), size, scale: 1 }, classNames };
}

const valuesOf = (data: Float32Array, size: number): Field => ({ kind: 'values', data, size, scale: 1 });

/** Puts the rank of a category in the place of the number that it was read as. */
function renumber(table: Float32Array, column: number, width: number, ranks: readonly number[]): void {
  for (let i = column; i < table.length; i += width) if (!Number.isNaN(table[i])) table[i] = ranks[table[i]];
}

/** The columns `from` to before `to` of a table of `width` columns. */
function columnsFrom(table: Float32Array, width: number, from: number, to: number): Float32Array {
  if (to - from === width) return table;
  const part = new Float32Array((table.length / width) * (to - from));
  for (let row = 0, at = 0; row < table.length; row += width, at += to - from)
    part.set(table.subarray(row + from, row + to), at);
  return part;
}
