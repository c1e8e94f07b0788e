/** x, and 0 in the columns past the end of a ragged batch, where what a caller hands over may hold anything; inputs x, step. */
import weighWgsl from '../../shaders/pointwise/weigh.wgsl';
import { tensors } from '../graph/leaf.ts';
import type { Case, PointwiseOp } from '../graph/op.ts';
import { equalShapes } from './shared/shapes.ts';

export const valid: PointwiseOp = {
  kind: 'pointwise',
  name: 'valid',
  shape: (inputs) => equalShapes('valid', tensors(inputs)),
  f: ([x], { step, column }) => (column < step.columns ? x : 0),
  rounding: () => 0,
  shaders: () => [weighWgsl],
  call: ([x]) => `weigh(${x}, col, 1.0, false)`,
};

export const validCases = (): readonly Case[] => [{ shapes: [[7, 33], null] }, { shapes: [[3, 2, 5, 4], null] }];
