/** A graph on the GPU: the pipelines, buffers and bind groups of its schedule, made once. A step only encodes dispatches. */
import { pad } from '../base/tensor.ts';
import type { Dispatch, Schedule } from '../compiler/schedule.ts';
import { find, type Graph } from '../graph/graph.ts';
import { constant, data as dataLeaf, valuesOf } from '../graph/leaf.ts';
import { ROW_BYTES } from '../graph/step-row.ts';
import { FLAG_BYTES } from '../graph/storage.ts';
import { COPY_DST, COPY_SRC, STORAGE } from './buffer-usage.ts';
import { type FormOf, plan } from './choose-forms.ts';
import type { Device } from './device.ts';
import { FLAGS, type Program, type ProgramOptions, type Wanted } from './engine.ts';
import { type Guard, guarded } from './guard.ts';
import { readTensors, type Stored, storedIn } from './read-tensors.ts';
import type { StagingPool } from './staging.ts';
import { buffersOf, limitsOf, writeTo } from './tensor-buffers.ts';

export interface GpuProgram extends Program {
  readonly schedule: Schedule;
  /** Those of a tensor in several parts in their order. */
  readonly buffers: ReadonlyMap<string, readonly GPUBuffer[]>;
  /** Makes buffers its own, which it frees. */
  adopt(buffers: readonly GPUBuffer[]): void;
  /** Where a tensor is, or some of it along its first dimension. */
  stored(name: string, range?: Wanted['range']): Stored;
  encode(pass: GPUComputePassEncoder, offset: number): void;
  /** The same steps and bindings, with steps in other forms; nothing is changed by that. */
  variant(formOf: FormOf): Schedule;
  /** Runs a step in another form from the next run on: same bits, another speed. */
  replace(index: number, step: Dispatch, pipeline: GPUComputePipeline): void;
}

/** Every buffer that they work on. */
export const allBuffers = (programs: readonly GpuProgram[]): GPUBuffer[] =>
  programs.flatMap(({ buffers }) => [...buffers.values()].flat());

/** The step table: `rows` rows of `stride` bytes. The buffer has room for as many behind each of them. */
export interface Table {
  readonly buffer: GPUBuffer;
  readonly stride: number;
  readonly rows: number;
}

export async function gpuProgram(
  device: Device,
  guard: Guard,
  table: Table,
  staging: StagingPool,
  graph: Graph,
  { keep, shared = [], watched, separate, formOf, recall, signal, onProgress }: ProgramOptions,
): Promise<Omit<GpuProgram, 'copy'>> {
  const { gpu } = device;
  const limits = limitsOf(gpu);
  const options = { keep, watched, separate, ...limits };
  const compiling = { signal, onProgress };
  const {
    schedule: planned,
    pipelines,
    variant,
  } = await plan(device, graph, { ...options, formOf }, recall, compiling);
  const steps = [...planned.dispatches];
  const schedule: Schedule = { ...planned, dispatches: steps };
  const theirs = new Set(shared.flatMap(({ names }) => names));
  const own = schedule.buffers.filter(({ name }) => !theirs.has(name));
  const usage = STORAGE | COPY_SRC | COPY_DST;
  const parts = own.map(({ name, bytes }) => buffersOf({ label: name, size: bytes, usage }, limits));
  let made: readonly GPUBuffer[] = await device.createBuffers(parts.flat());
  const left = [...made];
  const buffers = new Map<string, readonly GPUBuffer[]>(
    own.map(({ name }, i) => [name, left.splice(0, parts[i].length)]),
  );
  for (const { program, names, as } of shared) {
    for (const name of names) {
      const of = (program as GpuProgram).buffers.get(as?.get(name) ?? name);
      if (of) buffers.set(name, of);
    }
  }

  const commandOf = ({ bindings, shader, workgroups, label }: Dispatch, i: number) => {
    const entries: GPUBindGroupEntry[] = bindings.map(({ buffer, part = 0 }, binding) => ({
      binding,
      resource: { buffer: buffers.get(buffer)![part] },
    }));
    if (shader.usesStep)
      entries.push({ binding: bindings.length, resource: { buffer: table.buffer, size: ROW_BYTES } });
    const group = gpu.createBindGroup({ label, layout: pipelines[i].getBindGroupLayout(0), entries });
    return { pipeline: pipelines[i], group, dynamic: shader.usesStep, workgroups };
  };
  const release: Program['destroy'] = (heir) => {
    const shared = new Set(heir ? allBuffers([heir as GpuProgram]) : []);
    (heir as GpuProgram | undefined)?.adopt(made.filter((buffer) => shared.has(buffer)));
    for (const buffer of made) if (!shared.has(buffer)) device.destroyBuffer(buffer);
  };
  const commands = await guarded(device, 'the bindings of a net', () => steps.map(commandOf)).catch((error) => {
    release();
    throw error;
  });

  const flagged = [...new Set(steps.flatMap(({ flag }) => flag ?? []))];
  const flags: Stored = {
    name: 'flags',
    shape: [flagged.length, 1],
    parts: flagged.map((name) => {
      const from = buffers.get(name)!.at(-1)!;
      return { from, at: from.size - FLAG_BYTES, bytes: FLAG_BYTES };
    }),
  };
  const stored: GpuProgram['stored'] = (name, range) => {
    if (name === FLAGS) return flags;
    const { shape, buffer } = schedule.tensors.get(name)!;
    return storedIn(buffers.get(buffer)!, name, shape, range);
  };
  const readAll = async (names: readonly string[]) => {
    const read = await readTensors(
      staging,
      names.map((name) => stored(name)),
    );
    return new Map(names.map((name, i) => [name, read[i]]));
  };

  const program: Omit<GpuProgram, 'copy'> = {
    graph,
    schedule,
    buffers,
    adopt(more) {
      made = [...made, ...more];
    },
    stored,
    tensors: schedule.tensors,
    encode(pass, offset) {
      for (const { pipeline, group, dynamic, workgroups } of commands) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group, dynamic ? [offset] : []);
        pass.dispatchWorkgroups(...workgroups);
      }
    },
    variant,
    replace(index, step, pipeline) {
      steps[index] = step;
      commands[index] = { ...commands[index], pipeline, workgroups: step.workgroups };
    },
    write(name, data) {
      staging.assertUsable();
      const { shape, buffer } = schedule.tensors.get(name)!;
      const packed = find(graph, name)?.op === dataLeaf;
      const words = packed ? toWords(data) : new Uint8Array(pad(data, shape).buffer);
      guard.run(`to write ${name}`, () => writeTo(gpu, buffers.get(buffer)!, words));
    },
    setFlags(values = []) {
      staging.assertUsable();
      guard.run('to write flags', () => {
        for (const [i, { from, at }] of flags.parts.entries()) {
          gpu.queue.writeBuffer(from, at, Float32Array.of(values[i] ?? 0));
        }
      });
    },
    read: async (name) => (await readAll([name])).get(name)!,
    readAll,
    destroy: release,
  };
  for (const node of graph.nodes)
    if (node.op === constant && program.tensors.has(node.name)) program.write(node.name, valuesOf(node));
  return program;
}

/** The bytes of an array; a copy only where they have to be filled up to whole words. */
function toWords(data: Float64Array | Float32Array | Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  if (bytes.length % 4 === 0) return bytes;
  const words = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  words.set(bytes);
  return words;
}
