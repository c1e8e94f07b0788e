/** What an evaluation keeps of every sample. */
import stepWgsl from '../../shaders/shared/step.wgsl';
import { sameShape } from '../base/tensor.ts';
import { tensors } from '../graph/leaf.ts';
import type { Case, PointwiseOp } from '../graph/op.ts';
import { mismatch } from './shared/shapes.ts';

/** (record, a, b, step) -> both values at each place, in the slot of the step; overwrites the record, [2 · slots, ...]. */
export const record: PointwiseOp = {
  kind: 'pointwise',
  name: 'record',
  inPlace: 0,
  planes: 2,
  shape: (inputs) => {
    const [kept, a, b] = tensors(inputs);
    const [planes, ...places] = kept.shape;
    if (planes % 2 > 0 || !sameShape(places, a.shape) || !sameShape(a.shape, b.shape)) {
      mismatch('record', 'a record of two planes like both values, or of several times two', inputs);
    }
    return kept.shape;
  },
  f: ([, , a, b], { plane }) => (plane ? b : a),
  rounding: () => 0,
  shaders: () => [stepWgsl], // the slot
  call: ([, a, b]) => `vec2f(${a}, ${b})`,
};

export const recordCases = (): readonly Case[] => [
  { shapes: [[2, 7, 33], [7, 33], [7, 33], null] },
  { shapes: [[6, 2, 9], [2, 9], [2, 9], null], step: { slot: 1 } },
];
