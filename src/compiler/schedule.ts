/**
 * The schedule: the dispatches of one step, in order, each with its linked shader, its buffers and its grid, and the plan
 * of the buffers. Leaves and kept tensors own their buffer; what only passes from kernel to kernel shares slots.
 */
import { byteLength, columns, type Shape, show } from '../base/tensor.ts';
import { type Graph, label, type Node } from '../graph/graph.ts';
import type { Form, ShaderFile, Target } from '../graph/op.ts';
import { bytesOf, storageOf, written } from '../graph/storage.ts';
import { PORTABLE } from '../ops/shared/target.ts';
import { entryPoint, folded, gridOf } from './entry-point.ts';
import { type Epilogues, epilogues, numbered, phaseOf } from './epilogues.ts';
import { type FuseOptions, fuse, type Kernel, type Limits, nodesOf } from './fuse.ts';
import { type LinkedShader, link } from './link.ts';
import { type DispatchGroup, shareDispatches } from './share-dispatches.ts';
import { partsOf } from './split.ts';

/** A tensor bound to a dispatch. */
export interface Binding {
  /** Name in the WGSL. */
  readonly name: string;
  /** Name of its buffer. */
  readonly buffer: string;
  /** Whether the shader only reads it. */
  readonly access: 'read' | 'readWrite';
  /** Name of the tensor. */
  readonly tensor: string;
  /** Which part of the tensor, where it is larger than a binding of the device. */
  readonly part?: number;
}

/** One dispatch: a kernel, or several that share it, with everything fused into them. */
export interface Dispatch {
  /** The nodes it computes; the first one is its kernel. */
  readonly nodes: readonly Node[];
  /** What it does: `'gemm + bias + relu'`. */
  readonly label: string;
  /** The tensors it writes. */
  readonly writes: readonly {
    /** Name of the tensor; W1′ overwrites W1. */
    readonly tensor: string;
    /** Its shape. */
    readonly shape: Shape;
  }[];
  /** The WGSL that it runs. */
  readonly shader: LinkedShader;
  /** The tensors it is bound to, in the order of the bindings in the WGSL. */
  readonly bindings: readonly Binding[];
  /** Number of workgroups along x, y and z. */
  readonly workgroups: readonly [number, number, number];
  /** The form of its kernel, if there are others to choose from. */
  readonly form?: Form;
  /** The forms of all kernels in it, also of those that share the dispatch and have no choice. */
  readonly forms: readonly Form[];
  /** Multiply-adds in it. */
  readonly work: number;
  /**
   * The tensor behind which it raises a flag, with the number of the first step that made NaN or infinity of what it overwrites.
   * Absent = it is not watched, or overwrites nothing.
   */
  readonly flag?: string;
}

/** A buffer in GPU memory. */
export interface Buffer {
  /** Name of the buffer. */
  readonly name: string;
  /** Size in bytes. */
  readonly bytes: number;
  /**
   * What it is for: a `'leaf'` (input, parameter or state), a tensor that is `'kept'` to be read, or a `'slot'` that several
   * tensors share, one after another.
   */
  readonly role: 'leaf' | 'kept' | 'slot';
  /** The tensors in it. */
  readonly tenants: readonly {
    /** Name of the tensor. */
    readonly tensor: string;
    /** Number of the first dispatch that needs it. */
    readonly from: number;
    /** Number of the last dispatch that needs it. */
    readonly to: number;
  }[];
}

/** What a device runs for a graph: dispatches in order, and the buffers they use. */
export interface Schedule {
  /** The graph that it computes. */
  readonly graph: Graph;
  /**
   * What the dispatches were linked from.
   *
   * @internal
   */
  readonly groups: readonly DispatchGroup[];
  /** @internal */
  readonly stored: ReadonlySet<Node>;
  /** @internal */
  readonly bufferOf: ReadonlyMap<Node, string>;
  /** The dispatches, in order. */
  readonly dispatches: readonly Dispatch[];
  /** All buffers. */
  readonly buffers: readonly Buffer[];
  /** The tensors that can be read after a step, by name. */
  readonly tensors: ReadonlyMap<
    string,
    {
      /** Name of the buffer. */
      readonly buffer: string;
      /** Shape of the tensor. */
      readonly shape: Shape;
    }
  >;
  /**
   * Whether its steps raise flags.
   *
   * @internal
   */
  readonly watched: boolean;
}

export interface ScheduleOptions extends FuseOptions {
  /** What of the device decides how kernels share dispatches. */
  readonly target?: Target;
  /** Whether kernels may share a dispatch in a form. Default: always. */
  readonly usable?: (form: Form) => boolean;
}

export function schedule(graph: Graph, { target = PORTABLE, usable, ...options }: ScheduleOptions): Schedule {
  const fused = fuse(graph, options);
  const { stored } = fused;
  const groups = shareDispatches(fused, { target, usable, ...options });
  const plans = groups.map((group) => {
    const nameOf = numbered(NUMBERED);
    return { group, nameOf, called: group.kernels.map((kernel) => epilogues(kernel, stored, nameOf, options.watched)) };
  });
  const touches = plans.map(({ group, called }) => [
    ...group.kernels.flatMap(({ body }) => Object.values(body.operands).map(storageOf)),
    ...called.flatMap(({ buffers }) => buffers.map(({ node }) => node)),
  ]);
  const { buffers, bufferOf } = planBuffers(touches, options.keep);
  const linked = new Map<string, LinkedShader>();
  const dispatches = plans.map(({ group, called, nameOf }) => {
    const { shader, nodes, grid, flag } = linkGroup(group, called, nameOf, options, linked);
    const bindings = shader.storage.map(({ name, access, part }): Binding => {
      const node = storageOf(nodes.get(name)!);
      return { name, access, buffer: bufferOf.get(node)!, tensor: label(node), part };
    });
    const writes = group.kernels.flatMap(nodesOf).filter((node) => stored.has(node));
    return {
      nodes: group.kernels.flatMap(nodesOf),
      label: group.kernels.map(labelOf).join(group.arrangement.kind === 'beside' ? ' ∥ ' : ' → '),
      writes: writes.map((node) => ({ tensor: written(node), shape: node.shape })),
      shader,
      bindings,
      workgroups: grid,
      form: group.arrangement.kind === 'alone' ? group.kernels[0].body.form : undefined,
      forms: group.kernels.flatMap(({ body }) => body.form ?? []),
      work: group.kernels.reduce((sum, { node, body }) => sum + (body.work ?? 0) * columns(node.shape), 0),
      flag: flag && label(flag.node),
    };
  });
  const readable = graph.nodes.filter(
    (node) => node.name && bufferOf.has(node) && (node.op.kind === 'leaf' || options.keep(node)),
  );
  const tensors = new Map(readable.map((node) => [node.name, { buffer: bufferOf.get(node)!, shape: node.shape }]));
  const { watched = false } = options;
  return { graph, groups, stored, bufferOf, dispatches, buffers, tensors, watched };
}

/** Before the number of a tensor that is not an operand by name. */
const NUMBERED = 'tensor';
const isNumbered = (name: string): boolean => new RegExp(`^${NUMBERED}\\d+$`).test(name);

/** The shader of a group, the node behind each name it binds, and the grid to dispatch; `linked` are those made so far. */
function linkGroup(
  { kernels, arrangement, lanes }: DispatchGroup,
  called: readonly Epilogues[],
  nameOf: (node: Node) => string,
  { workgroups = 65_535, bindingBytes }: Limits,
  linked: Map<string, LinkedShader>,
) {
  const shared = kernels.length > 1;
  const nodes = new Map<string, Node>();
  const phases = kernels.map((kernel, i) => {
    const names: Record<string, string> = {};
    for (const { name, node } of called[i].buffers) nodes.set(name, node);
    for (const [name, node] of Object.entries(kernel.body.operands)) {
      if (shared) names[name] = nameOf(storageOf(node));
      nodes.set(names[name] ?? name, node);
    }
    return phaseOf(kernel, called[i], lanes, names);
  });
  const grids = kernels.map(({ body }) => body.workgroups);
  const grid = folded(gridOf(arrangement, grids), workgroups);
  const parts = [...nodes].map(([name, node]) => [name, partsOf(storageOf(node), bindingBytes)] as const);
  const large = parts.filter(([, count]) => count > 1);
  const split = large.length > 0 ? { bytes: bindingBytes!, parts: new Map(large) } : undefined;
  const flag = called.find((one) => one.flag)?.flag;
  const key = JSON.stringify([phases, arrangement, grids, lanes, grid, large, flag?.name, flag?.at]);
  const entry = entryPoint(arrangement, grids, lanes, { dispatched: grid, flagged: Boolean(flag) });
  const shader = linked.get(key) ?? link(phases, entry, { split, flag });
  linked.set(key, shader);
  const tensors = new Map(shader.storage.map(({ name }) => [name, label(storageOf(nodes.get(name)!))]));
  return { shader: { ...shader, tensors }, nodes, grid, flag };
}

/** The body and what is fused into it; `; row: ...` for what follows a result on the side. */
function labelOf({ body, chains }: Kernel): string {
  const [main] = Object.keys(body.epilogues);
  const fused = [...chains].map(([epilogue, nodes]) => {
    const titles = nodes.flatMap(({ op, attributes }) =>
      op.kind === 'pointwise' ? [op.title?.(attributes) ?? op.name] : [],
    );
    if (epilogue === main) return [body.title ?? nameOf(body.shaders[0]), ...titles].join(' + ');
    return titles.length > 0 ? `${epilogue.replace('finish_', '')}: ${titles.join(' + ')}` : '';
  });
  return fused.filter(Boolean).join('; ');
}

/** 'row_sum' of shaders/row_sum.wgsl */
const nameOf = ({ path }: ShaderFile): string => path.replace(/^shaders\/|\.wgsl$/g, '');

/** Buffers for every tensor that the dispatches touch; `touches[i]` are those of dispatch i. */
export function planBuffers(touches: readonly (readonly Node[])[], keep: (node: Node) => boolean) {
  const lives = new Map<Node, { from: number; to: number }>();
  touches.forEach((nodes, i) => {
    for (const node of nodes) lives.set(node, { from: lives.get(node)?.from ?? i, to: i });
  });
  const buffers: Buffer[] = [];
  const slots: Slot[] = [];
  const free = freeSlots();
  const bufferOf = new Map<Node, string>();
  for (const [node, life] of lives) {
    const tenant = { tensor: label(node), ...life };
    if (node.op.kind === 'leaf' || keep(node)) {
      bufferOf.set(node, label(node));
      const role = node.op.kind === 'leaf' ? 'leaf' : 'kept';
      buffers.push({ name: label(node), bytes: bytesOf(node), role, tenants: [tenant] });
      continue;
    }
    const bytes = byteLength(node.shape);
    const slot = free.take(bytes, life.from) ?? { name: `slot${slots.length}`, bytes, role: 'slot', tenants: [] };
    if (slot.tenants.length === 0) slots.push(slot);
    slot.bytes = Math.max(slot.bytes, bytes);
    slot.tenants.push(tenant);
    free.from(life.to, slot);
    bufferOf.set(node, slot.name);
  }
  return { buffers: [...buffers, ...slots] as Buffer[], bufferOf };
}

interface Slot extends Buffer {
  readonly role: 'slot';
  bytes: number;
  readonly tenants: Buffer['tenants'][number][];
}

/** Slots whose last tenant is done, by size: looking for one does not walk over all that there are. */
function freeSlots() {
  const bySize = new Map<number, Slot[]>();
  const endings: Slot[][] = [];
  let passed = 0;
  return {
    /** No longer in use after this dispatch. */
    from(dispatch: number, slot: Slot): void {
      endings[dispatch] = [...(endings[dispatch] ?? []), slot];
    },
    /** A slot that is free at this dispatch: the one that has to change least. */
    take(bytes: number, dispatch: number): Slot | undefined {
      for (; passed < dispatch; passed++) {
        for (const slot of endings[passed] ?? []) {
          if (!bySize.has(slot.bytes)) bySize.set(slot.bytes, []);
          bySize.get(slot.bytes)!.push(slot);
        }
      }
      const distance = (size: number): number => Math.abs(size - bytes);
      const sizes = [...bySize.keys()].filter((size) => bySize.get(size)!.length > 0);
      const nearest = sizes.reduce((a, b) => (distance(b) < distance(a) ? b : a), sizes[0]);
      return bySize.get(nearest)?.pop();
    },
  };
}

/** One block per dispatch: what it runs, what it reads and writes, its grid; then the buffers. */
export function printSchedule({ dispatches, buffers }: Schedule): string {
  const blocks = dispatches.map(({ label, writes, bindings, workgroups, shader, form }, i) => {
    const whole = bindings.filter(({ part = 0 }) => part === 0);
    const list = whole.map(({ name, tensor, buffer, access }) => {
      const parts = bindings.filter((binding) => binding.name === name).length;
      const as = isNumbered(name) || name === tensor ? '' : `${name}=`;
      const where = buffer === tensor ? '' : `@${buffer}`;
      return `${access} ${as}${tensor}${where}${parts > 1 ? ` in ${parts} parts` : ''}`;
    });
    const uniform = shader.usesStep ? ', uniform step' : '';
    const results = writes.map(({ tensor, shape }) => `${tensor} ${show(shape)}`);
    return [
      `${String(i + 1).padStart(2)}  ${label}  ->  ${results.join(', ')}`,
      `${list.join(', ')}${uniform}`,
      `workgroups ${show(workgroups)}${form ? `, ${form.name}` : ''}`,
    ].join('\n      ');
  });
  const roles = (['leaf', 'kept', 'slot'] as const).map((role) => {
    const these = buffers.filter((buffer) => buffer.role === role);
    const bytes = these.reduce((sum, buffer) => sum + buffer.bytes, 0);
    return `${role} ${these.length} (${bytes} bytes)`;
  });
  return [...blocks, `${buffers.length} buffers: ${roles.join(', ')}`].join('\n');
}
