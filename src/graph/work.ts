/** The work of nodes: that of their sums of products. Elementwise ops are not counted. */
import { columns } from '../base/tensor.ts';
import type { Node } from './op.ts';

/** Multiply-adds of matrix products and convolutions. */
export const multiplyAdds = (nodes: readonly Node[]): number =>
  nodes.reduce((sum, node) => {
    const work = node.op.kind === 'kernel' ? (node.op.body(node).work ?? 0) : 0;
    return sum + work * columns(node.shape);
  }, 0);
