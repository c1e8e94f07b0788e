/** Many short epochs: they run ahead as steps do, and what is told of each is what it is when somebody waits for it. */
import { expect, test } from 'vitest';
import { countCalls } from '../../src/bench/counting.ts';
import { fromArrays } from '../../src/data/index.ts';
import {
  compile,
  dense,
  type EpochResult,
  type Progress,
  quadratic,
  sequential,
  sgd,
  sigmoid,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { readTwoAtATime } from '../support/nets.ts';
import { refuse } from '../support/refuse.ts';

const gpu = useGpu();
const xor = fromArrays({
  x: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  y: [[0], [1], [1], [0]],
  name: 'xor',
});
const make = (batch = 4) =>
  compile(sequential([2], [dense(8, sigmoid), dense(1, sigmoid)]), {
    device: gpu.device,
    batch,
    loss: quadratic(),
    optimizer: sgd({ learningRate: 2 }),
    seed: 1,
    tune: 'off',
  });
const losses = (results: readonly EpochResult[]): number[] => results.map(({ trainLoss }) => trainLoss);

test('2000 epochs of one step take a few dozen submits and reads', async () => {
  const net = await make();
  const counter = countCalls(gpu.device.gpu);
  await readTwoAtATime(net, xor);
  await net.fit(xor, { epochs: 2000 });
  counter.take();
  const results = await net.fit(xor, { epochs: 2000 });
  const { submits, maps, made } = counter.take();
  counter.stop();
  expect(results.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 2000 }, (_, i) => i + 1));
  // Each submit holds 256 steps once they are known to be short; with each goes one copy of the losses.
  expect(maps).toBeLessThanOrEqual(60);
  expect(submits).toBeLessThanOrEqual(2 * 60);
  expect(made).toEqual({});
  net.destroy();
});

test.each([
  ['of one step', 4],
  ['of two steps', 2],
  ['with a ragged end', 3],
])('epochs %s have the same losses and weights, waited for or not', async (_name, batch) => {
  const [ahead, waited, single] = [await make(batch), await make(batch), await make(batch)];
  const told: EpochResult[] = [];
  const results = await ahead.fit(xor, { epochs: 700 });
  const others = await waited.fit(xor, { epochs: 700, onEpoch: (epoch) => void told.push(epoch) });
  const ones: EpochResult[] = [];
  for (let epoch = 0; epoch < 20; epoch++) ones.push(...(await single.fit(xor, { epochs: 1 })));
  expect(told).toEqual(others);
  expect(losses(results)).toEqual(losses(others));
  expect(losses(results).slice(0, 20)).toEqual(losses(ones));
  expect(await ahead.parameters()).toEqual(await waited.parameters());
  expect(ahead.epochs).toBe(700);
  for (const { seconds, samplesPerSecond } of results) {
    expect(seconds).toBeGreaterThan(0);
    expect(samplesPerSecond * seconds).toBeCloseTo(4);
  }
  for (const net of [ahead, waited, single]) net.destroy();
});

test('there may be more epochs than arguments of a call', async () => {
  const net = await make();
  expect(await net.fit(xor, { epochs: 150_000 })).toHaveLength(150_000);
  net.destroy();
});

test('epochs that the device refuses are not counted, as their steps are not', async () => {
  const net = await make();
  await net.fit(xor, { epochs: 1000 });
  const allow = refuse(gpu.device.gpu, 'runs');
  await expect(net.fit(xor, { epochs: 1000 })).rejects.toThrow(/refused to run/);
  allow();
  expect([net.steps, net.epochs]).toEqual([1000, 1000]);
  net.destroy();
});

test('progress goes on to the last step of the last epoch, though nobody waits for an epoch', async () => {
  const net = await make(2);
  const told: Progress[] = [];
  const results = await net.fit(xor, { epochs: 3000, onProgress: (progress) => void told.push(progress) });
  const last = told[told.length - 1];
  expect(last).toMatchObject({ epoch: 3000, epochs: 3000, step: 2, steps: 2, secondsLeft: 0 });
  expect(last.loss).toBe(results[2999].trainLoss);
  expect(told.length).toBeLessThan(3000);
  for (const { epoch, step } of told) expect([epoch >= 1, step >= 1 && step <= 2]).toEqual([true, true]);
  net.destroy();
});

test('a fit of so many steps ends within an epoch, and a saved one goes on with its loss', async () => {
  const [net, whole] = [await make(1), await make(1)];
  const [, third] = losses(await whole.fit(xor, { epochs: 3 })).slice(1);
  expect(await net.fit(xor, { steps: 10 })).toHaveLength(2);
  const again = await make(1);
  await again.load(await net.save());
  expect(losses(await again.fit(xor, { epochs: 1 }))).toEqual([third]);
  for (const each of [net, whole, again]) each.destroy();
});
