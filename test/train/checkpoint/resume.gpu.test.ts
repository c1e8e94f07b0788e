/** Saved and loaded, training goes on as if it had never stopped, bit by bit; and what is no file of a net changes none. */
import { afterAll, describe, expect, test } from 'vitest';
import { digest } from '../../../src/base/digest.ts';
import { fromArrays } from '../../../src/data/index.ts';
import {
  ArgumentError,
  activation,
  adam,
  batchNorm,
  type CompileOptions,
  compile,
  cosineDecay,
  DataError,
  type Device,
  dense,
  dropout,
  formatSafetensors,
  type Model,
  momentum,
  NonFiniteError,
  type Optimizer,
  parseSafetensors,
  relu,
  StateError,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Trainer,
  tanh,
  warmUp,
} from '../../../src/index.node.ts';
import { outputs } from '../../../src/nn/model.ts';
import { platform } from '../../../src/platform/platform.ts';
import { useGpu } from '../../support/harness.ts';
import { random } from '../../support/nets.ts';

interface Work {
  readonly model: Model;
  readonly batch: number;
  readonly data: ReturnType<typeof fromArrays>;
  /** Steps in an epoch, the last one ragged. */
  readonly perEpoch: number;
}

function work(inputs: number, model: Model, count: number, batch: number): Work {
  const classes = outputs(model);
  const y = Array.from({ length: count }, (_, i) => (i * i + (i >> 2)) % classes);
  const data = fromArrays({ x: random(inputs * count, 1), y, shape: [inputs], name: 'points' });
  return { model, batch, data, perEpoch: Math.ceil(count / batch) };
}

/** The small ones run whole steps in one dispatch, the large one kernel after kernel. */
const works = {
  'tiny net': work(4, sequential([4], [dense(6, tanh), dense(3)]), 45, 8),
  'net with state of its own': work(
    4,
    sequential([4], [dense(9), batchNorm(), activation(tanh), dropout(0.3), dense(3)]),
    45,
    8,
  ),
  'larger net': work(64, sequential([64], [dense(200, relu), dense(10)]), 90, 20),
};
const tiny = works['tiny net'];
const optimizers: Record<string, Optimizer> = {
  'sgd with momentum': momentum({ learningRate: 0.1 }),
  adam: adam({ learningRate: 0.01 }),
};

function behaviour(title: string, device: () => Device | 'cpu'): void {
  describe(title, () => {
    const nets: Trainer[] = [];
    const make = async ({ model, batch }: Work, optimizer: Optimizer, more: Partial<CompileOptions> = {}) => {
      const loss = softmaxCrossEntropy();
      const net = await compile(model, { device: device(), batch, loss, optimizer, seed: 4, tune: 'off', ...more });
      nets.push(net);
      return net;
    };
    afterAll(() => {
      for (const net of nets) net.destroy();
    });

    /** So many steps on the data: the loss of each epoch that they end. */
    const losses = async (net: Trainer, { data }: Work, steps: number): Promise<number[]> =>
      steps === 0 ? [] : (await net.fit(data, { steps })).map(({ trainLoss }) => trainLoss);

    /** Where a net ends after those steps: what it reported, and all that it holds. */
    const outcome = async (net: Trainer, of: Work, steps: number) => ({
      losses: await losses(net, of, steps),
      file: contents(await net.save()),
    });

    for (const [workTitle, of] of Object.entries(works)) {
      const { perEpoch } = of;
      const total = 2 * perEpoch + 3;
      describe.each(Object.entries(optimizers))(`${workTitle}, %s`, (_title, optimizer) => {
        test.each([
          ['before the first step', 0],
          ['in the middle of an epoch', 2],
          ['before the last batch', perEpoch - 1],
          ['at the end of an epoch', perEpoch],
        ])('saved %s', async (_when, steps) => {
          const whole = await outcome(await make(of, optimizer), of, total);
          const stopped = await make(of, optimizer);
          const first = await losses(stopped, of, steps);
          const file = await stopped.save();
          expect(contents(await stopped.save())).toEqual(contents(file));
          // Of another seed and learning rate, and trained on its own.
          const resumed = await make(of, { ...optimizer, learningRate: 0.03 }, { seed: 5 });
          await losses(resumed, of, 1);
          await resumed.load(file);
          expect([resumed.steps, resumed.epochs]).toEqual([steps, Math.floor(steps / perEpoch)]);
          expect(contents(await resumed.save())).toEqual(contents(file));
          const { losses: rest, file: end } = await outcome(resumed, of, total - steps);
          expect([...first, ...rest]).toEqual(whole.losses);
          expect(end).toEqual(whole.file);
        });
      });
    }

    test('saved between two updates of a net with a schedule, clipping and several batches to an update', async () => {
      const learningRate = warmUp({ steps: 2, rate: cosineDecay({ from: 0.1, steps: 6 }) });
      const more = { clipNorm: 0.5, accumulate: 4 };
      const total = 2 * tiny.perEpoch + 3;
      const whole = await outcome(await make(tiny, adam({ learningRate }), more), tiny, total);
      for (const steps of [1, 3, 4, 5, 6, 9]) {
        const stopped = await make(tiny, adam({ learningRate }), more);
        const first = await losses(stopped, tiny, steps);
        const resumed = await make(tiny, adam(), { ...more, seed: 5 });
        await resumed.load(await stopped.save());
        expect([resumed.updates, resumed.learningRate]).toEqual([stopped.updates, stopped.learningRate]);
        const { losses: rest, file } = await outcome(resumed, tiny, total - steps);
        expect([...first, ...rest], `after ${steps} steps`).toEqual(whole.losses);
        expect(file, `after ${steps} steps`).toEqual(whole.file);
      }
    });

    test.each([
      ['more batches than make an update', { pending: { steps: 4, samples: 32 } }, 'position.pending'],
      ['more samples than the batches hold', { pending: { steps: 1, samples: 9 } }, 'position.pending'],
      ['batches without samples', { pending: { steps: 1, samples: 0 } }, 'position.pending'],
      ['a schedule without an end', { learningRate: { schedule: 'cosineDecay', from: 1, to: 0 } }, 'learningRate'],
      ['a schedule of another make', { learningRate: { schedule: 'plateau' } }, 'position.learningRate'],
      ['a state from an update to come', { stateFrom: { 'layers.0.weight': 2 } }, 'position.stateFrom'],
      ['a state of no parameter', { updates: 5, stateFrom: { 'layers.9.weight': 2 } }, 'position.stateFrom'],
    ])('a file with %s is refused', async (_name, change, field) => {
      const net = await make(tiny, adam(), { accumulate: 4 });
      await losses(net, tiny, 3);
      const { tensors, metadata } = parseSafetensors(await net.save());
      const record = JSON.parse(metadata.retrograd);
      const retrograd = JSON.stringify({ ...record, position: { ...record.position, ...change } });
      const refused = net.load(formatSafetensors(tensors, { retrograd }));
      await expect(refused).rejects.toThrow(DataError);
      await expect(refused).rejects.toThrow(field);
    });

    test('nets are told apart by the factors and penalties of their parameters, not by patterns', async () => {
      const [all, weights] = [{ '*': 0.5 }, { '*.weight': 0.1 }];
      const [l2, first] = [{ '*.weight': { l2: 0.1 } }, { 'layers.0.*': { l1: 0.2, l2: 0 } }];
      const net = await make(tiny, sgd({ learningRate: 0.1 }), {
        learningRates: { ...all, ...weights },
        regularize: { ...l2, ...first },
      });
      await losses(net, tiny, 3);
      const file = await net.save();
      const expected = await outcome(net, tiny, 4);
      const keys = ['layers.0.weight', 'layers.0.bias', 'layers.1.weight', 'layers.1.bias'];
      const byKey = { 'layers.1.weight': { l2: 0.1 }, 'layers.0.weight': { l1: 0.2 }, 'layers.0.bias': { l1: 0.2 } };
      const same = await make(tiny, sgd({ learningRate: 0.1 }), {
        learningRates: Object.fromEntries(keys.map((key) => [key, key.endsWith('bias') ? 0.5 : 0.1])),
        regularize: { '*': { l1: 0 }, ...byKey },
      });
      await same.load(file);
      expect(await outcome(same, tiny, 4)).toEqual(expected);
      for (const [update, message] of [
        [
          { learningRates: { ...weights, ...all }, regularize: { ...l2, ...first } },
          'update.learningRates.layers.0.weight: expected 0.5, found 0.1',
        ],
        [
          { learningRates: { ...all, ...weights }, regularize: { ...first, ...l2 } },
          'update.regularize.layers.0.weight.l2: expected 0.1, found nothing',
        ],
        [{}, 'update.learningRates.layers.0.bias: expected nothing, found 0.5'],
      ] as const) {
        const other = await make(tiny, sgd({ learningRate: 0.1 }), update);
        await expect(other.load(file)).rejects.toThrow(message);
      }
      const neutral = await make(tiny, sgd({ learningRate: 0.1 }), { learningRates: { '*': 1 }, regularize: {} });
      await neutral.load(await (await make(tiny, sgd({ learningRate: 0.1 }))).save());
      // A file as it was written before, by patterns.
      const { tensors, metadata } = parseSafetensors(file);
      const record = JSON.parse(metadata.retrograd);
      const patterns = { ...record.net.update, learningRates: { ...all, ...weights } };
      const older = { ...record, net: { ...record.net, update: patterns } };
      await same.load(formatSafetensors(tensors, { retrograd: JSON.stringify(older) }));
      const unknown = { ...record.net.update, learningRates: { ...all, ...weights, nothing: 2 } };
      const wrong = JSON.stringify({ ...record, net: { ...record.net, update: unknown } });
      const refused = same.load(formatSafetensors(tensors, { retrograd: wrong }));
      await expect(refused).rejects.toThrow('update.learningRates.nothing: expected nothing, found 2');
    });

    test('a file says what is in it', async () => {
      const net = await make(tiny, adam());
      net.learningRate = 0.25;
      await net.fit(tiny.data, { steps: 8 });
      const { tensors, metadata } = parseSafetensors(await net.save(undefined, { metadata: { note: 'mine' } }));
      const shapes = Object.entries(tensors).map(([key, { shape }]) => [key, shape]);
      expect(Object.fromEntries(shapes)).toEqual({
        'layers.0.weight': [6, 4],
        'layers.0.bias': [6],
        'layers.1.weight': [3, 6],
        'layers.1.bias': [3],
        ...Object.fromEntries(
          shapes.slice(0, 4).flatMap(([key, shape]) => ['m', 'v'].map((name) => [`optimizer.${name}.${key}`, shape])),
        ),
        'training.lossTotal': [2, 1, 8],
      });
      expect(metadata.note).toBe('mine');
      expect(JSON.parse(metadata.retrograd)).toEqual({
        version: 1,
        net: {
          model: '4 -> 6 tanh -> 3 linear',
          layers: [
            { layer: 'dense', units: 6, activation: 'tanh' },
            { layer: 'dense', units: 3, activation: 'linear' },
          ],
          wiring: [[0], [1]],
          batch: 8,
          loss: expect.objectContaining({ name: 'softmaxCrossEntropy', mean: true }),
          optimizer: { kind: 'adam', momentum: 0.9, decay: 0.999, epsilon: 1e-8, weightDecay: 0, decayed: 'all' },
          update: { accumulate: 1 },
        },
        position: {
          seed: 4,
          learningRate: 0.25,
          steps: 8,
          updates: 8,
          pending: { steps: 0, samples: 0 },
          epochs: 2,
          unfinished: { dataset: { name: 'points', count: 45, digest: expect.stringMatching(/^\w{16}$/) }, steps: 2 },
        },
      });
      const weights = parseSafetensors(await net.save(undefined, { weightsOnly: true }));
      expect(weights).toEqual({
        tensors: await net.parameters(),
        rounded: [],
        metadata: { 'retrograd.model': expect.any(String), 'retrograd.crc32': expect.any(String) },
      });
    });

    describe.each(Object.entries(optimizers))('every field of a file matters, under %s', (_title, optimizer) => {
      const more = tiny.perEpoch + 2;
      const saved = async () => {
        const net = await make(tiny, optimizer);
        await losses(net, tiny, 3);
        net.learningRate = 0.05;
        const file = await net.save();
        const { tensors, metadata } = parseSafetensors(file);
        const { retrograd } = metadata; // without the checksums, which would notice every change
        return { file, tensors, metadata: { retrograd }, expected: await outcome(net, tiny, more) };
      };
      const resumed = async () => make(tiny, optimizer, { seed: 9 });

      /** Refused, and then nothing has changed; or another outcome. */
      const expectNotice = async (net: Trainer, file: Uint8Array, expected: unknown, field: string) => {
        const before = contents(await net.save());
        const error = await net.load(file).then(
          () => undefined,
          (error) => error,
        );
        if (!error) {
          expect(await outcome(net, tiny, more), field).not.toEqual(expected);
          return;
        }
        expect(error, field).toBeInstanceOf(DataError);
        expect(error.message).toContain('nothing was changed');
        expect(contents(await net.save()), field).toEqual(before);
      };

      test('left out, it is refused', async () => {
        const { tensors, metadata } = await saved();
        const net = await resumed();
        const before = contents(await net.save());
        const expectRefusal = async (file: Uint8Array, field: string) => {
          const refused = net.load(file);
          await expect(refused, field).rejects.toThrow(DataError);
          await expect(refused, field).rejects.toThrow(field);
          expect(contents(await net.save()), field).toEqual(before);
        };
        expect(Object.keys(tensors).length).toBeGreaterThan(8);
        for (const key of Object.keys(tensors)) {
          const rest = Object.fromEntries(Object.entries(tensors).filter(([name]) => name !== key));
          await expectRefusal(formatSafetensors(rest, metadata), `${key}: missing`);
        }
        const record = JSON.parse(metadata.retrograd);
        expect(pathsOf(record).length).toBeGreaterThan(15);
        for (const path of pathsOf(record)) {
          const without = JSON.stringify(edit(record, path, () => undefined));
          await expectRefusal(formatSafetensors(tensors, { retrograd: without }), path[path.length - 1]);
        }
        await expectRefusal(formatSafetensors(tensors), 'training.lossTotal: not in this model');
      });

      test('changed, it is refused or training comes out otherwise', async () => {
        const { file, tensors, metadata, expected } = await saved();
        const net = await resumed();
        await net.load(file);
        expect(await outcome(net, tiny, more)).toEqual(expected);
        for (const [key, { shape, data }] of Object.entries(tensors)) {
          const changed = { ...tensors, [key]: { shape, data: data.map((x) => 2 * x + 1) } };
          await expectNotice(net, formatSafetensors(changed, metadata), expected, key);
        }
        const record = JSON.parse(metadata.retrograd);
        for (const path of pathsOf(record)) {
          const changed = JSON.stringify(edit(record, path, another));
          await expectNotice(net, formatSafetensors(tensors, { retrograd: changed }), expected, path.join('.'));
        }
      });
    });

    test.each([
      ['', undefined],
      [', where steps are checked', { every: 2 }],
    ])('saved beside fit at any time, a file is of one step%s', async (_when, check) => {
      const of = work(4, tiny.model, 320, 8);
      const total = 2 * of.perEpoch;
      const net = await make(of, adam({ learningRate: 0.01 }), { check });
      const files: Uint8Array[] = [];
      let isRunning = true;
      const running = net.fit(of.data, { epochs: 2, millisecondsPerSubmit: 1e-6 }).finally(() => {
        isRunning = false;
      });
      while (isRunning) {
        files.push(await net.save());
        await new Promise((resolve) => setTimeout(resolve)); // on the CPU nothing else would
      }
      await running;
      const end = contents(await net.save());
      const resumed = await make(of, adam());
      const seen = new Set<number>();
      for (const file of files) {
        await resumed.load(file);
        if (resumed.steps === total) continue;
        seen.add(resumed.steps);
        await losses(resumed, of, total - resumed.steps);
        expect(contents(await resumed.save())).toEqual(end);
      }
      expect(seen.size).toBeGreaterThan(5);
    });

    test('weights alone begin anew, from a file of them or out of any other', async () => {
      const net = await make(tiny, momentum({ learningRate: 0.1 }));
      await losses(net, tiny, 9);
      const weights = await net.parameters();
      const fresh = await make(tiny, adam());
      fresh.setParameters(weights);
      const expected = await outcome(fresh, tiny, 8);
      const [alone, all] = [formatSafetensors(weights), await net.save()];
      for (const [file, options] of [[alone, {}] as const, [all, { weightsOnly: true }] as const]) {
        const other = await make(tiny, adam());
        await losses(other, tiny, 5);
        await other.load(new Blob([file]), options);
        expect([other.steps, other.epochs]).toEqual([0, 0]);
        expect(await outcome(other, tiny, 8)).toEqual(expected);
      }
    });

    test('setParameters keeps what the optimizer remembers, and load of weights does not', async () => {
      const [kept, loaded, whole] = [1, 2, 3].map(() => make(tiny, momentum({ learningRate: 0.1 })));
      for (const net of [kept, loaded, whole]) await losses(await net, tiny, 6);
      (await kept).setParameters(await (await whole).parameters());
      await (await loaded).load(await (await whole).save(), { weightsOnly: true });
      const stateOf = async (net: Promise<Trainer>) => {
        const { tensors } = parseSafetensors(await (await net).save());
        return tensors['optimizer.v.layers.0.weight'].data;
      };
      expect(await stateOf(kept)).toEqual(await stateOf(whole));
      expect((await stateOf(whole)).some((x) => x !== 0)).toBe(true);
      expect((await stateOf(loaded)).every((x) => x === 0)).toBe(true);
    });

    test('a file of another net is refused with every difference, and changes nothing', async () => {
      const other = await make(
        { ...tiny, model: sequential([4], [dense(5, relu), dense(3)]), batch: 9 },
        momentum({ learningRate: 0.1, weightDecay: 0.5 }),
      );
      const net = await make(tiny, adam());
      await losses(net, tiny, 2);
      const before = contents(await net.save());
      const error = await net.load(await other.save()).catch((error) => error);
      expect(error).toBeInstanceOf(DataError);
      expect(error.message.split('\n  ')).toEqual([
        'bytes given: expected a file of this net; nothing was changed:',
        'model: expected "4 -> 6 tanh -> 3 linear", found "4 -> 5 relu -> 3 linear"',
        'layers.0.units: expected 6, found 5',
        'layers.0.activation: expected "tanh", found "relu"',
        'batch: expected 8, found 9',
        'optimizer.kind: expected "adam", found "momentum"',
        'optimizer.decay: expected 0.999, found 0',
        'optimizer.epsilon: expected 1e-8, found 0',
        'optimizer.weightDecay: expected 0, found 0.5',
        'layers.0.weight: expected [6, 4], found [5, 4]',
        'layers.0.bias: expected [6], found [5]',
        'layers.1.weight: expected [3, 6], found [3, 5]',
        'training.lossTotal: expected [2, 1, 8], found [2, 1, 9]',
        'optimizer.m.layers.0.weight: missing',
        'optimizer.v.layers.0.weight: expected [6, 4], found [5, 4]',
        'optimizer.m.layers.0.bias: missing',
        'optimizer.v.layers.0.bias: expected [6], found [5]',
        'optimizer.m.layers.1.weight: missing',
        'optimizer.v.layers.1.weight: expected [3, 6], found [3, 5]',
        'optimizer.m.layers.1.bias: missing',
      ]);
      expect(contents(await net.save())).toEqual(before);
    });

    test('tensors of the last step do not come back with a file', async () => {
      const net = await make(tiny, adam());
      await losses(net, tiny, 3);
      await net.load(await net.save());
      await expect(net.loss()).rejects.toThrow(StateError);
      await losses(net, tiny, 1);
      expect(await net.loss()).toBeGreaterThan(0);
    });

    test('what cannot be saved or loaded says so', async () => {
      const net = await make(tiny, sgd({ learningRate: 0.1 }));
      for (const name of ['retrograd', 'retrograd.crc32']) {
        await expect(net.save(undefined, { metadata: { [name]: '' } })).rejects.toThrow(ArgumentError);
      }
      const number = { metadata: { note: 1 } } as never;
      await expect(net.save(undefined, number)).rejects.toThrow(/metadata.note must be a string, found 1$/);
      for (const wrong of [null, { weightOnly: true }, { metadata: null }] as never[]) {
        await expect(net.save(undefined, wrong)).rejects.toThrow(ArgumentError);
        await expect(net.load(new Uint8Array(8), wrong)).rejects.toThrow(ArgumentError);
      }
      await expect(net.load(1 as never)).rejects.toThrow(ArgumentError);
      const { files } = platform;
      platform.files = undefined;
      await expect(net.save('here')).rejects.toThrow(/found a path, but a browser has no file system/);
      platform.files = files;
      const fit = net.fit(tiny.data, { epochs: 1 });
      await expect(net.load(new Uint8Array(8))).rejects.toThrow(/load: fit is still running/);
      await fit;
      const diverged = await make(
        { ...tiny, model: sequential([4], [dense(6, relu), dense(3)]) },
        sgd({ learningRate: 1e38 }),
      );
      for (let i = 0; i < 6; i++) diverged.step(random(4 * 8, i), [0, 1, 2, 0, 1, 2, 0, 1]);
      await expect(diverged.save()).rejects.toThrow(NonFiniteError);
      net.destroy();
      await expect(net.save()).rejects.toThrow(StateError);
      await expect(net.load(new Uint8Array(8))).rejects.toThrow(StateError);
    });
  });
}

/** A file in few words: every bit of a tensor counts. */
function contents(file: Uint8Array): Record<string, string> {
  const { tensors, metadata } = parseSafetensors(file);
  const bits = Object.entries(tensors).map(([key, { shape, data }]) => [
    key,
    `[${shape}] ${digest(new Uint32Array(data.buffer).join())}`,
  ]);
  return { ...metadata, ...Object.fromEntries(bits) };
}

type Path = readonly string[];

/** The place of every value in nested objects. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]));
}

/** A copy with one value replaced; undefined leaves it out. */
function edit(value: unknown, [key, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const object = value as Record<string, unknown>;
  return { ...object, [key]: edit(object[key], rest, change) };
}

const another = (value: unknown): unknown =>
  typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${value}x`;

const gpu = useGpu();
behaviour('on the GPU', () => gpu.device);
behaviour('on the CPU', () => 'cpu');
