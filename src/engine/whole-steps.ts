/**
 * Runs many whole steps of a small net in one dispatch. One workgroup runs kernel after kernel and step after step, with
 * barriers between, because one dispatch per kernel would cost many times the work. What a step starts from is copied into one
 * buffer before, the arena, and what the next one starts from is copied back afterwards. What else it computes stays there, as
 * `Leftovers` tell. The kernels are those of the schedule, with the same bits.
 */
import stepWgsl from '../../shaders/shared/step.wgsl';
import { size } from '../base/tensor.ts';
import { entryPoint } from '../compiler/entry-point.ts';
import { epilogues, phaseOf } from '../compiler/epilogues.ts';
import { type Kernel, mapBody } from '../compiler/fuse.ts';
import { type FlagPlace, link, type Phase } from '../compiler/link.ts';
import type { Dispatch } from '../compiler/schedule.ts';
import type { Node } from '../graph/graph.ts';
import { data } from '../graph/leaf.ts';
import type { Body, Form } from '../graph/op.ts';
import { storageOf } from '../graph/storage.ts';
import { PORTABLE, sharedLanes } from '../ops/shared/target.ts';
import { COPY_DST, COPY_SRC, STORAGE } from './buffer-usage.ts';
import type { Device } from './device.ts';
import type { GpuProgram, Table } from './gpu-program.ts';
import { guarded } from './guard.ts';
import { type Leftovers, type Verdict, verdictOn } from './leftovers.ts';

/** Programs whose steps are run together. */
export type Together = readonly GpuProgram[];

/** Some steps: those of a table that begins at this byte of the step table. */
export interface Placed {
  readonly programs: Together;
  readonly offset: number;
}

export interface WholeSteps {
  /** Runs steps one after another, of programs that it was made for. */
  encode(encoder: GPUCommandEncoder, placed: readonly Placed[]): Verdict;
  destroy(): void;
}

/** Operations of a step up to which one workgroup is faster than a dispatch per kernel. */
const SMALL = { software: 2 ** 15, gpu: 2 ** 17 };

export function isSmall(programs: Together, { info }: Device): boolean {
  if (programs.some(({ buffers }) => [...buffers.values()].some((parts) => parts.length > 1))) return false;
  const kernels = programs.flatMap(({ schedule }) => schedule.groups.flatMap(({ kernels }) => kernels));
  if (kernels.some(({ body }) => body.alone)) return false;
  const operations = programs.flatMap(({ schedule }) => schedule.dispatches).map(operationsOf);
  return operations.reduce((sum, n) => sum + n, 0) <= (info.software ? SMALL.software : SMALL.gpu);
}

/** Its multiply-adds, and at least one operation for each element of the largest tensor that it goes through. */
function operationsOf({ work, nodes }: Dispatch): number {
  const touched = nodes.flatMap((node) => [node, ...node.inputs]).filter(({ op }) => op !== data);
  return touched.reduce((most, { shape }) => Math.max(most, size(shape)), work);
}

/** A tensor of the net, and where it stands in the one buffer; data sets stay where they are. */
interface Slot {
  readonly name: string;
  readonly buffer: GPUBuffer;
  readonly offset?: number;
  /** Whether a step may find values in it that it did not compute. */
  readonly isGiven: boolean;
  /** Whether it can be read after a step. */
  readonly isKept: boolean;
}

/** For any of these parts, on one buffer: what one of them leaves there, the next one finds. */
export async function makeWholeSteps(
  device: Device,
  table: Table,
  parts: readonly Together[],
  left: Leftovers,
): Promise<WholeSteps> {
  const layout = layOut(parts.flat());
  const linked = parts.map((programs) => linkPart(programs, layout, sharedLanes(device.info), table));
  const pipelines = await Promise.all(linked.map(({ shader }) => device.pipeline(shader, 'whole steps')));
  const usage = STORAGE | COPY_DST | COPY_SRC;
  const [arena] = await device.createBuffers([{ label: 'arena', size: layout.bytes, usage }]);
  const bind = (): GPUBindGroup[] =>
    linked.map(({ shader, bufferOf }, i) =>
      device.gpu.createBindGroup({
        label: 'whole steps',
        layout: pipelines[i].getBindGroupLayout(0),
        entries: [
          ...shader.storage.map(({ name }) => ({ buffer: bufferOf(name) ?? arena })),
          { buffer: table.buffer, size: table.rows * table.stride },
        ].map((resource, binding) => ({ binding, resource })),
      }),
    );
  const groups = await guarded(device, 'the bindings of whole steps', bind).catch((error) => {
    device.destroyBuffer(arena);
    throw error;
  });
  return {
    encode(encoder, placed) {
      const steps = placed.map(({ programs, offset }) => ({ part: parts.findIndex(isSame(programs)), offset }));
      const used = [...new Set(steps.map(({ part }) => linked[part]))];
      const all = (slots: 'given' | 'state' | 'rest') => [...new Set(used.flatMap((part) => part[slots]))];
      const [given, state, rest] = [all('given'), all('state'), all('rest')];
      const buffers = [...given, ...rest].map(({ buffer }) => buffer);
      const verdict = verdictOn([left.bring(encoder, buffers, arena), left.leave(arena, rest)]);
      for (const { buffer, offset } of given) encoder.copyBufferToBuffer(buffer, 0, arena, offset!, buffer.size);
      const pass = encoder.beginComputePass();
      for (const { part, offset } of steps) {
        pass.setPipeline(pipelines[part]);
        pass.setBindGroup(0, groups[part], [offset]);
        pass.dispatchWorkgroups(1);
      }
      pass.end();
      for (const { buffer, offset } of state) encoder.copyBufferToBuffer(arena, offset!, buffer, 0, buffer.size);
      return verdict;
    },
    destroy: () => device.destroyBuffer(arena),
  };
}

export const isSame =
  (one: Together) =>
  (other: Together): boolean =>
    one.length === other.length && one.every((program, i) => program === other[i]);

/** The shader of the steps of some programs, and what is to be copied before and after. */
function linkPart(programs: Together, { placeOf, placesIn }: Layout, lanes: number, table: Table) {
  const places = placesIn(programs);
  const kernels = kernelsOf(programs, lanes);
  let flag: FlagPlace | undefined;
  const phases = kernels.map(({ program, kernel }) => {
    const nameOf = (node: Node): string => placeOf(program, node).name;
    const names = Object.entries(kernel.body.operands).map(([name, node]) => [name, nameOf(node)]);
    const { stored, watched } = program.schedule;
    const called = epilogues(kernel, stored, nameOf, watched);
    flag ??= called.flag;
    const phase = phaseOf(kernel, called, lanes, Object.fromEntries(names));
    return { ...phase, shaders: [...phase.shaders, stepWgsl] };
  });
  const grids = kernels.map(({ kernel }) => kernel.body.workgroups);
  const entry = entryPoint({ kind: 'whole', barriers: barriersBetween(phases) }, grids, lanes, {
    flagged: Boolean(flag),
  });
  const inArena = places.filter(({ offset }) => offset !== undefined);
  const written = new Set(phases.flatMap(writesOf));
  const arena = new Map(inArena.map(({ name, offset }) => [name, offset! / 4]));
  return {
    shader: link(phases, entry, { residence: { table, arena }, flag }),
    given: inArena.filter(({ isGiven }) => isGiven),
    state: inArena.filter(({ name, isGiven }) => isGiven && written.has(name)),
    rest: inArena.filter(({ name, isGiven, isKept }) => !isGiven && isKept && written.has(name)),
    /** The buffer of what is not in the arena. */
    bufferOf: (name: string): GPUBuffer | undefined => places.find((place) => place.name === name)?.buffer,
  };
}

/** The kernels in order, as one workgroup runs them. */
const kernelsOf = (programs: Together, lanes: number) =>
  programs.flatMap((program) =>
    program.schedule.groups.flatMap(({ kernels }) =>
      kernels.map((kernel) => ({ program, kernel: { ...kernel, body: bodyFor(kernel, lanes) } })),
    ),
  );

/** The forms that its matrix products and convolutions take. */
export const formsOfWholeSteps = (device: Device, programs: Together): readonly Form[] =>
  kernelsOf(programs, sharedLanes(device.info)).flatMap(({ kernel }) => kernel.body.form ?? []);

/** A place for every buffer that the programs touch; those they share have one. */
function layOut(programs: Together) {
  const byBuffer = new Map<GPUBuffer, Slot>();
  let bytes = 0;
  for (const { schedule, buffers } of programs) {
    const passing = new Set(schedule.buffers.filter(({ role }) => role === 'slot').map(({ name }) => name));
    for (const [node, name] of schedule.bufferOf) {
      const [buffer] = buffers.get(name)!;
      if (byBuffer.has(buffer)) continue;
      const [isGiven, isKept] = [node.op.kind === 'leaf', !passing.has(name)];
      const place = { name: `tensor${byBuffer.size}`, buffer, isGiven, isKept };
      byBuffer.set(buffer, node.op === data ? place : { ...place, offset: bytes });
      if (node.op !== data) bytes += Math.ceil(buffer.size / 16) * 16;
    }
  }
  const placeOf = ({ schedule, buffers }: GpuProgram, node: Node): Slot =>
    byBuffer.get(buffers.get(schedule.bufferOf.get(storageOf(node))!)![0])!;
  const placesIn = (some: Together): Slot[] => {
    const theirs = some.flatMap(({ schedule, buffers }) =>
      [...schedule.bufferOf.values()].map((name) => buffers.get(name)![0]),
    );
    return [...new Set(theirs)].map((buffer) => byBuffer.get(buffer)!);
  };
  return { placeOf, placesIn, bytes };
}
type Layout = ReturnType<typeof layOut>;

function bodyFor({ node }: Kernel, lanes: number): Body {
  if (node.op.kind === 'kernel') {
    return node.op.body(node, { form: node.op.narrow?.(node, PORTABLE, lanes), lanes });
  }
  return mapBody(node, lanes);
}

const writesOf = ({ storage }: Pick<Phase, 'storage'>): string[] =>
  storage.filter(({ access }) => access === 'readWrite').map(({ name }) => name);

/** Where a phase touches what one since the last barrier has written, or writes what one has touched. */
function barriersBetween(phases: readonly Phase[]): boolean[] {
  let touched = new Set<string>();
  let written = new Set<string>();
  return phases.map(({ names = {}, storage }) => {
    const writes = writesOf({ storage });
    const all = [...Object.values(names), ...storage.map(({ name }) => name)];
    const barrier = all.some((name) => written.has(name)) || writes.some((name) => touched.has(name));
    if (barrier) [touched, written] = [new Set(), new Set()];
    for (const name of all) touched.add(name);
    for (const name of writes) written.add(name);
    return barrier;
  });
}
