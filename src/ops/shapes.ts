/** Shape rules that several ops share. Each throws ShapeError naming the op and every operand with its shape. */
import { ShapeError } from '../errors.ts';
import { label, type Node } from '../graph.ts';
import { columns, rows, type Shape, sameShape, show } from '../tensor.ts';
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

/** The second input has one value per row of the first. */
export function rowVector(op: string, inputs: readonly Node[]): Shape {
  const [matrix, vector] = inputs;
  if (rows(vector.shape) !== rows(matrix.shape) || columns(vector.shape) !== 1) {
    mismatch(op, `one value per row, [${rows(matrix.shape)}, 1]`, inputs);
  }
  return matrix.shape;
}

/** The inputs without the step. */
export const tensors = (inputs: readonly Node[]): readonly Node[] => inputs.filter((node) => node.op !== step);
