/** Counts the floating-point operations of a graph: those of its sums of products. Elementwise ops are not counted. */
import { columns } from '../base/tensor.ts';
import type { Graph } from '../graph/graph.ts';

/**
 * Counts the floating-point operations in a graph: two for each multiply-add of its matrix products and convolutions.
 * Element-by-element work is not counted.
 */
export const flopOf = ({ nodes }: Graph): number =>
  nodes.reduce((sum, node) => {
    const work = node.op.kind === 'kernel' ? (node.op.body(node).work ?? 0) : 0;
    return sum + 2 * work * columns(node.shape);
  }, 0);
