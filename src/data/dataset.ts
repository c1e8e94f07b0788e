import { ArgumentError } from '../errors.ts';

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

/** Samples with their targets: plain data, checked when it is made (see `fromArrays`). */
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

/** The first `count` samples (or all, where there are fewer), sharing memory with the whole. */
export function take(dataset: Dataset, count: number): Dataset {
  if (!Number.isInteger(count) || count < 1) {
    throw new ArgumentError(`take(${dataset.name}): expected a count of 1 or more samples, found ${count}`);
  }
  if (count >= dataset.count) return dataset;
  const cut = (field: Field): Field => ({ ...field, data: field.data.subarray(0, count * stored(field)) });
  return { ...dataset, count, inputs: cut(dataset.inputs), targets: cut(dataset.targets) };
}

/** What the network sees of the samples named: x [n][size] scaled, y [n][size], labels one-hot. */
export function batch(dataset: Dataset, indices: ArrayLike<number>): { x: Float32Array; y: Float32Array } {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (Number.isInteger(index) && index >= 0 && index < dataset.count) continue;
    throw new ArgumentError(`batch(${dataset.name}): expected samples 0 to ${dataset.count - 1}, found ${index}`);
  }
  return { x: gather(dataset.inputs, indices), y: gather(dataset.targets, indices) };
}

function gather({ kind, data, size, scale }: Field, indices: ArrayLike<number>): Float32Array {
  const out = new Float32Array(indices.length * size); // [n][size]
  for (let row = 0; row < indices.length; row++) {
    const index = indices[row];
    if (kind === 'labels') out[row * size + data[index]] = 1;
    else for (let k = 0; k < size; k++) out[row * size + k] = data[index * size + k] * scale;
  }
  return out;
}

/** Numbers a sample takes in `data`. */
const stored = (field: Field): number => (field.kind === 'labels' ? 1 : field.size);
