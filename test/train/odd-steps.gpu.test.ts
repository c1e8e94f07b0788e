/** What a fit does about a step that makes NaN or infinity: names where it began, leaves it out, or learns more slowly. */
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import {
  ArgumentError,
  adam,
  type CompileOptions,
  compile,
  cosineDecay,
  type Device,
  dense,
  type FitOptions,
  formatSafetensors,
  linear,
  meanSquared,
  NonFiniteError,
  oneCycle,
  ones,
  parseSafetensors,
  pointwise,
  quadratic,
  reduceOnPlateau,
  relu,
  sequential,
  sgd,
  squared,
  type Tensor,
  type Trainer,
  warmUp,
} from '../../src/index.node.ts';
import { learningRateAt, scaledRate } from '../../src/nn/learning-rate.ts';
import { useGpu } from '../support/harness.ts';
import { parameterBits, random } from '../support/nets.ts';

function behaviour(title: string, device: () => Device | 'cpu'): void {
  const make = (options: Partial<CompileOptions> = {}, model = sequential([3], [dense(4, relu), dense(2)])) =>
    compile(model, {
      ...{ device: device(), batch: 2, loss: quadratic(), optimizer: sgd({ learningRate: 0.1 }), seed: 1, tune: 'off' },
      ...options,
    });
  /** Sixteen samples in eight batches, of which some overflow. */
  const samples = (bad: readonly number[]) => {
    const [x, y] = [random(48, 1), random(32, 2)];
    for (const step of bad) x.fill(3e38, 6 * (step - 1), 6 * step);
    return { x, y, data: fromArrays({ x, y, shape: [3], name: 'samples' }) };
  };

  describe(`${title}: skip`, () => {
    test.each([
      [[4], 1],
      [[1, 2, 8], 1],
      [[3, 4, 5], 1],
      [[1, 2], 2],
    ])('leaves out what steps %s would do, with %i batches per update', async (bad, accumulate) => {
      const { x, y, data } = samples(bad);
      const net = await make({ optimizer: adam(), accumulate });
      const results = await net.fit(data, { epochs: 2, shuffle: false, onNonFinite: 'skip' });
      expect(results.map(({ skipped }) => skipped)).toEqual([bad.length, bad.length]);
      expect([net.steps, net.updates]).toEqual([16, (16 - 2 * bad.length) / accumulate]);
      // A loop of one's own over the other batches.
      const loop = await make({ optimizer: adam(), accumulate });
      const losses: number[][] = [[], []];
      for (const epoch of [0, 1]) {
        for (let step = 1; step <= 8; step++) {
          if (bad.includes(step)) continue;
          const batch = [x.subarray(6 * (step - 1), 6 * step), y.subarray(4 * (step - 1), 4 * step)] as const;
          loop.step(...batch);
          losses[epoch].push(await loop.loss());
        }
      }
      expect(await parameterBits(net)).toEqual(await parameterBits(loop));
      const means = losses.map((of) => of.reduce((sum, loss) => sum + loss, 0) / of.length);
      for (const [i, { trainLoss }] of results.entries()) expect(trainLoss).toBeCloseTo(means[i], 5);
      for (const each of [net, loop]) each.destroy();
    });

    test('of the last step of an epoch leaves its update to those before', async () => {
      const { x, y, data } = samples([7, 8]);
      const others = fromArrays({ x: x.subarray(0, 36), y: y.subarray(0, 24), shape: [3], name: 'others' });
      for (const optimizer of [adam(), sgd({ learningRate: 0.1 })]) {
        for (const loss of [quadratic(), meanSquared()]) {
          const [net, plain] = [
            await make({ optimizer, loss, accumulate: 4 }),
            await make({ optimizer, loss, accumulate: 4 }),
          ];
          const found = await net.fit(data, { epochs: 2, shuffle: false, onNonFinite: 'skip' });
          const expected = await plain.fit(others, { epochs: 2, shuffle: false });
          expect(await parameterBits(net)).toEqual(await parameterBits(plain));
          expect([net.steps, net.updates]).toEqual([16, 4]);
          for (const [i, { trainLoss }] of found.entries()) expect(trainLoss).toBeCloseTo(expected[i].trainLoss, 5);
          for (const each of [net, plain]) each.destroy();
        }
      }
    });

    test('ends where the update that it leaves to others is not finite', async () => {
      const net = await make({ accumulate: 4, optimizer: sgd({ learningRate: 3e38 }) });
      const x = [1, 2, 3, 4, 5, 6].concat(Array(6).fill(3e38));
      const data = fromArrays({ x: Float32Array.from(x), y: new Float32Array(8).fill(100), shape: [3] });
      const error = await net.fit(data, { epochs: 1, shuffle: false, onNonFinite: 'skip' }).catch((e: unknown) => e);
      expect(error).toMatchObject({ name: 'NonFiniteError', step: 2, tensor: expect.any(String) });
      net.destroy();
    });

    test('ends where all steps of an epoch were skipped', async () => {
      const net = await make();
      const before = await parameterBits(net);
      const losses: number[] = [];
      const error = await net
        .fit(samples([1, 2, 3, 4, 5, 6, 7, 8]).data, {
          ...{ epochs: 3, shuffle: false, onNonFinite: 'skip', millisecondsPerSubmit: 1e-6 },
          onProgress: ({ loss }) => void losses.push(loss),
        })
        .catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(NonFiniteError);
      expect(error).toMatchObject({ step: 8, tensor: expect.any(String), operands: expect.any(Array) });
      expect(losses.filter(Number.isNaN)).toEqual([]);
      expect(await parameterBits(net)).toEqual(before);
      const [{ skipped }] = await net.fit(samples([2, 3, 4, 5, 6, 7, 8]).data, {
        ...{ epochs: 1, shuffle: false, onNonFinite: 'skip' },
      });
      expect(skipped).toBe(7);
      net.destroy();
    });

    test('ends where the only step of an epoch was skipped, whatever another epoch left', async () => {
      const net = await make();
      const bad = fromArrays({ x: new Float32Array(6).fill(3e38), y: random(4, 2), shape: [3], name: 'one' });
      await net.fit(samples([1]).data, { steps: 2, shuffle: false, onNonFinite: 'skip' });
      const error = await net.fit(bad, { epochs: 1, onNonFinite: 'skip' }).catch((cause: unknown) => cause);
      expect(error).toMatchObject({ name: 'NonFiniteError', step: 3 });
      net.destroy();
    });

    test('is counted over an epoch that another fit began, also after a file', async () => {
      const { data } = samples([2, 4, 6]);
      const options = { shuffle: false, onNonFinite: 'skip' } as const;
      const [whole, parts, loaded] = [await make(), await make(), await make()];
      const [{ trainLoss, skipped }] = await whole.fit(data, { epochs: 1, ...options });
      for (const steps of [1, 2, 1]) await parts.fit(data, { steps, ...options });
      await loaded.load(await parts.save());
      for (const net of [parts, loaded]) {
        expect(await net.fit(data, { epochs: 1, ...options })).toMatchObject([{ trainLoss, skipped }]);
        expect(await parameterBits(net)).toEqual(await parameterBits(whole));
      }
      expect(skipped).toBe(3);
      for (const each of [whole, parts, loaded]) each.destroy();
    });

    test('is refused in a file that cannot be of such an epoch', async () => {
      const net = await make();
      await net.fit(samples([2]).data, { steps: 2, shuffle: false, onNonFinite: 'skip' });
      const { tensors, metadata } = parseSafetensors(await net.save());
      const record = JSON.parse(metadata.retrograd);
      const { unfinished } = record.position;
      const loaded = (skipped: unknown) => {
        unfinished.skipped = skipped;
        return net.load(formatSafetensors(tensors, { retrograd: JSON.stringify(record) }));
      };
      expect(unfinished.skipped).toEqual({ steps: 1, samples: 2 });
      for (const wrong of [null, 1, { steps: 1 }, { steps: 3, samples: 6 }, { steps: 1, samples: 3 }])
        await expect(loaded(wrong)).rejects.toThrow('position.unfinished: expected');
      for (const right of [undefined, { steps: 2, samples: 3 }]) await loaded(right);
      net.destroy();
    });

    test('is of steps that are compared with the reference, too', async () => {
      const { data } = samples([2, 4]);
      const [net, plain] = [await make({ check: { every: 2 } }), await make()];
      for (const each of [net, plain]) {
        expect(await each.fit(data, { epochs: 1, shuffle: false, onNonFinite: 'skip' })).toMatchObject([
          { skipped: 2 },
        ]);
      }
      expect(await parameterBits(net)).toEqual(await parameterBits(plain));
      for (const each of [net, plain]) each.destroy();
    });

    test('of no step is training as it is without', async () => {
      const { data } = samples([]);
      const [net, plain] = [await make(), await make()];
      const [{ skipped, trainLoss }] = await net.fit(data, { epochs: 1, onNonFinite: 'skip' });
      const [expected] = await plain.fit(data, { epochs: 1 });
      expect([skipped, trainLoss]).toEqual([0, expected.trainLoss]);
      expect(expected.skipped).toBeUndefined();
      expect(await parameterBits(net)).toEqual(await parameterBits(plain));
      for (const each of [net, plain]) each.destroy();
    });
  });

  test(`${title}: rewind goes on with half the rate until steps are finite`, async () => {
    // s = w + b becomes (1 − 4 η) s: it grows at η = 0.6 and 1.2, and shrinks at 0.3.
    const model = sequential([1], [dense(1, linear, { init: ones() })]);
    const options = { batch: 1, loss: squared(), optimizer: sgd({ learningRate: 1.2 }) };
    const data = fromArrays({ x: new Float32Array(400).fill(1), y: new Float32Array(400), shape: [1] });
    const net = await make(options, model);
    const [{ trainLoss }] = await net.fit(data, {
      ...{ epochs: 1, onNonFinite: 'rewind', recover: { snapshot: { steps: 1e6 } } }, // one snapshot, at the beginning
    });
    expect(net.learningRate).toBe(0.3);
    // All of it at 0.3, since the snapshot is from the first step: Σ 0.2²ⁿ / 400
    expect(trainLoss).toBeCloseTo(1 / (1 - 0.04) / 400, 6);
    const hopeless = await make(options, model);
    hopeless.learningRate = 1e20;
    const failed = await hopeless.fit(data, { epochs: 1, onNonFinite: 'rewind' }).catch((error) => error);
    expect(failed).toBeInstanceOf(NonFiniteError);
    expect(failed.operands).toBeDefined();
    for (const each of [net, hopeless]) each.destroy();
  });

  test(`${title}: rewind halves the rates that were set since the snapshot`, async () => {
    // As above: 0 leaves s as it is.
    const model = sequential([1], [dense(1, linear, { init: ones() })]);
    const net = await make({ batch: 1, loss: squared(), optimizer: sgd({ learningRate: 0 }) }, model);
    const data = fromArrays({ x: new Float32Array(400).fill(1), y: new Float32Array(400), shape: [1] });
    const told: number[] = [];
    const results = await net.fit(data, {
      ...{ epochs: 2, onNonFinite: 'rewind', recover: { snapshot: { steps: 1e6 } } },
      onEpoch: ({ epoch }) => {
        told.push(epoch);
        if (epoch === 1) net.learningRate = 1.2;
      },
    });
    expect([told, net.learningRate, results[0].trainLoss]).toEqual([[1, 2], 0.3, 1]);
    expect(results[1].trainLoss).toBeCloseTo(1 / (1 - 0.04) / 400, 6);
    net.destroy();
  });

  describe(`${title}: where it began`, () => {
    const failure = async (
      net: Trainer,
      data: ReturnType<typeof samples>['data'],
      options: Partial<FitOptions> = {},
    ) => {
      const found = await net.fit(data, { epochs: 1, shuffle: false, onNonFinite: 'stop', ...options }).catch((e) => e);
      expect(found).toBeInstanceOf(NonFiniteError);
      return found as NonFiniteError;
    };
    const weights = (...data: number[]): Tensor => ({ shape: [data.length, 1], data: Float32Array.from(data) });

    test('is a product, with its element, its operands and the inputs to scale', async () => {
      const model = sequential([1], [dense(2, linear), dense(1, linear)]);
      const net = await make({ batch: 1, loss: squared() }, model);
      const given = await net.parameters();
      net.setParameters({ ...given, 'layers.0.weight': weights(1, 100) });
      const data = fromArrays({ x: [[0], [0], [1e37]], y: [[0], [0], [0]] });
      const before = { ...(await net.parameters()), 'layers.0.weight': weights(1, 100) };
      const error = await failure(net, data);
      expect(error).toMatchObject({
        step: 3,
        tensor: 'z1',
        layer: 'layers.0',
        element: [1, 0],
        value: Number.POSITIVE_INFINITY,
      });
      expect(error.operands?.map(({ tensor }) => tensor)).toEqual(['W1', 'x']);
      expect(error.operands?.[1].largest).toBeCloseTo(1e37, -32);
      expect(error.message).toMatch(
        /^Step 3: z1\[1, 0\] = Infinity: W1 · x, largest \|x\| = 1\.0e\+37\. Scale the inputs/,
      );
      // The net is as it was before that step.
      expect(net.steps).toBe(2);
      const after = await net.parameters();
      expect(after['layers.0.weight'].data[1]).toBeCloseTo(before['layers.0.weight'].data[1], 0);
      expect(Array.from(await net.predict([1])).every(Number.isFinite)).toBe(true);
      net.destroy();
    });

    test('is none that an earlier step left in a sum', async () => {
      const net = await make(
        { batch: 1, loss: squared(), optimizer: sgd({ learningRate: 0 }) },
        sequential([1], [dense(1)]),
      );
      const good = await net.parameters();
      const rows = (x: number, y: number) => fromArrays({ x: [[1], [x]], y: [[0], [y]] });
      await failure(net, rows(1e20, 0), { onNonFinite: undefined }); // a loss of 1e40
      net.setParameters({ ...good, 'layers.0.weight': weights(0) });
      expect(await failure(net, rows(-1e21, 1e19))).toMatchObject({ step: net.steps + 1, tensor: 'dW1' });
      net.destroy();
    });

    test('is a later layer', async () => {
      const model = sequential([1], [dense(1, linear), dense(1, relu), dense(1, linear)]);
      const net = await make({ batch: 1, loss: squared() }, model);
      const given = await net.parameters();
      net.setParameters({ ...given, 'layers.0.weight': weights(1e25), 'layers.1.weight': weights(1e25) });
      const error = await failure(net, fromArrays({ x: [[1]], y: [[0]] }));
      expect(error).toMatchObject({ step: 1, tensor: 'z2', layer: 'layers.1', element: [0, 0] });
      expect(error.message).toMatch(
        /^Step 1: z2\[0, 0\] = Infinity: W2 · (a1|z1), largest \|(W2|a1|z1)\| = 1\.0e\+25\. Try a lower learning rate/,
      );
      net.destroy();
    });

    test('is the square of a gradient', async () => {
      const net = await make({ batch: 1, loss: squared(), optimizer: adam() }, sequential([1], [dense(1)]));
      const error = await failure(net, fromArrays({ x: [[1e3]], y: [[1e19]] }));
      expect(error).toMatchObject({ step: 1, tensor: 'v.W1′', layer: 'layers.0' });
      expect(error.message).toMatch(
        /averageSquare\(v\.W1, dW1\), largest \|dW1\| = 2\.0e\+22\. The square of a gradient .* clipNorm/,
      );
      net.destroy();
    });

    test('is the logarithm of 0 in an activation of your own', async () => {
      const log = pointwise({
        name: 'logarithm',
        wgsl: 'fn f(z: f32) -> f32 { return log(abs(z)); }',
        derivative: 'fn derivative(z: f32) -> f32 { return 1.0 / z; }',
        reference: { f: (z) => Math.log(Math.abs(z)), derivative: (z) => 1 / z },
      });
      const model = sequential([1], [dense(1, log, { init: ones() })]);
      const net = await make({ batch: 1, loss: squared() }, model);
      net.setParameters({ ...(await net.parameters()), 'layers.0.bias': { shape: [1], data: Float32Array.of(0) } });
      const error = await failure(net, fromArrays({ x: [[0]], y: [[0]] }));
      expect(error.message).toMatch(/= -Infinity: .*, largest \|\w+\| = 0\.0\. Look for .* the log of 0/);
      net.destroy();
    });
  });
}

const gpu = useGpu();
behaviour('on the GPU', () => gpu.device);
behaviour('on the CPU', () => 'cpu');

test('a schedule has the same form at half its rates', () => {
  const plateau = { ...reduceOnPlateau({ from: 0.4 }), seen: { rate: 0.2, best: 3, waited: 1, cooling: 0, epoch: 4 } };
  for (const rate of [
    0.3,
    cosineDecay({ from: 0.4, steps: 9 }),
    oneCycle({ max: 0.4, steps: 9 }),
    warmUp({ steps: 3, rate: 0.2 }),
    plateau,
  ]) {
    for (const t of [0, 1, 5, 20])
      expect(learningRateAt(scaledRate(rate, 0.5), t)).toBeCloseTo(0.5 * learningRateAt(rate, t), 12);
  }
  expect(scaledRate(plateau, 0.5)).toMatchObject({
    patience: plateau.patience,
    seen: { rate: 0.1, best: 3, epoch: 4 },
  });
});

test('an unknown answer is refused', async () => {
  const net = await compile(sequential([1], [dense(1)]), {
    device: 'cpu',
    batch: 1,
    loss: squared(),
    optimizer: sgd({ learningRate: 0 }),
  });
  const data = fromArrays({ x: [[1]], y: [[1]] });
  await expect(net.fit(data, { epochs: 1, onNonFinite: 'ignore' as never })).rejects.toThrow(ArgumentError);
  net.destroy();
});
