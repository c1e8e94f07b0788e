/**
 * The graph: an append-only array of nodes. A node's inputs are older nodes, so the order of the array is a topological
 * order. Plain data; `print` shows it.
 */
import { ShapeError } from '../base/errors.ts';
import { show } from '../base/tensor.ts';
import type { Attributes, Graph, Node, Op } from './op.ts';

export type { Attributes, Graph, Node, Printable } from './op.ts';

export const createGraph = (): Graph => ({ nodes: [] });

/** What is looked up in a graph: nodes by name, and by the operand that they read first. */
interface Index {
  readonly names: Map<string, Node>;
  readonly readers: Map<Node, Node[]>;
}
const indices = new WeakMap<Graph, Index>();

function indexOf(graph: Graph): Index {
  const known = indices.get(graph);
  if (known) return known;
  const index: Index = { names: new Map(), readers: new Map() };
  indices.set(graph, index);
  for (const node of graph.nodes) enter(index, node);
  return index;
}

function enter({ names, readers }: Index, node: Node): void {
  if (node.name) names.set(node.name, node);
  const [first] = node.inputs;
  if (!first) return;
  const known = readers.get(first);
  if (known) known.push(node);
  else readers.set(first, [node]);
}

/** Appends `op` applied to `inputs`. Throws ShapeError where they do not fit together. */
export function append(graph: Graph, op: Op, inputs: readonly Node[], attributes: Attributes = {}, name = ''): Node {
  if (name && find(graph, name))
    throw new ShapeError(`graph: the name "${name}" is taken by ${describe(find(graph, name)!)}`);
  const index = indexOf(graph);
  const shape = op.shape(inputs, attributes);
  const node: Node = { id: graph.nodes.length, op, inputs, attributes, shape, name };
  graph.nodes.push(node);
  enter(index, node);
  return node;
}

/** `op` applied to `inputs`, at least one: the node that is so already, else a new one. */
export function reuse(graph: Graph, op: Op, inputs: readonly Node[], attributes: Attributes = {}): Node {
  const names = Object.keys(attributes);
  const same = (node: Node): boolean =>
    node.op === op &&
    node.inputs.length === inputs.length &&
    node.inputs.every((input, i) => input === inputs[i]) &&
    Object.keys(node.attributes).length === names.length &&
    names.every((name) => node.attributes[name] === attributes[name]);
  return indexOf(graph).readers.get(inputs[0])?.find(same) ?? append(graph, op, inputs, attributes);
}

export const find = (graph: Graph, name: string): Node | undefined => indexOf(graph).names.get(name);

/** Names a node that has been appended. */
export function rename(graph: Graph, node: Node, name: string): void {
  const { names } = indexOf(graph);
  if (names.get(node.name) === node) names.delete(node.name);
  node.name = name;
  names.set(name, node);
}

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
