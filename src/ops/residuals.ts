/** What errors of values are made of: differences and their magnitudes. */
import differenceWgsl from '../../shaders/pointwise/difference.wgsl';
import { U } from '../base/float32.ts';
import { sameShape } from '../base/tensor.ts';
import { tensors } from '../graph/leaf.ts';
import type { Case, PointwiseOp } from '../graph/op.ts';
import { broadcast } from './shared/shapes.ts';

/**
 * (a, b, step) -> a − b, with a b like a, or with one per feature or sample, or one for all. Columns past the end of a ragged
 * batch are 0.
 */
export const difference: PointwiseOp = {
  kind: 'pointwise',
  name: 'difference',
  shape: (inputs) => {
    const [a, b] = tensors(inputs);
    return sameShape(a.shape, b.shape) ? a.shape : broadcast('difference', [a, b]);
  },
  f: ([a, b], { step, column }) => (column < step.columns ? a - b : 0),
  rounding: (_args, result) => U * Math.abs(result),
  shaders: () => [differenceWgsl],
  call: ([a, b]) => `difference(${a}, ${b}, col)`,
};

export const differenceCases = (): readonly Case[] => [
  { shapes: [[1, 1], [1, 1], null] },
  { shapes: [[7, 33], [7, 33], null] },
  { shapes: [[7, 33], [7, 1], null] },
];

/** |x| */
export const magnitude: PointwiseOp = {
  kind: 'pointwise',
  name: 'magnitude',
  shape: ([x]) => x.shape,
  f: ([x]) => Math.abs(x),
  rounding: () => 0,
  shaders: () => [],
  call: ([x]) => `abs(${x})`,
};

export const magnitudeCases = (): readonly Case[] => [{ shapes: [[7, 33]] }];
