/** A data set from arrays of your own. Everything is copied and checked here, so nothing later has to. */
import { checkKeys } from '../arguments.ts';
import { DataError } from '../errors.ts';
import { shown } from '../shown.ts';
import type { Dataset, Field } from './dataset.ts';

type Rows = readonly ArrayLike<number>[];

export interface ArraysOptions {
  /** Inputs, samples one after another, [count][size] flat, or one row per sample. */
  x: Float32Array | Uint8Array | Rows;
  /** Class indices, one per sample, as bytes or plain numbers; or target values, as floats or one row per sample. */
  y: Uint8Array | Float32Array | readonly number[] | Rows;
  /** Shape of one sample; [size] unless given. */
  shape?: readonly number[];
  /** Number of classes; the largest label + 1 unless given. */
  classes?: number;
  name?: string;
  /** What the network sees is x times this: 1/255 makes bytes 0 to 1. 1 unless given. */
  scale?: number;
}

/**
 * Throws DataError naming the array and the index: counts that differ, ragged rows, NaN or infinity, labels that are
 * no class, sizes that do not divide; ArgumentError for an unknown option.
 */
export function fromArrays(options: ArraysOptions): Dataset {
  checkKeys('fromArrays', options, ['x', 'y', 'shape', 'classes', 'name', 'scale']);
  const { name = 'arrays', scale = 1 } = options;
  for (const key of ['x', 'y'] as const) {
    if (options[key]?.length === undefined)
      throw new DataError(`${name}.${key}: expected numbers or rows of them, found ${shown(options[key])}`);
  }
  if (!Number.isFinite(scale)) throw new DataError(`${name}.scale: expected a finite number, found ${shown(scale)}`);
  const isCount = (n: unknown): boolean => Number.isInteger(n) && (n as number) > 0;
  if (options.shape !== undefined && !(Array.isArray(options.shape) && options.shape.every(isCount)))
    throw new DataError(`${name}.shape: expected positive integers, found ${shown(options.shape)}`);
  if (options.classes !== undefined && !isCount(options.classes))
    throw new DataError(`${name}.classes: expected a positive integer, found ${shown(options.classes)}`);
  const x = flat(options.x, `${name}.x`);
  const count = countOf(options, name);
  const size = sizeOf(x, count, `${name}.x`);
  const shape = options.shape ?? [size];
  if (product(shape) !== size) {
    throw new DataError(`${name}.shape: expected ${size} values, as x has per sample, found [${shape}]`);
  }
  const targets = targetsOf(options, count, name);
  return { name, count, shape: [...shape], inputs: { kind: 'values', data: x, size, scale }, targets };
}

/** Class indices as a field: bytes where they fit. Throws DataError naming the first that is no class. */
export function labelField(labels: ArrayLike<number>, what: string, classes = largest(labels) + 1): Field {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new DataError(`${what}[${i}]: expected a class from 0 to ${classes - 1}, found ${label}`);
  }
  const data = classes > 256 ? Float32Array.from(labels) : Uint8Array.from(labels);
  return { kind: 'labels', data, size: classes, scale: 1 };
}

function targetsOf({ y, classes }: ArraysOptions, count: number, name: string): Field {
  if (isLabels(y)) {
    const odd = y.findIndex((label) => !Number.isInteger(label) || label < 0);
    if (odd < 0) return labelField(y, `${name}.y`, classes);
    const values = 'target values are a Float32Array, or a row per sample';
    throw new DataError(`${name}.y[${odd}]: expected a class, an integer from 0 on, found ${shown(y[odd])}; ${values}`);
  }
  if (classes !== undefined) {
    throw new DataError(`${name}.classes: expected only with class labels, found ${classes} beside target values`);
  }
  const data = flat(y, `${name}.y`);
  return { kind: 'values', data, size: sizeOf(data, count, `${name}.y`), scale: 1 };
}

type Labels = Uint8Array | readonly number[];

const isRows = (array: ArraysOptions['x' | 'y']): array is Rows => Array.isArray(array) && typeof array[0] === 'object';
const isLabels = (y: ArraysOptions['y']): y is Labels => !isRows(y) && !(y instanceof Float32Array);

/** Samples, from whichever of rows, labels and shape says so; x and y must then agree. */
function countOf({ x, y, shape }: ArraysOptions, name: string): number {
  const inX = isRows(x) ? x.length : shape && x.length / product(shape);
  const inY = isRows(y) || isLabels(y) ? y.length : undefined;
  const count = inX ?? inY;
  if (count === undefined) {
    throw new DataError(`${name}: expected a shape, as neither x nor y tells how many samples there are, found none`);
  }
  if (!Number.isInteger(count) || count < 1) {
    throw new DataError(`${name}.x: expected one or more whole samples, found ${count} of them`);
  }
  if (inY !== undefined && inY !== count) {
    throw new DataError(`${name}.y: expected ${count} samples, as many as x, found ${inY}`);
  }
  return count;
}

function sizeOf(data: ArrayLike<number>, count: number, what: string): number {
  const size = data.length / count;
  if (Number.isInteger(size) && size > 0) return size;
  throw new DataError(`${what}: expected the same number of values for each of ${count} samples, found ${data.length}`);
}

function flat(array: ArraysOptions['x'] | ArraysOptions['y'], what: string): Uint8Array | Float32Array {
  if (array instanceof Uint8Array) return new Uint8Array(array);
  const data = isRows(array) ? joined(array, what) : Float32Array.from(array as ArrayLike<number>);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return data;
  const width = isRows(array) ? array[0].length : data.length;
  const [row, column] = [Math.floor(bad / width), bad % width];
  const [place, found] = isRows(array) ? [`[${row}][${column}]`, array[row][column]] : [`[${bad}]`, array[bad]];
  throw new DataError(`${what}${place}: expected a finite number that fits 32-bit floats, found ${shown(found)}`);
}

function joined(rows: Rows, what: string): Float32Array {
  const width = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    if (row?.length !== width) {
      throw new DataError(`${what}[${i}]: expected ${width} values, as in row 0, found ${row?.length ?? shown(row)}`);
    }
    data.set(row, i * width);
  });
  return data;
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > most) most = values[i];
  return most;
}
