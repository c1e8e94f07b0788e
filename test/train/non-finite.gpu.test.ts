/** NaN and infinity are said wherever a result could hide them, and cost no read where nothing can have brought them. */
import { describe, expect, test } from 'vitest';
import { countCalls } from '../../src/bench/counting.ts';
import { fromArrays } from '../../src/data/index.ts';
import {
  avgPool2d,
  binaryCrossEntropy,
  type CompileOptions,
  compile,
  conv2d,
  type Device,
  dense,
  type LayerActivation,
  type LossFunction,
  linear,
  maxPool2d,
  NonFiniteError,
  quadratic,
  relu,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type Trainer,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { random } from '../support/nets.ts';

const batch = 8;
const [x, y] = [random(4 * batch, 1), [0, 1, 2, 0, 1, 2, 0, 1]];
const data = fromArrays({
  x: random(80, 2),
  y: Array.from({ length: 20 }, (_, i) => i % 3),
  shape: [4],
  name: 'points',
});

function behaviour(title: string, device: () => Device | 'cpu'): void {
  /** Three outputs, behind a ReLU: it passes NaN on, and makes 0 of −∞. */
  const make = (options: Partial<CompileOptions> = {}): Promise<Trainer> =>
    compile(sequential([4], [dense(6, relu), dense(3)]), {
      device: device(),
      batch,
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: 0.1 }),
      ...options,
    });

  /** One whose weights are NaN. */
  const spoilt = async (): Promise<Trainer> => {
    const net = await make();
    net.learningRate = 3e38;
    for (let i = 0; i < 4; i++) net.step(x, y);
    return net;
  };

  describe(`${title}: weights that are no numbers`, () => {
    test.each<[string, (net: Trainer) => Promise<unknown>, RegExp]>([
      [
        'predict',
        (net) => net.predict(x),
        /^predict: layers\.\d\.(weight|bias) holds (NaN|-?Infinity) at value \d+, after step 4$/,
      ],
      ['evaluate', (net) => net.evaluate(data), /^evaluate: layers\.\d\.(weight|bias) holds/],
      ['gradients', (net) => net.gradients(x, y), /^gradients: layers\.\d\.(weight|bias) holds/],
      ['check', (net) => net.check(x, y), /^check: the first tensor that holds NaN or infinity is \w+$/],
    ])('are a NonFiniteError that names the first: %s', async (_name, call, says) => {
      const net = await spoilt();
      const values = Object.values(await net.parameters()).flatMap(({ data }) => Array.from(data));
      expect(values.some((value) => !Number.isFinite(value))).toBe(true);
      for (let i = 0; i < 2; i++) {
        const found = call(net);
        await expect(found).rejects.toThrow(NonFiniteError);
        await expect(found).rejects.toThrow(says);
      }
      net.destroy();
    });

    test('are returned to those who allow it, and loss names the first step otherwise', async () => {
      const net = await spoilt();
      const allowNonFinite = true;
      const isOdd = (values: ArrayLike<number>): boolean => !Array.from(values).every(Number.isFinite);
      expect(isOdd(await net.predict(x, { allowNonFinite }))).toBe(true);
      expect(isOdd([(await net.evaluate(data, { allowNonFinite })).loss])).toBe(true);
      expect(isOdd([await net.loss({ allowNonFinite })])).toBe(true);
      const gradients = await net.gradients(x, y, { allowNonFinite });
      expect(Object.values(gradients).some(({ data }) => isOdd(data))).toBe(true);
      expect((await net.check(x, y, { allowNonFinite })).tensors.length).toBeGreaterThan(10);
      const lost = await net.loss().catch((error) => error);
      expect(lost).toBeInstanceOf(NonFiniteError);
      const first = lost.step;
      expect(lost.message).toMatch(
        /^loss: that of step 4 is (NaN|-?Infinity)(, and the first NaN or infinity is of step [1-3])?\. /,
      );
      // A net that stops before that step has finite weights, and one that stops with it has not.
      for (const [steps, isFine] of [
        [first - 1, true],
        [first, false],
      ] as const) {
        const other = await make();
        other.learningRate = 3e38;
        for (let i = 0; i < steps; i++) other.step(x, y);
        const found = Object.values(await other.parameters()).flatMap(({ data }) => Array.from(data));
        const losses = steps > 0 ? [await other.loss({ allowNonFinite })] : [];
        expect(!isOdd([...found, ...losses])).toBe(isFine);
        other.destroy();
      }
      await expect(net.predict(x, { allowNonFinite: 1 as never })).rejects.toThrow(/predict: allowNonFinite/);
      net.destroy();
    });

    test('are over when there are others', async () => {
      const [net, fresh] = [await spoilt(), await make()];
      await expect(net.predict(x)).rejects.toThrow(NonFiniteError);
      net.setParameters(await fresh.parameters());
      expect(await net.predict(x)).toEqual(await fresh.predict(x));
      for (const each of [net, fresh]) each.destroy();
    });

    test('end a fit whose steps are checked', async () => {
      const net = await make({ check: { every: 1 } });
      net.learningRate = 3e38;
      const error = await net.fit(data, { epochs: 3 }).catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(NonFiniteError);
      expect(error).toMatchObject({ step: net.steps, tensor: expect.stringMatching(/^\w+′?$/) });
      const wrong = await net.check(x, y).catch((cause: unknown) => cause);
      expect(wrong).toMatchObject({ name: 'NonFiniteError', tensor: expect.any(String) });
      expect((wrong as NonFiniteError).step).toBeUndefined();
      net.destroy();
    });

    test('of a loss are those of its step, whatever steps follow', async () => {
      const net = await make();
      const good = await net.parameters();
      const bad = x.map(() => 3e38);
      net.step(bad, y);
      const loss = net.loss().catch((cause: unknown) => cause);
      net.setParameters(good);
      for (const inputs of [x, bad]) net.step(inputs, y);
      expect(await loss).toMatchObject({ name: 'NonFiniteError', step: 1 });
      net.destroy();
    });
  });

  describe(`${title}: finite weights whose outputs are no numbers`, () => {
    test.each<[string, LossFunction, LayerActivation]>([
      ['quadratic', quadratic(), linear],
      ['softmaxCrossEntropy', softmaxCrossEntropy(), linear],
      ['sigmoidCrossEntropy', sigmoidCrossEntropy(), linear],
      ['binaryCrossEntropy', binaryCrossEntropy(), sigmoid],
    ])('are said by predict and evaluate: %s', async (_name, loss, activation) => {
      const model = sequential([1], [dense(2, linear), dense(2, linear), dense(2, activation)]);
      const net = await compile(model, { device: device(), batch, loss, optimizer: sgd({ learningRate: 0.1 }) });
      const given = await net.parameters();
      // Beyond f32 in the second layer, ∞ − ∞ in the third.
      for (const i of [0, 1]) given[`layers.${i}.weight`].data.fill(1e30);
      given['layers.2.weight'].data.set([1, -1, 1, -1]);
      net.setParameters(given);
      expect([...(await net.predict([0]))].every(Number.isFinite)).toBe(true);
      const predicted = await net.predict([0, 1]).catch((error) => error);
      expect(predicted).toBeInstanceOf(NonFiniteError);
      expect(predicted.message).toMatch(/^predict: output 0 of sample 1 is NaN\. /);
      const points = fromArrays({
        x: [[1], [2]],
        y: [
          [1, 0],
          [0, 1],
        ],
        name: 'two points',
      });
      const evaluated = await net.evaluate(points).catch((error) => error);
      expect(evaluated).toBeInstanceOf(NonFiniteError);
      expect(evaluated.message).toMatch(
        /^evaluate: on two points (the sum of the losses is (NaN|-?Infinity), or )?an output is too large for a 32-bit float\. /,
      );
      net.destroy();
    });

    test('are said of gradients', async () => {
      const net = await compile(sequential([1], [dense(1)]), {
        ...{ device: device(), batch: 1, loss: quadratic(), optimizer: sgd({ learningRate: 0.1 }) },
      });
      // ½ (w x − y)² = 5e37 and its gradient −y x = −1e40, at w = 0
      net.setParameters({
        ...(await net.parameters()),
        'layers.0.weight': { shape: [1, 1], data: Float32Array.of(0) },
      });
      const [huge, far] = [[[1e21]], [[1e19]]];
      const failed = await net.gradients(huge, far).catch((error) => error);
      expect(failed).toBeInstanceOf(NonFiniteError);
      expect(failed).toMatchObject({ tensor: 'layers.0.weight', element: [0, 0], value: Number.NEGATIVE_INFINITY });
      const { 'layers.0.weight': given } = await net.gradients(huge, far, { allowNonFinite: true });
      expect(given.data[0]).toBe(Number.NEGATIVE_INFINITY);
      net.destroy();
    });

    test('are not meant where losses are finite, and only their sum is not', async () => {
      const optimizer = sgd({ learningRate: 0.1 });
      const net = await compile(sequential([1], [dense(1)]), {
        device: device(),
        batch: 1,
        loss: quadratic(),
        optimizer,
      });
      const given = await net.parameters();
      given['layers.0.weight'].data[0] = 1.5e19; // a loss of 1.125e38 for x = 1
      net.setParameters(given);
      const points = (count: number) =>
        fromArrays({ x: new Float32Array(count).fill(1), y: new Float32Array(count), shape: [1], name: 'ones' });
      expect((await net.evaluate(points(1))).loss).toBeCloseTo(1.125e38, -33);
      const says =
        /^evaluate: on ones the sum of the losses is (Infinity|NaN), or an output is too large for a 32-bit float\. /;
      await expect(net.evaluate(points(4))).rejects.toThrow(says);
      net.destroy();
    });

    test.each([
      ['maxPool2d', maxPool2d, [0, 1]],
      ['maxPool2d', maxPool2d, [1, 0]],
      ['avgPool2d', avgPool2d, [0, 1]],
    ] as const)('are said where one pixel of a window is NaN: %s, %#', async (_name, pool, pixels) => {
      const convolutions = [conv2d(2, 1, linear), conv2d(2, 1, linear), conv2d(1, 1, linear)];
      const model = sequential([1, 1, 2], [...convolutions, pool([1, 2], { stride: 1 }), dense(1)]);
      const net = await compile(model, {
        device: device(),
        batch,
        loss: quadratic(),
        optimizer: sgd({ learningRate: 0.1 }),
      });
      const given = await net.parameters();
      for (const i of [0, 1]) given[`layers.${i}.weight`].data.fill(1e30);
      given['layers.2.weight'].data.set([1, -1]);
      net.setParameters(given);
      expect([...(await net.predict([0, 0]))].every(Number.isFinite)).toBe(true);
      await expect(net.predict(pixels)).rejects.toThrow(NonFiniteError);
      await expect(net.predict(pixels)).rejects.toThrow(/^predict: output 0 of sample 0 is NaN\. /);
      net.destroy();
    });
  });
}

const gpu = useGpu();
behaviour('on the GPU', () => gpu.device);
behaviour('on the CPU', () => 'cpu');

test('parameters are read once after steps, and not where they are known', async () => {
  const counter = countCalls(gpu.device.gpu);
  const net = await compile(sequential([4], [dense(6, relu), dense(3)]), {
    device: gpu.device,
    batch,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
  });
  const readsOf = async (work: () => Promise<unknown>) => {
    counter.take();
    await work();
    return counter.take().maps;
  };
  await net.predict(x);
  expect(await readsOf(() => net.predict(x))).toBe(1);
  expect(await readsOf(() => net.evaluate(data))).toBe(1);
  net.step(x, y);
  expect(await readsOf(() => net.predict(x))).toBe(2);
  expect(await readsOf(() => net.predict(x))).toBe(1);
  await net.fit(data, { epochs: 1 });
  expect(await readsOf(() => net.predict(x))).toBe(1);
  net.setParameters(await net.parameters());
  expect(await readsOf(() => net.predict(x))).toBe(1);
  net.destroy();
  counter.stop();
});
