/** Loops of steps that are ahead of the device. */
import { expect, test } from 'vitest';
import { wrap } from '../../src/bench/wrap.ts';
import { compile, dense, sequential, sgd, squared } from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { stateBits } from '../support/nets.ts';

const gpu = useGpu();

const compiled = (device: Parameters<typeof compile>[1]['device']) =>
  compile(sequential([2], [dense(2)]), {
    ...{ device, batch: 2, loss: squared(), seed: 3, tune: 'off' },
    optimizer: sgd({ learningRate: 1e-3 }),
  });
const x = [1, 2, 3, 4];
const y = new Float32Array(4);

/** Holds back the word of the device that it has done its work. */
function heldBack(device: GPUDevice) {
  const waiting: (() => void)[] = [];
  const unwrap = wrap(device.queue, 'onSubmittedWorkDone', (done) => async () => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return done();
  });
  return {
    waiting,
    release(): void {
      unwrap();
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

const isSettled = async (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 20))]);

test('ready waits while more than 48 steps are queued', async () => {
  const net = await compiled(gpu.device);
  const held = heldBack(gpu.device.gpu);
  for (let i = 0; i < 47; i++) net.step(x, y);
  await net.ready();
  net.step(x, y);
  const ready = net.ready();
  expect(await isSettled(ready)).toBe(false);
  held.waiting[0]();
  await ready;
  held.release();
  net.destroy();
});

test('a loop that never waits is stopped at 1024 steps, and goes on once the device has caught up', async () => {
  const [net, other] = [await compiled(gpu.device), await compiled(gpu.device)];
  const held = heldBack(gpu.device.gpu);
  for (let i = 0; i < 1024; i++) net.step(x, y);
  expect(() => net.step(x, y)).toThrow(
    'step: 1024 steps wait for the device, each with its batch in memory; add await net.ready() to the loop',
  );
  expect(net.steps).toBe(1024);
  held.release();
  await net.ready();
  net.step(x, y);
  for (let i = 0; i < 1025; i++) {
    other.step(x, y);
    await other.ready();
  }
  expect(await stateBits(net)).toEqual(await stateBits(other));
  net.destroy();
  other.destroy();
});

test('the CPU reference does each step at once, so that none waits', async () => {
  const net = await compiled('cpu');
  for (let i = 0; i < 1100; i++) net.step(x, y);
  await net.ready();
  expect(net.steps).toBe(1100);
  net.destroy();
});
