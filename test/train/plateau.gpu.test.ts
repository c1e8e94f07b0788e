/** A learning rate that watches epochs, in fit and from a file. */
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import {
  compile,
  type Device,
  dense,
  type EpochResult,
  formatSafetensors,
  parseSafetensors,
  precisionRecallF1,
  reduceOnPlateau,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Trainer,
  tanh,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { parameterBits, random } from '../support/nets.ts';

const points = fromArrays({ x: random(45 * 4, 1), y: Array.from({ length: 45 }, (_, i) => i % 3), shape: [4] });
const others = fromArrays({ x: random(20 * 4, 7), y: Array.from({ length: 20 }, (_, i) => i % 3), shape: [4] });

const use = useGpu();
describe.each([
  ['GPU', () => use.device],
  ['CPU reference', () => 'cpu' as const],
])('%s', (_title, device: () => Device | 'cpu') => {
  async function using<T>(work: (net: Trainer) => Promise<T>): Promise<T> {
    const net = await compile(sequential([4], [dense(6, tanh), dense(3)]), {
      ...{ device: device(), batch: 8, loss: softmaxCrossEntropy(), seed: 3 },
      optimizer: sgd({ learningRate: reduceOnPlateau({ from: 2, factor: 0.5, patience: 0 }) }),
    });
    try {
      return await work(net);
    } finally {
      net.destroy();
    }
  }
  /** What the rates ought to be after epochs of these values, by the rule itself: half of it where there is no new best one. */
  const expected = (values: readonly number[], sign = -1): number[] => {
    let [rate, best] = [2, Number.NEGATIVE_INFINITY];
    return values.map((value) => {
      const isBetter = best === Number.NEGATIVE_INFINITY || sign * value > best + 1e-4 * Math.abs(best);
      if (isBetter) best = sign * value;
      else rate /= 2;
      return rate;
    });
  };

  test.each<[string, object, (result: EpochResult) => number, number]>([
    ['the loss of the training', {}, ({ trainLoss }) => trainLoss, -1],
    ['the loss of the validation', { validation: others }, ({ validation }) => validation!.loss, -1],
    ['its accuracy', { validation: others, metric: 'accuracy' }, ({ validation }) => validation!.accuracy!, 1],
    [
      'a metric',
      { validation: others, metric: 'f1', metrics: [precisionRecallF1()] },
      ({ validation }) => (validation!.metrics as { f1: number }).f1,
      1,
    ],
  ])('%s decides', (_what, options, decides, sign) =>
    using(async (net) => {
      const rates: number[] = [];
      const results = await net.fit(points, {
        ...options,
        epochs: 8,
        onEpoch: () => void rates.push(net.learningRate),
      });
      expect(rates).toEqual(expected(results.map(decides), sign));
      expect(rates.at(-1)).toBeLessThan(2);
    }),
  );

  test('without onEpoch every epoch is waited for all the same', async () => {
    const watched = await using(async (net) => {
      await net.fit(points, { epochs: 8, onEpoch: () => {} });
      return parameterBits(net);
    });
    await using(async (net) => {
      await net.fit(points, { epochs: 8 });
      expect(await parameterBits(net)).toEqual(watched);
    });
  });

  test('saved and loaded, it goes on with what it has seen', async () => {
    const rest = async (net: Trainer) => {
      await net.fit(points, { epochs: 4, validation: others });
      return [net.learningRate, await parameterBits(net)];
    };
    const [file, after] = await using(async (net) => {
      await net.fit(points, { epochs: 4, validation: others });
      return [await net.save(), await rest(net)] as const;
    });
    await using(async (net) => {
      await net.load(file);
      expect(await rest(net)).toEqual(after);
    });
  });

  test('saved between an epoch and its validation, it looks at that first', async () => {
    const fitting = { epochs: 5, validation: others };
    const files: Promise<Uint8Array>[] = [];
    const [rate, bits] = await using(async (net) => {
      await net.fit(points, { ...fitting, onEpoch: () => void files.push(net.save()) });
      return [net.learningRate, await parameterBits(net)];
    });
    const [second, third] = (await Promise.all(files.slice(1, 3))).map((file) => parseSafetensors(file));
    const [before, record] = [second, third].map(({ metadata }) => JSON.parse(metadata.retrograd));
    expect(before.position.learningRate).not.toEqual(record.position.learningRate);
    record.position.learningRate = before.position.learningRate;
    await using(async (net) => {
      await net.load(formatSafetensors(third.tensors, { retrograd: JSON.stringify(record) }));
      await net.fit(points, { ...fitting, epochs: 2 });
      expect(net.learningRate).toBe(rate);
      expect(await parameterBits(net)).toEqual(bits);
    });
  });

  test('a rate set by hand takes its place', () =>
    using(async (net) => {
      const onEpoch = ({ epoch }: EpochResult) => {
        if (epoch === 2) net.learningRate = 0.3;
      };
      await net.fit(points, { epochs: 6, onEpoch });
      expect(net.learningRate).toBe(0.3);
    }));
});
