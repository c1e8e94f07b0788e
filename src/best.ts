/** Which epoch of a fit was the best by its validation, and when to wait for a better one no longer. */
import { checkCount, checkKeys, checkNumber } from './arguments.ts';
import type { Dataset } from './data/dataset.ts';
import { ArgumentError } from './errors.ts';
import { type Evaluation, hasClasses, hasLabels } from './evaluate.ts';
import type { NetworkOptions } from './network.ts';
import { shown } from './shown.ts';

export type Metric = 'loss' | 'accuracy' | 'exactMatch';
const metrics: readonly unknown[] = ['loss', 'accuracy', 'exactMatch'] satisfies Metric[];

export interface BestOptions {
  /**
   * What of the validation tells which epoch is best: the lowest 'loss', which it is unless told, or the highest 'accuracy' or
   * 'exactMatch'.
   */
  metric?: Metric;
  /** Ends the fit after `patience` epochs in a row that were not better by more than `minDelta`, 0 unless told. */
  earlyStopping?: { patience: number; minDelta?: number };
  /**
   * Gives the net the parameters of its best epoch when the fit has come to its end; an epoch that the fit leaves off is
   * given up. A net that was trained before, or given its weights, is evaluated first, here and for `earlyStopping`, and
   * counts as epoch 0.
   */
  keepBest?: boolean;
}

/** Throws ArgumentError for options that ask what no validation could answer. */
export function checkBest({ loss }: NetworkOptions, validation: Dataset | undefined, options: BestOptions): void {
  const { metric = 'loss', earlyStopping, keepBest } = options;
  if (!metrics.includes(metric)) {
    throw new ArgumentError(`fit: metric must be 'loss', 'accuracy' or 'exactMatch', found ${shown(metric)}`);
  }
  const asked = earlyStopping ? 'earlyStopping' : keepBest ? 'keepBest' : undefined;
  if (asked && !validation) throw new ArgumentError(`fit: ${asked} needs a validation set, found none`);
  if (earlyStopping) {
    checkKeys('fit: earlyStopping', earlyStopping, ['patience', 'minDelta']);
    checkCount('fit: earlyStopping.patience', earlyStopping.patience);
    const { minDelta = 0 } = earlyStopping;
    checkNumber('fit: earlyStopping.minDelta', minDelta, 'a finite number ≥ 0', (value) => value >= 0);
  }
  if (metric === 'accuracy' && validation && !hasClasses(validation, loss)) {
    throw new ArgumentError(
      `fit: metric 'accuracy' needs classes, found ${validation.name} with values under ${loss.name}`,
    );
  }
  if (metric === 'exactMatch' && validation && !hasLabels(validation, loss)) {
    throw new ArgumentError(
      `fit: metric 'exactMatch' needs values under sigmoidCrossEntropy or binaryCrossEntropy, found ${validation.name} with ${validation.targets.kind} under ${loss.name}`,
    );
  }
}

/** Sees the validation of one epoch after another. */
export function bestEpoch({ metric = 'loss', earlyStopping }: BestOptions) {
  const { patience = Number.POSITIVE_INFINITY, minDelta = 0 } = earlyStopping ?? {};
  const none = { epoch: 0, score: Number.POSITIVE_INFINITY };
  let best = none;
  /** The last one that was better by more than minDelta. */
  let leap = none;
  return {
    /** Whether it is the best so far; of equals that is the first. */
    see(epoch: number, validation: Evaluation): boolean {
      const score = metric === 'loss' ? validation.loss : -validation[metric]!;
      if (score < leap.score - minDelta) leap = { epoch, score };
      if (!(score < best.score)) return false;
      best = { epoch, score };
      return true;
    },
    /** 0 for the net as the fit found it, and where no epoch had a loss that is a number. */
    get epoch(): number {
      return best.epoch;
    },
    isOverdue: (epoch: number): boolean => epoch - leap.epoch >= patience,
  };
}
