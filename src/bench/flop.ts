/** Counts the floating-point operations of a graph: those of its sums of products. Elementwise ops are not counted. */
import type { Graph } from '../graph/graph.ts';
import { multiplyAdds } from '../graph/work.ts';

/**
 * Counts the floating-point operations in a graph: two for each multiply-add of its matrix products and convolutions.
 * Element-by-element work is not counted.
 */
export const flopOf = ({ nodes }: Graph): number => 2 * multiplyAdds(nodes);
