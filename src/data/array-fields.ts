/** Inputs and targets out of arrays of your own. Everything is copied and checked here, so nothing later has to. */
import { checkKeys, isCount, isShape } from '../base/arguments.ts';
import { isFloats, isUint8Array } from '../base/as-bytes.ts';
import { DataError } from '../base/errors.ts';
import { allocate, firstOdd, firstWhere, foundInstead, isNumbers, lengthOf, writeOneHot } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import { size as sizeOf } from '../base/tensor.ts';
import { checkNumbers, checkScale, checkWeights, MOST_CLASSES, made } from './checked-dataset.ts';
import type { Dataset, Field } from './dataset.ts';
import { checkedMeaning } from './meaning.ts';

/** Options of {@link fromArrays}. */
export interface ArraysOptions {
  /**
   * Inputs: a row of numbers per sample, or all numbers one after another, `[count][size]`. Bytes (`Uint8Array`) stay bytes on
   * the device, in a quarter of the memory.
   */
  x: ArrayLike<number> | readonly ArrayLike<number>[];
  /**
   * Targets: class indices, one per sample, in an array of integers; or values, as a row per sample or in a typed array of
   * floats, `[count][size]`.
   */
  y: ArrayLike<number> | readonly ArrayLike<number>[];
  /**
   * A factor ≥ 0 for the loss of each sample: a number per sample. The mean divides by the number of samples, as in Keras.
   * Default: 1 for every sample.
   */
  sampleWeights?: ArrayLike<number>;
  /** Shape of one sample: `[28, 28]`. Without rows and class indices it is needed. Default: `[size]`. */
  shape?: readonly number[];
  /**
   * Order of the numbers of an image. `'hwc'`, channels last, as in an `ImageData` or in Keras, is for a shape
   * `[height, width, channels]`: the numbers are copied into the order `[channels, height, width]` of the layers, which is then the
   * shape of a sample. Default: `'chw'`: as it is.
   */
  layout?: 'chw' | 'hwc';
  /**
   * Shape of the labels of a sample, for a class at each of many places: `[28, 28]`, a class for each pixel. `y` holds them one
   * sample after another, `[count][28 · 28]`, or as a row per sample. The targets are values then, 1 for the class of a place and
   * 0 for the others, `[count][classes][28 · 28]` in bytes. Default: one label per sample, where `y` holds labels.
   */
  labelShape?: readonly number[];
  /** Number of classes. Default: as many as `classNames`, else the largest class index + 1. */
  classes?: number;
  /** Names of the classes, in the order of their index; of the outputs if the targets are values. */
  classNames?: readonly string[];
  /** Name of the data set in messages. Default: `'arrays'`. */
  name?: string;
  /** Factor for x: the net sees `x · scale`, so 1/255 turns bytes into 0 to 1. Default: 1. */
  scale?: number;
}

/** A data set of one array of inputs and one of targets. Throws as `fromArrays` does. */
export function datasetOf(options: ArraysOptions): Dataset {
  const ofTargets = ['y', 'labelShape', 'classes', 'classNames', 'sampleWeights'];
  checkKeys('fromArrays', options, ['x', ...ofTargets, 'shape', 'layout', 'name', 'scale']);
  const { name = 'arrays', scale = 1, shape: given, layout = 'chw', classNames } = options;
  if (typeof name !== 'string') throw new DataError(`fromArrays: name: expected a string, found ${showValue(name)}`);
  checkScale(scale, `${name}.scale`);
  if (given !== undefined && !isShape(given))
    throw new DataError(`${name}.shape: expected positive integers, found ${showValue(given)}`);
  checkLayout(layout, given, name);
  const [x, y] = [arrayOf(options.x, `${name}.x`), targetsGiven(options.y, options, name)];
  const count = countOf(x, y, given, name);
  const data = flat(x);
  const size = perSample(data, count, x.what);
  if (given && sizeOf(given) !== size)
    throw new DataError(`${name}.shape: expected ${size} values, as many as x has per sample, found [${given}]`);
  const isLast = layout === 'hwc';
  const inputs: Field = { kind: 'values', data: isLast ? channelsFirst(data, given!) : data, size, scale };
  if (scale !== 1) checkNumbers(inputs, x.what);
  const targets = targetsOf(y, count, options, name);
  const meaning = checkedMeaning({ classNames }, targets.size, name);
  return made({
    name,
    count,
    shape: isLast ? [given![2], given![0], given![1]] : [...(given ?? [size])],
    inputs,
    targets,
    ...weightsOf(options.sampleWeights, count, name),
    ...meaning,
  });
}

/** The weights of so many samples, if there are some, checked as `fromArrays` checks them. */
export function weightsOf(
  weights: ArrayLike<number> | undefined,
  count: number,
  name: string,
): Pick<Dataset, 'sampleWeights'> {
  if (weights === undefined) return {};
  const what = `${name}.sampleWeights`;
  if (!isNumbers(weights)) throw new DataError(`${what}: expected a number per sample, ${foundInstead(weights)}`);
  if (weights.length !== count)
    throw new DataError(`${what}: expected ${count} numbers, one per sample, found ${weights.length}`);
  checkWeights(weights, what);
  return { sampleWeights: { kind: 'values', data: Float32Array.from(weights), size: 1, scale: 1 } };
}

function checkLayout(layout: unknown, shape: readonly number[] | undefined, name: string): void {
  if (layout === 'chw' || (layout === 'hwc' && shape?.length === 3)) return;
  const isKnown = layout === 'hwc';
  const expected = isKnown ? "a shape [height, width, channels] with layout 'hwc'" : "'chw' or 'hwc'";
  const found = isKnown ? (shape ? `[${shape}]` : 'none') : showValue(layout);
  throw new DataError(`${name}.${isKnown ? 'shape' : 'layout'}: expected ${expected}, found ${found}`);
}

/** Images `[height, width, channels]` as `[channels, height, width]`. */
function channelsFirst(data: Uint8Array | Float32Array, [height, width, channels]: readonly number[]): Field['data'] {
  const out = new (isUint8Array(data) ? Uint8Array : Float32Array)(data.length);
  const pixels = height * width;
  let from = 0;
  for (let image = 0; image < data.length; image += pixels * channels) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let channel = 0; channel < channels; channel++) out[image + channel * pixels + pixel] = data[from++];
    }
  }
  return out;
}

function checkClasses(classes: unknown, name: string): void {
  if (classes === undefined || (isCount(classes) && classes <= MOST_CLASSES)) return;
  throw new DataError(
    `${name}.classes: expected a positive integer up to ${MOST_CLASSES}, found ${showValue(classes)}`,
  );
}

/** Targets of so many samples, checked as `fromArrays` checks them. */
export function targetField(targets: ArraysOptions['y'], count: number, options: TargetOptions, name: string): Field {
  const y = targetsGiven(targets, options, name);
  demandCount(y, count);
  return targetsOf(y, count, options, name);
}

/** What is said of targets beside their numbers. */
export type TargetOptions = Pick<ArraysOptions, 'classes' | 'classNames' | 'labelShape'>;

function targetsGiven(targets: unknown, { classes, classNames, labelShape }: TargetOptions, name: string): Given {
  checkClasses(classes, name);
  const y = arrayOf(targets as ArraysOptions['y'], `${name}.y`);
  if (labelShape === undefined) return y;
  if (!isShape(labelShape))
    throw new DataError(`${name}.labelShape: expected positive integers, found ${showValue(labelShape)}`);
  if (classNames !== undefined)
    throw new DataError(`${name}.classNames: expected none beside labelShape, found ${showValue(classNames)}`);
  return { ...y, places: sizeOf(labelShape) };
}

/** What is given for x or y: rows of numbers, or numbers. */
type Given = {
  readonly what: string;
  /** Labels of a sample, where there is one for each of many places. */
  readonly places?: number;
} & (
  | { readonly rows: readonly ArrayLike<number>[]; readonly values?: undefined }
  | { readonly values: ArrayLike<number>; readonly rows?: undefined }
);

function arrayOf(array: ArraysOptions['x'], what: string): Given {
  if (!isNumbers(array)) throw new DataError(`${what}: expected numbers or rows of them, ${foundInstead(array)}`);
  if (!Array.isArray(array) || typeof array[0] !== 'object') return { what, values: array as ArrayLike<number> };
  return { what, rows: array as readonly ArrayLike<number>[] };
}

/** Class indices as a field: bytes where they fit. Throws DataError naming the first that is no class. */
export function labelField(labels: ArrayLike<number>, what: string, classes?: number): Field {
  const size = classes ?? largest(labels) + 1;
  const at = firstWhere(
    labels,
    (label) => !(Number.isInteger(label) && label >= 0 && label < Math.min(size, MOST_CLASSES)),
  );
  if (at >= 0) {
    const most = classes ?? MOST_CLASSES;
    throw new DataError(`${what}[${at}]: expected a class from 0 to ${most - 1}, found ${showValue(labels[at])}`);
  }
  const data = size > 256 ? Float32Array.from(labels) : Uint8Array.from(labels);
  return { kind: 'labels', data, size, scale: 1 };
}

function targetsOf(y: Given, count: number, { classes, classNames }: TargetOptions, name: string): Field {
  if (y.places) return labelsOfPlaces(y, count, y.places, classes);
  const names = lengthOf(classNames) || undefined;
  if (y.values && !isFloats(y.values)) {
    const odd = firstWhere(y.values, (label) => !Number.isInteger(label) || label < 0);
    if (odd < 0) return labelField(y.values, y.what, classes ?? names);
    const found = `found ${showValue(y.values[odd])}; give target values as a Float32Array, or as one row per sample`;
    throw new DataError(`${y.what}[${odd}]: expected a class, an integer ≥ 0, ${found}`);
  }
  if (classes !== undefined)
    throw new DataError(`${name}.classes: expected only with class labels, found ${classes} with target values`);
  const data = flat(y);
  return { kind: 'values', data, size: perSample(data, count, y.what), scale: 1 };
}

/** A class at each of so many places, as values [count][classes][places]. */
function labelsOfPlaces(y: Given, count: number, places: number, classes?: number): Field {
  const labels = flat(y);
  if (labels.length !== count * places)
    throw new DataError(`${y.what}: expected ${places} labels for each of ${count} samples, found ${labels.length}`);
  const { size } = labelField(labels, y.what, classes);
  const data = allocate(y.what, labels.length * size, (n) => new Uint8Array(n));
  return { kind: 'values', data: writeOneHot(labels, size, places, data), size: size * places, scale: 1 };
}

/** Samples, from whichever of rows, labels and shape says so; x and y must then agree. */
function countOf(x: Given, y: Given, shape: readonly number[] | undefined, name: string): number {
  const inX = x.rows ? x.rows.length : shape && x.values.length / sizeOf(shape);
  const count = inX ?? samplesIn(y);
  if (count === undefined) {
    throw new DataError(`${name}: expected a shape, because x and y do not tell the number of samples, found none`);
  }
  if (!isCount(count)) throw new DataError(`${x.what}: expected one or more whole samples, found ${count}`);
  demandCount(y, count);
  return count;
}

/** Samples in y; undefined if only x can say how many. */
function samplesIn({ rows, values, places }: Given): number | undefined {
  if (rows) return rows.length;
  if (places) return values.length / places;
  return isFloats(values) ? undefined : values.length;
}

function demandCount(y: Given, count: number): void {
  const found = samplesIn(y) ?? count;
  if (found !== count) throw new DataError(`${y.what}: expected ${count} samples, as many as x, found ${found}`);
}

function perSample(data: ArrayLike<number>, count: number, what: string): number {
  const size = data.length / count;
  if (isCount(size)) return size;
  throw new DataError(`${what}: expected the same number of values for each of ${count} samples, found ${data.length}`);
}

/** A copy, of bytes as bytes. */
function flat({ rows, values, what }: Given): Uint8Array | Float32Array {
  if (rows) return joined(rows, what);
  if (isUint8Array(values)) return new Uint8Array(values);
  demandNumbers(values, what);
  return allocate(what, values.length, () => new Float32Array(values));
}

function joined(rows: readonly ArrayLike<number>[], what: string): Float32Array {
  const width = lengthOf(rows[0]) ?? 0;
  // Looked at before there is memory for them: a hole stands for as many as are asked for.
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!isNumbers(row)) throw new DataError(`${what}[${i}]: expected a row of numbers, ${foundInstead(row)}`);
    if (row.length !== width)
      throw new DataError(`${what}[${i}]: expected ${width} values, as in row 0, found ${row.length}`);
    demandNumbers(row, `${what}[${i}]`);
  }
  const data = allocate(what, rows.length * width, (n) => new Float32Array(n));
  for (let i = 0; i < rows.length; i++) data.set(rows[i], i * width);
  return data;
}

function demandNumbers(values: ArrayLike<number>, what: string): void {
  const odd = firstOdd(values);
  if (odd < 0) return;
  throw new DataError(
    `${what}[${odd}]: expected a finite number that fits in a 32-bit float, found ${showValue(values[odd])}`,
  );
}

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > most) most = values[i];
  return most;
}
