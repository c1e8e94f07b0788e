/**
 * Leaves hold data: parameters (trained), state (of an optimizer, or a running total), batch tensors (x, y) and a data set
 * that stays on the device. The step is a leaf too: ops that read it depend on the row of the step table.
 */
import type { Shape } from '../base/tensor.ts';
import type { Graph, Node } from './graph.ts';
import { append, find } from './graph.ts';
import type { LeafOp } from './op.ts';

const leafOp = (name: string): LeafOp => ({
  kind: 'leaf',
  name,
  shape: (_inputs, attributes) => JSON.parse(String(attributes.shape)) as number[],
});

export const parameter = leafOp('parameter');
export const state = leafOp('state');
export const batch = leafOp('batch');
/** Attribute `format`: 'bytes' | 'floats', packed sample after sample, not padded. */
export const data = leafOp('data');
export const step = leafOp('step');

/** A new leaf; the shape is part of its description. */
export const leaf = (graph: Graph, op: LeafOp, name: string, shape: Shape, attributes = {}): Node =>
  append(graph, op, [], { shape: JSON.stringify(shape), ...attributes }, name);

/** The step of this graph: there is one. */
export const stepOf = (graph: Graph): Node => find(graph, 'step') ?? leaf(graph, step, 'step', [1, 1]);

/** The inputs without the step. */
export const tensors = (inputs: readonly Node[]): readonly Node[] => inputs.filter((node) => node.op !== step);
