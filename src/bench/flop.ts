/** Floating-point operations of a graph, counted over its products of sums: what is element by element is left out. */
import { columns } from '../base/tensor.ts';
import type { Graph } from '../graph/graph.ts';

/** Two for each multiplication with its addition, over all matrix products and convolutions. */
export const flopOf = ({ nodes }: Graph): number =>
  nodes.reduce((sum, node) => {
    const work = node.op.kind === 'kernel' ? (node.op.body(node).work ?? 0) : 0;
    return sum + 2 * work * columns(node.shape);
  }, 0);
