/** Definitions that model.py has where its net needs them, by the name that the net calls. */
import batchNorm from './python/parts/batch_norm.py';
import multiplied from './python/parts/multiplied.py';
import part from './python/parts/part.py';
import skipping from './python/parts/skipping.py';
import standardize from './python/parts/standardize.py';

export const parts = {
  BatchNorm: batchNorm,
  Standardize: standardize,
  part_of: part,
  multiplied,
  skipping_zeros: skipping,
};

export type Part = keyof typeof parts;
