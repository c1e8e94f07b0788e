/** The flag that a step raises on the device, by the bits of what it overwrites. */
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import {
  adam,
  adamw,
  batchNorm,
  type CompileOptions,
  compile,
  type Device,
  dense,
  dropout,
  elu,
  layerNorm,
  linear,
  type Model,
  momentum,
  NonFiniteError,
  type Optimizer,
  ones,
  relu,
  rmsprop,
  sequential,
  sgd,
  softmaxCrossEntropy,
  squared,
  standardize,
  type Trainer,
  tanh,
  zeros,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { random } from '../support/nets.ts';

const MAX = 2 ** 128 * (1 - 2 ** -24);
const line = (weight: number) => sequential([1], [dense(1, linear, { init: weight ? ones() : zeros() })]);

function behaviour(title: string, device: () => Device | 'cpu'): void {
  const make = (model: Model, optimizer: Optimizer, options: Partial<CompileOptions> = {}): Promise<Trainer> =>
    compile(model, { device: device(), batch: 1, loss: squared(), seed: 1, tune: 'off', optimizer, ...options });
  /** x = 1 and y = 0, so many times. */
  const units = (count: number, x = 1, y = 0) =>
    fromArrays({ x: new Float32Array(count).fill(x), y: new Float32Array(count).fill(y), shape: [1], name: 'units' });
  const failureOf = async (net: Trainer, data: ReturnType<typeof units>, epochs = 1): Promise<NonFiniteError> => {
    const error = await net.fit(data, { epochs, shuffle: false }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(NonFiniteError);
    net.destroy();
    return error as NonFiniteError;
  };

  describe(`${title}: the first step`, () => {
    test.each([0.75, 1, 3, 100])('is the one whose loss f32 cannot hold: learning rate %s', async (learningRate) => {
      // s = w + b, C = s², and both lose 2 η s: s becomes (1 − 4 η) s.
      let first = 1;
      for (let s = 1; s * s <= MAX; s *= 1 - 4 * learningRate) first++;
      const error = await failureOf(await make(line(1), sgd({ learningRate })), units(200));
      expect(error.step).toBe(first);
    });

    test.each<[string, Optimizer, Partial<CompileOptions>]>([
      ['momentum', momentum({ learningRate: 1 }), {}],
      ['Adam, whose step would be 0', adam(), {}],
      ['RMSProp, whose step would be 0', rmsprop(), {}],
      ['a clipped gradient, which would be 0', sgd({ learningRate: 1 }), { clipNorm: 1 }],
      ['a sum of gradients whose update is not due', sgd({ learningRate: 1 }), { accumulate: 4 }],
      ['an average of the weights', sgd({ learningRate: 1 }), { average: 0.9 }],
      ['a learning rate of 0', sgd({ learningRate: 0 }), {}],
    ])('is the one whose gradient f32 cannot hold: %s', async (_name, optimizer, options) => {
      // The third sample: ∂C/∂w = 2 (w x − y) x = 2e40 at w = 0, and C = 1e38.
      const data = fromArrays({ x: [[0], [0], [-1e21], [0]], y: [[0], [0], [1e19], [0]] });
      const error = await failureOf(await make(line(0), optimizer, options), data);
      expect(error.step).toBe(3);
    });

    test('is the one whose weight is −∞, although ReLU makes 0 of it', async () => {
      const model = sequential([1], [dense(1, relu, { init: ones() }), dense(1, linear, { init: ones() })]);
      const net = await make(model, sgd({ learningRate: 1e10 }));
      const tiny = { shape: [1, 1], data: Float32Array.of(1e-30) };
      net.setParameters({ ...(await net.parameters()), 'layers.0.weight': tiny });
      const error = await failureOf(net, units(2, 1e30));
      expect(error).toMatchObject({ step: 1, tensor: 'W1', element: [0, 0], value: Number.NEGATIVE_INFINITY });
    });

    test('is the one whose running variance f32 cannot hold', async () => {
      const model = sequential([1], [batchNorm(), dense(1)]);
      const net = await make(model, sgd({ learningRate: 0 }), { batch: 2 });
      const data = fromArrays({ x: [[1], [2], [2e19], [-2e19]], y: [[0], [0], [0], [0]] });
      expect((await failureOf(net, data)).step).toBe(2);
    });

    test('ends a fit within two submits, where nobody waits for an epoch', async () => {
      const net = await make(line(1), sgd({ learningRate: 3 }));
      const error = await net.fit(units(10), { epochs: 1e5 }).catch((error: unknown) => error);
      expect((error as NonFiniteError).step).toBe(20);
      expect(net.steps).toBeLessThan(5000);
      net.destroy();
    });

    test('is counted over all fits, and a net with other weights begins anew', async () => {
      const net = await make(line(1), sgd({ learningRate: 0 }));
      const good = await net.parameters();
      await net.fit(units(5), { epochs: 2 });
      net.learningRate = 3;
      await expect(net.fit(units(100), { epochs: 1 })).rejects.toMatchObject({ step: 30 });
      net.setParameters(good);
      net.learningRate = 0.1;
      expect(await net.fit(units(5), { epochs: 1 })).toHaveLength(1);
      net.destroy();
    });
  });

  describe(`${title}: no step`, () => {
    test('raises a flag where numbers are far apart, tiny or 0', async () => {
      const model = sequential([4], [dense(6, relu), dense(3, relu), dense(1)]);
      const net = await make(model, adam({ learningRate: 1e-3 }), { batch: 4, clipNorm: 1 });
      // Logits of thousands, a layer whose ReLUs are dead and so get gradients of 0, and numbers below the smallest normal one.
      for (const scale of [1, 1e4, 1e-40, 0]) {
        const given = await net.parameters();
        for (const key of Object.keys(given))
          given[key].data.set(random(given[key].data.length, 3).map((u) => scale * u));
        if (scale === 1) given['layers.1.bias'].data.fill(-1e3);
        net.setParameters(given);
        const data = fromArrays({ x: random(160, 1), y: random(40, 2), shape: [4] });
        expect(await net.fit(data, { epochs: 10 })).toHaveLength(10);
      }
      expect(net.steps).toBe(400);
      net.destroy();
    });
  });
}

const gpu = useGpu();
behaviour('on the GPU', () => gpu.device);
behaviour('on the CPU', () => 'cpu');

test.each([
  ['a thousand steps', 1000, [dense(6, relu)]],
  ['steps of layers of many kinds', 100, [dense(8, tanh), batchNorm(), dropout(0.3), dense(6, elu), layerNorm()]],
])('no step raises a flag in %s', async (_name, steps, hidden) => {
  const scales = [1, 1e4, 1e-30, 1e8];
  const inputs = standardize({ mean: [0, 0, 0, 0], deviation: scales });
  const net = await compile(sequential([4], [inputs, ...hidden, dense(3)]), {
    ...{ device: gpu.device, batch: 16, loss: softmaxCrossEntropy(), optimizer: adamw({ learningRate: 0.01 }) },
    ...{ accumulate: 2, clipNorm: 1, average: 0.99, tune: 'off', seed: 1 },
  });
  const x = random(4 * 160, 1).map((u, i) => u * scales[i % 4]);
  const data = fromArrays({ x, y: Array.from({ length: 160 }, (_, i) => i % 3), shape: [4] });
  await net.fit(data, { steps });
  expect([net.steps, Number.isFinite(await net.loss())]).toEqual([steps, true]);
  net.destroy();
});

test('no dispatch and no binding is for the flag alone, within 8 storage buffers', async () => {
  const { schedule } = await import('../../src/compiler/schedule.ts');
  const net = await compile(sequential([4], [dense(6, relu), dense(3)]), {
    ...{ device: gpu.device, batch: 4, loss: squared(), optimizer: adam(), accumulate: 2, average: 0.9, tune: 'off' },
  });
  for (const storageBuffers of [8, 16]) {
    const [plain, watched] = [false, true].map(
      (watched) => schedule(net.graph, { keep: ({ name }) => name !== '', storageBuffers, watched }).dispatches,
    );
    expect(watched.map(({ bindings }) => bindings)).toEqual(plain.map(({ bindings }) => bindings));
    expect(watched.map(({ workgroups }) => workgroups)).toEqual(plain.map(({ workgroups }) => workgroups));
    expect(watched.some(({ flag }) => flag)).toBe(true);
  }
  net.destroy();
});
