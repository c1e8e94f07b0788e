/** Numbers of a caller's as samples and targets: checked, and as a net sees them. */
import { isCount, isList, member } from '../base/arguments.ts';
import { isFloats, isUint8Array, typedArrayName } from '../base/as-bytes.ts';
import { DataError, ShapeError } from '../base/errors.ts';
import { firstOdd, firstWhere, foundInstead, isIntegers, isNumbers, type Rows, writeOneHot } from '../base/numbers.ts';
import { placeOf } from '../base/place-of.ts';
import { showValue } from '../base/show-value.ts';
import type { Field } from '../data/dataset.ts';
import { stored } from '../data/parts.ts';
import type { AnyDataset } from '../data/streamed.ts';
import { type LossFunction, targetsOf as targetsFor } from '../nn/losses/loss.ts';

/**
 * Numbers of a caller's as samples [n][width], bytes times the scale. Throws ShapeError unless they are whole samples, and
 * DataError for the first that is no finite number.
 */
export function samplesFrom(given: Rows, width: number, what: string, scale = 1): Float32Array {
  if (isRows(given)) return fromRows(given, width, what, scale);
  const expected = `${what} must hold whole samples of ${width} values`;
  if (!isNumbers(given)) throw new ShapeError(`${expected}, as rows or one after another, ${foundInstead(given)}`);
  const count = given.length / width;
  if (!isCount(count)) throw new ShapeError(`${expected}, found ${given.length} values`);
  finite(given, what, width);
  return seen(given, isUint8Array(given) ? scale : 1);
}

/** A list of rows, and not of numbers. */
export const isRows = (given: unknown): given is readonly ArrayLike<number>[] =>
  isList(given) && typeof given[0] === 'object';

function fromRows(rows: readonly ArrayLike<number>[], width: number, what: string, scale: number): Float32Array {
  // Looked at before there is memory for them.
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!isNumbers(row))
      throw new ShapeError(`${what}[${i}]: expected a row of ${width} numbers, ${foundInstead(row)}`);
    if (row.length !== width) throw new ShapeError(`${what}[${i}]: expected ${width} numbers, found ${row.length}`);
    finite(row, what, width, i);
  }
  const samples = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) samples.set(seen(rows[i], isUint8Array(rows[i]) ? scale : 1), i * width);
  return samples;
}

/** Stored numbers as a net sees them. */
export function seen(stored: ArrayLike<number>, scale: number): Float32Array {
  const factor = Math.fround(scale);
  const values = Float32Array.from(stored);
  if (factor !== 1) for (let i = 0; i < values.length; i++) values[i] *= factor;
  return values;
}

/** Of what may be samples or a data set, in memory or not. */
export const isDataset = (x: unknown): x is AnyDataset => member(x, 'inputs') !== undefined;

/** Targets of a caller's as values [count][classes], which are so many choices. Throws ShapeError for another number of them, and DataError. */
export function targetsFrom(
  y: Rows | undefined,
  count: number,
  classes: number,
  where: string,
  choices = 1,
): ArrayLike<number> {
  if (!isNumbers(y)) throw new ShapeError(`${where}: y must hold the targets of ${count} samples, ${foundInstead(y)}`);
  if (!isRows(y)) {
    const targets = targetsOf(y, count, classes, where, choices);
    finite(targets, `${where}: y`, classes);
    return targets;
  }
  if (y.length !== count)
    throw new ShapeError(`${where}: y must hold a row for each of the ${count} samples of x, found ${y.length}`);
  return samplesFrom(y, classes, `${where}: y`);
}

/** [count][classes]: floats are values and integers class indices; a plain array is either, as its length says. */
function targetsOf(
  y: ArrayLike<number>,
  count: number,
  classes: number,
  where: string,
  choices: number,
): ArrayLike<number> {
  const only = classes === 1 ? undefined : isFloats(y) ? 'values' : isIntegers(y) ? 'class indices' : undefined;
  const labels = count * choices;
  if (classes > choices && y.length === labels && only !== 'values')
    return oneHot(y, classes / choices, where, choices);
  if (y.length === count * classes && only !== 'class indices') return y;
  const [indices, values] = [`${labels} class indices`, `${count}${classes > 1 ? ` × ${classes}` : ''} values`];
  const either = classes > 1 ? `${indices} or ${values}` : values;
  const meaning = only && `; a ${typedArrayName(y)} holds ${only}`;
  throw new ShapeError(
    `${where}: y must hold ${either} for the ${count} samples of x, found ${y.length}${meaning ?? ''}`,
  );
}

export function oneHot(labels: ArrayLike<number>, classes: number, where: string, places = 1): Float32Array {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new DataError(`${where}: y[${i}] must be a class from 0 to ${classes - 1}, found ${showValue(label)}`);
    }
  }
  return writeOneHot(labels, classes, places, new Float32Array(labels.length * classes));
}

/** Throws DataError for the first of the values, [n][perSample] from sample `first` on, that is no finite number. */
function finite(values: ArrayLike<number>, what: string, perSample: number, first = 0): void {
  const odd = firstOdd(values);
  if (odd < 0) return;
  const place = placeOf(first * perSample + odd, perSample);
  throw new DataError(`${what}: ${place} must be a finite number, found ${showValue(values[odd])}`);
}

/**
 * Throws DataError for the first target, of [count][perSample], that the loss does not take.
 * `samples` are their numbers, where these are others than 0, 1, 2, ...
 */
export function checkTargets(
  loss: LossFunction,
  targets: ArrayLike<number>,
  perSample: number,
  what: string,
  samples?: ArrayLike<number>,
): void {
  const rule = targetsFor(loss);
  if (!rule) return;
  const at = firstWhere(targets, (y) => !rule.takes(y));
  if (at < 0) return;
  const expected = `must be ${rule.expected} for ${loss.name}`;
  throw new DataError(`${what}: ${placeOf(at, perSample, samples)} ${expected}, found ${showValue(targets[at])}`);
}

/**
 * The same for the targets of several outputs, as they are stored: of parts that are values, each by the loss of its output.
 */
export function checkNamedTargets(
  { heads = [] }: LossFunction,
  field: Pick<Field, 'kind' | 'size' | 'scale' | 'parts'>,
  data: ArrayLike<number>,
  what: string,
  samples?: ArrayLike<number>,
): void {
  const all = stored(field);
  let first = 0;
  const parts = field.parts ?? heads.map(({ name, outputs }) => ({ name, kind: 'values' as const, size: outputs }));
  for (const { name, kind, size } of parts) {
    const own = heads.find((head) => head.name === name);
    if (kind === 'values' && own) {
      const values = Float32Array.from({ length: (data.length / all) * size }, (_, i) => {
        return data[Math.floor(i / size) * all + first + (i % size)] * field.scale;
      });
      checkTargets(own.loss, values, size, `${what}: ${name}`, samples);
    }
    first += kind === 'labels' ? 1 : size;
  }
}
