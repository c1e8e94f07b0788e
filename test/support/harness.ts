/** What the tests on a GPU share: one device per file, graphs made from the cases of an op, buffers full of NaN. */
import { afterAll, beforeAll, expect } from 'vitest';
import { uniforms } from '../../src/base/random.ts';
import { columns, rows, type Shape, size, stride } from '../../src/base/tensor.ts';
import { COPY_DST, MAP_READ, READ_MODE, STORAGE } from '../../src/engine/buffer-usage.ts';
import type { Device } from '../../src/engine/device.ts';
import type { Engine, ProgramOptions } from '../../src/engine/engine.ts';
import { gpuEngine } from '../../src/engine/gpu-engine.ts';
import type { GpuProgram } from '../../src/engine/gpu-program.ts';
import { openDevice } from '../../src/engine/open-device.ts';
import { writeTo } from '../../src/engine/tensor-buffers.ts';
import { type Comparison, compare } from '../../src/graph/check.ts';
import { append, createGraph, type Graph, type Node } from '../../src/graph/graph.ts';
import { batch, constant, data, leaf, stepOf, valuesOf } from '../../src/graph/leaf.ts';
import type { Case, Data, Op, Range, Value } from '../../src/graph/op.ts';
import { evaluate } from '../../src/graph/reference.ts';
import { type StepRow, stepRow } from '../../src/graph/step-row.ts';
import { storageOf } from '../../src/graph/storage.ts';
import '../../src/platform/platform.node.ts';
import { over } from './over.ts';

// For lavapipe, before it is loaded: without LLVM's optimizer it compiles faster, and these tests run a kernel a few times only.
// They take a quarter less time.
if (typeof process !== 'undefined') process.env.GALLIVM_PERF ??= 'nopt';

/** The adapter of this run, opened before the first test of the file and destroyed after the last. */
export function useGpu(): Gpu {
  const use = {} as Gpu;
  beforeAll(async () => {
    use.device = await openDevice();
    use.engine = await gpuEngine(use.device);
    use.banded = await gpuEngine(banded(use.device));
  });
  afterAll(() => {
    use.banded?.destroy();
    use.engine?.destroy();
    use.device?.assertAlive();
    use.device?.destroy();
  });
  return use;
}

/** Bytes behind every tensor of `runGraph`. */
const BAND = 256;
/** The numbers there, for the i-th buffer. No NaN, which kernels hand on as it is. */
const markOf = (i: number): number => Math.fround(123.456 * (i + 1));

/**
 * The same device with a band behind every buffer. Buffers are bound whole, and so a write beyond a tensor is one within its
 * binding, which WebGPU lets through.
 */
function banded(device: Device): Device {
  const withBand = (descriptor: GPUBufferDescriptor): GPUBufferDescriptor =>
    descriptor.usage & STORAGE ? { ...descriptor, size: descriptor.size + BAND } : descriptor;
  const createBuffers: Device['createBuffers'] = (all) => device.createBuffers(all.map(withBand));
  return Object.create(device, { createBuffers: { value: createBuffers } });
}

/** The buffers of a program with bands whose band is not as it was. */
async function writtenBeside({ gpu }: Device, { buffers, schedule }: GpuProgram): Promise<string[]> {
  const read = gpu.createBuffer({ size: schedule.buffers.length * BAND, usage: MAP_READ | COPY_DST });
  const encoder = gpu.createCommandEncoder();
  for (const [i, { name }] of schedule.buffers.entries()) {
    const [buffer] = buffers.get(name)!;
    encoder.copyBufferToBuffer(buffer, buffer.size - BAND, read, i * BAND, BAND);
  }
  gpu.queue.submit([encoder.finish()]);
  await read.mapAsync(READ_MODE);
  const found = new Float32Array(read.getMappedRange().slice(0));
  read.destroy();
  const isKept = (i: number) => found.subarray((i * BAND) / 4, ((i + 1) * BAND) / 4).every((x) => x === markOf(i));
  return schedule.buffers.filter((_, i) => !isKept(i)).map(({ name }) => name);
}

/** The same device, which claims to have lower limits. */
export function narrowed(device: Device, lower: Readonly<Record<string, number>>): Device {
  const { gpu } = device;
  return Object.create(device, { gpu: { value: over(gpu, { limits: over(gpu.limits, lower) }) } });
}

/** What is no plain value by its name, as in a printout. */
const settings = (of: object): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(of).map(([key, value]) => [key, Object(value) === value ? `${value}` : value])),
  );

export const titleOf = (op: Op, { shapes, attributes, step = {} }: Case): string =>
  `${op.name} ${shapes.map((shape) => (shape ? `[${shape}]` : 'step')).join(' ')} ${attributes ? settings({ ...attributes, ...step }) : ''}`;

/** Leaves for the operands of a case and the op applied to them, named `out`. An attribute `format` is that of the first, a data set. */
export function graphOf(op: Op, { shapes, attributes }: Case): { graph: Graph; node: Node } {
  const graph = createGraph();
  const format = attributes?.format as string | undefined;
  const operand = (shape: Shape, i: number): Node =>
    format && i === 0 ? leaf(graph, data, `in${i}`, shape, { format }) : leaf(graph, batch, `in${i}`, shape);
  const inputs = shapes.map((shape, i) => (shape ? operand(shape, i) : stepOf(graph)));
  return { graph, node: append(graph, op, inputs, attributes, 'out') };
}

/** As `graphOf`, with the gradient towards each operand that has one, named `gradient0`, ... */
export function gradientGraphOf(op: Op, example: Case): Graph {
  const { graph, node } = graphOf(op, example);
  const upstream = () => leaf(graph, batch, 'upstream', node.shape);
  const gradients = op.lossGradient?.(graph, node) ?? op.gradient!(graph, node, upstream());
  gradients.forEach((make, i) => {
    const gradient = make?.();
    if (gradient && !gradient.name) gradient.name = `gradient${i}`;
  });
  expect(gradients.some(Boolean)).toBe(true);
  return graph;
}

/** Seeded values for the leaves of a graph, rounded to f32. */
export function valuesFor(
  graph: Graph,
  { domain = [-2, 2], values = [] }: Pick<Case, 'domain' | 'values'> = {},
  seed = 1,
): Map<string, Float32Array> {
  const leaves = graph.nodes.filter((node) => node.op.kind === 'leaf' && node.op.name !== 'step');
  const ranges = (Array.isArray(domain[0]) ? domain : leaves.map(() => domain)) as readonly Range[];
  return new Map(
    leaves.map((node, i) => {
      if (node.op === constant) return [node.name, valuesOf(node)];
      if (values[i]) return [node.name, Float32Array.from(values[i])];
      const [low, high] = ranges[i] ?? [-2, 2];
      return [node.name, Float32Array.from(uniforms(size(node.shape), seed, 100 + i), (u) => low + (high - low) * u)];
    }),
  );
}

/** A ragged step with numbers of no special form. */
export const someStep = (n: number, more: Partial<StepRow> = {}): StepRow =>
  stepRow({ columns: Math.max(1, n - 2), learningRate: 0.3, correction1: 1.25, correction2: 1.5, random: 1, ...more });

export interface Gpu {
  device: Device;
  engine: Engine;
  /** An engine whose tensors have bands behind them. */
  banded?: Engine;
}

/**
 * Runs a graph once and reads every tensor that is kept or overwritten. All memory, the padding of the leaves included, is
 * NaN before. Nothing is written beside a tensor, where that is seen.
 */
export async function runGraph(
  { device, engine: plain, banded: engine = plain }: Gpu,
  graph: Graph,
  leaves: ReadonlyMap<string, Data>,
  step: StepRow,
  options: Pick<ProgramOptions, 'separate' | 'formOf'> = {},
): Promise<Map<string, Float32Array>> {
  const program = (await engine.program(graph, { keep: (node) => node.name !== '', ...options })) as GpuProgram;
  for (const [i, { name }] of program.schedule.buffers.entries()) {
    for (const buffer of program.buffers.get(name)!) {
      const values = new Float32Array(buffer.size / 4).fill(Number.NaN);
      device.gpu.queue.writeBuffer(buffer, 0, engine === plain ? values : values.fill(markOf(i), -BAND / 4));
    }
  }
  for (const node of graph.nodes) {
    if (program.tensors.has(node.name) && leaves.has(node.name)) {
      writeWithNaN(device, program, node, leaves.get(node.name)!);
    }
  }
  engine.run([{ programs: [program], rows: [step] }]);
  const tensors = new Map<string, Float32Array>();
  const packed = new Set(graph.nodes.filter(({ op }) => op.name === 'data').map(({ name }) => name));
  for (const name of program.tensors.keys()) if (!packed.has(name)) tensors.set(name, await program.read(name));
  await engine.settled();
  if (engine !== plain) expect(await writtenBeside(device, program)).toEqual([]);
  program.destroy();
  return tensors;
}

/** The reference values of a graph with their bounds, by the name of the tensor that holds them on the device. */
export function referenceOf(graph: Graph, leaves: ReadonlyMap<string, Data>, step: StepRow): Map<string, Value> {
  const leaf = (node: Node): Value => ({ shape: node.shape, data: leaves.get(node.name)! });
  const computed = [...evaluate(graph, { step, bounds: true, leaf })].filter(([node]) => node.op.kind !== 'leaf');
  return new Map(computed.flatMap(([node, value]) => (storageOf(node).name ? [[storageOf(node).name, value]] : [])));
}

/** Every tensor of one run of a graph on the GPU, within its bound of the reference. */
export async function expectReference(
  gpu: Gpu,
  graph: Graph,
  leaves: ReadonlyMap<string, Data>,
  step: StepRow,
): Promise<Comparison[]> {
  const tensors = await runGraph(gpu, graph, leaves, step);
  const comparisons = [...referenceOf(graph, leaves, step)].map(([name, value]) =>
    compare(name, tensors.get(name)!, value),
  );
  expect(comparisons.length).toBeGreaterThan(0);
  for (const comparison of comparisons) expect(comparison.share, JSON.stringify(comparison)).toBeLessThanOrEqual(1);
  return comparisons;
}

function writeWithNaN(device: Device, program: GpuProgram, node: Node, data: Data): void {
  if (node.op.name === 'data') {
    program.write(node.name, node.attributes.format === 'bytes' ? Uint8Array.from(data) : data);
    return;
  }
  const padded = new Float32Array(rows(node.shape) * stride(node.shape)).fill(Number.NaN);
  for (let i = 0; i < rows(node.shape); i++) {
    padded.set(data.subarray(i * columns(node.shape), (i + 1) * columns(node.shape)), i * stride(node.shape));
  }
  const buffers = program.buffers.get(program.schedule.tensors.get(node.name)!.buffer)!;
  writeTo(device.gpu, buffers, new Uint8Array(padded.buffer));
}
