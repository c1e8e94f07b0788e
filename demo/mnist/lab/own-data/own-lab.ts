/** A net on the visitor's own data, step by step, and what can be seen of it. It runs in the worker of the page. */
import { transfer } from 'comlink';
import {
  confusion,
  DataError,
  type Dataset,
  type Evaluation,
  type MeanAbsoluteErrorResults,
  meanAbsoluteError,
  StateError,
  summary,
  type Trainer,
} from 'retrograd';
import { csv, type DatasetPair, take } from 'retrograd/data';
import { encodeRows } from '../../../../src/data/table-rows.ts';
import { Hardware } from '../hardware.ts';
import type { Machine } from '../protocol.ts';
import { createQueue } from '../queue.ts';
import { openTable } from './open-table.ts';
import { batchFor, compileFor, modelFor, rateFor, type Spread, spreadOf } from './own-net.ts';
import type {
  OwnData,
  OwnFrame,
  OwnLab,
  OwnPrepared,
  OwnScore,
  OwnSettings,
  OwnTarget,
  TableData,
} from './own-protocol.ts';

/** A net with the data that it works on. */
interface Work {
  readonly settings: OwnSettings;
  readonly data: DatasetPair;
  readonly net: Trainer;
  readonly spread: Spread | undefined;
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
    const data = await readTable(given, settings);
    const { train, test } = data;
    const net = await compileFor(train, settings, hardware.target);
    work = { settings, data, net, spread: spreadOf(train), pace: 1 };
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
      await net.fit(data.train, { steps });
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
  };
}

async function readTable(given: TableData, { heldOut, seed }: OwnSettings): Promise<DatasetPair> {
  const { file, delimiter, target, isClass, inputs, categorical, missing } = given;
  const data = await csv(file, {
    target,
    columns: inputs,
    categorical: isClass ? [...categorical, target] : categorical,
    delimiter,
    missing,
    test: heldOut / 100,
    seed,
  });
  if (isClass) demandClasses(data.train);
  return data;
}

/** A column of one text has no classes for the library. Throws DataError where there is nothing to tell apart. */
function demandClasses({ name, targets, classNames }: Dataset): void {
  if (targets.kind === 'labels' && targets.size > 1) return;
  throw new DataError(`${name}: expected two classes or more in the target, found one: ${classNames?.[0] ?? 0}`);
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

type Found = Evaluation & { readonly metrics?: Partial<MeanAbsoluteErrorResults> };

function scoreOf({ loss, accuracy, metrics }: Found, spread?: Spread): OwnScore {
  return spread ? { loss: loss / spread.deviation ** 2, meanError: metrics?.meanAbsoluteError } : { loss, accuracy };
}
