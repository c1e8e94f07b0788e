/** Shape rules that several ops share. Each throws ShapeError naming the op and every operand with its shape. */
import { ShapeError } from '../../base/errors.ts';
import { columns, rows, type Shape, sameShape, show, size } from '../../base/tensor.ts';
import { label, type Node } from '../../graph/graph.ts';

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

/** [channels, 1] or [features, 1]: one value for each place on the first axis of x, or on all but its last. */
export const isPerRow = (x: Node, { shape }: Node): boolean =>
  [x.shape[0], rows(x.shape)].some((m) => sameShape(shape, [m, 1]));
/** [1, N]: one value for each sample. */
export const isPerSample = (x: Node, { shape }: Node): boolean => sameShape(shape, [1, columns(x.shape)]);

/** [groups, N]: one value for each sample and group of rows of it, such as its channels. */
export const isPerGroup = (x: Node, { shape }: Node): boolean =>
  shape.length === 2 && columns(shape) === columns(x.shape) && rows(x.shape) % shape[0] === 0;

/** The other inputs have one value per channel, feature or sample of the first, per group of its rows and sample, or one for all. */
export function broadcast(op: string, inputs: readonly Node[]): Shape {
  const [x, ...vectors] = inputs;
  const isOne = ({ shape }: Node) => size(shape) === 1;
  if (
    !vectors.every((vector) => [isPerRow, isPerSample, isPerGroup].some((suits) => suits(x, vector)) || isOne(vector))
  ) {
    const channels = x.shape[0];
    mismatch(op, `one value per channel, feature or sample, such as [${channels}, 1]`, inputs);
  }
  return x.shape;
}
