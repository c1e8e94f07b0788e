/**
 * Adds up the gradients of several batches until an update is due, as if they were one batch: for means over n samples each,
 * Σᵢ nᵢ gᵢ / Σᵢ nᵢ. Also the ops of optimizers that wait for that: until an update is due, they leave their operand
 * unchanged.
 */
import accumulateWgsl from '../../shaders/update/accumulate.wgsl';
import perSampleWgsl from '../../shaders/update/per_sample.wgsl';
import whenDueWgsl from '../../shaders/update/when_due.wgsl';
import { TINY, U } from '../base/float32.ts';
import { tensors } from '../graph/leaf.ts';
import type { Case, Place, PointwiseOp } from '../graph/op.ts';
import { equalShapes } from './shared/shapes.ts';

const weighted = (g: number, { attributes, step }: Place): number => (attributes.mean ? g * step.columns : g);

const cases = (): Case[] =>
  [true, false].flatMap((mean) =>
    [0, 1].map((fresh) => ({
      shapes: [[7, 33], [7, 33], null],
      attributes: { mean },
      step: { fresh },
    })),
  );

/** s ← s + n g, and s ← n g in the first of the batches; inputs s, g, step. Attribute `mean`: else n = 1. */
export const accumulate: PointwiseOp = {
  kind: 'pointwise',
  name: 'accumulate',
  inPlace: 0,
  shape: (inputs) => equalShapes('accumulate', tensors(inputs)),
  f: ([sum, g], place) => (place.step.fresh ? 0 : sum) + weighted(g, place),
  rounding: ([, g], result, place) => U * (Math.abs(weighted(g, place)) + Math.abs(result)),
  shaders: () => [accumulateWgsl],
  call: ([sum, g], { mean }) => `accumulate(${sum}, ${g}, ${Boolean(mean)})`,
};

export const accumulateCases = (): readonly Case[] => cases();

/** s / Σᵢ nᵢ; inputs s, step. */
export const perSample: PointwiseOp = {
  kind: 'pointwise',
  name: 'perSample',
  shape: (inputs) => equalShapes('perSample', tensors(inputs)),
  f: ([sum], { step }) => sum * step.share,
  rounding: (_args, result) => U * Math.abs(result) + TINY,
  shaders: () => [perSampleWgsl],
  call: ([sum]) => `per_sample(${sum})`,
};

export const perSampleCases = (): readonly Case[] => [{ shapes: [[7, 33], null], step: { share: 1 / 12 } }];

/** An op that overwrites its first operand, and does so only where an update is due. */
const waiting = (op: PointwiseOp): PointwiseOp => ({
  ...op,
  name: `${op.name}WhenDue`,
  shape: (inputs) => equalShapes(`${op.name}WhenDue`, tensors(inputs)),
  f: (args, place) => (place.step.due ? op.f(args, place) : args[0]),
  rounding: (args, result, place) => (place.step.due ? op.rounding(args, result, place) : 0),
  shaders: (attributes) => [...op.shaders(attributes), whenDueWgsl],
  call: (args, attributes) => `when_due(${op.call(args, attributes)}, ${args[0]})`,
});

const made = new Map<PointwiseOp, PointwiseOp>();

/** The same op, waiting; the step is its last input. */
export function whenDue(op: PointwiseOp): PointwiseOp {
  const known = made.get(op) ?? waiting(op);
  made.set(op, known);
  return known;
}
