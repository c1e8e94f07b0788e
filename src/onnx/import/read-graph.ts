/** The graph of an ONNX file as far as its outputs need it, checked for what no converter of an operator looks at. */
import type { Bytes } from '../../base/as-bytes.ts';
import { DataError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';
import type { AttributeMessage, Entry, GraphMessage, ModelMessage, NodeMessage, ValueInfo } from '../messages.ts';
import { type Constant, constantOf } from './constant.ts';

/** A node with all lists there. */
export interface GraphNode {
  /** Operator, with its domain where that is not ONNX itself. */
  readonly op: string;
  /** What messages call it. */
  readonly label: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeMessage>;
}

export interface Graph {
  /** In an order in which they can run. */
  readonly nodes: readonly GraphNode[];
  readonly initializers: ReadonlyMap<string, Constant>;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly string[];
  /** How many nodes take a value, and outputs of the graph are it. */
  readonly uses: ReadonlyMap<string, number>;
  /** Version of the operators. */
  readonly opset: number;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Versions of the operators of ONNX that are known here. */
const OPSETS = { least: 7, most: 24 };

/** Nodes of a graph. */
const MOST_NODES = 5000;

/**
 * @param external Bytes of other files, by the path that the graph has for them.
 * @throws {DataError} For a graph that is none.
 */
export function readGraph(model: ModelMessage, external: Readonly<Record<string, Bytes>>, where: string): Graph {
  const { graph } = model;
  if (!graph) throw new DataError(`${where}: expected an ONNX model, found one without a graph`);
  const opset = opsetOf(model, where);
  if ((graph.sparseInitializer ?? []).length > 0)
    throw new DataError(`${where}: expected initializers as lists of numbers, found sparse ones`);
  const initializers = new Map<string, Constant>();
  for (const tensor of graph.initializer ?? []) {
    const name = tensor.name ?? '';
    if (name === '' || initializers.has(name))
      throw new DataError(`${where}: expected initializers with names of their own, found ${showValue(name)}`);
    initializers.set(name, constantOf(tensor, name, external, `${where}: initializer ${showValue(name)}`));
  }
  const inputs = (graph.input ?? []).filter(({ name = '' }) => !initializers.has(name));
  const outputs = (graph.output ?? []).map(({ name = '' }) => name);
  const nodes = nodesOf(graph, where);
  checkNames(nodes, [...initializers.keys(), ...inputs.map(({ name = '' }) => name)], outputs, where);
  const needed = neededFor(outputs, nodes);
  const uses = new Map<string, number>();
  for (const name of [...outputs, ...needed.flatMap((node) => node.inputs)]) uses.set(name, (uses.get(name) ?? 0) + 1);
  return { nodes: needed, initializers, inputs, outputs, uses, opset, metadata: textsOf(model.metadataProps) };
}

function opsetOf({ opsetImport = [] }: ModelMessage, where: string): number {
  const { version = 0 } = opsetImport.find(({ domain = '' }) => isOnnx(domain)) ?? {};
  if (version >= OPSETS.least && version <= OPSETS.most) return version;
  throw new DataError(`${where}: expected opset ${OPSETS.least} to ${OPSETS.most}, found ${version}`);
}

const isOnnx = (domain: string): boolean => domain === '' || domain === 'ai.onnx';

const textsOf = (entries: readonly Entry[] = []): ReadonlyMap<string, string> =>
  new Map(entries.map(({ key = '', value = '' }) => [key, value]));

function nodesOf({ node = [] }: GraphMessage, where: string): GraphNode[] {
  if (node.length > MOST_NODES)
    throw new DataError(`${where}: expected at most ${MOST_NODES} nodes, found ${node.length}`);
  return node.map((message, i) => nodeOf(message, i, where));
}

function nodeOf(
  { opType = '', domain = '', name, input = [], output = [], attribute = [] }: NodeMessage,
  i: number,
  where: string,
): GraphNode {
  const op = isOnnx(domain) ? opType : `${domain}.${opType}`;
  const label = `${showValue(name || `node ${i}`)}: ${op}`;
  const attributes = new Map<string, AttributeMessage>();
  for (const one of attribute) {
    const key = one.name ?? '';
    if (attributes.has(key)) throw new DataError(`${where}: ${label}: expected ${showValue(key)} once, found it twice`);
    attributes.set(key, one);
  }
  return { op, label, inputs: input, outputs: output, attributes };
}

/** Throws DataError for a value that is made twice, or is used before it is made, as in a cycle. */
function checkNames(
  nodes: readonly GraphNode[],
  given: readonly string[],
  outputs: readonly string[],
  where: string,
): void {
  const made = new Set<string>();
  const make = (name: string, by: string): void => {
    if (made.has(name))
      throw new DataError(`${where}: ${by}: expected another name for ${showValue(name)}, found it twice`);
    made.add(name);
  };
  for (const name of given) make(name, 'inputs and initializers');
  for (const { label, inputs, outputs } of nodes) {
    const unknown = inputs.find((name) => name !== '' && !made.has(name));
    if (unknown !== undefined)
      throw new DataError(`${where}: ${label}: expected inputs that nodes before it make, found ${showValue(unknown)}`);
    for (const name of outputs) if (name !== '') make(name, label);
  }
  if (outputs.length === 0) throw new DataError(`${where}: expected an output, found none`);
  if (new Set(outputs).size < outputs.length) throw new DataError(`${where}: expected each output once`);
  const missing = outputs.find((name) => !made.has(name));
  if (missing !== undefined)
    throw new DataError(`${where}: expected an output that a node makes, found ${showValue(missing)}`);
}

/** The nodes that outputs depend on, in their order. */
function neededFor(outputs: readonly string[], nodes: readonly GraphNode[]): GraphNode[] {
  const wanted = new Set(outputs);
  const needed = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => wanted.has(name))) return false;
    for (const name of node.inputs) wanted.add(name);
    return true;
  });
  return needed.reverse();
}
