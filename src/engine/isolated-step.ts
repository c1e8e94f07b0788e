/**
 * Separate memory for one step of a schedule, to run it in any of its forms while training keeps its own. Bind groups fit
 * every form, because the layouts of all forms are made from the same bindings.
 */
import type { Binding, Dispatch } from '../compiler/schedule.ts';
import { type Graph, label } from '../graph/graph.ts';
import { packRows, ROW_BYTES, type StepRow } from '../graph/step-row.ts';
import { bytesOf } from '../graph/storage.ts';
import { COPY_DST, COPY_SRC, MAP_READ, STORAGE, UNIFORM } from './buffer-usage.ts';
import type { Device } from './device.ts';
import { finished, guardOf } from './guard.ts';
import { readBuffer } from './read-buffer.ts';
import { buffersOf, joined, limitsOf, partsIn } from './tensor-buffers.ts';

/** A step in one of its forms. */
export interface Launch {
  readonly pipeline: GPUComputePipeline;
  readonly workgroups: Dispatch['workgroups'];
}

export interface IsolatedStep {
  /** Writes the first contents again into what the step writes. */
  reset(): void;
  /** Queues one submit of so many dispatches. */
  run(launch: Launch, times: number): void;
  /** When all of it is done. Rejects where the device refused any. */
  settled(): Promise<void>;
  /** What the step writes, by tensor, as it lies in memory. Rejects as `settled`. */
  read(): Promise<ReadonlyMap<string, Float32Array>>;
  destroy(): void;
}

export interface IsolatedStepOptions {
  readonly graph: Graph;
  readonly step: Dispatch;
  readonly row: StepRow;
  /** First contents of a tensor, repeated where it is longer. */
  contents(tensor: string): Float32Array<ArrayBuffer>;
}

/** Bytes that the step binds. */
export const isolatedBytes = (graph: Graph, step: Dispatch): number =>
  tensorsOf(graph, step).reduce((sum, { bytes }) => sum + bytes, 0);

/** Throws OutOfMemoryError. */
export async function createIsolatedStep(
  device: Device,
  { graph, step, row, contents }: IsolatedStepOptions,
): Promise<IsolatedStep> {
  const { gpu } = device;
  const tensors = tensorsOf(graph, step);
  const written = tensors.filter(({ access }) => access === 'readWrite');
  const limits = limitsOf(gpu);
  const usage = STORAGE | COPY_SRC | COPY_DST;
  const parts = tensors.map(({ tensor, bytes }) =>
    buffersOf({ label: `isolated ${tensor}`, size: bytes, usage }, limits),
  );
  const largest = Math.max(...written.map(({ bytes }) => bytes));
  const made = await device.createBuffers([
    { label: 'isolated step', size: ROW_BYTES, usage: UNIFORM | COPY_DST },
    { label: 'isolated read', size: Math.min(largest, limits.bindingBytes!), usage: MAP_READ | COPY_DST },
    ...parts.flat(),
  ]);
  const [table, staging, ...storage] = made;
  const guard = guardOf(device);
  const partsOf = new Map(tensors.map(({ tensor }, i) => [tensor, storage.splice(0, parts[i].length)]));
  const fill = (filled: typeof tensors): void =>
    guard.run('to fill a trial', () => {
      for (const { tensor, bytes } of filled)
        repeat(gpu, partsIn(partsOf.get(tensor)!, { from: 0, to: bytes }), contents(tensor));
    });
  guard.run('to begin a trial', () => gpu.queue.writeBuffer(table, 0, packRows([[row]], ROW_BYTES), 0, ROW_BYTES));
  fill(tensors);
  let group: GPUBindGroup | undefined;
  const groupFor = (pipeline: GPUComputePipeline): GPUBindGroup => {
    const buffers = step.bindings.map(({ tensor, part = 0 }) => ({ buffer: partsOf.get(tensor)![part] }));
    const resources = step.shader.usesStep ? [...buffers, { buffer: table, size: ROW_BYTES }] : buffers;
    const entries = resources.map((resource, binding) => ({ binding, resource }));
    return gpu.createBindGroup({ label: 'isolated', layout: pipeline.getBindGroupLayout(0), entries });
  };
  return {
    reset: () => fill(written),
    run({ pipeline, workgroups }, times) {
      guard.run('a trial', () => {
        group ??= groupFor(pipeline);
        const encoder = gpu.createCommandEncoder();
        const pass = encoder.beginComputePass();
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group, step.shader.usesStep ? [0] : []);
        for (let i = 0; i < times; i++) pass.dispatchWorkgroups(...workgroups);
        pass.end();
        gpu.queue.submit([encoder.finish()]);
      });
    },
    async settled() {
      const verdict = guard.settled();
      verdict.catch(() => {}); // it is awaited below
      await finished(device);
      await verdict;
    },
    async read() {
      const values = new Map<string, Float32Array>();
      const { explain } = device;
      for (const { tensor, bytes } of written) {
        const read: ArrayBuffer[] = [];
        for (const part of partsIn(partsOf.get(tensor)!, { from: 0, to: bytes })) {
          read.push(await readBuffer(device, guard, { name: tensor, parts: [part], staging: () => staging, explain }));
        }
        values.set(tensor, joined(read.map((data) => new Uint8Array(data))));
      }
      return values;
    },
    destroy() {
      for (const buffer of made) device.destroyBuffer(buffer);
    },
  };
}

/** Each tensor of a step once, though it may be bound twice. */
function tensorsOf(graph: Graph, step: Dispatch): (Pick<Binding, 'tensor' | 'access'> & { bytes: number })[] {
  const nodes = new Map(graph.nodes.map((node) => [label(node), node]));
  const written = new Set(step.bindings.filter(({ access }) => access === 'readWrite').map(({ tensor }) => tensor));
  return [...new Set(step.bindings.map(({ tensor }) => tensor))].map((tensor) => ({
    tensor,
    access: written.has(tensor) ? 'readWrite' : 'read',
    bytes: bytesOf(nodes.get(tensor)!),
  }));
}

/** Fills the parts of a tensor with a block over and over, as if they were one. */
function repeat({ queue }: GPUDevice, parts: ReturnType<typeof partsIn>, block: Float32Array<ArrayBuffer>): void {
  for (const { from: buffer, first, bytes } of parts) {
    for (let at = 0, length = 0; at < bytes; at += 4 * length) {
      const from = ((first + at) / 4) % block.length;
      length = Math.min(block.length - from, (bytes - at) / 4);
      queue.writeBuffer(buffer, at, block, from, length);
    }
  }
}
