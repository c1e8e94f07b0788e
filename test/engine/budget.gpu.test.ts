/** What a training step costs: dispatches, passes, submits, objects and readbacks, counted on the device. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Counter, countCalls } from '../../src/bench/counting.ts';
import { fromArrays } from '../../src/data/index.ts';
import {
  type CompileOptions,
  compile,
  cosineDecay,
  type Device,
  dense,
  openDevice,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type Trainer,
} from '../../src/index.node.ts';
import { readTwoAtATime } from '../support/nets.ts';

let device: Device;
let counter: Counter;
beforeAll(async () => {
  device = await openDevice();
  counter = countCalls(device.gpu);
});
afterAll(() => device?.destroy());

const imagesOf = (count: number) =>
  fromArrays({
    x: Uint8Array.from({ length: count * 784 }, (_, i) => (i * 37) % 251),
    y: Uint8Array.from({ length: count }, (_, i) => i % 10),
    shape: [28, 28],
    scale: 1 / 255,
  });
// Ten steps an epoch, the last one of 50 samples.
const images = imagesOf(950);
const steps = 10;

/** Ends with everything made that training needs: the feed of the images, and buffers for two reads at a time, the most there are. */
async function warmUp(net: Trainer): Promise<void> {
  await readTwoAtATime(net, imagesOf(100));
  await net.fit(images, { epochs: 1 });
}

const compiled = (options: Partial<CompileOptions> = {}) =>
  compile(sequential([784], [dense(100, sigmoid), dense(10)]), {
    device,
    batch: 100,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
    tune: 'off', // counted in the tests of the tuner
    ...options,
  });

test('a step of 784-100-10 takes at most 6 dispatches, a submit one pass, and one read, and makes no object', async () => {
  const net = await compiled();
  await warmUp(net);
  expect(counter.take().made.createBuffer).toBeGreaterThan(0);

  await net.fit(images, { epochs: 2, millisecondsPerSubmit: 1e6 });
  const { made, passes, submits, maps, dispatches } = counter.take();
  expect(made).toEqual({});
  expect(dispatches % (2 * steps)).toBe(0);
  expect(dispatches / (2 * steps)).toBeLessThanOrEqual(6);
  expect(dispatches / (2 * steps)).toBe(net.schedule.dispatches.length + 1);
  // One read tells the flags of a submit, and the losses of the epochs that end in it.
  expect(maps).toBe(passes);
  // Every submit is a pass of steps, but for the copies that are read; and steps are grouped.
  expect(submits).toBe(passes + maps);
  expect(passes).toBeLessThan(2 * steps);

  let reports = 0;
  await net.fit(images, { epochs: 2, millisecondsPerSubmit: 1e-6, onProgress: () => void reports++ });
  const told = counter.take();
  expect(reports).toBeGreaterThanOrEqual(2);
  // A report shares the read of its submit.
  expect(told.passes).toBe(2 * steps);
  expect(told.maps).toBe(told.passes);
  expect(told.dispatches).toBe(dispatches);
  net.destroy();
});

test('with a schedule, several batches to an update and clipping there are more dispatches, but no object, submit or readback', async () => {
  const dispatchesOf = async (options: Partial<CompileOptions>) => {
    const net = await compiled({ optimizer: sgd({ learningRate: cosineDecay({ from: 0.1, steps: 40 }) }), ...options });
    await warmUp(net);
    counter.take();
    await net.fit(images, { epochs: 2, millisecondsPerSubmit: 1e6 });
    const { made, passes, submits, maps, dispatches } = counter.take();
    expect(made).toEqual({});
    expect(maps).toBe(passes);
    expect(submits).toBe(passes + maps);
    expect(passes).toBeLessThan(2 * steps);
    expect(dispatches / (2 * steps)).toBe(net.schedule.dispatches.length + 1);
    net.destroy();
    return net.schedule.dispatches.length;
  };
  const plain = await dispatchesOf({});
  expect(await dispatchesOf({ accumulate: 4 })).toBe(plain);
  expect(await dispatchesOf({ clipNorm: 1 })).toBeLessThanOrEqual(plain + 6);
  expect(await dispatchesOf({ accumulate: 4, clipNorm: 1 })).toBeLessThanOrEqual(plain + 6);
  expect(await dispatchesOf({ loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }) })).toBe(plain + 1);
});

test('weighted labels take no dispatch of their own', async () => {
  const dispatchesOf = async (options: Parameters<typeof sigmoidCrossEntropy>[0]) => {
    const net = await compiled({ loss: sigmoidCrossEntropy(options) });
    const { dispatches } = net.schedule;
    net.destroy();
    return dispatches.length;
  };
  const positiveWeights = Array.from({ length: 10 }, (_, i) => i);
  // They are a buffer more, for which the fused dispatch has no room among 8.
  const more = device.gpu.limits.maxStorageBuffersPerShaderStage > 8 ? 0 : 1;
  expect(await dispatchesOf({ positiveWeights })).toBe((await dispatchesOf({})) + more);
});

test('step enqueues one pass, makes no object and reads nothing', async () => {
  const net = await compiled();
  const [x, y] = [new Float32Array(784 * 3).fill(0.5), [1, 2, 3]];
  net.step(x, y);
  counter.take();
  net.step(x, y);
  expect(counter.take()).toMatchObject({
    made: {},
    passes: 1,
    submits: 1,
    maps: 0,
    dispatches: net.schedule.dispatches.length,
  });
  net.destroy();
});

test('destroy gives back every byte', async () => {
  const inUse = device.bytesInUse;
  counter.take();
  const net = await compiled();
  await net.fit(images, { epochs: 1, validation: images });
  const [x, y] = [new Float32Array(784 * 3).fill(0.5), [1, 2, 3]];
  await net.predict(x);
  await net.gradients(x, y);
  await net.check(x, y);
  expect(device.bytesInUse).toBeGreaterThan(inUse + images.inputs.data.byteLength);
  net.destroy();
  await new Promise((resolve) => setTimeout(resolve));
  expect(device.bytesInUse).toBe(inUse);
  const { made, destroyedBuffers } = counter.take();
  expect(destroyedBuffers).toBe(made.createBuffer);
});
