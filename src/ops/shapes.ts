/** Shape rules that several ops share. Each throws ShapeError naming the op and every operand with its shape. */
import { ShapeError } from '../errors.ts';
import { label, type Node } from '../graph.ts';
import { type Shape, sameShape, show } from '../tensor.ts';
import { step } from './leaf.ts';

export const operands = (inputs: readonly Node[]): string =>
  inputs.map((node) => `${label(node)} ${show(node.shape)}`).join(', ');

export function mismatch(op: string, expected: string, inputs: readonly Node[]): never {
  throw new ShapeError(`${op}: expected ${expected}, found ${operands(inputs)}`);
}

/** All tensors among the inputs have one shape. */
export function equalShapes(op: string, inputs: readonly Node[]): Shape {
  const [first, ...others] = inputs;
  if (others.some((node) => !sameShape(node.shape, first.shape))) mismatch(op, 'operands of one shape', inputs);
  return first.shape;
}

/** The second input has one value for each place on the first axis of the first: a feature, a channel. */
export function channelVector(op: string, inputs: readonly Node[]): Shape {
  const [x, vector] = inputs;
  if (!sameShape(vector.shape, [x.shape[0], 1])) mismatch(op, `one value per channel, [${x.shape[0]}, 1]`, inputs);
  return x.shape;
}

/** The inputs without the step. */
export const tensors = (inputs: readonly Node[]): readonly Node[] => inputs.filter((node) => node.op !== step);
