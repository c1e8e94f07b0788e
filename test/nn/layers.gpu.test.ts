/** Layers beside the weighted sum: held against the reference, in training and out of it, on a GPU and on the CPU. */
import { describe, expect, test } from 'vitest';
import {
  activation,
  add,
  apply,
  batchNorm,
  compile,
  type Device,
  dense,
  dropout,
  input,
  layerNorm,
  type Model,
  model,
  momentum,
  quadratic,
  relu,
  sequential,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
  standardize,
  type Trainer,
  tanh,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { parameterBits, samples, stateBits } from '../support/nets.ts';

const gpu = useGpu();

function residual(): Model {
  const x = input([6]);
  const h = apply(dense(9, tanh), x);
  const branch = apply(dense(9), apply(activation(relu), apply(batchNorm(), h)));
  const sum = apply(add(), apply(dropout(0.3), branch), h);
  return model(x, apply(dense(3), apply(layerNorm(), sum)));
}
const models: Record<string, Model> = {
  dropout: sequential([5], [dropout(0.2), dense(33, relu), dropout(0.5), dense(3)]),
  batchNorm: sequential([5], [dense(33), batchNorm(), activation(relu), dense(3)]),
  'batchNorm of images': sequential([3, 4, 2], [batchNorm(), dense(7, tanh), batchNorm({ momentum: 0.5 }), dense(3)]),
  layerNorm: sequential([5], [layerNorm(), dense(33, tanh), layerNorm({ epsilon: 0.1 }), dense(3)]),
  'layerNorm of images': sequential([3, 4, 2], [layerNorm(), dense(7, sigmoid), dense(3)]),
  standardize: sequential(
    [5],
    [
      standardize({ mean: [1, 0, -1, 0.5, 0], deviation: [1, 0.5, 2, 0, 3] }),
      dense(33, tanh),
      standardize({ mean: 0.1, deviation: 0.5 }),
      dense(3),
    ],
  ),
  'standardize of images': sequential([3, 4, 2], [standardize({ mean: [0, 1, 2], deviation: [1, 2, 3] }), dense(3)]),
  residual: residual(),
  'wide enough for a dispatch of its own': sequential([40], [dense(130, relu), batchNorm(), dropout(0.5), dense(10)]),
};

const loss = softmaxCrossEntropy();
const make = (of: Model, device: Device | 'cpu' = gpu.device, seed = 3, batch = 7): Promise<Trainer> =>
  compile(of, { device, batch, loss, optimizer: momentum({ learningRate: 0.05 }), seed });
const runningOf = (bits: Record<string, unknown>): unknown =>
  Object.fromEntries(Object.entries(bits).filter(([key]) => key.includes('running')));

describe.each(Object.entries(models))('a net with %s', (_name, of) => {
  test('steps as the reference does, tensor by tensor, with a full batch, a ragged one and a single sample', async () => {
    const net = await make(of);
    for (const n of [7, 5, 1]) {
      const { x, y } = samples(of, loss, n, n);
      net.step(x, y);
      const before = await stateBits(net);
      expect((await net.check(x, y)).ok).toBe(true);
      expect(await stateBits(net)).toEqual(before);
    }
    net.destroy();
  });

  test('takes the same steps again with the same seed, and with another one others', async () => {
    const trained = async (seed: number) => {
      const net = await make(of, gpu.device, seed);
      for (const n of [7, 7, 4]) {
        const { x, y } = samples(of, loss, n, 20 + n);
        net.step(x, y);
      }
      const bits = await parameterBits(net);
      net.destroy();
      return bits;
    };
    const first = await trained(3);
    expect(await trained(3)).toEqual(first);
    expect(await trained(4)).not.toEqual(first);
  });
});

describe.each(['batchNorm of images', 'residual'])('a net with %s', (name) => {
  const of = models[name];

  test('learns from a ragged batch what it learns from a full one of those samples', async () => {
    const { x, y } = samples(of, loss, 4, 2);
    const nets = [await make(of), await make(of, gpu.device, 3, 4)];
    const [ragged, full] = await Promise.all(nets.map((net) => net.gradients(x, y)));
    for (const [key, { data }] of Object.entries(full)) {
      const largest = Math.max(...data.map(Math.abs));
      data.forEach((g, i) => void expect(Math.abs(ragged[key].data[i] - g), key).toBeLessThan(1e-5 * (1 + largest)));
    }
    for (const net of nets) net.destroy();
  });

  test('is changed by no look at it', async () => {
    const net = await make(of);
    const { x, y } = samples(of, loss, 5, 1);
    net.step(x, y);
    const before = await stateBits(net);
    await net.gradients(x, y);
    await net.tensors(x, y);
    await net.predict(x);
    expect(await stateBits(net)).toEqual(before);
    const [once, twice] = [await net.predict(x), await net.predict(x)];
    expect(once).toEqual(twice);
    net.destroy();
  });
});

/** GPU and CPU round differently, over a few steps. */
const CLOSE = 1e-4;
test.each(Object.keys(models))('a net with %s trains on the CPU as on the GPU, to rounding', async (name) => {
  const nets = await Promise.all([make(models[name]), make(models[name], 'cpu')]);
  for (const net of nets) {
    for (const n of [7, 6, 7]) {
      const { x, y } = samples(models[name], loss, n, n);
      net.step(x, y);
    }
  }
  const [onGpu, onCpu] = await Promise.all(nets.map((net) => net.parameters()));
  for (const [key, { data }] of Object.entries(onCpu)) {
    data.forEach((value, i) => void expect(Math.abs(onGpu[key].data[i] - value), key).toBeLessThan(CLOSE));
  }
  const { x } = samples(models[name], loss, 5, 1);
  const [theirs, ours] = await Promise.all(nets.map((net) => net.predict(x)));
  theirs.forEach((value, i) => void expect(Math.abs(ours[i] - value)).toBeLessThan(CLOSE));
  const { y } = samples(models[name], loss, 5, 1);
  const [there, here] = await Promise.all(nets.map(async (net) => Object.keys(await net.tensors(x, y)).sort()));
  expect(here).toEqual(there);
  for (const net of nets) net.destroy();
});

describe.each(['gpu', 'cpu'] as const)('by hand, on the %s', (where) => {
  const device = () => (where === 'gpu' ? gpu.device : 'cpu');
  const compiled = (of: Model, batch: number, learningRate = 0) =>
    compile(of, { device: device(), batch, loss: quadratic(), optimizer: sgd({ learningRate }) });

  test('batchNorm takes the moments of the batch in training, the running ones elsewhere', async () => {
    // One feature, momentum ¼, ε = 3; samples 1, 5, 9: mean 5, variance 32/3, unbiased 16.
    const net = await compiled(sequential([1], [batchNorm({ momentum: 0.25, epsilon: 3 })]), 5);
    expect(Object.keys(await net.parameters())).toEqual(
      ['weight', 'bias', 'running_mean', 'running_var'].map((key) => `layers.0.${key}`),
    );
    const values = { weight: 2, bias: 1, running_mean: 4, running_var: 8 };
    const parameters = (of: object) =>
      Object.fromEntries(
        Object.entries(of).map(([key, value]) => [`layers.0.${key}`, { shape: [1], data: Float32Array.of(value) }]),
      );
    net.setParameters(parameters(values));
    net.step([1, 5, 9], [0, 0, 0]);
    const { data } = await net.tensor('a1');
    const root = Math.sqrt(32 / 3 + 3);
    [-8 / root + 1, 1, 8 / root + 1].forEach((a, i) => void expect(data[i]).toBeCloseTo(a, 5));
    const after = await net.parameters();
    expect(after['layers.0.running_mean'].data[0]).toBeCloseTo(4 + (5 - 4) / 4, 6);
    expect(after['layers.0.running_var'].data[0]).toBeCloseTo(8 + (16 - 8) / 4, 6);
    net.setParameters(parameters({ ...values, running_var: 13 }));
    const predicted = await net.predict([2, 8]);
    [(2 * (2 - 4)) / 4 + 1, (2 * (8 - 4)) / 4 + 1].forEach((a, i) => void expect(predicted[i]).toBeCloseTo(a, 5));
    net.destroy();
  });

  test('a batch of one sample becomes β, and moves neither running mean nor variance', async () => {
    const net = await compiled(sequential([2], [batchNorm()]), 3);
    net.step([3, -1], [0, 0]);
    expect((await net.tensor('a1')).data.filter((_, i) => i % 3 === 0)).toEqual(new Float32Array(2));
    const found = await net.parameters();
    expect(found['layers.0.running_mean'].data).toEqual(Float32Array.of(0, 0));
    expect(found['layers.0.running_var'].data).toEqual(Float32Array.of(1, 1));
    net.destroy();
  });

  test('batchNorm takes a channel of images over all its places, however far from 0', async () => {
    const net = await compiled(sequential([2, 2, 1], [batchNorm()]), 2);
    // Channel 0: 10000 to 10003, channel 1: four times 7.
    net.step([10000, 10001, 7, 7, 10002, 10003, 7, 7], new Float32Array(8));
    const { data } = await net.tensor('a1');
    const root = Math.sqrt(1.25 + 1e-5);
    const expected = [-1.5, 0.5, -0.5, 1.5].map((d) => d / root);
    expected.forEach((a, i) => void expect(data[i]).toBeCloseTo(a, 5));
    expect([...data.slice(4)]).toEqual([0, 0, 0, 0]);
    const { 'layers.0.running_var': variance } = await net.parameters();
    expect(variance.data[0]).toBeCloseTo(0.9 + (0.1 * 5) / 3, 5);
    net.destroy();
  });

  test('layerNorm takes each sample by itself, in training and elsewhere', async () => {
    const net = await compiled(sequential([2], [layerNorm({ epsilon: 3 })]), 3);
    net.setParameters({
      'layers.0.weight': { shape: [2], data: [2, 4] },
      'layers.0.bias': { shape: [2], data: [1, -1] },
    });
    // (1, 3): mean 2, variance 1, so ∓½; (−1, −3): ±½.
    const expected = [0, 1, 2, -3];
    net.step([1, 3, -1, -3], [0, 0, 0, 0]);
    const { data } = await net.tensor('a1');
    [0, 3, 1, 4].forEach((at, i) => void expect(data[at]).toBeCloseTo(expected[i], 6));
    (await net.predict([1, 3, -1, -3])).forEach((a, i) => void expect(a).toBeCloseTo(expected[i], 6));
    net.destroy();
  });

  test('dropout leaves x alone elsewhere, and in training what it keeps of it is scaled', async () => {
    const net = await compiled(sequential([3], [dropout(0.75), dense(3)]), 40);
    const identity = { shape: [3, 3], data: [1, 0, 0, 0, 1, 0, 0, 0, 1] };
    net.setParameters({ 'layers.1.weight': identity, 'layers.1.bias': { shape: [3], data: [0, 0, 0] } });
    const x = Float32Array.from({ length: 120 }, (_, i) => 1 + (i % 3));
    expect(await net.predict(x)).toEqual(x);
    net.step(x, x);
    const { data } = await net.tensor('a1');
    data.forEach((a, i) => void expect([0, 4 * (1 + Math.floor(i / 40))]).toContain(a));
    const kept = data.filter((a) => a !== 0).length;
    expect(kept).toBeGreaterThan(10);
    expect(kept).toBeLessThan(60);
    net.step(x, x);
    expect((await net.tensor('a1')).data).not.toEqual(data);
    net.destroy();
  });

  test('add sums up what it is given: 2x + x − 3x', async () => {
    const x = input([2]);
    const [double, minus] = [apply(dense(2), x), apply(dense(2), x)];
    const net = await compiled(model(x, apply(add(), double, x, minus)), 2);
    const weights = (factor: number) => ({ shape: [2, 2], data: [factor, 0, 0, factor] });
    const bias = { shape: [2], data: [0, 0] };
    net.setParameters({
      'layers.0.weight': weights(2),
      'layers.0.bias': bias,
      'layers.1.weight': weights(-3),
      'layers.1.bias': bias,
    });
    expect([...(await net.predict([1, 2, -7, 5]))]).toEqual([0, 0, 0, 0]);
    net.destroy();
  });
});

test('a mask is the same on the GPU and on the CPU, step by step', async () => {
  const of = sequential([3], [dropout(0.5), dense(3)]);
  const nets = await Promise.all([make(of), make(of, 'cpu')]);
  for (let i = 0; i < 3; i++) {
    for (const net of nets) net.step(new Float32Array(21).fill(1), new Float32Array(21));
    const [onGpu, onCpu] = await Promise.all(nets.map((net) => net.tensor('a1')));
    expect(onGpu.data).toEqual(onCpu.data);
  }
  for (const net of nets) net.destroy();
});

test('running statistics are parameters: another net that takes them predicts the same', async () => {
  const { x, y } = samples(models.batchNorm, loss, 7);
  const [net, other] = [await make(models.batchNorm), await make(models.batchNorm)];
  for (let i = 0; i < 3; i++) net.step(x, y);
  expect(runningOf(await parameterBits(net))).not.toEqual(runningOf(await parameterBits(other)));
  other.setParameters(await net.parameters());
  expect(await other.predict(x)).toEqual(await net.predict(x));
  net.destroy();
  other.destroy();
});
