/**
 * Leaves hold data: parameters (trained), state (of an optimizer, or a running total), batch tensors (x, y), a data set
 * that stays on the device, and constants. The step is a leaf too: ops that read it depend on the row of the step table.
 */
import type { Shape } from '../base/tensor.ts';
import type { Attributes, Graph, Node } from './graph.ts';
import { append, find } from './graph.ts';
import { type LeafOp, nameOf, type Printable } from './op.ts';

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
/** Attribute `values`: numbers that come with the graph, and that a program holds from the start. No shader spells them out. */
export const constant = leafOp('constant');
export const step = leafOp('step');

/** A new leaf; the shape is part of its description. */
export const leaf = (graph: Graph, op: LeafOp, name: string, shape: Shape, attributes: Attributes = {}): Node =>
  append(graph, op, [], { shape: JSON.stringify(shape), ...attributes }, name);

interface Numbers extends Printable {
  readonly data: Float32Array;
}

/** Numbers that a printout of a graph spells out; of more it gives the count. */
const SPELLED_OUT = 8;

/** A new constant of this shape. */
export function appendConstant(graph: Graph, name: string, shape: Shape, numbers: readonly number[]): Node {
  const text = numbers.length > SPELLED_OUT ? `${numbers.length} numbers` : `[${numbers.join(', ')}]`;
  const values: Numbers = { name: text, toString: nameOf, data: Float32Array.from(numbers) };
  return leaf(graph, constant, name, shape, { values });
}

/** The numbers of a constant. */
export const valuesOf = ({ attributes }: Node): Float32Array => (attributes.values as Numbers).data;

/** The step of this graph: there is one. */
export const stepOf = (graph: Graph): Node => find(graph, 'step') ?? leaf(graph, step, 'step', [1, 1]);

/** The inputs without the step. */
export const tensors = (inputs: readonly Node[]): readonly Node[] => inputs.filter((node) => node.op !== step);
