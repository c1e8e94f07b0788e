/** Weights of samples, in whatever a net computes a loss for, against values of PyTorch and sums over single samples. */
import { describe, expect, test } from 'vitest';
import {
  batch,
  type Dataset,
  fromArrays,
  fromSamples,
  type StreamedDataset,
  take,
  withTargets,
} from '../../src/data/index.ts';
import {
  adam,
  apply,
  backward,
  batchNorm,
  type CompileOptions,
  compile,
  conv2d,
  DataError,
  type Device,
  dense,
  dropout,
  type FitOptions,
  input,
  type LossFunction,
  type Model,
  meanSquared,
  model,
  momentum,
  ShapeError,
  StateError,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  tanh,
} from '../../src/index.node.ts';
import { type LossName, losses, lossNamed } from '../../src/nn/losses/registry.ts';
import { openModel } from '../../src/predict.node.ts';
import { useGpu } from '../support/harness.ts';
import { parameterBits, random, samples, stateBits } from '../support/nets.ts';
import { streamed } from '../support/streamed.ts';

const gpu = useGpu();

const loss = softmaxCrossEntropy();
const [x, y] = [random(27 * 4, 1), Array.from({ length: 27 }, (_, i) => i % 3)];
const sampleWeights = Float32Array.from(y, (_, i) => [1, 0.25, 3, 0, 1.5][i % 5]);
const plain = fromArrays({ x, y, shape: [4], name: 'points' });
const weighted = fromArrays({ x, y, shape: [4], name: 'points', sampleWeights });

const using = async <T>(net: Promise<Trainer>, work: (net: Trainer) => Promise<T>): Promise<T> => {
  const made = await net;
  try {
    return await work(made);
  } finally {
    made.destroy();
  }
};

/** Within 1e-5 of the largest number. */
function expectNear(found: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expect(found.length, what).toBe(expected.length);
  const most = Math.max(...Array.from(expected, Math.abs));
  expect(most, what).toBeGreaterThan(0);
  for (const [i, value] of Array.from(expected).entries())
    expect(Math.abs(found[i] - value) / most, `${what} ${i}`).toBeLessThan(1e-5);
}

/** Gradients of a batch are the weighted mean of those of its samples; with respect to the inputs, each is in its own place. */
function expectWeightedMean(
  found: Record<string, Tensor>,
  each: readonly Record<string, Tensor>[],
  weights: ArrayLike<number>,
): void {
  for (const [key, { data }] of Object.entries(found)) {
    const all = each.map((one, i) => Array.from(one[key].data, (g) => (weights[i] * g) / each.length));
    const expected = key === 'inputs' ? all.flat() : all[0].map((_, k) => all.reduce((sum, g) => sum + g[k], 0));
    expectNear(data, expected, key);
  }
}

interface Subjects {
  /** The net of most tests. */
  readonly small: Model;
  readonly names: readonly LossName[];
  /** Options of a training whose step is made anew on the way. */
  readonly trainings: readonly Partial<CompileOptions>[];
}

function behaviour(title: string, device: () => Device | 'cpu', { small, names, trainings }: Subjects): void {
  const net = (options: Partial<CompileOptions> = {}, of: Model = small): Promise<Trainer> =>
    compile(of, {
      ...{ device: device(), batch: 6, loss, optimizer: momentum({ learningRate: 0.1 }), seed: 3, tune: 'off' },
      ...options,
    });

  describe(title, () => {
    // Printed by sample-weights.py: the loss of the batch, and its gradients.
    test.each([
      [
        softmaxCrossEntropy(),
        [2.386438581935255, -1.0905557979133629, -0.1807072551840057, 0.7389306128405356, -0.9679702989156926],
        [0.35162518507282736, 1.1486775540996983, -0.51199797015785, 0.1564222494626989, 0.35557572069515114],
      ],
      [
        sigmoidCrossEntropy(),
        [5.836433503672833, 1.2178877763733271, 0.6462303759674872, 1.3152626971639507, 0.07607745394765164],
        [-0.571608147067806, 1.0736237664474126, 0.6935090314132832, 0.6624472807643083, -0.09309017115423956],
      ],
      [
        meanSquared(),
        [6.608151041666666, 0.9776041666666668, -0.05989583333333334, 2.3156250000000003, 1.6171875],
        [-0.15052083333333344, 4.416666666666666, 0.43333333333333335, 1.4249999999999998, 0.7583333333333333],
      ],
    ])('loss and gradients are those of PyTorch: $name', (loss, ...expected) =>
      using(net({ loss, sampleWeights: true }, sequential([2], [dense(3)])), async (net) => {
        net.setParameters({
          'layers.0.weight': { shape: [3, 2], data: Float32Array.of(0.5, -0.25, 1, 0.75, -0.5, 2) },
          'layers.0.bias': { shape: [3], data: Float32Array.of(0.1, -0.2, 0.3) },
        });
        const x = [0.5, -1, 2, 0.25, -1.5, 1, 0.75, 3];
        const isClass = loss.name === 'softmaxCrossEntropy';
        const y = isClass ? [2, 0, 1, 1] : Float32Array.of(1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0);
        const options = { sampleWeights: [0.25, 3, 0, 1.5] };
        const [before, gradients] = [await net.parameters(), await net.gradients(x, y, options)];
        const keys = ['layers.0.weight', 'layers.0.bias'];
        const all = (of: Record<string, Tensor>) => keys.flatMap((key) => [...of[key].data]);
        const [total, ...slopes] = expected.flat();
        expectNear(all(gradients), slopes, 'gradient');
        net.step(x, y, options);
        expect(await net.loss()).toBeCloseTo(total, 5);
        const after = all(await net.parameters());
        expectNear(
          all(before).map((value, i) => (value - after[i]) / 0.1),
          slopes,
          'update',
        );
        const data = fromArrays({ x, y, shape: [2], ...options });
        net.setParameters(before);
        const evaluation = await net.evaluate(data);
        expect(evaluation.loss).toBeCloseTo(total, 5);
        if (isClass) expect(evaluation.accuracy).toBe((await net.evaluate(withTargets(plainOf(data), y))).accuracy);
      }),
    );

    test.each([
      ...names.map((name) => ({ name, of: 'values', image: undefined })),
      { name: 'softmaxCrossEntropy' as const, of: 'pixels', image: sequential([2, 2, 3], [conv2d(3, 1)]) },
    ])('a batch is the weighted mean of its samples: $name of $of', async ({ name, image }) => {
      const loss: LossFunction = await lossNamed({ name, reduction: 'mean' });
      const last = /(binary|categorical)Cross/.test(name) ? sigmoid : undefined;
      const of = image ?? sequential([4], [dense(5, tanh), dense(3, last)]);
      await using(net({ loss }, of), async (net) => {
        const { x, y } = samples(of, loss, 5);
        const [inputs, outputs] = [x.length / 5, y.length / 5];
        const w = [1, 0.25, 3, 0, 1.5];
        const found = await net.gradients(x, y, { sampleWeights: w, inputs: true });
        const each: Record<string, Tensor>[] = [];
        for (let i = 0; i < 5; i++) {
          const one = x.subarray(i * inputs, (i + 1) * inputs);
          each.push(await net.gradients(one, y.subarray(i * outputs, (i + 1) * outputs), { inputs: true }));
        }
        expectWeightedMean(found, each, w);
        expect((await net.check(x, y, { sampleWeights: w })).ok).toBe(true);
        // From then on the step has a place for weights, which are 1 where there are none.
        net.step(x, y);
        expect([...(await net.tensor('w')).data]).toEqual([1, 1, 1, 1, 1, 0]);
      });
    });

    test('several outputs share one weight per sample, each with its own loss', async () => {
      const left = input([4]);
      const h = apply(dense(5, tanh), left);
      const several = model({ a: left }, { kind: apply(dense(3), h), place: apply(dense(2), h) });
      const given = {
        inputs: { a: { x, shape: [4] } },
        targets: { kind: y, place: Array.from({ length: 27 }, (_, i) => [i / 27, (i % 4) / 4]) },
      };
      const options = {
        loss: { kind: softmaxCrossEntropy(), place: meanSquared() },
        lossWeights: { place: 2 },
        check: { every: 1 },
      };
      await using(net(options, several), async (net) => {
        const data = fromArrays({ ...given, sampleWeights });
        const five = take(data, 5);
        const { loss, outputs } = await net.evaluate(five);
        let [kind, place] = [0, 0];
        const each: Record<string, Tensor>[] = [];
        for (let i = 0; i < 5; i++) {
          const one = fromArrays({
            inputs: { a: { x: x.slice(4 * i, 4 * i + 4), shape: [4] } },
            targets: { kind: { y: [y[i]], classes: 3 }, place: [given.targets.place[i]] },
          });
          const { outputs } = await net.evaluate(one);
          kind += (sampleWeights[i] * outputs!.kind.loss) / 5;
          place += (sampleWeights[i] * outputs!.place.loss) / 5;
          each.push(await net.gradients(one));
        }
        expectWeightedMean(await net.gradients(five), each, sampleWeights);
        expect(outputs!.kind.loss).toBeCloseTo(kind, 5);
        expect(outputs!.place.loss).toBeCloseTo(place, 5);
        expect(loss).toBeCloseTo(kind + 2 * place, 5);
        const [epoch] = await net.fit(data, { epochs: 1, shuffle: false });
        expect(epoch.trainLoss).toBeGreaterThan(0);
      });
    });

    test('weights of 1 change no bit; weights of 0 leave the net as it is', async () => {
      const trained = (data: typeof plain, options: Partial<CompileOptions> = {}) =>
        using(net(options), async (net) => {
          const [{ trainLoss }] = await net.fit(data, { epochs: 1, validation: data });
          return { trainLoss, bits: await parameterBits(net), loss: (await net.evaluate(data)).loss };
        });
      const ones = { sampleWeights: new Float32Array(27).fill(1) };
      const all = fromArrays({ x, y, shape: [4], ...ones });
      const expected = await trained(plain);
      expect(await trained(all)).toEqual(expected);
      expect(await trained(plain, { sampleWeights: true })).toEqual(expected);
      const still = { optimizer: sgd({ learningRate: 1 }) };
      await using(net(still, sequential([4], [dense(3)])), async (net) => {
        const before = await parameterBits(net);
        const none = fromArrays({ x, y, shape: [4], sampleWeights: new Float32Array(27) });
        expect((await net.fit(none, { epochs: 1 }))[0].trainLoss).toBe(0);
        expect(await parameterBits(net)).toEqual(before);
      });
    });

    test('a step made anew takes over all that the other had: also within an epoch, and between the batches of an update', async () => {
      for (const given of trainings) {
        const [expected, found] = await Promise.all(
          [true, false].map((sampleWeights) =>
            using(net({ ...given, sampleWeights }), async (net) => {
              await net.fit(plain, { steps: 3 }); // of 5, and the third is half an update
              await net.fit(weighted, { steps: 4 });
              await net.fit(plain, { epochs: 1 });
              return stateBits(net);
            }),
          ),
        );
        expect(found).toEqual(expected);
      }
    });

    test('in windows, from a file within an epoch, and in a net of its own, training is the same to the bit', async () => {
      const options = { regularize: { '*.weight': { l2: 0.01 } } };
      const trained = async (net: Trainer, fit: FitOptions, data: Dataset | StreamedDataset = weighted) => {
        const losses = (await net.fit(data, fit)).map(({ trainLoss }) => trainLoss);
        const { lossTotal: _, ...bits } = await stateBits(net);
        return { losses: losses.slice(-2), bits };
      };
      const expected = await using(net(options), (net) => trained(net, { epochs: 3 }));
      expect(await using(net(options), (net) => trained(net, { epochs: 3, maxBytes: 300 }))).toEqual(expected);
      expect(await using(net(options), (net) => trained(net, { epochs: 3 }, streamed(weighted)))).toEqual(expected);
      const file = await using(net(options), async (net) => {
        await net.fit(weighted, { steps: 7 });
        return net.save();
      });
      await using(net({ ...options, seed: 9 }), async (net) => {
        await net.load(file);
        const same = fromArrays({ x, y, shape: [4], name: 'points', sampleWeights });
        expect(await trained(net, { epochs: 2 }, same)).toEqual(expected);
        expect(net.steps).toBe(15);
      });
      // The same samples with other weights are another data set: the epoch is not theirs to go on with.
      await using(net(options), async (net) => {
        await net.load(file);
        await net.fit(plain, { epochs: 1 });
        expect(net.steps).toBe(12);
      });
    });

    test('an opened file evaluates with the weights of a data set', () =>
      using(net(), async (net) => {
        await net.fit(weighted, { epochs: 1 });
        const opened = await openModel(await net.save(), { device: device() });
        const [mine, its] = [await net.evaluate(weighted), await opened.evaluate(weighted)];
        expect(its.loss).toBeCloseTo(mine.loss, 5);
        expect(its.accuracy).toBe(mine.accuracy);
        expect((await opened.evaluate(plain)).loss).not.toBeCloseTo(mine.loss, 3);
        opened.destroy();
      }));

    test('a loop of your own takes the weights of a batch, for gradients on the device too', () =>
      using(net({ sampleWeights: true, optimizer: sgd({ learningRate: 0.1 }) }), async (net) => {
        const given = batch(weighted, [0, 1, 2, 3, 4]);
        const options = { sampleWeights: given.sampleWeights };
        expect([...given.sampleWeights!]).toEqual([1, 0.25, 3, 0, 1.5]);
        const five = take(weighted, 5);
        const expected = await net.gradients(five);
        expect(await net.gradients(given.x, given.y, options)).toEqual(expected);
        const held = await backward(net, given.x, { y: given.y, ...options });
        for (const [key, tensor] of Object.entries(held)) {
          expect((await tensor.read()).data, key).toEqual(expected[key].data);
          tensor.destroy();
        }
        const { w, losses } = await net.tensors(five);
        expect([...w.data]).toEqual([1, 0.25, 3, 0, 1.5]);
        expect(losses.data[3]).toBe(0);
        net.step(five);
        expect([...(await net.tensor('w')).data]).toEqual([1, 0.25, 3, 0, 1.5, 0]);
      }));

    test('a step has no place for weights unless it was made for them', () =>
      using(net(), async (net) => {
        expect(() => net.step(x.slice(0, 8), [0, 1], { sampleWeights: [1, 2] })).toThrow(StateError);
        expect(() => net.step(take(weighted, 2))).toThrow('compiled with { sampleWeights: true }');
        expect(net.steps).toBe(0);
        for (const [weights, kind, message] of [
          [[1], ShapeError, 'sampleWeights must hold a number for each of the 2 samples of x, found 1'],
          [1, ShapeError, 'sampleWeights must hold a number for each of the 2 samples of x, found 1'],
          [[1, -1], DataError, 'sampleWeights[1]: expected a finite number ≥ 0, found -1'],
          [[Number.NaN, 1], DataError, 'sampleWeights[0]: expected a finite number ≥ 0, found NaN'],
        ] as const) {
          const options = { sampleWeights: weights as never };
          const refused = net.gradients(x.slice(0, 8), [0, 1], options);
          await expect(refused).rejects.toThrow(kind);
          await expect(refused).rejects.toThrow(message);
        }
        const beside = net.gradients(take(plain, 2), { sampleWeights: [1, 2] });
        await expect(beside).rejects.toThrow('expected no sampleWeights beside a data set, found [1, 2]');
        const following = { outputGradient: [[1, 1, 1]], sampleWeights: [1] };
        await expect(backward(net, x.slice(0, 4), following)).rejects.toThrow('sampleWeights only with y');
        await net.fit(weighted, { steps: 1 });
        net.step(x.slice(0, 8), [0, 1], { sampleWeights: [1, 2] });
        net.step(take(weighted, 2));
        expect(net.steps).toBe(3);
        await net.freeze(['layers.0.*']);
        net.step(take(weighted, 2));
      }));
  });
}

const plainOf = ({ sampleWeights: _, ...rest }: ReturnType<typeof fromArrays>) => rest;

behaviour('on a GPU', () => gpu.device, {
  small: sequential([4], [dense(6, tanh), dense(3)]),
  names: ['klDivergence', 'binaryCrossEntropy'],
  trainings: [{ accumulate: 2 }],
});
const all = { accumulate: 2, clipNorm: 0.5, average: 0.9, optimizer: adam(), check: { every: 1 } };
behaviour('on the CPU', () => 'cpu', {
  small: sequential([4], [dense(6, tanh), batchNorm(), dropout(0.2), dense(3)]),
  names: Object.keys(losses) as LossName[],
  trainings: [all, { ...all, freeze: ['layers.0.*'] }],
});

test('weights take no dispatch', async () => {
  for (const loss of [softmaxCrossEntropy(), sigmoidCrossEntropy(), meanSquared()]) {
    const counts = await Promise.all(
      [false, true].map((sampleWeights) =>
        using(
          compile(sequential([4], [dense(6, tanh), dense(3)]), {
            ...{ device: gpu.device, batch: 6, loss, optimizer: adam(), tune: 'off', sampleWeights },
          }),
          async (net) => net.schedule.dispatches.length,
        ),
      ),
    );
    // They are a buffer more, for which the fused dispatch has no room among 8.
    const more = gpu.device.gpu.limits.maxStorageBuffersPerShaderStage > 8 ? 0 : 1;
    expect(counts[1]).toBe(counts[0] + more);
  }
});

test('weights that are read are checked then', async () => {
  const rows = (samples: Uint32Array) => ({ x: [...samples].map((i) => [i, 1, 2, 3]), y: samples });
  const data = fromSamples(
    (samples) => ({ ...rows(samples), sampleWeights: Array.from(samples, (i) => (i === 7 ? -1 : 1)) }),
    { count: 8, shape: [4], classes: 8, sampleWeights: true, name: 'read' },
  );
  const options = { device: 'cpu', batch: 4, loss, optimizer: sgd({ learningRate: 0.1 }) } as const;
  await using(compile(sequential([4], [dense(8)]), options), async (net) => {
    const refused = net.fit(data, { epochs: 1 });
    await expect(refused).rejects.toThrow('read: sampleWeights: sample 7: expected a finite number ≥ 0, found -1');
  });
});
