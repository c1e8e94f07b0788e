/** The training loop over a data set. */
import { checkCount, checkFlag, checkFunction, checkKeys, checkSignal } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { shuffleKey } from '../base/random.ts';
import { showValue } from '../base/show-value.ts';
import type { Dataset } from '../data/dataset.ts';
import { sameDataset } from '../data/identity.ts';
import { readParameters } from '../engine/named-tensors.ts';
import { defaultMilliseconds, runSteps } from '../engine/run-steps.ts';
import type { StepRow } from '../graph/step-row.ts';
import type { AugmentOptions } from './augmentation.ts';
import type { BestOptions } from './best-epoch.ts';
import { type Evaluation, readTotal } from './evaluate.ts';
import { batchRow, type Feed } from './feed.ts';
import { demandFinite } from './finite.ts';
import { giveBack, NOTHING, type Session, takeRow } from './session.ts';
import { demandStep } from './verify.ts';

/** Options of {@link Trainer.fit}. Give either `epochs` or `steps`. */
export interface FitOptions extends BestOptions {
  /** Epochs to complete. An epoch that an earlier fit on this data set left unfinished is continued, and counts as one. */
  epochs?: number;
  /** Steps to take. The next fit on this data set continues where they end. */
  steps?: number;
  /** Data set to evaluate after every epoch. */
  validation?: Dataset;
  /** Whether every epoch has a new order of the samples, drawn from the seed. Default: true. */
  shuffle?: boolean;
  /** Random changes to the training images, drawn again in every step. Default: none. */
  augment?: AugmentOptions;
  /** Called about ten times a second while training runs. */
  onProgress?(progress: Progress): void;
  /** Called and awaited after every epoch. If it returns or resolves with `'stop'`, the fit ends as after its last epoch. */
  onEpoch?(result: EpochResult): unknown;
  /** Stops training between two submits; `fit` then rejects with the signal's reason, and the net stays usable. */
  signal?: AbortSignal;
  /** Milliseconds of work per submit to the device. Default: 15 in a browser, 50 in Node. */
  millisecondsPerSubmit?: number;
}

/** How far a fit is. */
export interface Progress {
  /** The current epoch, counted from 1 within this fit. */
  readonly epoch: number;
  /** Epochs in this fit. */
  readonly epochs: number;
  /** Steps done in this epoch. */
  readonly step: number;
  /** Steps in an epoch. */
  readonly steps: number;
  /** Mean loss per sample over this epoch so far. */
  readonly loss: number;
  /** Samples trained per second in this epoch. */
  readonly samplesPerSecond: number;
  /** Estimated seconds until this fit ends, without validation. */
  readonly secondsLeft: number;
}

/** Result of one epoch. */
export interface EpochResult {
  /** Number of the epoch, counted from 1 within this fit. */
  readonly epoch: number;
  /** Mean loss per sample over the epoch, each batch measured before its update. */
  readonly trainLoss: number;
  /** Evaluation of the `validation` set after the epoch, if there is one. */
  readonly validation?: Evaluation;
  /**
   * The epoch with the best validation so far, counted as `epoch` is: 0 is the net before this fit, less than 0 an epoch of an
   * earlier fit that this one continues. Absent without `validation`.
   */
  readonly best?: number;
  /** Seconds of training in this fit that the epoch took, without validation. */
  readonly seconds: number;
  /** Samples trained per second. */
  readonly samplesPerSecond: number;
}

/** Options of a {@link Trainer.fit} with a `validation` set. */
export interface ValidatedFitOptions extends FitOptions {
  /** Data set to evaluate after every epoch. */
  validation: Dataset;
  /** Called and awaited after every epoch. If it returns or resolves with `'stop'`, the fit ends as after its last epoch. */
  onEpoch?(result: ValidatedEpochResult): unknown;
}

/** Result of one epoch of a fit with a `validation` set. */
export interface ValidatedEpochResult extends EpochResult {
  /** Evaluation of the `validation` set after the epoch. */
  readonly validation: Evaluation;
  /**
   * The epoch with the best validation so far, counted as `epoch` is: 0 is the net before this fit, less than 0 an epoch of an
   * earlier fit that this one continues.
   */
  readonly best: number;
}

/** Every option: one that is left out here does not compile. */
const known: Record<keyof FitOptions, true> = {
  epochs: true,
  steps: true,
  validation: true,
  metric: true,
  earlyStopping: true,
  keepBest: true,
  shuffle: true,
  augment: true,
  onProgress: true,
  onEpoch: true,
  signal: true,
  millisecondsPerSubmit: true,
};

/** Throws ArgumentError for options that no run could follow. */
export function checkFit(options: FitOptions): void {
  checkKeys('fit', options, Object.keys(known));
  const { epochs, steps, signal, shuffle, millisecondsPerSubmit: ms } = options;
  if (epochs !== undefined && steps !== undefined) {
    throw new ArgumentError(`fit: expected epochs or steps, found both: ${showValue(epochs)} and ${showValue(steps)}`);
  }
  if (steps === undefined) checkCount('fit: epochs', epochs);
  else checkCount('fit: steps', steps);
  checkFunction('fit: onProgress', options.onProgress);
  checkFunction('fit: onEpoch', options.onEpoch);
  checkSignal('fit: signal', signal);
  checkFlag('fit: shuffle', shuffle);
  if (ms !== undefined && !(typeof ms === 'number' && ms > 0)) {
    throw new ArgumentError(`fit: millisecondsPerSubmit must be a number > 0, found ${showValue(ms)}`);
  }
}

/** What a fit has to do, in steps counted from the beginning of its first epoch. */
export interface Span {
  readonly first: number;
  readonly last: number;
  /** Steps in an epoch. */
  readonly perEpoch: number;
  /** How many epochs it touches. */
  readonly epochs: number;
}

/** From where the last fit on this data set left off. */
export function spanOf({ task, unfinished }: Session, dataset: Dataset, { epochs, steps }: FitOptions): Span {
  const perEpoch = Math.ceil(dataset.count / task.batch);
  const first = unfinished && sameDataset(unfinished.dataset, dataset) ? unfinished.steps : 0;
  const last = steps === undefined ? epochs! * perEpoch : first + steps;
  return { first, last, perEpoch, epochs: Math.ceil(last / perEpoch) };
}

/**
 * What of a span falls into an epoch, counted from 1; undefined where that ends before the epoch does. Throws
 * NonFiniteError, CheckError, DeviceLostError.
 */
export async function trainEpoch(
  session: Session,
  feed: Feed,
  span: Span,
  epoch: number,
  options: FitOptions,
): Promise<Omit<EpochResult, 'validation' | 'best'> | undefined> {
  const { program, task, seed } = session;
  const { dataset } = feed;
  const before = (epoch - 1) * span.perEpoch;
  const [from, to] = [Math.max(span.first - before, 0), Math.min(span.last - before, span.perEpoch)];
  if (from === 0) program.clear('lossTotal');
  const key = shuffleKey(seed, from === 0 ? session.epochs : session.epochs - 1);
  const shuffled = Number(options.shuffle ?? true);
  const progress = reporter(session, dataset, { ...span, before, from, to, epoch }, options);
  // Called as the step is queued, so that the session is at no time ahead of the tensors.
  const row = (i: number): StepRow => {
    if (i === 0) {
      session.epochs++;
      session.pending = NOTHING; // that of an epoch given up
    }
    session.unfinished = i + 1 < span.perEpoch ? { dataset, steps: i + 1 } : undefined;
    const batch = batchRow(dataset, task.batch, i);
    return takeRow(session, { ...batch, key, shuffled }, i === span.perEpoch - 1);
  };
  try {
    await trainSteps(session, feed, {
      steps: to - from,
      row: (i) => row(from + i),
      refused: (rows) => giveBack(session, rows),
      milliseconds: options.millisecondsPerSubmit ?? defaultMilliseconds(),
      signal: options.signal,
      between: () => session.tuner?.between(),
      onSubmit: (done) => progress.submitted(from + done),
    });
  } catch (error) {
    progress.end();
    throw error;
  }
  await progress.finished();
  const [total, parameters] = await Promise.all([readTotal(program, 'lossTotal'), readParameters(program)]);
  await demandFinite(session, total / Math.min(to * task.batch, dataset.count), parameters);
  if (to < span.perEpoch) return undefined;
  const seconds = progress.seconds();
  const samples = dataset.count - from * task.batch;
  return { epoch, trainLoss: total / dataset.count, seconds, samplesPerSecond: samples / seconds };
}

/** All steps of an epoch; where every n-th is checked, in stretches between those. */
async function trainSteps(session: Session, feed: Feed, options: Parameters<typeof runSteps>[2]): Promise<void> {
  const { engine, program, checkEvery } = session;
  const { steps, row, signal, onSubmit } = options;
  for (let start = 0; start < steps; start++) {
    const from = start;
    const stretch = Math.min(steps - start, checkEvery - 1 - (session.steps % checkEvery));
    await runSteps(engine, [feed.program, program], {
      ...options,
      steps: stretch,
      row: (i) => row(from + i),
      onSubmit: (done) => onSubmit?.(from + done),
    });
    start += stretch;
    if (start === steps) break;
    signal?.throwIfAborted();
    await demandStep(session, () => row(start), feed);
    onSubmit?.(start + 1);
  }
}

interface Stretch extends Span {
  /** Steps of the span in the epochs before this one. */
  readonly before: number;
  /** Steps of this epoch. */
  readonly from: number;
  readonly to: number;
  readonly epoch: number;
}

/** Tells `onProgress` about ten times a second, from a total that is read while training goes on. */
function reporter(
  { program, task: { batch } }: Session,
  { count }: Dataset,
  { before, from, to, epoch, epochs, last, perEpoch }: Stretch,
  { onProgress }: FitOptions,
) {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const samplesIn = (steps: number): number =>
    Math.floor(steps / perEpoch) * count + Math.min((steps % perEpoch) * batch, count);
  let running: Promise<void> | undefined;
  let latest = Number.NEGATIVE_INFINITY;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  const report = async (step: number): Promise<void> => {
    const total = await readTotal(program, 'lossTotal');
    const done = samplesIn(before + step);
    const samplesPerSecond = (done - samplesIn(before + from)) / seconds();
    if (ended) return;
    const secondsLeft = (samplesIn(last) - done) / samplesPerSecond;
    const loss = total / (done - samplesIn(before));
    onProgress!({ epoch, epochs, step, steps: perEpoch, loss, samplesPerSecond, secondsLeft });
  };
  return {
    seconds,
    /** After this nobody is told anything. */
    end(): void {
      ended = true;
    },
    /** When the last report, that of all the steps, is out. */
    async finished(): Promise<void> {
      await running;
      if (failure) throw failure.error;
      if (onProgress) await report(to);
    },
    submitted(step: number): void {
      if (failure) throw failure.error;
      if (!onProgress || running || step === to || performance.now() - latest < 100) return;
      latest = performance.now();
      running = report(step)
        .catch((error) => {
          failure = { error };
        })
        .finally(() => {
          running = undefined;
        });
    },
  };
}
