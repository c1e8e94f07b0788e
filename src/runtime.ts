/**
 * The GPU engine: makes the pipelines, buffers and bind groups of a schedule once, then only encodes and submits. Per-step
 * values are rows of one table, written once per run and addressed by a dynamic offset.
 */
import type { Device } from './device.ts';
import { download } from './download.ts';
import type { Engine, Program, ProgramOptions } from './engine.ts';
import { OutOfMemoryError, ShaderError, ShapeError, StateError } from './errors.ts';
import { type FormOf, plan } from './forms.ts';
import type { Graph } from './graph.ts';
import { type Guard, guarded, guardOf } from './guard.ts';
import { data as dataLeaf } from './ops/leaf.ts';
import type { Schedule, Step } from './schedule.ts';
import { allPass } from './selftest.ts';
import { packRows, ROW_BYTES } from './step.ts';
import { byteLength, pad, unpad } from './tensor.ts';
import { COPY_DST, COPY_SRC, MAP_READ, STORAGE, UNIFORM } from './usage.ts';
import { formsOfWhole, isSmall, makeWhole, type Table, type Whole } from './whole.ts';

/** Bytes of the step table: a uniform binding may always be so large. */
const TABLE_BYTES = 65536;

export interface GpuProgram extends Program {
  readonly schedule: Schedule;
  readonly buffers: ReadonlyMap<string, GPUBuffer>;
  encode(pass: GPUComputePassEncoder, offset: number): void;
  /** The same steps and bindings, with steps in other forms; nothing is changed by that. */
  variant(formOf: FormOf): Schedule;
  /** Runs a step in another form from the next run on: same bits, another speed. */
  replace(index: number, step: Step, pipeline: GPUComputePipeline): void;
}

export async function gpuEngine(device: Device): Promise<Engine> {
  const { gpu } = device;
  const [buffer] = await device.createBuffers([{ label: 'step table', size: TABLE_BYTES, usage: UNIFORM | COPY_DST }]);
  const stride = Math.max(ROW_BYTES, gpu.limits.minUniformBufferOffsetAlignment);
  const table: Table = { buffer, stride, rows: Math.floor(TABLE_BYTES / stride) };
  let destroyed = false;
  const programs = new Set<Program>();
  const guard = guardOf(gpu);
  const assertUsable = (): void => {
    if (destroyed) throw new StateError('this net has been destroyed');
    device.assertAlive();
    guard.assertNone();
  };
  const staging = stagingPool(device, guard, assertUsable);
  const wholes = wholeSteps(device, table, (program) => programs.has(program));
  return {
    kind: 'gpu',
    name: device.info.name,
    largest: Math.min(gpu.limits.maxStorageBufferBindingSize, gpu.limits.maxBufferSize),
    maxRows: table.rows,
    async program(graph, options) {
      assertUsable();
      const made = await gpuProgram(device, guard, table, staging, graph, options);
      const destroy = (): void => {
        programs.delete(program);
        wholes.forget(program);
        made.destroy();
      };
      const program = { ...made, destroy };
      programs.add(program);
      // The net may have been destroyed while this was in the making.
      if (destroyed) destroy();
      assertUsable();
      return program;
    },
    prepare: (programs) => wholes.prepare(programs as readonly GpuProgram[]),
    run(programs, rows, refused) {
      const refuse = (): void => refused?.(rows);
      try {
        assertUsable();
      } catch (error) {
        refuse();
        throw error;
      }
      const submit = (): void => {
        const encoder = gpu.createCommandEncoder();
        const whole = wholes.of(programs);
        if (whole) whole.encode(encoder);
        else {
          const pass = encoder.beginComputePass();
          for (let r = 0; r < rows.length; r++) {
            for (const program of programs) (program as GpuProgram).encode(pass, r * stride);
          }
          pass.end();
        }
        gpu.queue.submit([encoder.finish()]);
      };
      // Apart from the submit, which the device runs even if it refuses this: the steps count then, whatever they did.
      guard.run('to write the rates of a submit, whose steps took those of another', () =>
        gpu.queue.writeBuffer(buffer, 0, packRows(rows, stride)),
      );
      guard.run(`a submit of ${rows.length === 1 ? '1 step' : `${rows.length} steps`}, not done`, submit, refuse);
    },
    async settled() {
      const verdict = guard.settled();
      verdict.catch(() => {}); // it is awaited below
      await device.wait(gpu.queue.onSubmittedWorkDone()).catch(device.explain);
      await verdict;
      assertUsable();
    },
    destroy() {
      destroyed = true;
      for (const program of programs) program.destroy();
      staging.destroy();
      device.destroyBuffer(buffer);
    },
  };
}

/** Among the kernels that a device cannot use. */
const WHOLE = 'whole steps';

/** The whole steps of small programs that are run together. */
function wholeSteps(device: Device, table: Table, isAlive: (program: Program) => boolean) {
  const known = new Map<readonly GpuProgram[], Whole>();
  const keyOf = (programs: readonly Program[]) =>
    [...known.keys()].find((key) => key.length === programs.length && key.every((p, i) => p === programs[i]));
  return {
    async prepare(programs: readonly GpuProgram[]): Promise<void> {
      if (keyOf(programs) || device.faults.has(WHOLE) || !isSmall(programs, device)) return;
      if (!(await allPass(device, formsOfWhole(device, programs)))) return;
      const whole = await makeWhole(device, table, programs).catch((error) => {
        // A dispatch per kernel does the same.
        if (!(error instanceof ShaderError || error instanceof OutOfMemoryError)) throw error;
        if (error instanceof ShaderError) device.faults.set(WHOLE, error.message);
        return undefined;
      });
      // The net may have been destroyed while this was in the making.
      if (programs.every(isAlive) && whole) known.set([...programs], whole);
      else whole?.destroy();
    },
    of(programs: readonly Program[]): Whole | undefined {
      const key = keyOf(programs);
      return key && known.get(key);
    },
    forget(program: Program): void {
      for (const [key, whole] of known) {
        if (!key.includes(program as GpuProgram)) continue;
        whole.destroy();
        known.delete(key);
      }
    },
  };
}

async function gpuProgram(
  device: Device,
  guard: Guard,
  table: Table,
  staging: StagingPool,
  graph: Graph,
  { keep, shared, separate, formOf, recall, signal, onProgress }: ProgramOptions,
): Promise<GpuProgram> {
  const { gpu } = device;
  const options = { keep, separate, storageBuffers: gpu.limits.maxStorageBuffersPerShaderStage };
  const watched = { signal, onProgress };
  const { schedule: planned, pipelines, variant } = await plan(device, graph, { ...options, formOf }, recall, watched);
  const steps = [...planned.steps];
  const schedule: Schedule = { ...planned, steps };
  const theirs = shared?.program as GpuProgram | undefined;
  const own = schedule.buffers.filter(({ name }) => !(theirs && shared!.names.includes(name)));
  const largest = gpu.limits.maxStorageBufferBindingSize;
  const tooLarge = own.find(({ bytes }) => bytes > largest);
  if (tooLarge) {
    const { name, bytes } = tooLarge;
    throw new OutOfMemoryError(`${name} takes ${bytes} bytes, and ${device.info.name} binds at most ${largest}`);
  }
  for (const step of steps) {
    const wrong = beyondGrid(device, step);
    if (wrong) throw new ShapeError(`${step.label}: ${wrong}`);
  }
  const made = await device.createBuffers(
    own.map(({ name, bytes }) => ({ label: name, size: bytes, usage: STORAGE | COPY_SRC | COPY_DST })),
  );
  const buffers = new Map(own.map(({ name }, i) => [name, made[i]]));
  for (const name of shared?.names ?? []) if (theirs?.buffers.has(name)) buffers.set(name, theirs.buffers.get(name)!);

  const commandOf = ({ bindings, shader, workgroups, label }: Step, i: number) => {
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

  return {
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
      const packed = graph.nodes.some((node) => node.name === name && node.op === dataLeaf);
      const words = packed ? toWords(data) : pad(data, shape);
      guard.run(`to write ${name}`, () => gpu.queue.writeBuffer(buffers.get(buffer)!, 0, words));
    },
    clear(name) {
      staging.assertUsable();
      guard.run(`to clear ${name}`, () => {
        const encoder = gpu.createCommandEncoder();
        encoder.clearBuffer(buffers.get(schedule.tensors.get(name)!.buffer)!);
        gpu.queue.submit([encoder.finish()]);
      });
    },
    async read(name) {
      const { shape, buffer } = schedule.tensors.get(name)!;
      return unpad(await staging.read(name, buffers.get(buffer)!, byteLength(shape)), shape);
    },
    destroy: release,
  };
}

/** In words, where a step takes more workgroups than the device runs in one dispatch. */
export function beyondGrid({ gpu, info }: Device, { workgroups }: Step): string | undefined {
  const most = gpu.limits.maxComputeWorkgroupsPerDimension;
  if (workgroups.every((n) => n <= most)) return undefined;
  return `it takes ${workgroups.join(' × ')} workgroups, and ${info.name} runs at most ${most} along each dimension`;
}

/** The bytes of an array, filled up to whole words. */
function toWords(data: Float64Array | Float32Array | Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const words = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  words.set(bytes);
  return words;
}

interface StagingPool {
  assertUsable(): void;
  /** Rejects where the copy was refused, or anything queued before it: what lies in the buffer then is of another read. */
  read(name: string, from: GPUBuffer, bytes: number): Promise<Float32Array>;
  destroy(): void;
}

/** Buffers that the CPU can map, kept for the next read. */
function stagingPool(device: Device, guard: Guard, assertUsable: () => void): StagingPool {
  const { gpu } = device;
  const free: GPUBuffer[] = [];
  const all = new Set<GPUBuffer>();
  const take = (bytes: number): GPUBuffer => {
    // The smallest that is large enough, so that a repeated series of reads finds the same buffers again.
    free.sort((a, b) => a.size - b.size);
    const fitting = free.findIndex((buffer) => buffer.size >= bytes && buffer.size <= 4 * bytes);
    if (fitting >= 0) return free.splice(fitting, 1)[0];
    const buffer = gpu.createBuffer({ label: 'staging', size: bytes, usage: MAP_READ | COPY_DST });
    all.add(buffer);
    return buffer;
  };
  const discard = (buffer: GPUBuffer): void => {
    all.delete(buffer);
    buffer.destroy();
  };
  return {
    assertUsable,
    async read(name, from, bytes) {
      assertUsable();
      let buffer: GPUBuffer | undefined;
      const staging = (): GPUBuffer => {
        buffer = take(bytes);
        return buffer;
      };
      const explain = (cause: unknown): Promise<never> => {
        assertUsable();
        return device.explain(cause);
      };
      try {
        const data = await download(device, guard, { name, from, bytes, staging, explain });
        free.push(buffer!);
        return new Float32Array(data);
      } catch (error) {
        if (buffer) discard(buffer);
        throw error;
      }
    },
    destroy() {
      for (const buffer of all) buffer.destroy();
    },
  };
}
