/** Where the values of a node are stored: in memory of their own, or in that of an operand, which they overwrite. */
import { byteLength, columns, type Shape, size } from '../base/tensor.ts';
import { type Graph, label, type Node } from './graph.ts';
import { data, parameter, state } from './leaf.ts';
import type { StepRow } from './step-row.ts';

/** The node whose memory this one uses: its own, unless it overwrites an operand. */
export function storageOf(node: Node): Node {
  const { op } = node;
  return op.kind === 'pointwise' && op.inPlace !== undefined ? storageOf(node.inputs[op.inPlace]) : node;
}
/** Bytes behind a tensor that steps overwrite: the flag that a watched step raises there, a float, and nothing. */
export const FLAG_BYTES = 16;
/** Bytes of a tensor in GPU memory; a resident data set is packed, not padded. */
export function bytesOf({ op, shape, attributes }: Node): number {
  if (op === parameter || op === state) return byteLength(shape) + FLAG_BYTES;
  if (op !== data) return byteLength(shape);
  return attributes.format === 'bytes' ? Math.ceil(size(shape) / 4) * 4 : 4 * size(shape);
}
/** The shape of the places where a node has its values. */
export const placesOf = ({ op, shape }: Node): Shape =>
  op.kind === 'pointwise' && (op.planes ?? 1) > 1 ? shape.slice(1) : shape;
/** Attribute of a leaf with slots: a batch has the one of its place in the data set, and not the one that the step names. */
export const BY_BATCH = 'byBatch';
/** The slot that a step writes to. */
export const slotAt = (node: Node, { slot, start }: Pick<StepRow, 'slot' | 'start'>): number =>
  storageOf(node).attributes[BY_BATCH] ? Math.floor(start / columns(node.shape)) : slot;
/** How many slots the tensor has that it overwrites. */
export const slotsOf = ({ op, shape }: Node): number =>
  op.kind === 'pointwise' && (op.planes ?? 1) > 1 ? shape[0] / op.planes! : 1;
/** How many slots a tensor has, as the op says that overwrites it. */
export function slotsIn({ nodes }: Graph, name: string): number {
  const by = nodes.find((node) => overwrites(node) && storageOf(node).name === name);
  return by ? slotsOf(by) : 1;
}
export const overwrites = (node: Node): boolean => storageOf(node) !== node;
/** How what it stores is called: W1′ where it overwrites W1. */
export const written = (node: Node): string => (overwrites(node) ? `${label(storageOf(node))}′` : label(node));
