/** A graph on the GPU: the pipelines, buffers and bind groups of its schedule, made once. A step only encodes dispatches. */
import { OutOfMemoryError } from '../base/errors.ts';
import { byteLength, pad, unpad } from '../base/tensor.ts';
import type { Limits } from '../compiler/fuse.ts';
import type { Dispatch, Schedule } from '../compiler/schedule.ts';
import { find, type Graph } from '../graph/graph.ts';
import { constant, data as dataLeaf, valuesOf } from '../graph/leaf.ts';
import { ROW_BYTES } from '../graph/step-row.ts';
import { COPY_DST, COPY_SRC, STORAGE } from './buffer-usage.ts';
import { type FormOf, plan } from './choose-forms.ts';
import type { Device } from './device.ts';
import type { Program, ProgramOptions } from './engine.ts';
import { type Guard, guarded } from './guard.ts';
import type { StagingPool } from './staging.ts';

export interface GpuProgram extends Program {
  readonly schedule: Schedule;
  readonly buffers: ReadonlyMap<string, GPUBuffer>;
  encode(pass: GPUComputePassEncoder, offset: number): void;
  /** The same steps and bindings, with steps in other forms; nothing is changed by that. */
  variant(formOf: FormOf): Schedule;
  /** Runs a step in another form from the next run on: same bits, another speed. */
  replace(index: number, step: Dispatch, pipeline: GPUComputePipeline): void;
}

/** The step table: `rows` rows of `stride` bytes. */
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
  { keep, shared = [], separate, formOf, recall, signal, onProgress }: ProgramOptions,
): Promise<GpuProgram> {
  const { gpu } = device;
  const options = { keep, separate, ...limitsOf(gpu) };
  const watched = { signal, onProgress };
  const { schedule: planned, pipelines, variant } = await plan(device, graph, { ...options, formOf }, recall, watched);
  const steps = [...planned.dispatches];
  const schedule: Schedule = { ...planned, dispatches: steps };
  const theirs = new Set(shared.flatMap(({ names }) => names));
  const own = schedule.buffers.filter(({ name }) => !theirs.has(name));
  const largest = gpu.limits.maxStorageBufferBindingSize;
  const tooLarge = own.find(({ bytes }) => bytes > largest);
  if (tooLarge) {
    const { name, bytes } = tooLarge;
    throw new OutOfMemoryError(`${name} needs ${bytes} bytes, but ${device.info.name} binds at most ${largest}`);
  }
  const made = await device.createBuffers(
    own.map(({ name, bytes }) => ({ label: name, size: bytes, usage: STORAGE | COPY_SRC | COPY_DST })),
  );
  const buffers = new Map(own.map(({ name }, i) => [name, made[i]]));
  for (const { program, names } of shared) {
    for (const name of names) {
      const buffer = (program as GpuProgram).buffers.get(name);
      if (buffer) buffers.set(name, buffer);
    }
  }

  const commandOf = ({ bindings, shader, workgroups, label }: Dispatch, i: number) => {
    const entries: GPUBindGroupEntry[] = bindings.map(({ buffer }, binding) => ({
      binding,
      resource: { buffer: buffers.get(buffer)! },
    }));
    if (shader.usesStep)
      entries.push({ binding: bindings.length, resource: { buffer: table.buffer, size: ROW_BYTES } });
    const group = gpu.createBindGroup({ label, layout: pipelines[i].getBindGroupLayout(0), entries });
    return { pipeline: pipelines[i], group, dynamic: shader.usesStep, workgroups };
  };
  const release = (): void => {
    for (const buffer of made) device.destroyBuffer(buffer);
  };
  const commands = await guarded(gpu, 'the bindings of a net', () => steps.map(commandOf)).catch((error) => {
    release();
    throw error;
  });

  const readTogether = async (names: readonly string[]) => {
    const parts = names.map((name) => {
      const { shape, buffer } = schedule.tensors.get(name)!;
      return { from: buffers.get(buffer)!, bytes: byteLength(shape) };
    });
    const data = await staging.read(describe(names), parts);
    let at = 0;
    return new Map(
      names.map((name, i) => {
        const floats = new Float32Array(data, at, parts[i].bytes / 4);
        at += parts[i].bytes;
        return [name, unpad(floats, schedule.tensors.get(name)!.shape)] as const;
      }),
    );
  };

  const program: GpuProgram = {
    graph,
    schedule,
    buffers,
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
      const words = packed ? toWords(data) : pad(data, shape);
      guard.run(`to write ${name}`, () => gpu.queue.writeBuffer(buffers.get(buffer)!, 0, words));
    },
    read: async (name) => (await readTogether([name])).get(name)!,
    async readAll(names) {
      const groups = inGroups(names, (name) => byteLength(schedule.tensors.get(name)!.shape));
      return new Map((await Promise.all(groups.map(readTogether))).flatMap((tensors) => [...tensors]));
    },
    destroy: release,
  };
  for (const node of graph.nodes)
    if (node.op === constant && program.tensors.has(node.name)) program.write(node.name, valuesOf(node));
  return program;
}

const limitsOf = ({ limits }: GPUDevice): Limits => ({
  storageBuffers: limits.maxStorageBuffersPerShaderStage,
  workgroups: limits.maxComputeWorkgroupsPerDimension,
});

/** What is read together, in bytes; a tensor that is larger is read alone. */
const READ_TOGETHER = 2 ** 26;

/** The names in their order, cut where a group would hold more than that. */
function inGroups(names: readonly string[], bytesOf: (name: string) => number): string[][] {
  const groups: string[][] = [];
  let room = 0;
  for (const name of names) {
    const bytes = bytesOf(name);
    if (bytes > room) {
      groups.push([]);
      room = READ_TOGETHER;
    }
    groups[groups.length - 1].push(name);
    room -= bytes;
  }
  return groups;
}

const describe = ([first, ...more]: readonly string[]): string =>
  more.length === 0 ? first : `${first} and ${more.length} more`;

/** The bytes of an array, filled up to whole words. */
function toWords(data: Float64Array | Float32Array | Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const words = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  words.set(bytes);
  return words;
}
