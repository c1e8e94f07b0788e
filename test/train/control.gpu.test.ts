/** What steers training beside the optimizer, on the GPU and on the CPU: schedules, clipping, sums over batches, targets, an early end. */
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import {
  adam,
  batchNorm,
  type CompileOptions,
  compile,
  conv2d,
  cosineDecay,
  type Device,
  dense,
  type EpochResult,
  type FitOptions,
  layerNorm,
  linear,
  momentum,
  sequential,
  sgd,
  softmaxCrossEntropy,
  squared,
  type Trainer,
  tanh,
  updatesIn,
  warmUp,
  zeros,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { parameterBits, random, samples, stateBits } from '../support/nets.ts';

const U = 2 ** -24;
const model = sequential([4], [dense(6, tanh), dense(5, tanh), dense(3)]);
const loss = softmaxCrossEntropy();
const [count, batch] = [45, 8];
const labels = Array.from({ length: count }, (_, i) => (i * i + (i >> 2)) % 3);
const data = fromArrays({ x: random(4 * count, 1), y: labels, shape: [4], name: 'points' });
const heldOut = fromArrays({ x: random(4 * 20, 2), y: Array.from({ length: 20 }, (_, i) => i % 3), shape: [4] });

/** y = w · x from zero weights, with numbers so round that the first updates of different ways to them are the same bits. */
const line = sequential([3], [dense(1, linear, { init: zeros() })]);
const integers = (n: number, stream: number) => random(n, stream).map((u) => Math.round(3 * u));

const norm = (tensors: Iterable<ArrayLike<number>>): number =>
  Math.hypot(...[...tensors].flatMap((values) => Array.from(values)));

function behaviour(title: string, device: () => Device | 'cpu'): void {
  const make = (options: Partial<CompileOptions> = {}, net = model): Promise<Trainer> =>
    compile(net, { device: device(), batch, loss, optimizer: sgd({ learningRate: 0.3 }), seed: 4, ...options });
  const stepOn = (net: Trainer, i: number): void => {
    const { x, y } = samples(model, loss, batch, i);
    net.step(x, y);
  };

  describe(`${title}: learning-rate schedules`, () => {
    test('fit follows one, step by step and over its epochs, and a rate that is set ends it', async () => {
      const schedule = warmUp({ steps: 3, rate: cosineDecay({ from: 0.4, to: 0.1, steps: 8 }) });
      const at = (t: number) =>
        t < 3 ? (0.4 * (t + 1)) / 3 : 0.25 + 0.15 * Math.cos((Math.PI * Math.min(t - 3, 8)) / 8);
      const [followed, byHand] = [
        await make({ optimizer: momentum({ learningRate: schedule }) }),
        await make({ optimizer: momentum({ learningRate: 0 }) }),
      ];
      for (let t = 0; t < 14; t++) {
        expect(followed.learningRate).toBeCloseTo(at(t), 14);
        byHand.learningRate = at(t);
        for (const net of [followed, byHand]) await net.fit(data, { steps: 1 });
      }
      expect(await parameterBits(followed)).toEqual(await parameterBits(byHand));
      followed.learningRate = 0.7;
      await followed.fit(data, { steps: 2 });
      expect(followed.learningRate).toBe(0.7);
      followed.destroy();
      byHand.destroy();
    });
  });

  describe(`${title}: clipping`, () => {
    test.each([0.05, 1e6])('an update moves the parameters by η min(1, c / ‖g‖) g: c = %d', async (clipNorm) => {
      const net = await make({ clipNorm, optimizer: sgd({ learningRate: 1 }) });
      const { x, y } = samples(model, loss, batch, 7);
      const g = Object.entries(await net.gradients(x, y));
      const before = await net.parameters();
      net.step(x, y);
      const after = await net.parameters();
      const whole = norm(g.map(([, { data }]) => data));
      expect(whole).toBeGreaterThan(0.05);
      expect((await net.tensor('gradientNorm')).data[0] / whole).toBeCloseTo(1, 6);
      const factor = Math.min(1, clipNorm / whole);
      for (const [key, { data }] of g) {
        data.forEach((value, i) => {
          const [from, to] = [before[key].data[i], after[key].data[i]];
          // The factor errs by the sum of squares, its root and a division, each by a few parts in 2²⁴; the rest is rounding.
          const bound = 40 * U * Math.abs(factor * value) + U * (Math.abs(from) + Math.abs(to));
          expect(Math.abs(from - factor * value - to), `${key}[${i}]`).toBeLessThanOrEqual(bound);
        });
      }
      net.destroy();
    });
  });

  describe(`${title}: several batches to an update`, () => {
    test('those of an epoch, its ragged end included, move a net as batches of their size together do', async () => {
      // Sums of whole numbers: nothing is rounded before the third update, so the bits have to be equal.
      const n = 22;
      const sums = fromArrays({ x: integers(3 * n, 3), y: integers(n, 4), shape: [3] });
      const options = {
        loss: squared({ reduction: 'sum' }),
        optimizer: momentum({ learningRate: 2 ** -8, momentum: 0.5 }),
      };
      const [small, large] = [
        await make({ ...options, batch: 4, accumulate: 3 }, line),
        await make({ ...options, batch: 12 }, line),
      ];
      for (const net of [small, large]) await net.fit(sums, { epochs: 1 });
      expect([small.steps, small.updates, large.steps, large.updates]).toEqual([6, 2, 2, 2]);
      expect(updatesIn(sums, { batch: 4, accumulate: 3 })).toBe(small.updates);
      expect(await parameterBits(small)).toEqual(await parameterBits(large));
      expect((await small.parameters())['layers.0.weight'].data.every((w) => w !== 0)).toBe(true);
      small.destroy();
      large.destroy();
    });

    test('a mean is over the samples of all, however they are spread', async () => {
      const sizes = [8, 3, 2];
      const [n, eta] = [13, 0.5];
      const [x, y] = [integers(3 * n, 5), integers(n, 6)];
      const net = await make({ loss: squared(), accumulate: 3, optimizer: sgd({ learningRate: eta }) }, line);
      let first = 0;
      for (const size of sizes) {
        net.step(x.subarray(3 * first, 3 * (first + size)), y.subarray(first, first + size));
        first += size;
      }
      const w = (await net.parameters())['layers.0.weight'].data;
      for (let i = 0; i < 3; i++) {
        // a = 0 before the update, so ∂c/∂wᵢ = −2 y xᵢ of each sample.
        const terms = Array.from(y, (target, j) => (2 * target * x[3 * j + i]) / n);
        const expected = eta * terms.reduce((a, b) => a + b);
        const magnitude = eta * terms.reduce((a, b) => a + Math.abs(b), 0);
        // A product, a quotient and a sum per sample, and five operations from there to the weight.
        expect(Math.abs(w[i] - expected)).toBeLessThanOrEqual((n + 3 * 2.5 + 5) * U * magnitude);
        expect(expected).not.toBe(0);
      }
      net.destroy();
    });

    test('until an update is due no bit of parameters and optimizer changes, and then every one does', async () => {
      const net = await make({ accumulate: 3, clipNorm: 0.1, optimizer: adam() });
      const held = async () => {
        const entries = Object.entries(await stateBits(net));
        return entries.filter(([name]) => !/^sum\.|^lossTotal$/.test(name));
      };
      for (let i = 0; i < 3; i++) stepOn(net, i);
      const before = await held();
      expect(before).toHaveLength(18);
      for (const i of [3, 4]) {
        const { x, y } = samples(model, loss, batch, i);
        expect((await net.check(x, y)).ok).toBe(true);
        net.step(x, y);
        expect(await held()).toEqual(before);
      }
      const { x, y } = samples(model, loss, batch, 5);
      expect((await net.check(x, y)).ok).toBe(true);
      expect(await held()).toEqual(before);
      expect([net.steps, net.updates]).toEqual([5, 1]);
      net.step(x, y);
      for (const [i, [name, bits]] of (await held()).entries()) expect(bits, name).not.toEqual(before[i][1]);
      expect([net.steps, net.updates]).toEqual([6, 2]);
      net.destroy();
    });

    test('fit leaves off between two updates and goes on with what waits; setParameters lets go of it', async () => {
      const [whole, parts] = [await make({ accumulate: 4 }), await make({ accumulate: 4 })];
      await whole.fit(data, { epochs: 2 });
      for (const steps of [3, 2, 6]) await parts.fit(data, { steps });
      await parts.fit(data, { epochs: 1 });
      expect(await parameterBits(parts)).toEqual(await parameterBits(whole));
      expect(parts.updates).toBe(4);

      const start = await whole.parameters();
      const moved = async (before: number) => {
        whole.setParameters(start);
        for (let i = 0; i < before; i++) stepOn(whole, 20 + i);
        whole.setParameters(start);
        for (let i = 0; i < 4; i++) stepOn(whole, i);
        return parameterBits(whole);
      };
      expect(await moved(2)).toEqual(await moved(0));
      whole.destroy();
      parts.destroy();
    });
  });

  describe(`${title}: targets`, () => {
    test('smoothed labels and weighted classes: Σ wᵢ ((1 − ε) yᵢ + ε/K) (−log pᵢ), in training and evaluation', async () => {
      const [epsilon, weights] = [0.1, [1, 0.25, 4]];
      const soft = softmaxCrossEntropy({ labelSmoothing: epsilon, classWeights: weights });
      const [net, plain] = [await make({ loss: soft, optimizer: sgd({ learningRate: 0 }) }), await make()];
      const p = await net.predict(data.inputs.data);
      const losses = labels.map((label, j) =>
        weights.reduce((sum, w, i) => {
          const y = (1 - epsilon) * Number(i === label) + epsilon / 3;
          return sum - w * y * Math.log(p[3 * j + i]);
        }, 0),
      );
      const mean = losses.reduce((a, b) => a + b) / count;
      const [{ trainLoss, validation }] = await net.fit(data, { epochs: 1, validation: data });
      expect(trainLoss / mean).toBeCloseTo(1, 6);
      expect(validation!.loss / mean).toBeCloseTo(1, 6);
      // Which class is right is no matter of weights.
      expect(validation!.accuracy).toBe((await plain.evaluate(data)).accuracy);
      net.destroy();
      plain.destroy();
    });

    test('a class of weight 0 teaches nothing', async () => {
      const net = await make({ loss: softmaxCrossEntropy({ classWeights: [1, 0, 1] }) });
      const x = random(4 * batch, 9);
      const gradients = async (label: number) =>
        norm(Object.values(await net.gradients(x, new Array(batch).fill(label))).map(({ data }) => data));
      expect(await gradients(1)).toBe(0);
      expect(await gradients(0)).toBeGreaterThan(0);
      net.destroy();
    });
  });

  describe(`${title}: weight decay`, () => {
    test.each(['all', 'weights'] as const)('of %s', async (decayed) => {
      // Without a gradient only the decay moves anything.
      const nothing = softmaxCrossEntropy({ classWeights: [0, 0, 0] });
      const optimizer = sgd({ learningRate: 0.5, weightDecay: 0.5, decayed });
      const images = sequential([1, 2, 2], [layerNorm(), conv2d(2, 1), batchNorm(), layerNorm(), dense(3)]);
      const net = await make({ loss: nothing, optimizer }, images);
      net.setParameters(
        Object.fromEntries(
          Object.entries(await net.parameters()).map(([key, { shape, data }]) => [key, { shape, data: data.fill(2) }]),
        ),
      );
      stepOn(net, 0);
      for (const [key, { data }] of Object.entries(await net.parameters())) {
        if (key.includes('running')) continue;
        const decays = decayed === 'all' || ['layers.1.weight', 'layers.4.weight'].includes(key);
        expect(new Set(data), key).toEqual(new Set([decays ? 1.5 : 2]));
      }
      net.destroy();
    });
  });

  describe(`${title}: the best epoch`, () => {
    /** A fit whose learning rates per epoch are given: 0 changes nothing, a negative effect comes from a huge one. */
    async function fitted(rates: readonly number[], options: Partial<FitOptions>) {
      const net = await make({ optimizer: sgd({ learningRate: rates[0] }) });
      const seen: { result: EpochResult; bits: Awaited<ReturnType<typeof parameterBits>> }[] = [];
      const onEpoch = async (result: EpochResult) => {
        seen.push({ result, bits: await parameterBits(net) });
        net.learningRate = rates[result.epoch] ?? 0;
      };
      const results = await net.fit(data, { epochs: rates.length, validation: data, onEpoch, ...options });
      const last = { bits: await parameterBits(net), evaluation: await net.evaluate(data) };
      net.destroy();
      return { seen, results, last };
    }
    const spoilt = [0.3, 0.3, 30, 0, 0];

    test.each(['loss', 'accuracy'] as const)(
      'is named by every result, and keepBest gives it back: %s',
      async (metric) => {
        const { seen, results, last } = await fitted(spoilt, { metric, keepBest: true });
        const scores = results.map(({ validation }) => (metric === 'loss' ? validation!.loss : -validation!.accuracy!));
        const bestUpTo = (n: number) => scores.indexOf(Math.min(...scores.slice(0, n))) + 1;
        expect(results.map(({ best }) => best)).toEqual(scores.map((_, i) => bestUpTo(i + 1)));
        const { best } = results[4];
        expect(best).toBeLessThan(3);
        expect(last.bits).toEqual(seen[best! - 1].bits);
        expect(last.bits).not.toEqual(seen[4].bits);
        expect(last.evaluation).toEqual(results[best! - 1].validation);
      },
    );

    test('without keepBest the net ends as its last epoch left it', async () => {
      const { seen, results, last } = await fitted(spoilt, {});
      expect(results[4].best).toBeLessThan(3);
      expect(last.bits).toEqual(seen[4].bits);
    });

    test('gradients that wait go with the epoch that is given up for another data set', async () => {
      const [net, fresh] = [await make({ accumulate: 3 }), await make({ accumulate: 3 })];
      await net.fit(heldOut, { steps: 2, shuffle: false });
      expect([net.updates, fresh.updates]).toEqual([0, 0]);
      for (const each of [net, fresh]) await each.fit(data, { steps: 3, shuffle: false });
      expect([net.updates, fresh.updates]).toEqual([1, 1]);
      expect(await parameterBits(net)).toEqual(await parameterBits(fresh));
      for (const each of [net, fresh]) each.destroy();
    });

    test('a fit that ends within an epoch gives that up for the best one, and the next fit begins another', async () => {
      const net = await make({ accumulate: 2 });
      const perEpoch = Math.ceil(count / batch);
      const [{ validation }] = await net.fit(data, { steps: perEpoch + 1, validation: heldOut, keepBest: true });
      expect(await net.evaluate(heldOut)).toEqual(validation);
      await net.fit(data, { epochs: 1 });
      expect(net.steps).toBe(2 * perEpoch + 1);
      // One update for two steps, three times an epoch; the step between let go of.
      expect(net.updates).toBe(2 * Math.ceil(perEpoch / 2));
      net.destroy();
    });

    test.each([
      ['trained', async (net: Trainer) => void (await net.fit(data, { epochs: 2 }))],
      ['given its weights', async (net: Trainer) => net.setParameters(await trained((other) => other.parameters()))],
      [
        'given those of a file',
        async (net: Trainer) => net.load(await trained((other) => other.save(undefined, { weightsOnly: true }))),
      ],
    ])('the net that a fit found counts as well, %s: if the best, it is what the fit ends with', async (_, ready) => {
      const net = await make();
      await ready(net);
      const before = await parameterBits(net);
      net.learningRate = 50;
      const options = { epochs: 5, validation: heldOut, keepBest: true, earlyStopping: { patience: 2 } };
      const results = await net.fit(data, options);
      expect(results.map(({ best }) => best)).toEqual([0, 0]);
      expect(await parameterBits(net)).toEqual(before);
      net.destroy();
    });

    async function trained<T>(read: (net: Trainer) => Promise<T>): Promise<T> {
      const net = await make();
      await net.fit(data, { epochs: 2 });
      const values = await read(net);
      net.destroy();
      return values;
    }

    test('earlyStopping ends a fit after so many epochs that were no better', async () => {
      const lengthOf = async (rates: number[], earlyStopping: FitOptions['earlyStopping']) =>
        (await fitted(rates, { earlyStopping })).results.length;
      // Better, better, then the same for ever.
      const rates = [0.3, 0.3, 0, 0, 0, 0];
      expect(await lengthOf(rates, { patience: 1 })).toBe(3);
      expect(await lengthOf(rates, { patience: 3 })).toBe(5);
      expect(await lengthOf(rates, { patience: 9 })).toBe(6);
      // Nothing is better by so much, but the first epoch than none.
      expect(await lengthOf(rates, { patience: 2, minDelta: 10 })).toBe(3);
    });

    test("onEpoch is waited for, and ends the fit with 'stop', not with anything else", async () => {
      const net = await make();
      const steps: number[] = [];
      const onEpoch = async ({ epoch }: EpochResult) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        steps.push(net.steps);
        return epoch === 3 ? 'stop' : false;
      };
      expect(await net.fit(data, { epochs: 9, onEpoch })).toHaveLength(3);
      expect(steps).toEqual([6, 12, 18]);
      await net.fit(data, { epochs: 1, validation: heldOut });
      expect(net.steps).toBe(24);
      net.destroy();
    });
  });
}

const gpu = useGpu();
behaviour('on the GPU', () => gpu.device);
behaviour('on the CPU', () => 'cpu');
