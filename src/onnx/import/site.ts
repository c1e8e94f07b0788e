/** Where a node is converted: its inputs and attributes, and the layers that it appends. */
import { showValue } from '../../base/show-value.ts';
import { type Shape, sameShape, show } from '../../base/tensor.ts';
import type { AttributeMessage, TensorMessage } from '../messages.ts';
import { type Constant, isBatch } from './constant.ts';
import type { Graph, GraphNode } from './read-graph.ts';
import type { Steps } from './steps.ts';
import { type Data, Refusal, Unknown, type Value } from './value.ts';

export class Site {
  readonly node: GraphNode;
  readonly inputs: readonly (Value | undefined)[];
  readonly opset: number;
  readonly steps: Steps;
  /** The size of the batch, where the graph has a fixed one. */
  readonly batchSize: number | undefined;
  /** Whether the graph ends with the only use of what the node gives. */
  readonly isLast: boolean;
  private readonly unread: Set<string>;
  private readonly uses: ReadonlyMap<string, number>;

  constructor(
    node: GraphNode,
    inputs: readonly (Value | undefined)[],
    { opset, uses, outputs }: Graph,
    steps: Steps,
    batchSize: number | undefined,
  ) {
    this.node = node;
    this.inputs = inputs;
    this.opset = opset;
    this.steps = steps;
    this.batchSize = batchSize;
    this.uses = uses;
    this.isLast = outputs.includes(node.outputs[0]) && this.usesOf(0) === 1;
    this.unread = new Set(node.attributes.keys());
  }

  /** How often an output of the node is used. */
  usesOf(i: number): number {
    const name = this.node.outputs[i];
    return name ? (this.uses.get(name) ?? 0) : 0;
  }

  /** Refuses a graph that uses more than the first output, which no layer gives. */
  onlyFirst(others: string): void {
    if (this.node.outputs.some((_, i) => i > 0 && this.usesOf(i) > 0))
      throw new Refusal(`${others} as an output that is used: no layer gives it`);
  }

  private attribute(name: string): AttributeMessage | undefined {
    this.unread.delete(name);
    return this.node.attributes.get(name);
  }

  int(name: string, usual: number): number {
    return this.attribute(name)?.i ?? (this.has(name) ? 0 : usual);
  }

  float(name: string, usual: number): number {
    return this.attribute(name)?.f ?? (this.has(name) ? 0 : usual);
  }

  ints(name: string): readonly number[] | undefined {
    return this.attribute(name)?.ints ?? (this.has(name) ? [] : undefined);
  }

  floats(name: string): readonly number[] | undefined {
    return this.attribute(name)?.floats;
  }

  text(name: string, usual: string): string {
    const found = this.attribute(name)?.s;
    return found ? new TextDecoder().decode(new Uint8Array(found)) : usual;
  }

  tensor(name: string): TensorMessage | undefined {
    return this.attribute(name)?.t;
  }

  has(name: string): boolean {
    return this.node.attributes.has(name);
  }

  /** Reads an attribute that must have its usual value, 0 or another. */
  only(name: string, ...allowed: number[]): void {
    const found = this.int(name, allowed[0]);
    if (!allowed.includes(found)) throw new Refusal(`${name} = ${found}, expected ${allowed.join(' or ')}`);
  }

  /** The attributes that nothing has read: they may mean anything. */
  demandAllRead(): void {
    const [name] = this.unread;
    if (name !== undefined) throw new Refusal(`attribute ${showValue(name)}`);
  }

  value(i: number): Value | undefined {
    return this.inputs[i];
  }

  /** An input that depends on those of the graph. */
  data(i: number): Data {
    const value = this.inputs[i];
    if (value?.kind === 'data') return value;
    // What is unknown may have been constant too, and the node with it.
    if (this.inputs.some((one) => one?.kind === 'unknown')) throw new Unknown();
    throw new Refusal(`input ${i} is ${value ? 'constant' : 'missing'}, expected data`);
  }

  /** A constant input; undefined where it is left out. */
  constant(i: number, what = `input ${i}`): Constant | undefined {
    const value = this.inputs[i];
    if (value === undefined || value.kind === 'constant') return value;
    throw value.kind === 'unknown' ? new Unknown() : new Refusal(`${what} depends on data, expected a constant`);
  }

  demandConstant(i: number, what = `input ${i}`): Constant {
    const found = this.constant(i, what);
    if (!found) throw new Refusal(`${what} is missing`);
    return found;
  }

  /** Constant whole numbers of an input, or of an attribute in older versions of the operator. */
  integers(i: number, name: string): readonly number[] | undefined {
    const given = this.ints(name);
    if (given) return given;
    const found = this.constant(i, name);
    if (found && !found.whole) throw new Refusal(`${name} has no whole numbers`);
    return found && Array.from(found.numbers());
  }

  /** A constant with exactly these axes. */
  weights(i: number, dims: Shape, what = `input ${i}`): Constant {
    const found = this.demandConstant(i, what);
    if (!sameShape(found.dims, dims)) throw new Refusal(`${what} is ${show(found.dims)}, expected ${show(dims)}`);
    return found;
  }
}

/** The number of an axis, which may be counted from behind. */
export function axisIn(axis: number, rank: number): number {
  const found = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(found) && found >= 0 && found < rank) return found;
  throw new Refusal(`axis ${axis}, expected one of ${rank}`);
}

/** The axis of a sample that an axis of data is. */
export function sampleAxis(dims: Shape, axis: number): number {
  const at = axisIn(axis, dims.length);
  if (isBatch(dims[at])) throw new Refusal(`axis ${axis} is that of the batch`);
  return dims.slice(0, at).filter((n) => !isBatch(n)).length;
}

/** 'N' stands for the batch. */
export const showDims = (dims: Shape): string => `[${dims.map((n) => (isBatch(n) ? 'N' : n)).join(', ')}]`;
