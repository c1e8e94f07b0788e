/** Validations run ahead as epochs do, and tell of each epoch what they tell where somebody waits for it. */
import { describe, expect, test } from 'vitest';
import { countCalls } from '../../src/bench/counting.ts';
import { fromArrays } from '../../src/data/index.ts';
import {
  compile,
  type Device,
  dense,
  type EpochResult,
  type Evaluation,
  type FitOptions,
  NonFiniteError,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Trainer,
  tanh,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { parameterBits, random, readTwoAtATime } from '../support/nets.ts';
import { streamed } from '../support/streamed.ts';

const gpu = useGpu();
const points = (count: number, stream: number) =>
  fromArrays({
    x: random(2 * count, stream),
    y: Array.from({ length: count }, (_, i) => (i * i + (i >> 2)) % 3),
    classes: 3,
  });
const [few, data, heldOut] = [points(4, 3), points(12, 1), points(7, 2)];
const make = (batch: number, device: Device | 'cpu' = gpu.device): Promise<Trainer> =>
  compile(sequential([2], [dense(5, tanh), dense(3)]), {
    device,
    batch,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.3 }),
    seed: 1,
    tune: 'off',
  });
const told = (results: readonly EpochResult[]) => results.map(({ seconds, samplesPerSecond, ...rest }) => rest);

/** What is asked of the device for each epoch, in a net that has trained before. */
async function costs(epochs: number, options: Parameters<Trainer['fit']>[1]) {
  const net = await make(4);
  const counter = countCalls(gpu.device.gpu);
  await readTwoAtATime(net, few);
  const all = { validation: heldOut, millisecondsPerSubmit: 1e6, ...options };
  await net.fit(few, { ...all, epochs: 300 });
  counter.take();
  const results = await net.fit(few, { ...all, epochs });
  const { made, maps, submits, dispatches } = counter.take();
  counter.stop();
  expect(results).toHaveLength(epochs);
  expect(results.every(({ validation }) => validation!.count === heldOut.count)).toBe(true);
  net.destroy();
  return { made, maps, submits, dispatches };
}

test('2000 validated epochs take a few dozen submits and reads', async () => {
  const { made, maps, submits, dispatches } = await costs(2000, {});
  // Each submit holds 85 epochs once they are known to be short; with each goes one copy of what they came to.
  expect(maps).toBeLessThanOrEqual(60);
  expect(submits).toBe(2 * maps);
  expect(dispatches).toBeLessThanOrEqual(2 * 2000 + maps); // all steps of an epoch, and of its validation, in one
  expect(made).toEqual({});
});

test.each([
  ['onEpoch', { onEpoch: () => {} }, 0],
  ['earlyStopping', { earlyStopping: { patience: 1000 } }, 1], // the net before the fit is evaluated as well
])('with %s an epoch and its validation take one submit and one read', async (_name, options, before) => {
  const { made, maps, submits } = await costs(100, options);
  // On a slow device the evaluation before takes two reads: its totals come later than the parameters, which must be finite.
  expect(maps).toBeGreaterThanOrEqual(100 + before);
  expect(maps).toBeLessThanOrEqual(100 + 2 * before);
  // Each read is a submit, and so is each epoch. The evaluation before has 2 steps, with a submit each on a slow device, and one
  // that brings what they read.
  expect(submits - maps).toBeLessThanOrEqual(100 + 3 * before);
  expect(made).toEqual({});
});

describe.each([
  ['on the GPU', () => gpu.device],
  ['on the CPU', () => 'cpu' as const],
])('%s', (_name, device) => {
  test.each([
    ['an epoch of one step', 12, 300],
    ['ragged ends', 5, 300],
    ['one sample to a batch', 1, 20],
  ])('the same is told, waited for or not: %s', async (_case, batch, epochs) => {
    const [ahead, waited, single] = [
      await make(batch, device()),
      await make(batch, device()),
      await make(batch, device()),
    ];
    const each: EpochResult[] = [];
    const results = await ahead.fit(data, { epochs, validation: heldOut });
    const others = await waited.fit(data, { epochs, validation: heldOut, onEpoch: (epoch) => void each.push(epoch) });
    expect(each).toEqual(others);
    expect(told(results)).toEqual(told(others));
    const evaluations: Evaluation[] = [];
    for (let epoch = 0; epoch < 10; epoch++) {
      await single.fit(data, { epochs: 1 });
      evaluations.push(await single.evaluate(heldOut));
    }
    expect(results.slice(0, 10).map(({ validation }) => validation)).toEqual(evaluations);
    expect(new Set(results.map(({ validation }) => validation!.loss)).size).toBeGreaterThan(10);
    expect(await parameterBits(ahead)).toEqual(await parameterBits(waited));
    for (const net of [ahead, waited, single]) net.destroy();
  });

  test('evaluations, predictions and gradients meanwhile change nothing, and are of all samples', async () => {
    const large = points(23, 4);
    for (const [trained, validation, maxBytes] of [
      [data, large, undefined],
      [data, large, 100], // windows of two batches
      [streamed(data), streamed(large), 100],
    ] as const) {
      const [net, alone] = [await make(5, device()), await make(5, device())];
      let isRunning = true;
      const options = { validation, maxBytes, epochs: 20, millisecondsPerSubmit: 1e-6 };
      const running = net.fit(trained, options).finally(() => {
        isRunning = false;
      });
      const counts: number[] = [];
      while (isRunning) {
        const [{ count }] = await Promise.all([
          net.evaluate(validation, { maxBytes }),
          net.predict(random(8, 3)),
          net.gradients(random(8, 3), [0, 1, 2, 0]),
        ]);
        counts.push(count);
      }
      expect(told(await running)).toEqual(told(await alone.fit(data, { epochs: 20, validation: large })));
      expect(new Set(counts)).toEqual(new Set([23]));
      for (const each of [net, alone]) each.destroy();
    }
  });

  test('an abort stops it between two submits, and the next fit goes on', async () => {
    const [net, whole] = [await make(5, device()), await make(5, device())];
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const options = { validation: heldOut, millisecondsPerSubmit: 1e-6 };
    const stopped = net.fit(data, { ...options, epochs: 100, onProgress, signal: controller.signal });
    await expect(stopped).rejects.toThrow('abort');
    expect(net.steps).toBeLessThan(300);
    const [left, done] = [Math.ceil((300 - net.steps) / 3), net.epochs];
    const rest = await net.fit(data, { ...options, epochs: left });
    const all = await whole.fit(data, { ...options, epochs: 100 });
    expect(net.epochs).toBe(100);
    expect(rest.map(({ validation }) => validation)).toEqual(all.slice(done).map(({ validation }) => validation));
    for (const each of [net, whole]) each.destroy();
  });

  test('what is no number is told of the epoch in which it comes, as where somebody waits', async () => {
    const huge = fromArrays({ x: [3e38, 3e38, -3e38, 3e38], y: [0, 1], shape: [2], classes: 3 });
    const far = fromArrays({ x: random(24, 4).map((value) => 100 * value), y: [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2] });
    const linear = (learningRate: number) =>
      compile(sequential([2], [dense(3)]), {
        ...{ device: device(), batch: 12, loss: softmaxCrossEntropy(), seed: 1, tune: 'off' },
        optimizer: sgd({ learningRate }),
      });
    const message = async (learningRate: number, options: FitOptions) => {
      const net = await linear(learningRate);
      const error = await net.fit(far, { epochs: 50, ...options }).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(NonFiniteError);
      net.destroy();
      return (error as Error).message;
    };
    for (const [learningRate, validation, says] of [
      [1e-3, huge, /^evaluate: on .* The parameters are finite/],
      [3e38, heldOut, /^Step 1 made NaN or infinity of .*; after step \d+ the first tensor that holds one is [Wxz]/],
    ] as const) {
      const ahead = await message(learningRate, { validation });
      const waited = await message(learningRate, { validation, onEpoch: () => {} });
      expect(ahead).toMatch(says);
      expect(waited).toMatch(says);
      expect(ahead.replace(/step \d+/, '')).toBe(waited.replace(/step \d+/, ''));
    }
  });
});
