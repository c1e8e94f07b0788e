/** What is read of a net while it trains, on samples that stay on the device. */
import { describe, expect, test } from 'vitest';
import { countCalls } from '../../../src/bench/counting.ts';
import {
  ArgumentError,
  adam,
  batchNorm,
  compile,
  DataError,
  type Device,
  dense,
  observe,
  ShapeError,
  StateError,
  sequential,
  sigmoidCrossEntropy,
  tanh,
} from '../../../src/index.node.ts';
import { useGpu } from '../../support/harness.ts';
import { random } from '../../support/nets.ts';

const gpu = useGpu();

const model = sequential([2], [dense(3, tanh), batchNorm(), dense(4, tanh), dense(1)]);
const netOn = (device: Device | 'cpu', options = {}) =>
  compile(model, { device, batch: 4, loss: sigmoidCrossEntropy(), optimizer: adam(), seed: 3, ...options });

/** More samples than a batch, and how many there are. */
const count = 50;
const grid = Float32Array.from({ length: 2 * count }, (_, i) => Math.sin(i));
const [x, y] = [random(8, 1), [0, 1, 1, 0]];

/** [out, in] times [in, n], plus a bias. */
function affine(W: ArrayLike<number>, b: ArrayLike<number>, a: readonly number[][]): number[][] {
  return Array.from({ length: b.length }, (_, out) =>
    a[0].map((_, n) => b[out] + a.reduce((sum, row, i) => sum + W[out * a.length + i] * row[n], 0)),
  );
}

describe.each([
  ['on a GPU', () => gpu.device],
  ['on the CPU', () => 'cpu' as const],
])('%s', (_where, device) => {
  test('activations are those of the weights beside them, and predictions those of predict', async () => {
    const net = await netOn(device());
    const seen = await observe(net, grid, ['W1', 'b1', 'a1', 'a3', 'prediction']);
    for (let i = 0; i < 3; i++) net.step(x, y);
    const { W1, b1, a1, a3, prediction } = await seen.read();
    expect([a1.shape, a3.shape, prediction.shape, W1.shape]).toEqual([
      [3, count],
      [4, count],
      [1, count],
      [3, 2],
    ]);
    const rows = [0, 1].map((i) => Array.from({ length: count }, (_, n) => grid[2 * n + i]));
    const expected = affine(W1.data, b1.data, rows).flat().map(Math.tanh);
    expect(Math.max(...expected.map((value, i) => Math.abs(value - a1.data[i])))).toBeLessThan(1e-5);
    expect(await net.predict(grid)).toEqual(prediction.data);
    expect((await net.parameters())['layers.0.weight']).toEqual(W1);
    net.step(x, y);
    expect((await seen.read()).a1.data).not.toEqual(a1.data);
    net.destroy();
  });

  test('a net that is observed trains to the same bits', async () => {
    const [plain, watched] = [await netOn(device()), await netOn(device())];
    const seen = await observe(watched, grid, ['a1']);
    for (let i = 0; i < 5; i++) {
      plain.step(x, y);
      watched.step(x, y);
      await seen.read();
    }
    expect(await watched.parameters()).toEqual(await plain.parameters());
    plain.destroy();
    watched.destroy();
  });

  test('it goes on after freeze, and ends with destroy', async () => {
    const net = await netOn(device());
    const [one, other] = [await observe(net, grid, ['a1']), await observe(net, [[0, 0]], ['a1'])];
    const before = await one.read();
    await net.freeze(['layers.0.*']);
    net.step(x, y);
    expect(await one.read()).toEqual(before);
    one.destroy();
    one.destroy();
    await expect(one.read()).rejects.toThrow(StateError);
    expect((await other.read()).a1.shape).toEqual([3, 1]);
    net.destroy();
    await expect(other.read()).rejects.toThrow(StateError);
    other.destroy();
  });

  test('averages of the weights take their place, as in predict', async () => {
    const net = await netOn(device(), { average: 0.9 });
    const seen = await observe(net, grid, ['W1', 'prediction']);
    for (let i = 0; i < 4; i++) net.step(x, y);
    const { W1, prediction } = await seen.read();
    expect(W1).toEqual((await net.parameters({ averaged: true }))['layers.0.weight']);
    expect(prediction.data).toEqual(await net.predict(grid));
    net.destroy();
  });
});

const samplesBytes = 4 * grid.length;

test('samples are uploaded once, and a read makes nothing', async () => {
  const net = await netOn(gpu.device);
  const seen = await observe(net, grid, ['a1', 'a3', 'prediction', 'W1']);
  const first = await seen.read();
  const counter = countCalls(gpu.device.gpu);
  const { made, uploadedBytes, submits } = await seen.read().then((again) => {
    expect(again).toEqual(first);
    return counter.take();
  });
  counter.stop();
  expect([made, submits]).toEqual([{}, 2]); // the pass, and the copy to where it is read
  expect(uploadedBytes).toBeLessThan(samplesBytes);
  net.destroy();
});

test('what makes no sense is told before anything is made', async () => {
  const net = await netOn('cpu');
  await expect(observe(net, grid, ['a9'])).rejects.toThrow(/observe: expected one of x, W1, .*, found "a9"/);
  await expect(observe(net, grid, [])).rejects.toThrow(ArgumentError);
  await expect(observe(net, [], ['a1'])).rejects.toThrow(ShapeError);
  await expect(observe(net, [1, 2, 3], ['a1'])).rejects.toThrow(ShapeError);
  await expect(observe(net, [1, Number.NaN], ['a1'])).rejects.toThrow(DataError);
  await expect(observe({} as never, grid, ['a1'])).rejects.toThrow(/observe: expected a net from compile\(\)/);
  net.destroy();
  await expect(observe(net, grid, ['a1'])).rejects.toThrow(StateError);
});
