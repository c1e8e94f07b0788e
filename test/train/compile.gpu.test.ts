/** compile() tells how far it is, and can be given up at any point, after which nothing of it is left. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countCalls } from '../../src/bench/counting.ts';
import { digits } from '../../src/data/digits.ts';
import {
  adam,
  type CompileProgress,
  compile,
  type Device,
  dense,
  openDevice,
  sequential,
  sigmoid,
  softmaxCrossEntropy,
} from '../../src/index.node.ts';
import { deepMlp } from '../support/networks.ts';

const model = sequential([784], [dense(12, sigmoid), dense(10)]);
const options = { batch: 10, loss: softmaxCrossEntropy(), optimizer: adam() };
/** Of weights and biases. */
const NUMBERS = 784 * 12 + 12 + 12 * 10 + 10;

let device: Device;
beforeAll(async () => {
  device = await openDevice();
});
afterAll(() => device.destroy());

describe.each(['gpu', 'cpu'] as const)('compile on the %s', (kind) => {
  const on = () => (kind === 'cpu' ? ('cpu' as const) : device);

  it('tells of each pipeline, then of the weights, up to all of them', async () => {
    const told: CompileProgress[] = [];
    const net = await compile(model, { ...options, device: on(), onProgress: (progress) => void told.push(progress) });
    const weights = told.filter(({ phase }) => phase === 'weights');
    expect(weights.map(({ done }) => done)).toEqual([9408, 9420, 9540, NUMBERS]);
    expect(weights.every(({ total }) => total === NUMBERS)).toBe(true);
    const total = kind === 'cpu' ? 0 : new Set(net.schedule.dispatches.map(({ shader }) => shader.code)).size;
    const pipelines = Array.from({ length: total }, (_, i) => ({ phase: 'pipelines', done: i + 1, total }));
    expect(told.slice(0, -4)).toEqual(pipelines);
    net.destroy();
  });

  it('leaves a page time to show how far it is', async () => {
    const later = typeof setImmediate === 'function' ? setImmediate : setTimeout;
    let painted = 0;
    const before: number[] = [];
    const onProgress = ({ phase }: CompileProgress): void => {
      if (phase !== 'weights') return;
      before.push(painted);
      later(() => void painted++);
    };
    const net = await compile(model, { ...options, device: on(), onProgress });
    expect(before).toEqual([0, 1, 2, 3]);
    net.destroy();
  });

  it.each([
    ['before it begins', undefined],
    ['while pipelines are made', 'pipelines'],
    ['while weights are made', 'weights'],
  ] as const)('aborted %s, rejects with the reason and leaves nothing behind', async (_, phase) => {
    if (kind === 'cpu' && phase === 'pipelines') return;
    const before = device.bytesInUse;
    const stop = new AbortController();
    const reason = new Error('not wanted any more');
    if (!phase) stop.abort(reason);
    const told: CompileProgress[] = [];
    const compiling = compile(model, {
      ...options,
      device: on(),
      signal: stop.signal,
      onProgress(progress) {
        told.push(progress);
        if (progress.phase === phase) stop.abort(reason);
      },
    });
    await expect(compiling).rejects.toBe(reason);
    const last = told.length;
    // A net made afterwards waits for whatever the device is still at.
    const net = await compile(model, { ...options, device: on() });
    expect(told.length).toBe(last);
    expect(told.at(-1)?.phase).toBe(phase);
    net.destroy();
    expect(device.bytesInUse).toBe(before);
  });

  it('aborted by nobody, makes the same net as without a signal', async () => {
    const [plain, watched] = await Promise.all([
      compile(model, { ...options, device: on() }),
      compile(model, { ...options, device: on(), signal: new AbortController().signal }),
    ]);
    expect(await watched.parameters()).toEqual(await plain.parameters());
    plain.destroy();
    watched.destroy();
  });
});

it('destroys the device that it opened itself', async () => {
  const { GPUDevice } = globalThis as { GPUDevice?: { prototype: { destroy(): void } } };
  const prototype = GPUDevice?.prototype ?? Object.getPrototypeOf(device.gpu);
  const { destroy } = prototype;
  let destroyed = 0;
  prototype.destroy = function (this: unknown) {
    destroyed++;
    destroy.call(this);
  };
  try {
    const stop = new AbortController();
    await expect(
      compile(model, { ...options, signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) }),
    ).rejects.toThrow('enough');
    expect(destroyed).toBe(1);
  } finally {
    prototype.destroy = destroy;
  }
});

it('makes a pipeline for each kernel that differs, however many layers have it', async () => {
  const own = await openDevice();
  const counter = countCalls(own.gpu);
  const made: number[] = [];
  for (const count of [4, 12, 24, 48]) {
    const { model, loss, batch } = deepMlp(count);
    const net = await compile(model, { loss, batch, optimizer: adam(), device: own });
    made.push(counter.take().made.createComputePipelineAsync ?? 0);
    net.destroy();
  }
  expect(made[0]).toBeGreaterThan(0);
  // Small updates share dispatches, as many as there are bindings for: what is left over of them may be one more group.
  expect(made[1]).toBeLessThanOrEqual(1);
  expect(made.slice(2)).toEqual([0, 0]);
  own.destroy();
});

it('gives up the search for the fastest forms', async () => {
  const before = device.bytesInUse;
  const stop = new AbortController();
  const large = sequential([784], [dense(256, sigmoid), dense(10)]);
  const compiling = compile(large, {
    ...options,
    device,
    tune: 'now',
    signal: stop.signal,
    onProgress: ({ phase, done, total }) => phase === 'pipelines' && done === total && stop.abort('enough'),
  });
  await expect(compiling).rejects.toBe('enough');
  expect(device.bytesInUse).toBe(before);
});

it('evaluate tells how many samples are on their way, up to all of them', async () => {
  const net = await compile(model, { ...options, device });
  const { test } = digits({ train: 10, test: 95 });
  const told: { done: number; count: number }[] = [];
  await net.evaluate(test, { onProgress: (progress) => void told.push(progress) });
  expect(told.at(-1)).toEqual({ done: 95, count: 95 });
  expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).sort((a, b) => a - b));
  net.destroy();
});
