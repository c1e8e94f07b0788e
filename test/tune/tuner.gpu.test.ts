/** Forms are chosen by measurement: only right ones, by a clear margin, beside training, without changing a bit of it. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { countCalls } from '../../src/bench/counting.ts';
import { fromArrays, take } from '../../src/data/index.ts';
import { gpuEngine } from '../../src/engine/gpu-engine.ts';
import type { GpuProgram } from '../../src/engine/gpu-program.ts';
import { append, createGraph } from '../../src/graph/graph.ts';
import { batch, leaf } from '../../src/graph/leaf.ts';
import type { Form } from '../../src/graph/op.ts';
import {
  adam,
  type CompileOptions,
  compile,
  type Device,
  dense,
  openDevice,
  print,
  relu,
  StateError,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
} from '../../src/index.node.ts';
import { matmul } from '../../src/ops/matmul.ts';
import { openTrial, stopwatch } from '../../src/tune/trial.ts';
import { budget } from '../../src/tune/tuner.ts';
import { parameterBits, random, readTwoAtATime } from '../support/nets.ts';

const form = (name: string, rows: number, tileRows = rows): Form => ({
  name,
  shader: 'gemm',
  lanes: 8,
  constants: { WIDTH: 8, ROWS: rows, COLUMNS: 1, COLUMN_STEP: 4 },
  tile: [tileRows, 32],
});
const [usual, fast, slow, close] = [form('usual', 4), form('fast', 2), form('slow', 1), form('close', 3)];
/** Leaves rows out. */
const broken = form('broken', 2, 6);

/** Milliseconds that each form is said to take; told apart by their workgroups for 48 rows. */
const times = { usual: 10, fast: 5, slow: 20, close: 9.7, broken: 1 };
const timeOf = ({ workgroups }: { workgroups: readonly number[] }): number => {
  const { name } = [usual, fast, slow, close, broken].find(({ tile }) => 48 / tile[0] === workgroups[1])!;
  return times[name as keyof typeof times];
};

let device: Device;
let menu: readonly Form[];
const saved = { ...budget };
beforeEach(async () => {
  device = await openDevice();
  menu = [usual, slow, fast];
  vi.spyOn(matmul as Required<typeof matmul>, 'forms').mockImplementation(() => menu);
  vi.spyOn(stopwatch, 'time').mockImplementation(async (_scratch, kernel, count) => timeOf(kernel) * count);
  Object.assign(budget, { share: Number.MAX_VALUE, most: Number.POSITIVE_INFINITY });
});
afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(budget, saved);
  device.destroy();
});

// Every matrix of this net has 48 rows.
const data = fromArrays({ x: random(48 * 64, 1), y: Array.from({ length: 64 }, (_, i) => i % 48), shape: [48] });
const compiled = (options: Partial<CompileOptions> = {}): Promise<Trainer> =>
  compile(sequential([48], [dense(48, relu), dense(48)]), {
    device,
    batch: 32,
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
    seed: 1,
    ...options,
  });
const formsOf = (net: Trainer) => new Set(net.tuning.map(({ form }) => form));
const statesOf = (net: Trainer) => new Set(net.tuning.map(({ status }) => status));

/** Trains until the tuner has settled every step; the number of epochs. */
async function fitUntilSettled(net: Trainer): Promise<number> {
  const stop = new AbortController();
  let epochs = 0;
  const onEpoch = (): void => {
    epochs++;
    if (net.tuning.every(({ status }) => status === 'measured')) stop.abort();
  };
  await net.fit(data, { epochs: 100_000, onEpoch, signal: stop.signal, millisecondsPerSubmit: 1 }).catch(() => {});
  return epochs;
}

describe('compile with tune now', () => {
  it('takes the form that was faster, and tells what was tried', async () => {
    const net = await compiled({ tune: 'now' });
    expect(formsOf(net)).toEqual(new Set(['fast']));
    expect(statesOf(net)).toEqual(new Set(['measured']));
    expect(net.tuning[0].candidates).toEqual([
      { form: 'usual', milliseconds: 10 },
      { form: 'slow', milliseconds: 20 },
      { form: 'fast', milliseconds: 5 },
    ]);
    expect(print(net.schedule)).toMatch(/workgroups \[1, 24, 1\], fast/);
    expect((await net.check(random(48 * 32, 2), data.targets.data.subarray(0, 32))).ok).toBe(true);
    net.destroy();
    expect(device.bytesInUse).toBe(0);
  });

  it('leaves a form that is faster by less than the margin', async () => {
    menu = [usual, close];
    const net = await compiled({ tune: 'now' });
    expect(formsOf(net)).toEqual(new Set(['usual']));
    expect(net.tuning[0].candidates).toHaveLength(2);
  });

  it('rejects a form that computes something else, and does not time it', async () => {
    menu = [usual, broken];
    const net = await compiled({ tune: 'now' });
    expect(formsOf(net)).toEqual(new Set(['usual']));
    expect(net.tuning[0].candidates).toEqual([
      { form: 'broken', rejected: expect.stringMatching(/is not what the form in use makes of it/) },
    ]);
    expect(stopwatch.time).not.toHaveBeenCalled();
  });

  it('rejects a form that does not compile', async () => {
    menu = [usual, { ...fast, lanes: 1e6 }];
    const net = await compiled({ tune: 'now' });
    expect(formsOf(net)).toEqual(new Set(['usual']));
    expect(net.tuning[0].candidates).toEqual([
      { form: 'fast', rejected: expect.stringMatching(/could not create the pipeline|compile/) },
    ]);
    await net.fit(data, { epochs: 1 });
  });
});

describe('a trial', () => {
  it('holds results against the reference, too, where both forms are wrong alike', async () => {
    const graph = createGraph();
    const [a, b] = [leaf(graph, batch, 'a', [48, 5]), leaf(graph, batch, 'b', [5, 33])];
    append(graph, matmul, [a, b], { transposeA: false, transposeB: false }, 'out');
    const engine = await gpuEngine(device);
    for (const [formOfBoth, why] of [
      [usual, undefined],
      [broken, expect.stringMatching(/^out is .* instead of /)],
    ] as const) {
      const program = (await engine.program(graph, { keep: () => true, formOf: () => formOfBoth })) as GpuProgram;
      const [step] = program.schedule.dispatches;
      const kernel = { pipeline: await device.pipeline(step.shader, ''), workgroups: step.workgroups };
      const trial = await openTrial(device, graph, step, kernel);
      expect(await trial.fault(kernel)).toEqual(why);
      trial.destroy();
    }
    engine.destroy();
    expect(device.bytesInUse).toBe(0);
  });
});

describe('tuning in the background', () => {
  it('begins with fit, swaps forms while it trains, and changes no bit', async () => {
    const net = await compiled();
    expect(statesOf(net)).toEqual(new Set(['default']));
    const epochs = await fitUntilSettled(net);
    expect(formsOf(net)).toEqual(new Set(['fast']));
    expect(statesOf(net)).toEqual(new Set(['measured']));
    expect(epochs).toBeGreaterThan(1);
    const set = vi.spyOn(GPUComputePassEncoder.prototype, 'setPipeline');
    await net.fit(data, { epochs: 1 });
    const used = new Set(set.mock.calls.map(([pipeline]) => pipeline));
    for (const { shader } of net.schedule.dispatches) expect(used.has(await device.pipeline(shader, ''))).toBe(true);

    const untuned = await compiled({ tune: 'off' });
    await untuned.fit(data, { epochs: epochs + 1 });
    expect(formsOf(untuned)).toEqual(new Set(['usual']));
    expect(await parameterBits(net)).toEqual(await parameterBits(untuned));
  });

  it('has freed its memory when fit ends, and makes no object in a step afterwards', async () => {
    const net = await compiled();
    await net.fit(data, { epochs: 1 });
    const inUse = device.bytesInUse;
    await fitUntilSettled(net);
    expect(device.bytesInUse).toBe(inUse);
    await readTwoAtATime(net, take(data, 32));
    const counter = countCalls(device.gpu);
    await net.fit(data, { epochs: 2 });
    expect(counter.take().made).toEqual({});
  });

  it('goes on in the next fit where one was too short', async () => {
    const net = await compiled();
    for (let i = 0; i < 1000 && !formsOf(net).has('fast'); i++)
      await net.fit(data, { epochs: 20, millisecondsPerSubmit: 1 });
    expect(formsOf(net)).toContain('fast');
  });

  it('leaves the queue alone without a budget, or when it is off', async () => {
    budget.share = 0;
    for (const tune of ['background', 'off'] as const) {
      const net = await compiled({ tune });
      await net.fit(data, { epochs: 20, millisecondsPerSubmit: 1 });
      expect(net.tuning.flatMap(({ candidates }) => candidates)).toEqual([]);
    }
    expect(stopwatch.time).not.toHaveBeenCalled();
  });

  it('ends with the net, and leaks nothing', async () => {
    const net = await compiled();
    vi.mocked(stopwatch.time).mockImplementation(async () => {
      net.destroy();
      return 1;
    });
    await expect(net.fit(data, { epochs: 100_000, millisecondsPerSubmit: 1 })).rejects.toThrow(StateError);
    expect(stopwatch.time).toHaveBeenCalled();
    expect(device.bytesInUse).toBe(0);
  });

  it('does not end training when it fails itself', async () => {
    const net = await compiled();
    vi.mocked(stopwatch.time).mockRejectedValue(new Error('no clock'));
    let asked = 0;
    const stop = new AbortController();
    const onEpoch = () => vi.mocked(stopwatch.time).mock.calls.length > 0 && asked++ > 3 && stop.abort();
    const fit = net.fit(data, { epochs: 100_000, onEpoch, signal: stop.signal, millisecondsPerSubmit: 1 });
    await expect(fit).rejects.toThrow(/aborted/);
    expect(stopwatch.time).toHaveBeenCalledTimes(1);
    expect(formsOf(net)).toEqual(new Set(['usual']));
    expect(net.tuning.map(({ failure }) => failure)).toContain('no clock');
  });
});
