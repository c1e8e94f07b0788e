/** Gives the samples of a data set other targets. */
import { checkKeys } from '../base/arguments.ts';
import { type ArraysOptions, type TargetOptions, targetField } from './array-fields.ts';
import { checkedDataset, isKnown, made } from './checked-dataset.ts';
import type { Dataset } from './dataset.ts';
import { checkedMeaning } from './meaning.ts';

/**
 * Gives the samples of a data set other targets. The inputs are not copied.
 *
 * @param targets `'inputs'`: the inputs themselves, scaled as they are, as an autoencoder needs them; then a net keeps one copy of
 * the numbers for both. Or targets as `fromArrays` takes them: one class per sample, one for each place, or values.
 * @param options Number and names of the classes, and the shape of labels, as for `fromArrays`.
 * @throws {ArgumentError} For an unknown option, or a value that is not a data set.
 * @throws {DataError} As `fromArrays` for targets, or for an invalid data set made by hand.
 */
export function withTargets(
  dataset: Dataset,
  targets: 'inputs' | ArraysOptions['y'],
  options: TargetOptions = {},
): Dataset {
  checkKeys('withTargets', options, ['labelShape', 'classes', 'classNames']);
  const { classNames: _, ...whole } = checkedDataset(dataset, 'withTargets');
  const { name, count, inputs } = whole;
  const field = targets === 'inputs' ? inputs : targetField(targets, count, options, name);
  const { classNames } = options;
  const set = { ...whole, targets: field, ...checkedMeaning({ classNames }, field.size, name) };
  return isKnown(whole) ? made(set) : set;
}
