/** Selects samples of a data set. */

import { isCount } from '../base/arguments.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { isFinite32 } from '../base/float32.ts';
import { allocate, foundInstead, isNumbers } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import { checkedDataset, isKnown, made } from './checked-dataset.ts';
import type { Dataset, Field } from './dataset.ts';
import { mapFields } from './fields.ts';
import { seePart, stored } from './parts.ts';

/**
 * The first samples of a data set, as a data set that shares its memory.
 *
 * @param count Number of samples, a positive integer; all are taken if there are fewer.
 * @throws {ArgumentError} For an invalid count, or a value that is not a data set.
 * @throws {DataError} For an invalid data set made by hand.
 */
export function take(dataset: Dataset, count: number): Dataset {
  const whole = checkedDataset(dataset, 'take');
  if (!isCount(count)) {
    throw new ArgumentError(`take(${whole.name}): expected a count of 1 or more samples, found ${showValue(count)}`);
  }
  if (count >= whole.count) return dataset;
  const cut = (field: Field): Field => ({ ...field, data: field.data.subarray(0, count * stored(field)) });
  const part = { ...whole, count, ...mapFields(whole, cut) };
  return isKnown(whole) ? made(part) : part;
}

/**
 * Some samples of a data set as a net sees them, for `predict`, `step` and `check`.
 *
 * @param indices The samples, counted from 0.
 * @returns Arrays of their own, one sample after another.
 * @throws {ArgumentError} For an index that is out of range, or a value that is not a data set.
 * @throws {DataError} For an invalid data set made by hand.
 */
export function batch(
  dataset: Dataset,
  indices: ArrayLike<number>,
): {
  /** Inputs `[n][size]`, scaled. */
  x: Float32Array;
  /** Targets `[n][size]`; labels are one-hot. */
  y: Float32Array;
  /** Weights `[n]`, where the samples have some. */
  sampleWeights?: Float32Array;
} {
  const whole = checkedDataset(dataset, 'batch', { numbers: false });
  const where = `batch(${whole.name})`;
  const expected = `${where}: expected sample indices from 0 to ${whole.count - 1}`;
  if (!isNumbers(indices)) throw new ArgumentError(`${expected} in an array, ${foundInstead(indices)}`);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (Number.isInteger(index) && index >= 0 && index < whole.count) continue;
    throw new ArgumentError(`${expected}, found ${showValue(index)}`);
  }
  const { inputs, targets, sampleWeights } = whole;
  return {
    x: gather(inputs, indices, `${where}: x`),
    y: gather(targets, indices, `${where}: y`),
    ...(sampleWeights && { sampleWeights: gather(sampleWeights, indices, `${where}: sampleWeights`) }),
  };
}

function gather(field: Field, indices: ArrayLike<number>, what: string): Float32Array {
  const { kind, data, size, scale, parts } = field;
  const out = allocate(what, indices.length * size, (n) => new Float32Array(n)); // [n][size]
  const refuse = (index: number, found: number): never => {
    const expected = kind === 'labels' ? `a class from 0 to ${size - 1}` : 'numbers that fit in 32-bit floats';
    throw new DataError(`${what}: expected ${expected} in sample ${index}, found ${found}`);
  };
  for (let row = 0; row < indices.length; row++) {
    const index = indices[row];
    if (parts) {
      seePart(field, index, out, row * size);
      continue;
    }
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
