/** What an evaluation keeps from one batch to the next, beside totals. */
import holdWgsl from '../../shaders/pointwise/hold.wgsl';
import stepWgsl from '../../shaders/shared/step.wgsl';
import { sameShape } from '../base/tensor.ts';
import { tensors } from '../graph/leaf.ts';
import type { Case, PointwiseOp } from '../graph/op.ts';
import { equalShapes, mismatch } from './shared/shapes.ts';

/** (held, value, step) -> the value of the step that began the totals, which overwrites `held`. */
export const hold: PointwiseOp = {
  kind: 'pointwise',
  name: 'hold',
  inPlace: 0,
  shape: (inputs) => equalShapes('hold', tensors(inputs)),
  f: ([held, value], { step }) => (step.begins ? value : held),
  rounding: () => 0,
  shaders: () => [holdWgsl],
  call: ([held, value]) => `hold(${held}, ${value})`,
};

export const holdCases = (): readonly Case[] =>
  [0, 1].map((begins) => ({ shapes: [[7, 1], [7, 1], null], step: { begins } }));

/** x -> its first column, and 0 elsewhere. */
export const firstColumn: PointwiseOp = {
  kind: 'pointwise',
  name: 'firstColumn',
  shape: ([x]) => x.shape,
  f: ([x], { column }) => (column === 0 ? x : 0),
  rounding: () => 0,
  shaders: () => [],
  call: ([x]) => `select(0.0, ${x}, col == 0u)`,
};

export const firstColumnCases = (): readonly Case[] => [{ shapes: [[1, 1]] }, { shapes: [[7, 33]] }];

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
