/**
 * Checks data sets when a caller passes them in. Those that the library made are recognised. Copies and handmade ones are
 * checked by the same rules each time, as they are at that moment.
 */

import { isCount, isShape } from '../base/arguments.ts';
import { isUint8Array, typedArrayName } from '../base/as-bytes.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { isFinite32 } from '../base/float32.ts';
import { firstOdd, firstWhere } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import { show, size as sizeOf } from '../base/tensor.ts';
import type { Dataset, Field } from './dataset.ts';
import { fieldsOf } from './fields.ts';
import { checkedMeaning, meaningOf } from './meaning.ts';
import { checkClassesIn, checkParts, stored } from './parts.ts';

const sets = new WeakSet<Dataset>();
const fields = new WeakSet<Field>();
const ranges = new WeakMap<Field, Range>();

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Classes that a 32-bit float tells apart. */
export const MOST_CLASSES = 2 ** 24;

/** Of arrays that were checked and are nobody else's; it stays as it is. */
export function made(dataset: Dataset): Dataset {
  for (const [, field] of fieldsOf(dataset)) fields.add(Object.freeze(field));
  for (const list of [dataset.shape, dataset.classNames, dataset.columns]) Object.freeze(list);
  sets.add(Object.freeze(dataset));
  return dataset;
}

/**
 * The data set itself if the library made it, else a copy of its fields as they are now. Throws ArgumentError for a value
 * that is not a data set, and DataError for one that `fromArrays` would not make. `numbers` says whether to check every
 * number.
 */
export function checkedDataset(dataset: unknown, where: string, { numbers = true } = {}): Dataset {
  if (sets.has(dataset as Dataset)) return dataset as Dataset;
  const taken = takenFrom(dataset, where);
  const { name, count, shape, inputs, targets, sampleWeights } = taken;
  const what = `${where}: ${name}`;
  if (!isCount(count)) throw new DataError(`${what}.count: expected a positive integer, found ${showValue(count)}`);
  if (!isShape(shape)) throw new DataError(`${what}.shape: expected positive integers, found ${showValue(shape)}`);
  checkField(inputs, `${what}.inputs`, count);
  checkField(targets, `${what}.targets`, count);
  if (sizeOf(shape) !== inputs.size)
    throw new DataError(
      `${what}.shape: expected ${inputs.size} values, as many as inputs have per sample, found ${show(shape)}`,
    );
  if (sampleWeights) checkWeightsField(sampleWeights, `${what}.sampleWeights`, count);
  if (numbers) for (const key of ['inputs', 'targets'] as const) checkNumbers(taken[key], `${what}.${key}.data`);
  return { ...taken, ...checkedMeaning(taken, targets.size, what) };
}

function takenFrom(dataset: unknown, where: string): Dataset {
  const members = read(dataset) ?? {};
  const { name, count, shape, inputs, targets, sampleWeights } = members;
  if (typeof name !== 'string' || !read(inputs)?.data || !read(targets)?.data) {
    const found = read(dataset)
      ? `an object with ${Object.keys(dataset as object).join(', ') || 'nothing'}`
      : showValue(dataset);
    throw new ArgumentError(`${where}: expected a data set, such as digits().train, found ${found}`);
  }
  const field = (value: unknown) => (fields.has(value as Field) ? value : { ...(value as Field) }) as Field;
  const copied = isShape(shape) ? [...shape] : shape;
  const both = { inputs: field(inputs), targets: field(targets) };
  const weights = sampleWeights === undefined ? {} : { sampleWeights: field(sampleWeights) };
  return { name, count, shape: copied, ...both, ...weights, ...meaningOf(members) } as Dataset;
}

/** The members of an object, each read once; undefined for what is none, or cannot be read. */
function read(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return { ...value } as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function checkField(field: Field, what: string, count: number): void {
  const { kind, data, size, scale } = field;
  if (kind !== 'values' && kind !== 'labels')
    throw new DataError(`${what}.kind: expected 'values' or 'labels', found ${showValue(kind)}`);
  const classes = kind === 'labels';
  if (!isCount(size) || (classes && size > MOST_CLASSES))
    throw new DataError(
      `${what}.size: expected a positive integer${classes ? ' up to 2²⁴' : ''}, found ${showValue(size)}`,
    );
  checkScale(scale, `${what}.scale`);
  checkParts(field, what);
  const name = typedArrayName(data);
  if (name !== 'Uint8Array' && name !== 'Float32Array')
    throw new DataError(`${what}.data: expected a Uint8Array or a Float32Array, found ${showValue(data)}`);
  const length = count * stored(field);
  if (data.length === length) return;
  const each = classes ? 'one class each' : `${stored(field)} values each`;
  throw new DataError(`${what}.data: expected ${length} numbers (${count} samples, ${each}), found ${data.length}`);
}

function checkWeightsField(field: Field, what: string, count: number): void {
  checkField(field, what, count);
  const { kind, size, scale, data } = field;
  if (kind !== 'values' || size !== 1 || scale !== 1)
    throw new DataError(`${what}: expected values of size 1 and scale 1, found ${kind} of ${size} and ${scale}`);
  checkWeights(data, `${what}.data`);
}

/** Throws DataError naming the first weight that is none. `samples` are the numbers of their samples, if not 0, 1, 2, ... */
export function checkWeights(weights: ArrayLike<unknown>, what: string, samples?: ArrayLike<number>): void {
  const at = firstWhere(weights, (weight) => !(isFinite32(weight) && weight >= 0));
  if (at < 0) return;
  const place = samples ? `: sample ${samples[at]}` : `[${at}]`;
  throw new DataError(`${what}${place}: expected a finite number ≥ 0, found ${showValue(weights[at])}`);
}

/** A factor that 32-bit floats hold; one that they take for 0 would make all samples alike. */
export function checkScale(scale: unknown, what: string): asserts scale is number {
  if (isFinite32(scale) && (scale === 0 || Math.abs(scale) >= 2 ** -126)) return;
  throw new DataError(`${what}: expected a finite number that fits in a 32-bit float, found ${showValue(scale)}`);
}

/** Throws DataError naming the first class that is none, or the first number that is none, as stored or times the scale. */
export function checkNumbers(field: Field, what: string): void {
  const { kind, data, size, scale } = field;
  if (kind === 'labels') {
    const at = firstWhere(data, (label) => !(Number.isInteger(label) && label >= 0 && label < size));
    if (at < 0) return;
    throw new DataError(`${what}[${at}]: expected a class from 0 to ${size - 1}, found ${showValue(data[at])}`);
  }
  const odd = firstOdd(data);
  if (odd >= 0) throw new DataError(`${what}[${odd}]: expected a finite number, found ${showValue(data[odd])}`);
  checkClassesIn(field, what);
  const beyond = isUint8Array(data) && isFinite32(255 * scale) ? -1 : firstWhere(data, (x) => !isFinite32(x * scale));
  if (beyond < 0) return;
  throw new DataError(
    `${what}[${beyond}]: expected a number that times ${scale} fits in a 32-bit float, found ${data[beyond]}`,
  );
}

/** Least and most of what a field holds; of one that the library made, found once. */
export function rangeOf(field: Field): Range {
  const known = ranges.get(field);
  if (known) return known;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of field.data) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const range = { least, most };
  if (fields.has(field)) ranges.set(field, range);
  return range;
}

/** Whether all its numbers are known to stay as they were checked. */
export const isKnown = (dataset: Dataset): boolean => fieldsOf(dataset).every(([, field]) => fields.has(field));

/** A copy in memory that is nobody else's. */
export const copyOf = (field: Field): Field => ({
  ...field,
  data: isUint8Array(field.data) ? new Uint8Array(field.data) : new Float32Array(field.data),
});
