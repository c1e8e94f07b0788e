/** The numbers of a sample with other axes. */
import { isCount, isList } from '../../base/arguments.ts';
import { ArgumentError, ShapeError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';
import { columns, type Shape, show, size } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { axesOf, reshape as reshapeOp } from '../../ops/reshape.ts';
import { type LayerCase, type LayerKind, ofKind } from './layer.ts';

/** A reshape layer as plain data; made by {@link reshape}. */
export interface Reshape {
  /** Kind of layer. */
  readonly layer: 'reshape';
  /** Shape of one sample that comes out; -1 is the size that is left over. */
  readonly shape: Shape;
}

/**
 * Gives samples other axes, with the numbers in the same order, last axis fastest, as PyTorch's `reshape`. It costs nothing where
 * it is fused.
 *
 * @param shape Shape of one sample that comes out, such as `[16, 7, 7]`. One size may be -1: it becomes what the others leave.
 * @throws {ArgumentError} For a size that is no positive integer, or more than one of -1.
 */
export function reshape(shape: Shape): Reshape {
  if (!areSizes(shape))
    throw new ArgumentError(`reshape: shape must be positive integers such as [16, 7, 7], found ${showValue(shape)}`);
  if (shape.filter((n) => n === -1).length > 1)
    throw new ArgumentError(`reshape: expected one size of -1 at most, found ${show(shape)}`);
  return ofKind(reshapeKind, { layer: 'reshape', shape: [...shape] });
}

function areSizes(shape: unknown): boolean {
  if (!isList(shape) || shape.length === 0) return false;
  for (const n of shape) if (!isCount(n) && n !== -1) return false; // as in isShape
  return true;
}

export const reshapeKind: LayerKind<Reshape> = {
  rearranges: true,

  shape({ shape }, [x]) {
    const rest = size(x) / size(shape.filter((n) => n !== -1));
    const found = shape.map((n) => (n === -1 ? rest : n));
    if (Number.isInteger(rest) && size(found) === size(x)) return found;
    throw new ShapeError(`reshape: expected samples of as many numbers as ${show(shape)}, found ${show(x)}`);
  },

  append: (layer, { graph, index }, [x]) => {
    const shape = reshapeKind.shape(layer, [x.shape.slice(0, -1)]);
    return append(graph, reshapeOp, [x], axesOf([...shape, columns(x.shape)]), `a${index}`);
  },

  remade: ({ shape }) => reshape(shape),

  describe: ({ shape }) => `reshape ${shape.join('x')}`,
};

export const reshapeCases = (): readonly LayerCase[] => [
  { layer: reshape([12]), inputs: [[2, 3, 2]] },
  { layer: reshape([3, 2, 2]), inputs: [[12]] },
];
