/** The weights in the file of a net. */
import { DataError } from '../base/errors.ts';
import { indented } from '../base/show-value.ts';
import type { Tensor } from '../base/tensor.ts';
import { differences, type Expected } from './differences.ts';

/** Throws DataError unless the weights in a file are those of its model, and finite. */
export function checkWeights(expected: readonly Expected[], tensors: Readonly<Record<string, Tensor>>, where: string) {
  const weights = Object.entries(tensors).filter(([key]) => key.startsWith('layers.'));
  const wrong = differences(expected, Object.fromEntries(weights));
  if (wrong.length > 0) throw new DataError([`${where}: expected the weights of its model:`, ...indented(wrong)]);
}
