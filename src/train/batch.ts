/** Checks batches from the caller and lays them out as the tensors of a program. */
import { isList } from '../base/arguments.ts';
import { isFloats, typedArrayName } from '../base/as-bytes.ts';
import { DataError, ShapeError } from '../base/errors.ts';
import { firstOdd, firstWhere, foundInstead, isIntegers, isNumbers } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import { toColumns } from '../base/tensor.ts';
import type { LossFunction } from '../nn/losses.ts';
import { features, outputs } from '../nn/model.ts';
import type { Task } from './graphs.ts';

/** Samples in x. Throws ShapeError unless they are whole. */
export function countSamples({ model }: Task, x: ArrayLike<number>, where: string): number {
  const expected = `${where}: x must hold whole samples of ${features(model)} values`;
  if (!isNumbers(x)) throw new ShapeError(`${expected}, one after another in an array, ${foundInstead(x)}`);
  const count = x.length / features(model);
  if (Number.isInteger(count) && count > 0) return count;
  throw new ShapeError(`${expected}, found ${x.length} values`);
}

/** A batch of the caller's as x and y of a program, and its number of samples. Throws ShapeError or DataError. */
export function packBatch(task: Task, x: ArrayLike<number>, y: ArrayLike<number>, where: string) {
  const count = countSamples(task, x, where);
  const [inputs, classes, batch] = [features(task.model), outputs(task.model), task.batch];
  if (count > batch) {
    throw new ShapeError(
      `${where}: x holds ${count} samples, more than the batch of ${batch} that the net was compiled for`,
    );
  }
  finite(x, `${where}: x`, inputs);
  if (!isNumbers(y)) throw new ShapeError(`${where}: y must hold the targets of ${count} samples, ${foundInstead(y)}`);
  const targets = targetsOf(y, count, classes, where);
  finite(targets, `${where}: y`, classes);
  checkTargets(task.loss, targets, classes, `${where}: y`);
  const tensors = new Map([
    ['x', toColumns(x, inputs, batch)],
    ['y', toColumns(targets, classes, batch)],
  ]);
  return { columns: count, tensors };
}

/** [count][classes]: floats are values and integers class indices; a plain array is either, as its length says. */
function targetsOf(y: ArrayLike<number>, count: number, classes: number, where: string): ArrayLike<number> {
  const only = classes === 1 ? undefined : isFloats(y) ? 'values' : isIntegers(y) ? 'class indices' : undefined;
  if (classes > 1 && y.length === count && only !== 'values') return oneHot(y, classes, where);
  if (y.length === count * classes && only !== 'class indices') return y;
  const [indices, values] = [`${count} class indices`, `${count}${classes > 1 ? ` × ${classes}` : ''} values`];
  const either = classes > 1 ? `${indices} or ${values}` : values;
  const meaning = only && `; a ${typedArrayName(y)} holds ${only}`;
  throw new ShapeError(
    `${where}: y must hold ${either} for the ${count} samples of x, found ${y.length}${meaning ?? ''}`,
  );
}

function oneHot(labels: ArrayLike<number>, classes: number, where: string): Float32Array {
  const out = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new DataError(`${where}: y[${i}] must be a class from 0 to ${classes - 1}, found ${showValue(label)}`);
    }
    out[i * classes + label] = 1;
  }
  return out;
}

/** Throws DataError for the first of the values, [count][perSample], that is no finite number. */
export function finite(values: ArrayLike<number>, what: string, perSample: number): void {
  const odd = firstOdd(values);
  if (odd < 0) return;
  const flat = isList(values[odd]) ? '; pass samples one after another: rows.flat()' : '';
  throw new DataError(
    `${what}: ${placeOf(odd, perSample)} must be a finite number, found ${showValue(values[odd])}${flat}`,
  );
}

/** What arithmetic in 32-bit floats may make of a probability of 1. */
const MOST = 1 + 1e-6;

/**
 * Throws DataError for the first target, of [count][perSample], that is no probability where the loss is one of those.
 * `samples` are their numbers, where these are others than 0, 1, 2, ...
 */
export function checkTargets(
  loss: LossFunction,
  targets: ArrayLike<number>,
  perSample: number,
  what: string,
  samples?: ArrayLike<number>,
): void {
  if (!loss.classifies) return;
  const at = firstWhere(targets, (y) => !(y >= 0 && y <= MOST));
  if (at < 0) return;
  const expected = `must be a probability, from 0 to 1, for ${loss.name}`;
  throw new DataError(`${what}: ${placeOf(at, perSample, samples)} ${expected}, found ${showValue(targets[at])}`);
}

const placeOf = (at: number, perSample: number, samples?: ArrayLike<number>): string => {
  const i = Math.floor(at / perSample);
  return `value ${at % perSample} of sample ${samples?.[i] ?? i}`;
};
