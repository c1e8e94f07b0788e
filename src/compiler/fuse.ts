/**
 * Groups nodes into kernels. A kernel op starts a kernel. A pointwise op joins the kernel that computes one of its operands,
 * if everything else it needs is ready by then, and so runs in registers. An op that an existing body computes on the side
 * is carried by it. What is left becomes a `map` kernel. Nothing here knows a particular op.
 */
import mapWgsl from '../../shaders/map.wgsl';
import { ShapeError } from '../base/errors.ts';
import { memo } from '../base/memo.ts';
import { columns, rows, sameLayout } from '../base/tensor.ts';
import { describe, type Graph, label, type Node } from '../graph/graph.ts';
import { tensors } from '../graph/leaf.ts';
import type { Body, Form } from '../graph/op.ts';
import { overwrites, placesOf, storageOf } from '../graph/storage.ts';
import { grid } from '../ops/shared/grid.ts';

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
}

export interface FuseOptions extends Limits {
  /** Nodes whose value must be in memory afterwards. Nodes that overwrite their operand always are. */
  readonly keep: (node: Node) => boolean;
  /** The form a kernel op takes, out of those it offers; its own choice where this has none. */
  readonly formOf?: (node: Node) => Form | undefined;
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

export function fuse(graph: Graph, { keep, storageBuffers, formOf, separate = false }: FuseOptions): Fused {
  const bodyOf = memo((node: Node) =>
    node.op.kind === 'kernel' ? node.op.body(node, { form: formOf?.(node) }) : undefined,
  );
  const live = carriersFirst(
    liveNodes(graph, (node) => keep(node) || overwrites(node)),
    bodyOf,
  );
  const readers = readersOf(live);
  const home = new Map<Node, Kernel>();
  const kernels: Kernel[] = [];

  const isStored = (node: Node): boolean =>
    keep(node) || overwrites(node) || (readers.get(node) ?? []).some((reader) => home.get(reader) !== home.get(node));

  const dependencies = (kernel: Kernel): Set<Kernel> => {
    const before = new Set<Kernel>();
    for (const node of nodesOf(kernel)) {
      for (const other of [...node.inputs, ...readersBefore(node, readers)]) {
        const there = home.get(other);
        if (there && there !== kernel) before.add(there);
      }
    }
    return before;
  };
  const dependsOn = (kernel: Kernel, other: Kernel, seen = new Set<Kernel>()): boolean => {
    if (kernel === other) return true;
    seen.add(kernel);
    return [...dependencies(kernel)].some((before) => !seen.has(before) && dependsOn(before, other, seen));
  };

  const fits = (kernel: Kernel, chain: string, node: Node): boolean => {
    if (!sameLayout(kernel.body.epilogues[chain], placesOf(node))) return false;
    const inChain = (other: Node) => kernel.chains.get(chain)?.includes(other);
    const before = [...node.inputs, ...readersBefore(node, readers)].filter((other) => !inChain(other));
    const early = before.every((other) => !home.has(other) || !dependsOn(home.get(other)!, kernel));
    const clobbers =
      overwrites(node) && Object.values(kernel.body.operands).some((x) => storageOf(x) === storageOf(node));
    return early && !clobbers && bindings(kernel, node) <= storageBuffers;
  };

  /** Storage buffers the kernel binds, if `extra` joined it. */
  const bindings = (kernel: Kernel, extra: Node): number => {
    const inside = [...nodesOf(kernel), extra];
    const external = loadedBy(inside);
    const written = inside.filter((node) => node === extra || isStored(node));
    return Object.keys(kernel.body.operands).length + new Set([...external, ...written].map(storageOf)).size;
  };

  const place = (kernel: Kernel, chain: string, node: Node): void => {
    kernel.chains.set(chain, [...(kernel.chains.get(chain) ?? []), node]);
    home.set(node, kernel);
  };

  const start = (node: Node): void => {
    const body = bodyOf(node) ?? mapBody(node);
    const kernel: Kernel = { node, body, chains: new Map() };
    kernels.push(kernel);
    place(kernel, Object.keys(body.epilogues)[0], node);
  };

  const join = (node: Node): boolean => {
    for (const kernel of kernels.toReversed()) {
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
    dependencies,
    kernels: inOrder(kernels, dependencies),
    stored: new Set(live.filter((node) => home.has(node) && isStored(node))),
  };
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
  const order = [...nodes];
  for (const node of nodes) {
    const carrier = nodes.find((other) => other !== node && bodyOf(other)?.carries?.(node));
    if (!carrier) continue;
    const [at, to] = [order.indexOf(node), order.indexOf(carrier)];
    const needed = order.findIndex((other) => other.inputs.includes(node));
    if (to > at && (needed < 0 || needed > to)) order.splice(to, 0, ...order.splice(at, 1));
  }
  return order;
}

function readersOf(nodes: readonly Node[]): Map<Node, Node[]> {
  const readers = new Map<Node, Node[]>();
  for (const node of nodes) for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  return readers;
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

/** By length of the longest chain of dependencies, so that independent kernels stand next to each other. */
function inOrder(kernels: readonly Kernel[], dependencies: (kernel: Kernel) => Set<Kernel>): Kernel[] {
  const levels = new Map<Kernel, number>();
  const level = (kernel: Kernel): number => {
    const known = levels.get(kernel);
    if (known !== undefined) return known;
    const found = 1 + Math.max(-1, ...[...dependencies(kernel)].map(level));
    levels.set(kernel, found);
    return found;
  };
  return kernels.toSorted((a, b) => level(a) - level(b));
}
