/** The options and results of a fit. */
import { checkCount, checkFlag, checkFunction, checkKeys, checkSignal } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import type { Dataset } from '../data/dataset.ts';
import { isStreamed } from '../data/stream-of.ts';
import type { AnyDataset, StreamedDataset } from '../data/streamed.ts';
import type { Metrics } from './asked.ts';
import type { AugmentOptions } from './augmentation.ts';
import type { BestOptions } from './best-epoch.ts';
import type { EvaluateOptions, Evaluation, Measured } from './evaluate.ts';
import { checkNonFinite } from './non-finite-options.ts';
import { checkOnNonFinite, type OnNonFinite } from './on-non-finite.ts';
import { checkRecover, type RecoverOptions, type Recovery } from './recover-options.ts';

/** Options of {@link Trainer.fit}. Give either `epochs` or `steps`. */
export interface FitOptions extends BestOptions {
  /** Epochs to complete. An epoch that an earlier fit on this data set left unfinished is continued, and counts as one. */
  epochs?: number;
  /** Steps to take. The next fit on this data set continues where they end. */
  steps?: number;
  /** Data set to evaluate after every epoch. */
  validation?: Dataset | StreamedDataset;
  /**
   * Whether every epoch has a new order of the samples, drawn from the seed. Default: true, but false for `fromBatches`, whose
   * samples come in an order of their own.
   */
  shuffle?: boolean;
  /**
   * Bytes of a data set to keep on the device. A larger one is streamed: parts of it are read and uploaded while the net trains
   * on the part before, in the same order and with the same results. Default: what one buffer of the device holds, and at most
   * 1 GiB.
   */
  maxBytes?: number;
  /** Random changes to the training images, drawn again in every step. Default: none. */
  augment?: AugmentOptions;
  /** Called about ten times a second while training runs. */
  onProgress?(progress: Progress): void;
  /** Called and awaited after every epoch. If it returns or resolves with `'stop'`, the fit ends as after its last epoch. */
  onEpoch?(result: EpochResult): unknown;
  /** Stops training between two submits, or while samples are read; `fit` then rejects with the signal's reason, and the net stays usable. */
  signal?: AbortSignal;
  /**
   * Whether to go on after the loss of the device, with another one. A snapshot of the net is kept in memory for that. On a device of
   * the same kind the fit ends with the same bits. `onProgress` is called again for the steps since the snapshot,
   * `onEpoch` once for each epoch. A device that you opened and destroyed yourself is not replaced. Default: false.
   */
  recover?: boolean | RecoverOptions;
  /**
   * What to do about a step that makes NaN or infinity of its loss, a parameter or the state of the optimizer. `'stop'` ends the
   * fit with a {@link NonFiniteError}. `'skip'` goes on without the update of the step: weights and moments are those of before, to
   * the bit, and the result of the epoch counts it in `skipped`; if all steps of an epoch are such steps, the fit rejects.
   * `'rewind'` goes back to the last snapshot, with half the learning rate, at most ten times from one snapshot; rates that were
   * set since are halved as well. With this option or `recover` the fit keeps snapshots, from which the error names where it
   * began. Default: `'stop'`, without snapshots.
   */
  onNonFinite?: OnNonFinite;
  /** Called and awaited when the net is on another device, before training goes on. */
  onRecover?(recovery: Recovery): unknown;
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
  /** Mean loss per sample over the epoch, each batch measured before its update; without steps that were skipped. */
  readonly trainLoss: number;
  /** Steps of the whole epoch whose update was left out; absent without `onNonFinite: 'skip'`. */
  readonly skipped?: number;
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

/** What an epoch came to, as far as it is known without the epochs before. */
export type EndedEpoch = Omit<EpochResult, 'best'>;

/** Options of a {@link Trainer.fit} with a `validation` set. */
export interface ValidatedFitOptions<M extends Metrics = Metrics> extends FitOptions {
  /** Data set to evaluate after every epoch. */
  validation: Dataset | StreamedDataset;
  /** What to measure of the validation besides, such as `[precisionRecallF1()]`. Default: nothing. */
  metrics?: M;
  /** Called and awaited after every epoch. If it returns or resolves with `'stop'`, the fit ends as after its last epoch. */
  onEpoch?(result: ValidatedEpochResult<M>): unknown;
}

/** Result of one epoch of a fit with a `validation` set. */
export interface ValidatedEpochResult<M extends Metrics = Metrics> extends EpochResult {
  /** Evaluation of the `validation` set after the epoch. */
  readonly validation: Measured<M>;
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
  metrics: true,
  metric: true,
  earlyStopping: true,
  keepBest: true,
  shuffle: true,
  augment: true,
  maxBytes: true,
  onProgress: true,
  onEpoch: true,
  signal: true,
  recover: true,
  onNonFinite: true,
  onRecover: true,
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
  checkOnNonFinite(options.onNonFinite);
  checkRecover(options.recover, options.onRecover);
  checkMaxBytes('fit', options.maxBytes);
  if (ms !== undefined && !(typeof ms === 'number' && ms > 0)) {
    throw new ArgumentError(`fit: millisecondsPerSubmit must be a number > 0, found ${showValue(ms)}`);
  }
}

export function checkMaxBytes(where: string, maxBytes: unknown): void {
  if (maxBytes === undefined || (typeof maxBytes === 'number' && maxBytes >= 0)) return;
  throw new ArgumentError(`${where}: maxBytes must be a number ≥ 0, found ${showValue(maxBytes)}`);
}

/** Throws ArgumentError where samples that come in an order of their own are to be shuffled. */
export function checkOrder(dataset: AnyDataset, { shuffle }: FitOptions): void {
  if (!shuffle || shuffles(dataset)) return;
  throw new ArgumentError(
    `fit: shuffle: ${dataset.name} has its samples in an order of its own; shuffle them in its generator, or use fromSamples`,
  );
}

export const shuffles = (dataset: AnyDataset): boolean => !isStreamed(dataset) || dataset.shuffles;

/** Throws ArgumentError for options of an evaluation that are none. */
export function checkEvaluate(options: EvaluateOptions): void {
  checkKeys('evaluate', options, ['signal', 'onProgress', 'maxBytes', 'metrics', 'allowNonFinite']);
  checkNonFinite('evaluate', options);
  checkMaxBytes('evaluate', options.maxBytes);
  checkSignal('evaluate: signal', options.signal);
  checkFunction('evaluate: onProgress', options.onProgress);
}
