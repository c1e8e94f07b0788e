/** keepBest and earlyStopping over a stop: aborted, or saved and loaded, a fit ends as it would have without that. */
import { afterAll, describe, expect, test } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import {
  compile,
  DataError,
  type Device,
  dense,
  type FitOptions,
  formatSafetensors,
  type Metric,
  parseSafetensors,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Trainer,
  tanh,
  warmUp,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { parameterBits, random } from '../support/nets.ts';

const [count, batch, epochs] = [45, 8, 6];
const points = (n: number, stream: number) =>
  fromArrays({ x: random(4 * n, stream), y: Array.from({ length: n }, (_, i) => (i * i + (i >> 2)) % 3), shape: [4] });
const [data, validation] = [points(count, 1), points(20, 2)];

function behaviour(title: string, device: () => Device | 'cpu'): void {
  describe(title, () => {
    const nets: Trainer[] = [];
    /** One that learns at first, and then at rates that spoil it. */
    const make = async (seed = 4): Promise<Trainer> => {
      const net = await compile(sequential([4], [dense(6, tanh), dense(3)]), {
        device: device(),
        batch,
        loss: softmaxCrossEntropy(),
        optimizer: sgd({ learningRate: warmUp({ steps: 30, rate: 30 }) }),
        seed,
        tune: 'off',
      });
      nets.push(net);
      return net;
    };
    afterAll(() => {
      for (const net of nets) net.destroy();
    });

    /** Where a fit ends: its epochs, counted from the first of all, which of them was best, and the weights. */
    const outcome = async (net: Trainer, options: Partial<FitOptions>, before = 0) => {
      const results = await net.fit(data, { epochs: epochs - before, validation, ...options });
      return { best: results.map(({ best }) => best! + before), bits: await parameterBits(net) };
    };

    /** Aborts after an epoch, with what was saved in it. */
    const stopped = async (net: Trainer, options: Partial<FitOptions>, after: number) => {
      const controller = new AbortController();
      let file = new Uint8Array();
      const onEpoch = async ({ epoch }: { epoch: number }) => {
        if (epoch !== after) return;
        file = await net.save();
        controller.abort();
      };
      const { signal } = controller;
      await expect(net.fit(data, { epochs, validation, ...options, onEpoch, signal })).rejects.toThrow('abort');
      return file;
    };

    describe.each<[string, Partial<FitOptions>]>([
      ['keepBest', { keepBest: true }],
      ['keepBest by accuracy', { keepBest: true, metric: 'accuracy' }],
      ['earlyStopping', { earlyStopping: { patience: 2 } }],
      ['both', { keepBest: true, earlyStopping: { patience: 3, minDelta: 0.01 } }],
    ])('%s', (_name, options) => {
      test('the best epoch lies before most stops', async () => {
        const { best } = await outcome(await make(), options);
        expect(best.at(-1)).toBeGreaterThan(0);
        expect(best.at(-1)).toBeLessThan(best.length);
      });

      test('stopped after an epoch, in the same process and in another one', async () => {
        const whole = await outcome(await make(), options);
        for (let after = 1; after < whole.best.length; after++) {
          const net = await make();
          const file = await stopped(net, options, after);
          const other = await make(9);
          await other.load(file);
          for (const each of [net, other]) {
            const rest = await outcome(each, options, after);
            expect(rest.best, `after ${after}`).toEqual(whole.best.slice(after));
            expect(rest.bits, `after ${after}`).toEqual(whole.bits);
          }
        }
      });

      test('saved at any time', async () => {
        const net = await make();
        const files: Uint8Array[] = [];
        let isRunning = true;
        const running = outcome(net, { ...options, millisecondsPerSubmit: 1e-6 }).finally(() => {
          isRunning = false;
        });
        while (isRunning) {
          files.push(await net.save());
          await new Promise((resolve) => setTimeout(resolve));
        }
        const whole = await running;
        const resumed = await make(9);
        for (const file of files) {
          await resumed.load(file);
          const { steps, epochs: before } = resumed;
          // Before the first step nothing was known, and at the end nothing is left to do.
          if (steps === 0 || before >= whole.best.length) continue;
          const { bits } = await outcome(resumed, options, before);
          expect(bits, `after ${steps} steps`).toEqual(whole.bits);
        }
      });
    });

    test('patience that ran out as the file was saved trains no further', async () => {
      const options = { keepBest: true, earlyStopping: { patience: 2 } };
      const files: Uint8Array[] = [];
      const net = await make();
      const onEpoch = async () => void files.push(await net.save());
      const whole = await outcome(net, { ...options, onEpoch });
      expect(files.length).toBeLessThan(epochs);
      await net.load(files.at(-1)!);
      expect(net.epochs).toBe(files.length);
      expect(await outcome(net, options, files.length)).toEqual({ best: [], bits: whole.bits });
    });

    test('what was known is given up by a fit that ends, another fit, a step and other weights', async () => {
      const options = { keepBest: true };
      const isKept = async (net: Trainer): Promise<boolean> => {
        const { tensors, metadata } = parseSafetensors(await net.save());
        const [inRecord, inTensors] = [
          JSON.parse(metadata.retrograd).position.best !== undefined,
          Object.keys(tensors).some((key) => key.startsWith('best.')),
        ];
        expect(inTensors).toBe(inRecord);
        return inRecord;
      };
      const changes: Record<string, (net: Trainer) => unknown> = {
        'a fit to its end': (net) => net.fit(data, { epochs: 1, validation, ...options }),
        'a fit without': (net) => net.fit(data, { steps: 1 }),
        'a step': (net) => net.step(random(4, 3), [1]),
        'other weights': async (net) => net.setParameters(await net.parameters()),
        'a file of weights': async (net) => net.load(await net.save(), { weightsOnly: true }),
      };
      for (const [name, change] of Object.entries(changes)) {
        const net = await make();
        await stopped(net, options, 4);
        expect(await isKept(net), name).toBe(true);
        await change(net);
        expect(await isKept(net), name).toBe(false);
        expect(Object.keys(parseSafetensors(await net.save(undefined, { weightsOnly: true })).tensors)).toHaveLength(4);
      }
      // A fit by other measures, or on other samples, counts the net as it finds it, which is not the best there was.
      for (const other of [
        { ...options, metric: 'accuracy' },
        { ...options, earlyStopping: { patience: 9, minDelta: 0.1 } },
        { ...options, validation: points(20, 3) },
      ] as Partial<FitOptions>[]) {
        const net = await make();
        await stopped(net, options, 4);
        const [{ best }] = await net.fit(data, { epochs: 1, validation, ...other });
        expect(best).toBeGreaterThanOrEqual(0);
      }
    });

    test('every field and every tensor of it is looked at', async () => {
      const options = { keepBest: true, earlyStopping: { patience: 9, minDelta: 0.01 } };
      const file = await stopped(await make(), options, 4);
      const { tensors, metadata } = parseSafetensors(file);
      const record = JSON.parse(metadata.retrograd);
      const { best } = record.position;
      expect(best).toMatchObject({ metric: 'loss', minDelta: 0.01, keepBest: true, seen: 4 });
      const net = await make(9);
      const refused = async (of: typeof tensors, changed: unknown, says: string | RegExp) => {
        const position = { ...record.position, best: changed };
        const loading = net.load(formatSafetensors(of, { retrograd: JSON.stringify({ ...record, position }) }));
        await expect(loading, String(says)).rejects.toThrow(DataError);
        await expect(loading, String(says)).rejects.toThrow(says);
      };
      for (const key of Object.keys(tensors).filter((key) => key.startsWith('best.'))) {
        const { [key]: _, ...rest } = tensors;
        await refused(rest, best, `${key}: missing`);
        await refused({ ...tensors, [key]: { shape: [1], data: Float32Array.of(1) } }, best, `${key}: expected`);
        const nan = { ...tensors[key], data: tensors[key].data.map(() => Number.NaN) };
        await refused({ ...tensors, [key]: nan }, best, `${key}: value 0`);
      }
      await refused(tensors, undefined, 'best.layers.0.weight: not in this model');
      await refused(tensors, { ...best, keepBest: false }, 'best.layers.0.weight: not in this model');
      for (const field of Object.keys(best)) {
        const { [field]: _, ...rest } = best;
        await refused(tensors, rest, 'position.best: expected');
      }
      const { epoch, score } = best.best;
      for (const wrong of [
        null,
        { more: 1 },
        { metric: 'beauty' },
        { minDelta: -1 },
        { keepBest: 1 },
        { seen: 5 },
        { dataset: 'points' },
        { validation: { ...best.validation, count: -1 } },
        { best: null },
        { best: { epoch: 5, score } },
        { best: { epoch, score: null } },
        { best: { epoch, score: best.leap.score + 1 } },
        { leap: { epoch: epoch + 1, score } },
      ]) {
        await refused(tensors, wrong && { ...best, ...wrong }, 'position.best: expected');
      }
      await net.load(file);
      expect(await net.save()).toEqual(file);
    });
  });
}

test('a file of another net that keeps a best epoch differs in what differs, and in nothing else', async () => {
  const make = (batch: number) =>
    compile(sequential([4], [dense(3)]), {
      device: 'cpu',
      batch,
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: 0.1 }),
    });
  const [net, other] = [await make(10), await make(5)];
  let file = new Uint8Array();
  const onEpoch = async () => {
    file = await net.save();
  };
  await net.fit(data, { epochs: 1, validation, keepBest: true, onEpoch });
  expect(Object.keys(parseSafetensors(file).tensors)).toContain('best.layers.0.weight');
  const error = await other.load(file).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).message.split('\n').slice(1)).toEqual([
    '  batch: expected 5, found 10',
    '  training.lossTotal: expected [2, 1, 5], found [2, 1, 10]',
  ]);
  net.destroy();
  other.destroy();
});

test('a metric that is no number decides nothing: it is refused', async () => {
  const net = await compile(sequential([4], [dense(3)]), {
    device: 'cpu',
    batch,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
  });
  const mine: Metric = {
    name: 'mine()',
    best: { mine: 'highest' },
    rule: { lacks: () => undefined, append: () => () => ({ mine: Number.NaN }) },
  };
  for (const asked of [{}, { keepBest: true }, { earlyStopping: { patience: 1 } }]) {
    const fit = net.fit(data, { epochs: 2, validation, metrics: [mine], metric: 'mine', ...asked });
    await expect(fit).rejects.toThrow(
      new DataError("fit: metric 'mine' must be a finite number to compare epochs by, found NaN on the validation set"),
    );
  }
  net.destroy();
});

const gpu = useGpu();
behaviour('on the GPU', () => gpu.device);
behaviour('on the CPU', () => 'cpu');
