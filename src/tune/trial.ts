/**
 * Tries the forms of one step in separate memory. A candidate must give, bit for bit, the result of the current form, and
 * pass the check against the CPU reference. Then the two are timed in turns.
 */
import { uniforms } from '../base/random.ts';
import { columns, size } from '../base/tensor.ts';
import type { Dispatch } from '../compiler/schedule.ts';
import type { Device } from '../engine/device.ts';
import { createIsolatedStep, type IsolatedStep, type Launch } from '../engine/isolated-step.ts';
import type { Graph } from '../graph/graph.ts';
import { batch } from '../graph/leaf.ts';
import { type StepRow, stepRow } from '../graph/step-row.ts';
import { type Memory, patchFault } from './spot-check.ts';

export interface Trial {
  /** Why a form of this step may not be used, or undefined. */
  fault(launch: Launch): Promise<string | undefined>;
  /** Milliseconds per dispatch of a form, or of the one in use, over a pass long enough for the clock. */
  time(launch?: Launch): Promise<number>;
  /** From now on this is the form in use. */
  use(launch: Launch): void;
  destroy(): void;
}

/** What asks the clock; tests put numbers of their own in its place. */
export const stopwatch = {
  /** Milliseconds that so many dispatches of a kernel take on a device with nothing else to do. */
  async time(isolated: IsolatedStep, launch: Launch, times: number): Promise<number> {
    const started = performance.now();
    isolated.run(launch, times);
    await isolated.settled();
    return performance.now() - started;
  },
};

/** Milliseconds of work between two looks at the clock, and dispatches at most. */
const PASS = 10;
const MOST = 512;

/** `first` is the form in use. Throws OutOfMemoryError. */
export async function openTrial(device: Device, graph: Graph, step: Dispatch, first: Launch): Promise<Trial> {
  const row = someRow(graph);
  const contents = fillings(step);
  const isolated = await createIsolatedStep(device, { graph, step, row, contents });
  const before: Memory = (tensor, index) => contents(tensor)[index % BLOCK];
  let used = first;
  let expected: ReadonlyMap<string, Float32Array> | undefined;
  let times = 0;
  const run = (launch: Launch) => {
    isolated.reset();
    isolated.run(launch, 1);
    return isolated.read();
  };
  const pass = (launch: Launch): Promise<number> => stopwatch.time(isolated, launch, times);
  return {
    async fault(launch) {
      expected ??= await run(used);
      const found = await run(launch);
      const differing = [...found].find(([tensor, data]) => !sameBits(data, expected!.get(tensor)!));
      if (differing) return `${differing[0]} is not what the form in use makes of it`;
      return patchFault(step, row, before, (tensor, index) => found.get(tensor)![index]);
    },
    async time(launch = used) {
      if (times === 0) for (times = 1; times < MOST && (await pass(used)) < PASS; ) times *= 2;
      return (await pass(launch)) / times;
    },
    use(launch) {
      used = launch;
    },
    destroy: isolated.destroy,
  };
}

/** A full batch, and small steps, so that no parameter runs away however often a pass repeats them. */
function someRow({ nodes }: Graph): StepRow {
  const input = nodes.find(({ op }) => op === batch);
  return stepRow({
    columns: input ? columns(input.shape) : 1,
    learningRate: 2 ** -10,
    correction1: 1.25,
    correction2: 1.5,
  });
}

/** Of no simple length, so that rows differ wherever the repetition falls. */
const BLOCK = 16381;

/**
 * Contents for the tensors of a step: factors of either sign, whose product has about unit variance; everything else in
 * (0, 1), which suits biases, targets and the squares that optimizers keep.
 */
function fillings({ nodes: [product], bindings, work }: Dispatch): (tensor: string) => Float32Array<ArrayBuffer> {
  const length = work / size(product.shape);
  const ranges: Record<string, number> = { A: 1, B: 3 / Math.sqrt(length) };
  const blocks = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [i, { name, tensor }] of bindings.entries()) {
    const range = ranges[name];
    const value = range ? (u: number) => range * (2 * u - 1) : (u: number) => u;
    if (!blocks.has(tensor)) blocks.set(tensor, Float32Array.from(uniforms(BLOCK, 1, i), value));
  }
  return (tensor) => blocks.get(tensor)!;
}

function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [x, y] = [a, b].map(({ buffer, byteOffset, length }) => new Uint32Array(buffer, byteOffset, length));
  return x.every((word, i) => word === y[i]);
}
