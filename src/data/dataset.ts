import { isCount } from '../arguments.ts';
import { ArgumentError, DataError } from '../errors.ts';
import { isFinite32 } from '../finite.ts';
import { allocate, foundInstead, isNumbers } from '../numbers.ts';
import { shown } from '../shown.ts';
import { checkedDataset, isKnown, made } from './checked-dataset.ts';

/** One quantity of every sample (its input or its target), samples one after another. */
export interface Field {
  /** `values`: numbers, [count][size]. `labels`: one class index per sample, [count]; the network sees it one-hot. */
  readonly kind: 'values' | 'labels';
  /** Bytes or floats as stored; class indices too (floats only where there are more than 256 classes). */
  readonly data: Uint8Array | Float32Array;
  /** Values per sample, or the number of classes. */
  readonly size: number;
  /** A stored value times this is what the network sees: 1/255 for bytes of an image, else 1. */
  readonly scale: number;
}

/**
 * Samples with their targets: plain data, checked when it is made (see `fromArrays`), or where it is handed over if you made
 * it yourself. `fit` and `evaluate` each copy its samples, and keep the copies of the last four sets: make another data set
 * instead of writing to the arrays of one that was made.
 */
export interface Dataset {
  /** Said wherever the data set is named: 'MNIST train', 'digits test'. */
  readonly name: string;
  /** Samples. */
  readonly count: number;
  /** Shape of one sample: [28, 28] for an image. */
  readonly shape: readonly number[];
  readonly inputs: Field;
  readonly targets: Field;
}

export interface DatasetPair {
  readonly train: Dataset;
  readonly test: Dataset;
  /** Where it came from: a folder, a URL, or 'built in'. */
  readonly source: string;
}

/**
 * The first `count` samples (or all, where there are fewer), sharing memory with the whole. Throws ArgumentError for a count
 * that is none, and as `fit` for a data set that is none.
 */
export function take(dataset: Dataset, count: number): Dataset {
  const whole = checkedDataset(dataset, 'take');
  if (!isCount(count)) {
    throw new ArgumentError(`take(${whole.name}): expected a count of 1 or more samples, found ${shown(count)}`);
  }
  if (count >= whole.count) return dataset;
  const cut = (field: Field): Field => ({ ...field, data: field.data.subarray(0, count * stored(field)) });
  const part = { ...whole, count, inputs: cut(whole.inputs), targets: cut(whole.targets) };
  return isKnown(whole) ? made(part) : part;
}

/**
 * What the network sees of the samples named: x [n][size] scaled, y [n][size], labels one-hot. Throws ArgumentError for
 * samples that are not there, and as `fit` for a data set that is none.
 */
export function batch(dataset: Dataset, indices: ArrayLike<number>): { x: Float32Array; y: Float32Array } {
  const whole = checkedDataset(dataset, 'batch', { numbers: false });
  const where = `batch(${whole.name})`;
  const expected = `${where}: expected samples 0 to ${whole.count - 1}`;
  if (!isNumbers(indices)) throw new ArgumentError(`${expected}, as an array, ${foundInstead(indices)}`);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (Number.isInteger(index) && index >= 0 && index < whole.count) continue;
    throw new ArgumentError(`${expected}, found ${shown(index)}`);
  }
  return { x: gather(whole.inputs, indices, `${where}: x`), y: gather(whole.targets, indices, `${where}: y`) };
}

function gather({ kind, data, size, scale }: Field, indices: ArrayLike<number>, what: string): Float32Array {
  const out = allocate(what, indices.length * size, (n) => new Float32Array(n)); // [n][size]
  const refuse = (index: number, found: number): never => {
    const expected = kind === 'labels' ? `a class from 0 to ${size - 1}` : 'numbers that fit 32-bit floats';
    throw new DataError(`${what}: expected ${expected} in sample ${index}, found ${found}`);
  };
  for (let row = 0; row < indices.length; row++) {
    const index = indices[row];
    if (kind === 'labels') {
      const label = data[index];
      if (!(Number.isInteger(label) && label >= 0 && label < size)) refuse(index, label);
      out[row * size + label] = 1;
      continue;
    }
    for (let k = 0; k < size; k++) {
      const value = data[index * size + k] * scale;
      if (!isFinite32(value)) refuse(index, value);
      out[row * size + k] = value;
    }
  }
  return out;
}

/** Numbers a sample takes in `data`. */
const stored = (field: Field): number => (field.kind === 'labels' ? 1 : field.size);
