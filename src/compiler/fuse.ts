/**
 * Groups nodes into kernels. A kernel op starts a kernel. A pointwise op joins the kernel that computes one of its operands,
 * if everything else it needs is ready by then, and so runs in registers. An op that an existing body computes on the side
 * is carried by it. What is left becomes a `map` kernel. Nothing here knows a particular op.
 */
import mapWgsl from '../../shaders/map.wgsl';
import { OutOfMemoryError, ShapeError } from '../base/errors.ts';
import { memo } from '../base/memo.ts';
import { columns, rows, sameLayout, show, stride } from '../base/tensor.ts';
import { describe, type Graph, label, type Node } from '../graph/graph.ts';
import { tensors } from '../graph/leaf.ts';
import type { Body, Form } from '../graph/op.ts';
import { bytesOf, overwrites, placesOf, storageOf } from '../graph/storage.ts';
import { grid } from '../ops/shared/grid.ts';
import { partsOf } from './split.ts';

export interface Kernel {
  /** The node it was started for. */
  readonly node: Node;
  readonly body: Body;
  /** Epilogue -> the nodes it computes, in order. The first one takes the body's result, except in a `map`. */
  readonly chains: Map<string, Node[]>;
}

/** What one dispatch may take on a device. */
export interface Limits {
  /** Storage buffers. */
  readonly storageBuffers: number;
  /** Workgroups along one dimension. Default: 65,535, which every device runs. */
  readonly workgroups?: number;
  /** Bytes of one storage buffer, a multiple of 16. A larger tensor is bound in parts. Default: no limit. */
  readonly bindingBytes?: number;
}

/** Storage buffers that it takes to bind these tensors. */
export const buffersFor = (nodes: Iterable<Node>, { bindingBytes }: Limits): number =>
  [...nodes].reduce((sum, node) => sum + partsOf(node, bindingBytes), 0);

export interface FuseOptions extends Limits {
  /** Nodes whose value must be in memory afterwards. Nodes that overwrite their operand always are. */
  readonly keep: (node: Node) => boolean;
  /** The form a kernel op takes, out of those it offers; its own choice where this has none. */
  readonly formOf?: (node: Node) => Form | undefined;
  /** Whether steps look at what they overwrite for NaN and infinity, and raise a flag: see `Dispatch.flag`. */
  readonly watched?: boolean;
  /** One kernel per node, and one dispatch per kernel: what fusion is compared with. */
  readonly separate?: boolean;
}

export interface Fused {
  /** In an order that respects every dependency; independent ones stand next to each other. */
  readonly kernels: readonly Kernel[];
  /** Nodes that are written to memory; all others live in registers. */
  readonly stored: ReadonlySet<Node>;
  /** Kernels that must have run before this one: those of its operands, and those that read what it overwrites. */
  dependencies(kernel: Kernel): ReadonlySet<Kernel>;
}

export const nodesOf = (kernel: Kernel): Node[] => [...kernel.chains.values()].flat();

/** What the pointwise ops among these nodes load from memory, if they run together. */
export function loadedBy(nodes: readonly Node[]): Node[] {
  const loaded = nodes.flatMap((node) => (node.op.kind === 'pointwise' ? tensors(node.inputs) : []));
  return loaded.filter((node) => !nodes.includes(node));
}

/** Throws OutOfMemoryError where a kernel takes more storage buffers than a dispatch has. */
export function fuse(graph: Graph, { keep, formOf, separate = false, ...limits }: FuseOptions): Fused {
  const { storageBuffers } = limits;
  const bodyOf = memo((node: Node) =>
    node.op.kind === 'kernel' ? node.op.body(node, { form: formOf?.(node) }) : undefined,
  );
  const live = carriersFirst(
    liveNodes(graph, (node) => keep(node) || overwrites(node)),
    bodyOf,
  );
  const readers = readersOf(live);
  const befores = new Map(live.map((node) => [node, [...node.inputs, ...readersBefore(node, readers)]]));
  const afters = inverse(befores);
  const home = new Map<Node, Kernel>();
  const kernels: Kernel[] = [];
  const order = dependencyOrder();

  /** Whether a node of this kernel is read outside of it, or has to be in memory anyway; `extra` is about to join it. */
  const isStored = (node: Node, kernel = home.get(node), extra?: Node): boolean =>
    keep(node) ||
    overwrites(node) ||
    (readers.get(node) ?? []).some((reader) => reader !== extra && home.get(reader) !== kernel);

  const fits = (kernel: Kernel, chain: string, node: Node): boolean => {
    if (!sameLayout(kernel.body.epilogues[chain], placesOf(node))) return false;
    const inChain = (other: Node) => kernel.chains.get(chain)?.includes(other);
    const before = befores.get(node)!.filter((other) => home.has(other) && !inChain(other));
    const early = before.every((other) => !order.dependsOn(home.get(other)!, kernel));
    const clobbers =
      overwrites(node) && Object.values(kernel.body.operands).some((x) => storageOf(x) === storageOf(node));
    return early && !clobbers && bindings(kernel, node) <= storageBuffers;
  };

  /** Storage buffers the kernel binds, if `extra` joined it. */
  const bindings = (kernel: Kernel, extra: Node): number => {
    const inside = [...nodesOf(kernel), extra];
    const external = loadedBy(inside);
    const written = inside.filter((node) => isStored(node, kernel, extra));
    const operands = Object.values(kernel.body.operands).map(storageOf);
    return buffersFor([...operands, ...new Set([...external, ...written].map(storageOf))], limits);
  };

  const place = (kernel: Kernel, chain: string, node: Node): void => {
    kernel.chains.set(chain, [...(kernel.chains.get(chain) ?? []), node]);
    home.set(node, kernel);
    for (const other of befores.get(node)!) if (home.has(other)) order.put(kernel, home.get(other)!);
    for (const other of afters.get(node) ?? []) if (home.has(other)) order.put(home.get(other)!, kernel);
  };

  const start = (node: Node): void => {
    const body = bodyOf(node) ?? mapBody(node);
    const kernel: Kernel = { node, body, chains: new Map() };
    position.set(kernel, kernels.push(kernel));
    const needed = bindings(kernel, node);
    if (needed > storageBuffers) throw tooLarge(node, needed, limits);
    place(kernel, Object.keys(body.epilogues)[0], node);
  };

  /** The kernels that may take a node, the latest first: those of its operands, or that read the same one. */
  const hostsOf = (node: Node): Kernel[] => {
    const near = node.op.kind === 'pointwise' ? node.inputs : (readers.get(node.inputs[0]) ?? []);
    const hosts = new Set(near.flatMap((other) => home.get(other) ?? []));
    return [...hosts].sort((a, b) => position.get(b)! - position.get(a)!);
  };
  const position = new Map<Kernel, number>();

  const join = (node: Node): boolean => {
    for (const kernel of hostsOf(node)) {
      const chain = node.op.kind === 'pointwise' ? chainOfOperand(kernel, node) : carrier(kernel, node);
      if (chain && fits(kernel, chain, node)) {
        place(kernel, chain, node);
        return true;
      }
    }
    return false;
  };

  for (const node of live) if (node.op.kind !== 'leaf' && (separate || !join(node))) start(node);
  return {
    dependencies: order.dependencies,
    // So that independent kernels stand next to each other.
    kernels: kernels.toSorted((a, b) => order.level(a) - order.level(b)),
    stored: new Set(live.filter((node) => home.has(node) && isStored(node))),
  };
}

function tooLarge(node: Node, needed: number, { storageBuffers, bindingBytes = 0 }: Limits): OutOfMemoryError {
  const tensors = [node, ...node.inputs].map(storageOf);
  const largest = tensors.reduce((a, b) => (bytesOf(b) > bytesOf(a) ? b : a));
  const { shape } = largest;
  const bytes = `${label(largest)} ${show(shape)} needs ${bytesOf(largest)} bytes`;
  const bound = `${partsOf(largest, bindingBytes)} bindings of ${bindingBytes} bytes`;
  const taken = `${describe(node)} takes ${needed} bindings with it, but a dispatch has ${storageBuffers}`;
  // Rows lie one after another, each as long as a multiple of 4 numbers.
  const held = [
    [4 * Math.floor(bindingBytes / (16 * rows(shape))), columns(shape), 'columns'],
    [Math.floor(bindingBytes / (4 * stride(shape))), rows(shape), 'rows'],
  ] as const;
  const fits = held.filter(([most]) => most > 0).map(([most, all, what]) => `${most} of its ${all} ${what}`);
  return new OutOfMemoryError(`${bytes}, ${bound}: ${taken}. One binding holds ${fits.join(', or ') || 'no row'}`);
}

/** What the outputs need, in the order of the graph. */
function liveNodes(graph: Graph, isOutput: (node: Node) => boolean): Node[] {
  const live = new Set<Node>();
  for (const node of graph.nodes.toReversed()) {
    if (isOutput(node)) live.add(node);
    if (live.has(node)) for (const input of node.inputs) live.add(input);
  }
  return graph.nodes.filter((node) => live.has(node));
}

/** Moves a node behind the one whose body could carry it, unless something needs it before that. */
function carriersFirst(nodes: readonly Node[], bodyOf: (node: Node) => Body | undefined): Node[] {
  const readers = readersOf(nodes);
  // A place is that of the node before and a number, the last one to get there first.
  const places = new Map<Node, readonly number[]>(nodes.map((node, i) => [node, [i]]));
  const isBefore = (a: Node, b: Node): boolean => comparePlaces(places.get(a)!, places.get(b)!) < 0;
  nodes.forEach((node, i) => {
    const carrier = readers.get(node.inputs[0])?.find((other) => other !== node && bodyOf(other)?.carries?.(node));
    if (!carrier || !isBefore(node, carrier) || readers.get(node)?.some((reader) => !isBefore(carrier, reader))) return;
    places.set(node, [...places.get(carrier)!, -i]);
  });
  return nodes.toSorted((a, b) => comparePlaces(places.get(a)!, places.get(b)!));
}

function comparePlaces(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((n, i) => n !== b[i]);
  return at < 0 || at >= b.length ? a.length - b.length : a[at] - b[at];
}

const readersOf = (nodes: readonly Node[]): Map<Node, Node[]> =>
  inverse(new Map(nodes.map((node) => [node, node.inputs])));

/** For what is in a list, under whose lists it is. */
function inverse(lists: ReadonlyMap<Node, readonly Node[]>): Map<Node, Node[]> {
  const inverted = new Map<Node, Node[]>();
  for (const [node, others] of lists) {
    for (const other of others) {
      const known = inverted.get(other);
      if (known) known.push(node);
      else inverted.set(other, [node]);
    }
  }
  return inverted;
}

/** For a node that overwrites its operand: who else reads the old value. */
function readersBefore(node: Node, readers: Map<Node, Node[]>): Node[] {
  const { op } = node;
  if (op.kind !== 'pointwise' || op.inPlace === undefined) return [];
  const others = readers.get(node.inputs[op.inPlace])!.filter((reader) => reader !== node);
  const late = others.find((reader) => reader.id > node.id);
  if (late)
    throw new ShapeError(
      `${label(late)} = ${describe(late)} reads ${label(node.inputs[op.inPlace])} after it is overwritten`,
    );
  return others;
}

/** The chain of this kernel that computes an operand of the node. */
function chainOfOperand(kernel: Kernel, node: Node): string | undefined {
  for (const [chain, nodes] of kernel.chains) if (node.inputs.some((input) => nodes.includes(input))) return chain;
  return undefined;
}

/** The epilogue of this kernel's body that carries the node, if it is still free. */
function carrier(kernel: Kernel, node: Node): string | undefined {
  const chain = kernel.body.carries?.(node);
  return chain && !kernel.chains.has(chain) ? chain : undefined;
}

/** The body of a kernel that no kernel op starts. */
export function mapBody(node: Node, lanes = 64): Body {
  const places = placesOf(node);
  const [m, n] = [rows(places), columns(places)];
  return {
    shaders: [mapWgsl],
    constants: { ROWS: m, COLUMNS: n },
    operands: {},
    epilogues: { finish: places },
    lanes,
    workgroups: grid(m * n, lanes),
  };
}

/**
 * Which kernel depends on which, while they are put together. The level of a kernel is the length of the longest chain of
 * dependencies that leads to it; a search stops where that is too short, and so does not walk the whole net.
 */
function dependencyOrder() {
  const before = new Map<Kernel, Set<Kernel>>();
  const after = new Map<Kernel, Set<Kernel>>();
  const levels = new Map<Kernel, number>();
  const level = (kernel: Kernel): number => levels.get(kernel) ?? 0;
  const dependencies = (kernel: Kernel): ReadonlySet<Kernel> => before.get(kernel) ?? new Set();
  const raise = (kernel: Kernel, least: number): void => {
    if (level(kernel) >= least) return;
    levels.set(kernel, least);
    for (const next of after.get(kernel) ?? []) raise(next, least + 1);
  };
  const dependsOn = (kernel: Kernel, other: Kernel, seen = new Set<Kernel>()): boolean => {
    if (kernel === other) return true;
    seen.add(kernel);
    if (level(kernel) <= level(other)) return false;
    return [...dependencies(kernel)].some((next) => !seen.has(next) && dependsOn(next, other, seen));
  };
  return {
    level,
    dependencies,
    dependsOn: (kernel: Kernel, other: Kernel): boolean => dependsOn(kernel, other),
    /** `kernel` depends on `other`. */
    put(kernel: Kernel, other: Kernel): void {
      if (kernel === other) return;
      before.set(kernel, (before.get(kernel) ?? new Set()).add(other));
      after.set(other, (after.get(other) ?? new Set()).add(kernel));
      raise(kernel, level(other) + 1);
    },
  };
}
