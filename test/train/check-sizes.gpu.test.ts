/** Tensors larger than one binding: bound in parts, with the same bits, or refused with the number to lower. */
import { beforeAll, describe, expect, it } from 'vitest';
import { digits } from '../../src/data/digits.ts';
import {
  adam,
  add,
  apply,
  batchNorm,
  type CompileOptions,
  compile,
  type Device,
  dense,
  input,
  model as modelOf,
  OutOfMemoryError,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from '../../src/index.node.ts';
import { narrowed, useGpu } from '../support/harness.ts';

const gpu = useGpu();
const limits = { maxStorageBuffersPerShaderStage: 8, maxStorageBufferBindingSize: 0 };
let device: Device;
let pipelines = 0;

beforeAll(() => {
  device = narrowed(gpu.device, limits);
  device.pipeline = (shader, label) => {
    pipelines++;
    return gpu.device.pipeline(shader, label);
  };
});

const { train } = digits({ train: 60, test: 10 });
const options = { batch: 20, loss: softmaxCrossEntropy(), seed: 5, tune: 'off' } satisfies Partial<CompileOptions>;
const net = (on: Device, more: Partial<CompileOptions> = {}, units = 30) =>
  compile(sequential([784], [dense(units, relu), dense(10)]), {
    ...options,
    optimizer: adam(),
    device: on,
    ...more,
  });

describe('a weight beyond one binding', () => {
  it('is bound in parts, and trains, saves and loads with the same bits', async () => {
    limits.maxStorageBufferBindingSize = 60_000; // of 94,080 bytes
    const [split, whole] = [await net(device), await net(gpu.device)];
    const bound = split.schedule.dispatches.flatMap(({ bindings }) => bindings);
    for (const tensor of ['W1', 'dW1', 'm.W1', 'v.W1'])
      expect(
        bound.some((one) => one.tensor === tensor && one.part === 1),
        tensor,
      ).toBe(true);
    for (const one of [split, whole]) await one.fit(train, { epochs: 2 });
    const saved = await split.save();
    expect(saved).toEqual(await whole.save());
    await split.load(saved);
    expect(await split.parameters()).toEqual(await whole.parameters());
    expect((await split.check(new Float32Array(784).fill(0.5), [3])).ok).toBe(true);
    split.destroy();
    whole.destroy();
  });
});

describe('a step that a device cannot bind', () => {
  const refused = async (bytes: number, make: () => Promise<unknown>, expected: RegExp): Promise<number> => {
    limits.maxStorageBufferBindingSize = bytes;
    const [pipelinesBefore, bytesBefore] = [pipelines, device.bytesInUse];
    const error: OutOfMemoryError = await make().then(
      () => new OutOfMemoryError('nothing was refused'),
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect(error.message).toMatch(expected);
    expect([pipelines, device.bytesInUse]).toEqual([pipelinesBefore, bytesBefore]);
    return Number(expected.exec(error.message)![1]);
  };

  it('names the largest batch, before anything is made', async () => {
    const make = (batch: number) => () => net(device, { batch, optimizer: sgd({ learningRate: 0.1 }) });
    const most = await refused(60_000, make(400), /Lower batch to at most (\d+)\.$/);
    (await make(most)()).destroy();
    await refused(60_000, make(most + 1), /Lower batch to at most (\d+)\.$/);
  });

  it('names the largest number of units', async () => {
    const make = (units: number) => () => net(device, {}, units);
    const most = await refused(60_000, make(200), /Lower units to at most (\d+)\.$/);
    (await make(most)()).destroy();
    await refused(60_000, make(most + 1), /Lower units to at most (\d+)\.$/);
  });

  it('names both where neither is enough', async () => {
    const make = () => net(device, { batch: 1000 }, 2000);
    await refused(20_000, make, /Lower units to at most \d+ and batch to at most (\d+)\.$/);
  });

  it('counts no batch that a layer cannot learn from', async () => {
    const model = sequential([784], [dense(30, relu), batchNorm(), dense(10)]);
    const make = (batch: number) => () =>
      compile(model, { ...options, optimizer: sgd({ learningRate: 0.1 }), device, batch });
    const most = await refused(60_000, make(400), /Lower batch to at most (\d+)\.$/);
    (await make(most)()).destroy();
    await refused(256, make(2), /The input \[784\] is too large\.$/);
  });

  it('counts no width that a layer cannot add', async () => {
    const x = input([100]);
    const wide = (units: number) =>
      modelOf(x, apply(dense(10), apply(dense(units), apply(add(), apply(dense(100), x), x))));
    const make = (units: number) => () =>
      compile(wide(units), { ...options, optimizer: sgd({ learningRate: 0.1 }), device });
    const most = await refused(20_000, make(1000), /Lower units to at most (\d+)\.$/);
    expect(most).toBeGreaterThan(100);
    (await make(most)()).destroy();
    await refused(4_000, make(1000), /The input \[100\] is too large\.$/);
  });

  it('says so where the input alone is too large', async () => {
    await refused(256, () => net(device), /The input \[784\] is too large\.$/);
  });
});
