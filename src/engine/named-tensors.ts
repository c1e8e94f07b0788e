/** Tensors of a program by name: lists them, and reads and writes several at once. */
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import type { Shape, Tensor } from '../base/tensor.ts';
import type { Graph, Node } from '../graph/graph.ts';
import { parameter, state, step } from '../graph/leaf.ts';
import type { Data } from '../graph/op.ts';
import type { Program } from './engine.ts';
import type { Held } from './held.ts';

/** Compact, by name. */
export type Tensors = ReadonlyMap<string, Data>;

/** The same, or tensors on the device to be copied there. */
export type Written = ReadonlyMap<string, Data | Held>;

/** The tensors of the nodes that are wanted, of those that can be read. */
export const readTensors = (program: Program, wanted: (node: Node) => boolean) =>
  program.readAll(
    program.graph.nodes.filter((node) => program.tensors.has(node.name) && wanted(node)).map((node) => node.name),
  );

/** Parameters and state: what a step overwrites. */
export const readState = (program: Program): Promise<Tensors> =>
  readTensors(program, ({ op }) => op === parameter || op === state);

export const readParameters = (program: Program): Promise<Tensors> =>
  readTensors(program, ({ op }) => op === parameter);

/** All that can be read after a step. */
export const readAll = (program: Program): Promise<Tensors> => readTensors(program, () => true);

/**
 * A tensor for each of these, such as parameters, under its key and in its shape: the one that `nameOf` names. All of them
 * are asked for before anything is awaited, and so are of one step.
 */
export async function readByKey<T extends { readonly key: string; readonly shape: Shape }>(
  program: Program,
  wanted: readonly T[],
  nameOf: (one: T) => string,
): Promise<Record<string, Tensor>> {
  const tensors = await program.readAll(wanted.map(nameOf));
  return Object.fromEntries(wanted.map((one) => [one.key, { shape: one.shape, data: tensors.get(nameOf(one))! }]));
}

export function writeTensors(program: Program, tensors: Written): void {
  for (const [name, data] of tensors) {
    if ('copyTo' in data) data.copyTo(program, name);
    else program.write(name, data);
  }
}

export const tensorNames = (graph: Graph): string[] =>
  graph.nodes.filter(({ name, op }) => name && op !== step).map(({ name }) => name);

/** The error for a name that is not in the graph. */
export const unknownTensor = (where: string, name: unknown, graph: Graph): ArgumentError =>
  new ArgumentError(`${where}: expected one of ${tensorNames(graph).join(', ')}, found ${showValue(name)}`);
