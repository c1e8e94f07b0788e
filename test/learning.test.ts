/** Nets that learn what they should: real MNIST where it is at hand (RETROGRAD_DATA), the built-in digits everywhere. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digits, mnist } from '../src/data.node.ts';
import {
  adam,
  compile,
  type Device,
  dense,
  type Layer,
  openDevice,
  relu,
  sequential,
  softmaxCrossEntropy,
} from '../src/index.node.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice();
});
afterAll(() => device?.destroy());

const train = async (
  layers: Layer[],
  data: Awaited<ReturnType<typeof mnist>>,
  options: { epochs: number; batch: number; seed: number },
) => {
  const { epochs, batch, seed } = options;
  const net = await compile(sequential([784], layers), {
    device,
    batch,
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
    seed,
  });
  const history = await net.fit(data.train, { epochs, validation: data.test });
  net.destroy();
  return Math.max(...history.map(({ validation }) => validation!.accuracy!));
};

const hidden = [dense(100, relu), dense(10)];

// The README says how to run ten epochs with three seeds.
test.runIf(process.env.RETROGRAD_DATA)('784-100-10 with Adam passes 96.6 % on MNIST within 5 epochs', async () => {
  expect(await train(hidden, await mnist(), { epochs: 5, batch: 100, seed: 1 })).toBeGreaterThanOrEqual(0.966);
});
test.skipIf(process.env.RETROGRAD_DATA)('MNIST is not tested: RETROGRAD_DATA is not set', () => {
  console.warn('MNIST is not tested: set RETROGRAD_DATA to a folder that holds mnist/.');
});

test('the built-in digits need a hidden layer: 95 % with one, not 92 % without', async () => {
  const data = digits();
  expect(await train(hidden, data, { epochs: 6, batch: 50, seed: 1 })).toBeGreaterThan(0.95);
  expect(await train([dense(10)], data, { epochs: 15, batch: 50, seed: 1 })).toBeLessThan(0.92);
});
