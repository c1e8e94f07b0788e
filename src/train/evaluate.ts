/** Loss and accuracy on a data set. Nothing of the net changes. */
import { NonFiniteError } from '../base/errors.ts';
import { together } from '../base/together.ts';
import type { AnyDataset } from '../data/streamed.ts';
import type { Engine, Program } from '../engine/engine.ts';
import { defaultMilliseconds, queueSteps } from '../engine/run-steps.ts';
import { stepRow } from '../graph/step-row.ts';
import { type Metric, questionOf, type ResultsOf, type Subject } from '../metrics/metric.ts';
import type { LossFunction } from '../nn/losses/loss.ts';
import { choicesIn, outputs } from '../nn/model.ts';
import { valuesOfTotal } from '../ops/total.ts';
import { stepsIn } from './batches.ts';
import type { Feed } from './feed.ts';
import { type EvaluationGraph, evaluationGraph, type Task } from './graphs.ts';
import { type Ring, sumOf, totalsIn, wantedOf } from './totals.ts';

/** Result of an evaluation. */
export interface Evaluation {
  /** Mean loss per sample. */
  readonly loss: number;
  /**
   * Fraction that is right, from 0 to 1. With class labels, and with losses that choose between classes: fraction of samples
   * whose highest output is where their highest target is; of pixels, where the output is an image. With `sigmoidCrossEntropy` and `binaryCrossEntropy` on values:
   * fraction of outputs on the same side of 1/2 as their target, over all outputs and samples. Absent for other losses on
   * values.
   */
  readonly accuracy?: number;
  /** With `sigmoidCrossEntropy` and `binaryCrossEntropy` on values: fraction of samples with all outputs right; else absent. */
  readonly exactMatch?: number;
  /** Samples evaluated. */
  readonly count: number;
  /** Results of the `metrics` that were asked for; absent without them. */
  readonly metrics?: object;
}

/** Result of an evaluation with metrics: what they give, by name, is in `metrics`. */
export type Measured<M extends readonly Metric[]> = Evaluation & {
  /** Results of the metrics, by name. */
  readonly metrics: ResultsOf<M>;
};

/** Options of {@link Trainer.evaluate}. */
export interface EvaluateOptions<M extends readonly Metric[] = readonly Metric[]> {
  /** What to measure besides, such as `[precisionRecallF1(), confusion()]`. Default: nothing. */
  metrics?: M;
  /** Bytes of the data set to keep on the device, as in {@link FitOptions}. */
  maxBytes?: number;
  /** Stops the evaluation, which then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Called as work is submitted, with the samples submitted so far (`done`) and the samples in all (`count`). */
  onProgress?(progress: { readonly done: number; readonly count: number }): void;
}

/** Whether accuracy means something. */
export const hasClasses = ({ targets }: AnyDataset, loss: LossFunction): boolean =>
  questionOf({ targets, loss }) !== 'values';

/** Whether every output is right or wrong by itself; class labels say of one that it is the highest, whatever the loss. */
export const hasLabels = ({ targets }: AnyDataset, loss: LossFunction): boolean =>
  questionOf({ targets, loss }) === 'labels';

/** A program that evaluates, with what it was made of. */
export interface Evaluator extends Pick<EvaluationGraph, 'totals' | 'readers'> {
  readonly program: Program;
}

/** The totals of an evaluation are in slots: one for calls that wait for their turn, the others for validations of a fit. */
const ring = ({ program, totals }: Evaluator): Ring => ({ program, names: totals, first: 0, count: 1 });

/**
 * Runs an evaluation program over a data set, in its order. Throws NonFiniteError where the loss or an output is no finite
 * number.
 */
export async function evaluateOn(
  engine: Engine,
  evaluator: Evaluator,
  { program: feed, dataset, batches: batchesOf }: Feed,
  task: Task,
  { signal, onProgress }: EvaluateOptions = {},
): Promise<Evaluation> {
  const { count } = dataset;
  const { batch } = task;
  const programs = [feed, evaluator.program];
  await engine.prepare([programs]);
  const steps = stepsIn(dataset, batch);
  const batches = batchesOf({ first: 0, last: steps, keyOf: () => undefined });
  const { done } = await queueSteps(engine, {
    steps,
    programs: () => programs,
    ready: batches.ready,
    row: (i) => stepRow({ ...batches.row(i), begins: Number(i === 0) }),
    milliseconds: defaultMilliseconds(),
    signal,
    onSubmit: (queued) => onProgress?.({ done: Math.min(queued * batch, count), count }),
  }).finally(() => batches.close(signal));
  const totals = ring(evaluator);
  const [, read] = await together([done, engine.read(wantedOf(totals, 0, 0))]);
  return evaluationOf(dataset, task, evaluator, totalsIn(totals, 0, 0, read)(0));
}

/** What the totals over all samples of a data set come to. Throws as `evaluateOn` does. */
export function evaluationOf(
  dataset: AnyDataset,
  { batch, loss, model }: Task,
  { totals: names, readers }: Evaluator,
  totals: readonly Float32Array[],
): Evaluation {
  const { count } = dataset;
  const [losses, right] = totals.slice(0, 2).map(valuesOfTotal); // right: [3, batch]
  const total = sumOf(losses);
  const [highest, sides, all] = [0, 1, 2].map((row) => sumOf(right.subarray(row * batch, (row + 1) * batch)));
  if (![total, highest].every(Number.isFinite)) {
    const what = Number.isFinite(total) ? 'an output' : `the sum of the losses is ${total}, or an output`;
    throw new NonFiniteError(`evaluate: on ${dataset.name} ${what} is too large for a 32-bit float. ${remedy}`);
  }
  const scores = hasLabels(dataset, loss)
    ? { accuracy: sides / (count * outputs(model)), exactMatch: all / count }
    : hasClasses(dataset, loss) && { accuracy: highest / (count * choicesIn(model, loss)) };
  const evaluation = { loss: total / count, ...scores, count };
  if (readers.length === 0) return evaluation;
  const byName = new Map(names.map((name, i) => [name, totals[i]]));
  const found = { subject: subjectOf(dataset, { model, loss }), evaluation, totals: byName };
  return { ...evaluation, metrics: Object.assign({}, ...readers.map((results) => results(found))) };
}

/** What metrics measure. */
export const subjectOf = (
  { name, targets, classNames }: AnyDataset,
  { model, loss }: Pick<Task, 'model' | 'loss'>,
): Subject => ({
  ...{ name, targets, classNames, loss, choices: choicesIn(model, loss) },
});

/** What measures a data set: a graph to be built, and a key that is equal for equal graphs. */
export function measuring(
  task: Task,
  dataset: AnyDataset,
  metrics: readonly Metric[] = [],
): { readonly key: string; readonly isPerBatch: boolean; readonly build: () => EvaluationGraph } {
  if (metrics.length === 0) return { key: '', isPerBatch: false, build: () => evaluationGraph(task) };
  const question = questionOf(subjectOf(dataset, task));
  const isPerBatch = metrics.some(({ rule }) => rule.perBatch);
  // A power of two, so that data sets of many sizes share a few programs.
  const batches = isPerBatch ? 2 ** Math.ceil(Math.log2(stepsIn(dataset, task.batch))) : 0;
  const key = [question, batches, ...metrics.map(({ name }) => name)].join(' ');
  return { key, isPerBatch, build: () => evaluationGraph(task, { metrics, question, batches }) };
}

export const remedy = 'The parameters are finite, but they or the inputs are too large.';
