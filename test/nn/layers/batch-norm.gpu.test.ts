/** What batch normalisation keeps of batches, and what it makes of a single value. */
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../../src/data/index.ts';
import {
  ArgumentError,
  batchNorm,
  compile,
  type Device,
  dense,
  type Model,
  quadratic,
  sequential,
  sgd,
} from '../../../src/index.node.ts';
import { countParameters } from '../../../src/nn/model.ts';
import { useGpu } from '../../support/harness.ts';

const gpu = useGpu();
const compiled = (model: Model, batch: number, device: Device | 'cpu', learningRate = 0) =>
  compile(model, { device, batch, loss: quadratic(), optimizer: sgd({ learningRate }), seed: 1 });

/** Running mean and variance after batches of these values, with the variance of a sample, from the formulas. */
function running(batches: readonly (readonly number[])[], momentum = 0.1) {
  return batches.reduce(
    ({ mean, variance }, values) => {
      const n = values.length;
      const average = values.reduce((a, b) => a + b) / n;
      const estimate = values.reduce((sum, x) => sum + (x - average) ** 2, 0) / (n - 1);
      return {
        mean: (1 - momentum) * mean + momentum * average,
        variance: (1 - momentum) * variance + momentum * estimate,
      };
    },
    { mean: 0, variance: 1 },
  );
}

describe.each(['GPU', 'CPU'])('%s', (kind) => {
  const device = (): Device | 'cpu' => (kind === 'CPU' ? 'cpu' : gpu.device);
  const values = Array.from({ length: 101 }, (_, i) => (i === 100 ? 40 : 3 + ((i * 37) % 101) / 10));
  const batches = [values.slice(0, 50), values.slice(50, 100), values.slice(100)];

  test('a last batch of one sample has no variance, and moves neither running statistic', async () => {
    const net = await compiled(sequential([1], [batchNorm(), dense(1)]), 50, device());
    const data = fromArrays({ x: values.map((x) => [x]), y: values.map(() => [0]) });
    await net.fit(data, { epochs: 1, shuffle: false });
    const { mean, variance } = running(batches.slice(0, 2));
    const found = await net.parameters();
    expect(found['layers.0.running_mean'].data[0] / mean).toBeCloseTo(1, 5);
    expect(found['layers.0.running_var'].data[0] / variance).toBeCloseTo(1, 5);
    net.destroy();
  });

  test('a last batch of one image has as many values as places', async () => {
    const net = await compiled(sequential([1, 1, 2], [batchNorm(), dense(1)]), 2, device());
    const x = [0, 1, 2, 4, 7, 9];
    const data = fromArrays({ x: Float32Array.from(x), y: new Float32Array(3), shape: [1, 1, 2] });
    await net.fit(data, { epochs: 1, shuffle: false });
    const { mean, variance } = running([x.slice(0, 4), x.slice(4)]);
    const found = await net.parameters();
    expect(found['layers.0.running_mean'].data[0] / mean).toBeCloseTo(1, 5);
    expect(found['layers.0.running_var'].data[0] / variance).toBeCloseTo(1, 5);
    net.destroy();
  });

  test('tensors has the mean and the variance of the samples that are given, whatever the batch of the net', async () => {
    const net = await compiled(sequential([2], [batchNorm(), dense(1)]), 4, device());
    const { mean1, variance1, normalized1 } = await net.tensors([1, 2, 3, 2, 8, 2], [0, 0, 0]);
    expect([mean1.shape, variance1.shape, normalized1.shape]).toEqual([
      [2, 1],
      [2, 1],
      [2, 3],
    ]);
    for (const [channel, mean] of [4, 2].entries()) expect(mean1.data[channel]).toBeCloseTo(mean, 5);
    for (const [channel, variance] of [26 / 3, 0].entries()) expect(variance1.data[channel]).toBeCloseTo(variance, 5);
    for (const [i, x] of [1, 3, 8].entries()) expect(normalized1.data[i]).toBeCloseTo((x - 4) / Math.sqrt(26 / 3), 4);
    net.destroy();
  });

  test('one sample alone becomes β and sends a gradient of 0 back', async () => {
    const net = await compiled(sequential([2], [dense(3), batchNorm(), dense(1)]), 4, device());
    const { normalized2, a2 } = await net.tensors([1, 2], [5]);
    expect(Array.from(normalized2.data)).toEqual([0, 0, 0]);
    expect(Array.from(a2.data)).toEqual([0, 0, 0]);
    const gradients = await net.gradients([1, 2], [5]);
    expect(Array.from(gradients['layers.0.weight'].data).map(Math.abs)).toEqual(new Array(6).fill(0));
    expect(Array.from(gradients['layers.1.weight'].data).map(Math.abs)).toEqual([0, 0, 0]);
    expect((await net.check([1, 2], [5])).ok).toBe(true);
    net.destroy();
  });
});

test('batches of one value per feature are refused by the number of the layer, and batches of one image are not', async () => {
  const stack = sequential([2], [dense(3), batchNorm(), dense(1)]);
  const refused = compiled(stack, 1, 'cpu');
  await expect(refused).rejects.toThrow(ArgumentError);
  await expect(refused).rejects.toThrow(/layer 1: batchNorm .* a batch of 2 samples or more, found 1/);
  expect(countParameters(stack)).toBe(9 + 6 + 4);
  (await compiled(sequential([1, 2, 2], [batchNorm(), dense(1)]), 1, 'cpu')).destroy();
});
