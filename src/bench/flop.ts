/** Floating-point operations of a graph, counted over its matrix products: what is element by element is left out. */
import type { Graph, Node } from '../graph.ts';
import { columns, rows, size } from '../tensor.ts';

/** 2·M·N·K summed over the products. */
export const flopOf = ({ nodes }: Graph): number =>
  nodes.filter(({ op }) => op.name === 'matmul').reduce((sum, node) => sum + 2 * size(node.shape) * inner(node), 0);

function inner({ inputs: [a], attributes }: Node): number {
  return attributes.transposeA ? rows(a.shape) : columns(a.shape);
}
