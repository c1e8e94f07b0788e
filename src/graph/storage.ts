/** Where the values of a node are stored: in memory of their own, or in that of an operand, which they overwrite. */
import { byteLength, type Shape, size } from '../base/tensor.ts';
import { label, type Node } from './graph.ts';
import { data } from './leaf.ts';

/** The node whose memory this one uses: its own, unless it overwrites an operand. */
export function storageOf(node: Node): Node {
  const { op } = node;
  return op.kind === 'pointwise' && op.inPlace !== undefined ? storageOf(node.inputs[op.inPlace]) : node;
}
/** Bytes of a tensor in GPU memory; a resident data set is packed, not padded. */
export function bytesOf({ op, shape, attributes }: Node): number {
  if (op !== data) return byteLength(shape);
  return attributes.format === 'bytes' ? Math.ceil(size(shape) / 4) * 4 : 4 * size(shape);
}
/** The shape of the places where a node has its values. */
export const placesOf = ({ op, shape }: Node): Shape =>
  op.kind === 'pointwise' && (op.planes ?? 1) > 1 ? shape.slice(1) : shape;
/** How many slots the tensor has that it overwrites; the step names the one it writes to. */
export const slotsOf = ({ op, shape }: Node): number =>
  op.kind === 'pointwise' && (op.planes ?? 1) > 1 ? shape[0] / op.planes! : 1;
export const overwrites = (node: Node): boolean => storageOf(node) !== node;
/** How what it stores is called: W1′ where it overwrites W1. */
export const written = (node: Node): string => (overwrites(node) ? `${label(storageOf(node))}′` : label(node));
