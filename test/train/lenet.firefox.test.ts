/**
 * What Firefox makes of the library: its WebGPU is wgpu, with naga as the compiler of WGSL, and not Dawn. Every kernel is compiled
 * and tested there, and LeNet-5 trains, is checked, saved and loaded.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digits } from '../../src/data/index.ts';
import { testAll } from '../../src/engine/test-all.ts';
import { adam, compile, type Device, openDevice, softmaxCrossEntropy, type Trainer } from '../../src/index.ts';
import { lenet } from '../../src/nn/lenet.ts';
import { parameterBits } from '../support/nets.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice();
});
afterAll(() => device?.destroy());

const { train, test: unseen } = digits({ train: 1280, test: 200 });
const net = (seed: number): Promise<Trainer> =>
  compile(lenet([1, 28, 28], 10), {
    device,
    batch: 32,
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.003 }),
    tune: 'off',
    seed,
  });

test('the tests run in Firefox', () => {
  expect(navigator.userAgent).toMatch(/Firefox\/\d+/);
});

test('every kernel compiles and gives right results', async () => {
  await testAll(device);
  expect(device.info.unavailable).toEqual([]);
  device.assertAlive();
});

test('LeNet-5 trains, agrees with the CPU reference, and is the same after saving and loading', async () => {
  const [trained, loaded] = [await net(1), await net(2)];
  await trained.fit(train, { epochs: 1 });
  const { accuracy } = await trained.evaluate(unseen);
  expect(accuracy).toBeGreaterThan(0.7);
  const report = await trained.check(digits({ train: 32, test: 1 }).train);
  expect(report.share).toBeGreaterThan(0);
  expect(report.share).toBeLessThanOrEqual(1);

  await loaded.load(await trained.save());
  expect(await parameterBits(loaded)).toEqual(await parameterBits(trained));
  for (const each of [trained, loaded]) await each.fit(train, { steps: 5 });
  expect(await parameterBits(loaded)).toEqual(await parameterBits(trained));
  for (const each of [trained, loaded]) each.destroy();
  expect(device.bytesInUse).toBe(0);
});
