/** Tracks the best epoch of a fit by its validation, and decides when to stop early. */
import { checkCount, checkFlag, checkKeys, checkNumber, isList, member } from '../base/arguments.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { type Known, sameDataset } from '../data/identity.ts';
import type { AnyDataset } from '../data/streamed.ts';
import type { Tensors } from '../engine/named-tensors.ts';
import { type Metric, questionOf } from '../metrics/metric.ts';
import { askedOf, type Metrics } from './asked.ts';
import type { Evaluation } from './evaluate.ts';
import type { Task } from './graphs.ts';

/**
 * A number by which epochs are compared: a field of {@link Evaluation}, or a result of one of the `metrics` of the fit, such as
 * `'f1'`. Of several outputs it is `'loss'`, or one of an output, such as `'digit.accuracy'`. The lowest loss or error is best, and
 * the highest of the others.
 */
export type MetricName = 'loss' | 'accuracy' | 'exactMatch' | (string & {});

/** How a number that decides is called in files: 'loss', 'precisionRecallF1().f1', 'digit.loss'. */
export const isMeasure = (value: unknown): value is string =>
  typeof value === 'string' && /^(.+\.)?(loss|accuracy|exactMatch|\w+\(.*\)\.\w+)$/s.test(value);

/** What decides which epoch is best. */
interface Measure {
  readonly name: string;
  /** Whether more is better of the number itself. */
  readonly highest: boolean;
  /** Less is better. */
  score(evaluation: Evaluation): number;
}

const listed = (metrics: Metrics = []): readonly Metric[] => (isList(metrics) ? metrics : []);

/** 'digit.accuracy' -> ['digit', 'accuracy'], and 'loss' -> [undefined, 'loss']. */
function namesIn(metric: string): [output: string | undefined, own: string] {
  const at = typeof metric === 'string' ? metric.lastIndexOf('.') : -1;
  return at < 0 ? [undefined, metric] : [metric.slice(0, at), metric.slice(at + 1)];
}

/** Undefined for a name that neither an evaluation nor one of its metrics has. */
function measureOf({ metric = 'loss', metrics }: BestOptions): Measure | undefined {
  const [output, own] = namesIn(metric);
  if (output === undefined) return ownMeasure(own, metrics);
  const measure = ownMeasure(own, member(metrics, output) as Metrics | undefined);
  const score = ({ outputs }: Evaluation): number => measure!.score(outputs![output] as Evaluation);
  return measure && { ...measure, name: `${output}.${measure.name}`, score };
}

/** The same of one output. */
function ownMeasure(metric: string, metrics: Metrics | undefined): Measure | undefined {
  if (metric === 'loss') return { name: metric, highest: false, score: ({ loss }) => loss };
  if (metric === 'accuracy') return { name: metric, highest: true, score: ({ accuracy }) => -accuracy! };
  if (metric === 'exactMatch') return { name: metric, highest: true, score: ({ exactMatch }) => -exactMatch! };
  const from = typeof metric === 'string' && listed(metrics).find(({ best }) => Object.hasOwn(best, metric));
  if (!from) return undefined;
  const sign = from.best[metric] === 'lowest' ? 1 : -1;
  const score = (found: Evaluation): number => sign * Number(member(found.metrics, metric));
  return { name: `${from.name}.${metric}`, highest: sign < 0, score };
}

/** The number that decides, of a validation. */
export function outcomeOf(validation: Evaluation, options: BestOptions): { value: number; highest: boolean } {
  const { highest, score } = measureOf(options)!;
  return { highest, value: highest ? -score(validation) : score(validation) };
}

/**
 * Options of {@link Trainer.fit} about its best epoch; `earlyStopping` and `keepBest` need a `validation` set.
 *
 * With one of these two, a net that was trained before, or given its weights, is evaluated first and counts as epoch 0. A fit
 * that was aborted, or saved before its end and loaded, is continued by the next fit on the same data sets with the same
 * `metric`, `minDelta` and `keepBest`: the best epoch, its parameters and the epochs waited are those of both.
 */
export interface BestOptions {
  /** What to measure of the validation besides, such as `[precisionRecallF1()]`; of several outputs by name. Default: nothing. */
  metrics?: Metrics;
  /** The number that decides which epoch is best. Default: `'loss'`. */
  metric?: MetricName;
  /** Ends the fit when no epoch has been better for a while. Default: off. */
  earlyStopping?: {
    /** Epochs in a row without an improvement before the fit ends, a positive integer. */
    patience: number;
    /** An epoch is an improvement if its metric is better by more than this. Default: 0. */
    minDelta?: number;
  };
  /**
   * Whether the net gets the parameters of its best epoch when the fit ends; the optimizer keeps its state. A fit that rejects
   * leaves the net as its last step left it. Default: false.
   */
  keepBest?: boolean;
}

/** Throws ArgumentError for options that ask what no validation could answer. */
export function checkBest(task: Task, validation: AnyDataset | undefined, options: BestOptions): void {
  const { loss } = task;
  const { metric = 'loss', metrics = [], earlyStopping, keepBest } = options;
  const [output, own] = namesIn(metric);
  const outputs = loss.heads?.map(({ name }) => name);
  if (outputs && metric !== 'loss' && !outputs.includes(output ?? '')) {
    const expected = `'loss' or one of an output, such as '${outputs[0]}.loss', for a model of several outputs`;
    throw new ArgumentError(`fit: metric must be ${expected}, found ${showValue(metric)}`);
  }
  const asked = validation && askedOf(task, validation, options.metrics, 'fit: metrics');
  if (!validation && options.metrics !== undefined)
    throw new ArgumentError('fit: metrics need a validation set, found none');
  if (!measureOf(options) || (output !== undefined && !outputs)) {
    const known = listed(outputs && output !== undefined ? (member(metrics, output) as Metrics) : metrics);
    const names = ['accuracy', ...known.flatMap(({ best }) => Object.keys(best)), 'exactMatch'];
    const expected = names
      .map((name) => `'${name}'`)
      .join(', ')
      .replace(/, ('exactMatch')$/, ' or $1');
    throw new ArgumentError(`fit: metric must be 'loss', ${expected}, found ${showValue(metric)}`);
  }
  checkFlag('fit: keepBest', keepBest);
  if (earlyStopping !== undefined) {
    checkKeys('fit: earlyStopping', earlyStopping, ['patience', 'minDelta']);
    checkCount('fit: earlyStopping.patience', earlyStopping.patience);
    const { minDelta = 0 } = earlyStopping;
    checkNumber('fit: earlyStopping.minDelta', minDelta, 'a finite number ≥ 0', (value) => value >= 0);
  }
  const wanted = earlyStopping ? 'earlyStopping' : keepBest ? 'keepBest' : undefined;
  if (wanted && !validation) throw new ArgumentError(`fit: ${wanted} needs a validation set, found none`);
  const subject = asked?.find(({ name }) => name === (output ?? ''))?.subject;
  if (own === 'accuracy' && subject && questionOf(subject) === 'values') {
    throw new ArgumentError(
      `fit: metric '${metric}' needs classes, found ${subject.name} with target values and the loss ${subject.loss.name}`,
    );
  }
  if (own === 'exactMatch' && subject && questionOf(subject) !== 'labels') {
    throw new ArgumentError(
      `fit: metric '${metric}' needs target values and sigmoidCrossEntropy or another loss on labels, found ${subject.name} with ${subject.targets.kind} and ${subject.loss.name}`,
    );
  }
}

/**
 * What a fit with `keepBest` or `earlyStopping` knows of its epochs. It lives until the fit comes to its end, also where that
 * is aborted, saved and loaded in between; another fit, `step` and `setParameters` give it up.
 */
export interface BestSoFar {
  /** The training and validation that it belongs to. */
  readonly dataset: Known;
  readonly validation: Known;
  /** The number that decides, by its name in files. */
  readonly metric: string;
  readonly minDelta: number;
  readonly keepBest: boolean;
  /** The last epoch whose validation is known. Epochs are those of the net, as in `Position`. */
  readonly seen: number;
  /** The best one, and the last one that was better by more than minDelta. */
  readonly best?: Score;
  readonly leap?: Score;
  /** Parameters of the best one, with `keepBest`. */
  readonly weights?: Tensors;
}

/** What an epoch scores; less is better. */
export interface Score {
  readonly epoch: number;
  readonly score: number;
}

/** Before the first epoch of a fit is done. */
export function nothingSeen(
  dataset: AnyDataset,
  options: BestOptions & { validation?: AnyDataset },
  seen: number,
): BestSoFar {
  const { earlyStopping, keepBest = false } = options;
  const metric = measureOf(options)!.name;
  const { minDelta = 0 } = earlyStopping ?? {};
  return { dataset, validation: options.validation ?? dataset, metric, minDelta, keepBest, seen };
}

/** Whether one fit goes on with what another has seen: on the same samples, by the same measure. */
export const isOf = (one: BestSoFar, other: BestSoFar): boolean =>
  one.metric === other.metric &&
  one.minDelta === other.minDelta &&
  one.keepBest === other.keepBest &&
  sameDataset(one.dataset, other.dataset) &&
  sameDataset(one.validation, other.validation);

/**
 * With the validation of one more epoch; of equals the first is the best. Throws DataError where the metric is no finite
 * number.
 */
export function withEpoch(before: BestSoFar, epoch: number, validation: Evaluation, options: BestOptions): BestSoFar {
  const { minDelta, best, leap } = before;
  const score = measureOf(options)!.score(validation);
  if (!Number.isFinite(score)) {
    throw new DataError(
      `fit: metric '${options.metric}' must be a finite number to compare epochs by, found ${score} on the validation set`,
    );
  }
  const isBelow = (bar: number | undefined): boolean => bar === undefined || score < bar;
  return {
    ...before,
    seen: epoch,
    best: isBelow(best?.score) ? { epoch, score } : best,
    leap: isBelow(leap && leap.score - minDelta) ? { epoch, score } : leap,
  };
}

/** Whether there was no better epoch for too long. */
export const isOverdue = ({ seen, leap }: BestSoFar, { earlyStopping }: BestOptions): boolean =>
  seen - (leap?.epoch ?? seen) >= (earlyStopping?.patience ?? Number.POSITIVE_INFINITY);
