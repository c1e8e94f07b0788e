/**
 * The graph: an append-only array of nodes. A node's inputs are older nodes, so the order of the array is a topological
 * order. Plain data; `print` shows it.
 */
import { ShapeError } from '../base/errors.ts';
import { show } from '../base/tensor.ts';
import type { Attributes, Graph, Node, Op } from './op.ts';

export type { Attributes, Graph, Node, Printable } from './op.ts';

export const createGraph = (): Graph => ({ nodes: [] });

/** Appends `op` applied to `inputs`. Throws ShapeError where they do not fit together. */
export function append(graph: Graph, op: Op, inputs: readonly Node[], attributes: Attributes = {}, name = ''): Node {
  if (name && find(graph, name))
    throw new ShapeError(`graph: the name "${name}" is taken by ${describe(find(graph, name)!)}`);
  const shape = op.shape(inputs, attributes);
  const node: Node = { id: graph.nodes.length, op, inputs, attributes, shape, name };
  graph.nodes.push(node);
  return node;
}

/** `op` applied to `inputs`: the node that is so already, else a new one. */
export function reuse(graph: Graph, op: Op, inputs: readonly Node[], attributes: Attributes = {}): Node {
  const names = Object.keys(attributes);
  const same = (node: Node): boolean =>
    node.op === op &&
    node.inputs.length === inputs.length &&
    node.inputs.every((input, i) => input === inputs[i]) &&
    names.every((name) => node.attributes[name] === attributes[name]);
  return graph.nodes.find(same) ?? append(graph, op, inputs, attributes);
}

export const find = (graph: Graph, name: string): Node | undefined => graph.nodes.find((node) => node.name === name);

/** How a node is called wherever one is mentioned: its name, or its number. */
export const label = (node: Node): string => node.name || `%${node.id}`;

/** `matmul(W1, x)`: the op, its operands, and the attributes that are not false. */
export function describe(node: Node): string {
  const attributes = Object.entries(node.attributes)
    .filter(([key, value]) => value !== false && !(node.op.kind === 'leaf' && key === 'shape'))
    .map(([key, value]) => (value === true ? key : `${key}=${value}`));
  const operands = [...node.inputs.map(label), ...attributes].join(', ');
  return node.op.kind === 'leaf' && !operands ? node.op.name : `${node.op.name}(${operands})`;
}

/** One line per node: name, shape, what computes it. */
export function printGraph(graph: Graph): string {
  const cells = graph.nodes.map((node) => [label(node), show(node.shape), describe(node)]);
  const width = [0, 1].map((column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map(([name, shape, call]) => `${name.padEnd(width[0])}  ${shape.padEnd(width[1])}  ${call}`).join('\n');
}
