/** A net on the visitor's own data, step by step, and what can be seen of it. It runs in the worker of the page. */
import { transfer } from 'comlink';
import {
  type AugmentOptions,
  confusion,
  type Dataset,
  type Evaluation,
  type MeanAbsoluteErrorResults,
  meanAbsoluteError,
  StateError,
  summary,
  type Trainer,
} from 'retrograd';
import { type DatasetPair, readImage, take } from 'retrograd/data';
import { encodeRows } from '../../../../src/data/table-rows.ts';
import { indexOfMax } from '../../index-of-max.ts';
import { Hardware } from '../hardware.ts';
import type { Machine } from '../protocol.ts';
import { createQueue } from '../queue.ts';
import { openTable } from './open-table.ts';
import { batchFor, compileFor, modelFor, rateFor, type Spread, spreadOf } from './own-net.ts';
import type {
  OwnData,
  OwnFrame,
  OwnLab,
  OwnMistake,
  OwnPrepared,
  OwnScore,
  OwnSettings,
  OwnTarget,
} from './own-protocol.ts';
import { readOwn } from './read-own.ts';

/** A net with the data that it works on. */
interface Work {
  readonly settings: OwnSettings;
  readonly data: DatasetPair;
  readonly net: Trainer;
  readonly spread: Spread | undefined;
  readonly augment: AugmentOptions | undefined;
  /** Steps between two looks. */
  pace: number;
}

/** Milliseconds that training goes on before it is looked at again. */
const GLANCE = 250;
/** Samples to train on that a look tests. */
const TRAINING_SAMPLES = 1000;
/** Samples held out whose prediction is drawn beside the target. */
const PAIRS = 500;

export function createOwnData(): OwnLab {
  const hardware = new Hardware(() => {});
  const inTurn = createQueue();
  let machine: Machine | undefined;
  let work: Work | undefined;

  const current = (): Work => {
    if (!work) throw new StateError('there is no network yet');
    return work;
  };

  async function prepare(given: OwnData, settings: OwnSettings): Promise<OwnPrepared> {
    if (!machine || !hardware.isThere) machine = await hardware.open();
    work?.net.destroy();
    work = undefined;
    const data = await readOwn(given, settings);
    const { train, test } = data;
    const net = await compileFor(train, settings, hardware.target);
    work = { settings, data, net, spread: spreadOf(train), augment: augmentFor(train, settings), pace: 1 };
    return {
      machine,
      train: train.count,
      test: test.count,
      target: targetOf(train),
      shape: train.shape,
      ...(train.columns && { columns: train.columns }),
      parameters: summary(modelFor(train, settings)).parameters,
      stepsOfEpoch: Math.ceil(train.count / batchFor(train, settings)),
      frame: await look(work),
    };
  }

  async function advance(until: number): Promise<OwnFrame> {
    const now = current();
    const { net, data, pace } = now;
    const steps = Math.min(pace, until - net.steps);
    if (steps > 0) {
      const began = performance.now();
      await net.fit(data.train, { steps, ...(now.augment && { augment: now.augment }) });
      const fits = (pace * GLANCE) / (performance.now() - began);
      if (steps === pace) now.pace = Math.max(1, Math.round(Math.min(2 * pace, fits)));
    }
    return look(now);
  }

  return {
    openTable: (file, delimiter) => openTable(file, delimiter),
    prepare: (data, settings) => inTurn(() => prepare(data, settings)),
    advance: (until) => inTurn(() => advance(until)),
    async setLearningRate(learningRate) {
      const { net, settings, spread } = current();
      net.learningRate = rateFor(learningRate, settings.optimizer, spread);
    },
    predictRow: (cells) =>
      inTurn(async () => {
        const { net, data } = current();
        return net.predict(encodeRows(data.train.columns!, [cells], 'row'));
      }),
    predictPicture: (file) =>
      inTurn(async () => {
        const { net, data } = current();
        const [channels, height, width] = data.train.shape;
        const pixels = await readImage(file, { size: [height, width], channels: channels as 1 | 3 });
        return { outputs: await net.predict(Float32Array.from(pixels, (byte) => byte / 255)), pixels };
      }),
    predict: (sample) => inTurn(async () => current().net.predict(sample)),
    save: (whole = false) => inTurn(() => current().net.save(undefined, { weightsOnly: !whole })),
    data: async () => current().data,
    load: (file) =>
      inTurn(async () => {
        const now = current();
        await now.net.load(file, { weightsOnly: true });
        return look(now);
      }),
    mistakes: () => inTurn(() => mistakesOf(current())),
  };
}

function targetOf({ targets, classNames = [] }: Dataset): OwnTarget {
  if (targets.kind === 'values') return { kind: 'number' };
  return { kind: 'class', classes: Array.from({ length: targets.size }, (_, i) => classNames[i] ?? `${i}`) };
}

async function look({ net, data, spread }: Work): Promise<OwnFrame> {
  const { train, test } = data;
  const some = take(train, Math.min(TRAINING_SAMPLES, train.count));
  if (!spread) {
    const [of, held] = await Promise.all([net.evaluate(some), net.evaluate(test, { metrics: [confusion()] })]);
    return { step: net.steps, train: scoreOf(of), test: scoreOf(held), confusion: held.metrics.confusion.counts };
  }
  const metrics = [meanAbsoluteError()] as const;
  const shown = take(test, Math.min(PAIRS, test.count));
  const [of, held, predicted] = await Promise.all([
    net.evaluate(some, { metrics }),
    net.evaluate(test, { metrics }),
    net.predict(shown),
  ]);
  const pairs = Float32Array.from({ length: 2 * predicted.length }, (_, i) =>
    i % 2 === 0 ? shown.targets.data[i / 2] : predicted[(i - 1) / 2],
  );
  return transfer({ step: net.steps, train: scoreOf(of, spread), test: scoreOf(held, spread), pairs }, [pairs.buffer]);
}

/** Samples held out that are looked through for mistakes, and mistakes that are shown. */
const [LOOKED_THROUGH, SHOWN] = [1000, 12];

async function mistakesOf({ net, data: { test } }: Work): Promise<OwnMistake[]> {
  const some = take(test, Math.min(LOOKED_THROUGH, test.count));
  const { inputs, targets } = some;
  const predicted = await net.predict(some);
  const all = Array.from({ length: some.count }, (_, i) => {
    const of = predicted.subarray(i * targets.size, (i + 1) * targets.size);
    const label = targets.data[i];
    const pixels = Uint8Array.from(inputs.data.subarray(i * inputs.size, (i + 1) * inputs.size));
    return { label, guess: indexOfMax(of), probability: of[label], pixels };
  });
  return all.sort((a, b) => a.probability - b.probability).slice(0, SHOWN);
}

/** Small pictures are moved less. */
function augmentFor({ shape }: Dataset, { isAugmented }: OwnSettings): AugmentOptions | undefined {
  if (!isAugmented || shape.length !== 3) return undefined;
  return { shift: shape[2] / 14, rotate: 10, scale: 0.1 };
}

type Found = Evaluation & { readonly metrics?: Partial<MeanAbsoluteErrorResults> };

function scoreOf({ loss, accuracy, metrics }: Found, spread?: Spread): OwnScore {
  return spread ? { loss: loss / spread.deviation ** 2, meanError: metrics?.meanAbsoluteError } : { loss, accuracy };
}
