/** Holds out samples before training. They choose the best epoch, so they are neither trained on nor part of the test. */
import type { Dataset, DatasetPair } from '../data/dataset.ts';
import { splitAs } from '../data/split.ts';

export interface HeldOut extends DatasetPair {
  /** Samples of the training data that are not in `train`. */
  readonly validation: Dataset;
}

/** Draws them by the seed, whatever their order and their classes. Throws ArgumentError where either part would be empty. */
export function holdOut(data: DatasetPair, share: number, seed: number): HeldOut {
  const { name } = data.train;
  const names = [name, `${name.replace(/ train$/, '')} validation`] as const;
  const options = { test: share, stratify: false, seed };
  const { train, test } = splitAs(data.train, options, names, '--validation: expected a share');
  return { ...data, train, validation: test };
}
