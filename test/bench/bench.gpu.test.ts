/** Works on a device: that they do what they say, and that what is said about them is so. Never how long they take. */
import { expect, test } from 'vitest';
import { countCalls, matmul, measure, network, profile, works } from '../../src/bench/index.ts';
import { ArgumentError, dense, sequential, sgd, sigmoid, softmaxCrossEntropy } from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';

const gpu = useGpu();

const small = network({
  name: 'small',
  model: sequential([20], [dense(600, sigmoid), dense(3)]), // too large for one workgroup
  loss: softmaxCrossEntropy(),
  optimizer: sgd({ learningRate: 0.5 }),
  batch: 8,
  epoch: 25,
});

test('a net is measured: counts, kernels with what they write, and no more memory than before', async () => {
  const inUse = gpu.device.bytesInUse;
  const { perStep, profile, steps, msPerStep, repeats } = await measure(small, gpu.device, {
    repeats: 2,
    milliseconds: 50,
  });
  expect(repeats).toBe(2);
  expect(steps % 25).toBe(0);
  expect(msPerStep.min).toBeLessThanOrEqual(msPerStep.max);
  expect(perStep.objects).toBe(0);
  // One in each submit: the flags, and the loss where an epoch ends. An epoch has no more submits than steps.
  expect(perStep.readbacks).toBeGreaterThanOrEqual(1 / 25);
  expect(perStep.readbacks).toBeLessThanOrEqual(1);
  expect(perStep.uploadedBytes).toBeGreaterThanOrEqual(36); // a row of the table, and nothing else
  expect(perStep.uploadedBytes).toBeLessThan(257); // and once in a fit a word for each flag of the watch
  expect(gpu.device.bytesInUse).toBe(inUse);
  if (!gpu.device.gpu.features.has('timestamp-query')) return;
  expect(profile!.kernels).toHaveLength(perStep.dispatches);
  const written = profile!.kernels.flatMap(({ writes }) => writes);
  expect(written).toEqual(expect.arrayContaining(['a1', 'delta2', 'W1′', 'W2′', 'lossTotal′']));
  for (const { milliseconds, runs } of profile!.kernels) {
    expect(milliseconds).toBeGreaterThanOrEqual(0);
    expect(runs).toBeGreaterThan(0);
  }
});

test('a net trains as many steps as it is asked for, across epochs, and learns', async () => {
  const prepared = await small.prepare(gpu.device);
  const counter = countCalls(gpu.device.gpu);
  await prepared.run(1);
  const [{ dispatches }, before] = [counter.take(), await prepared.loss!()];
  await prepared.run(1);
  expect(counter.take().made).toEqual({});
  await prepared.run(260); // ten epochs and part of one
  expect(counter.take().dispatches).toBe(260 * dispatches);
  counter.stop();
  expect(await prepared.loss!()).toBeLessThan(before / 2);
  prepared.destroy();
});

test('steps that are profiled compute what they compute otherwise', async () => {
  const losses = async (run: (steps: () => Promise<void>) => Promise<unknown>) => {
    const prepared = await small.prepare(gpu.device);
    const found: number[] = [];
    await run(async () => {
      await prepared.run(10);
      found.push(await prepared.loss!());
    });
    prepared.destroy();
    return found;
  };
  const profiled = await losses((steps) => profile(gpu.device.gpu, steps, 0));
  const plain = await losses(async (steps) => {
    for (const _ of profiled) await steps();
  });
  expect(plain).toEqual(profiled);
});

test('a product is one dispatch a step, and xor trains as it is', async () => {
  const { perStep, samplesPerSecond } = await measure(matmul(33), gpu.device, { repeats: 1, milliseconds: 50 });
  expect(perStep).toMatchObject({ dispatches: 1, readbacks: 0, objects: 0 });
  expect(samplesPerSecond).toBeUndefined();
  const xor = await works.xor.prepare(gpu.device);
  const counter = countCalls(gpu.device.gpu);
  await xor.run(200);
  expect(counter.take().dispatches).toBeLessThan(200); // whole steps, many in one
  counter.stop();
  expect(await xor.loss!()).toBeLessThan(0.2);
  xor.destroy();
});

test('a measurement of no length is refused', async () => {
  for (const options of [{ repeats: 0 }, { milliseconds: 0 }, { milliseconds: Number.NaN }]) {
    await expect(measure(small, gpu.device, options)).rejects.toThrow(ArgumentError);
  }
});

test('an aborted measurement ends with the reason, and gives everything back', async () => {
  const inUse = gpu.device.bytesInUse;
  const aborted = measure(small, gpu.device, { signal: AbortSignal.abort(new Error('enough')) });
  await expect(aborted).rejects.toThrow('enough');
  expect(gpu.device.bytesInUse).toBe(inUse);
  expect(Object.keys(gpu.device.gpu)).not.toContain('createBuffer');
});
