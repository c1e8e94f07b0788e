/** Loss and accuracy on a data set. Nothing of the net changes. */
import { NonFiniteError } from '../base/errors.ts';
import { together } from '../base/together.ts';
import type { AnyDataset } from '../data/streamed.ts';
import type { Engine, Program } from '../engine/engine.ts';
import { defaultMilliseconds, queueSteps } from '../engine/run-steps.ts';
import { stepRow } from '../graph/step-row.ts';
import { type Metric, questionOf, type ResultsOf } from '../metrics/metric.ts';
import type { LossFunction } from '../nn/losses/loss.ts';
import { valuesOfTotal } from '../ops/total.ts';
import { type Asked, askedOf, type Metrics } from './asked.ts';
import { stepsIn } from './batches.ts';
import type { Feed } from './feed.ts';
import { type EvaluationGraph, evaluationGraph, type Task } from './graphs.ts';
import type { NonFiniteOptions } from './non-finite-options.ts';
import { type Ring, sumOf, totalsIn, wantedOf } from './totals.ts';

/** Result of an evaluation. */
export interface Evaluation {
  /** Mean loss per sample. Where samples have weights, the loss of each is multiplied by its own; all else is without them. */
  readonly loss: number;
  /**
   * Fraction that is right, from 0 to 1. With class labels, and with losses that choose between classes, it counts the samples
   * (the pixels, if the output is an image) whose highest output is where their highest target is. With values as targets and a
   * loss on labels (`sigmoidCrossEntropy`, `binaryCrossEntropy`, `focal`, `hinge`), it counts the outputs that are right about their
   * label, over all outputs and samples. Absent for other losses on values.
   */
  readonly accuracy?: number;
  /** With a loss on labels, on values: fraction of samples with all outputs right; else absent. */
  readonly exactMatch?: number;
  /** Samples evaluated. */
  readonly count: number;
  /** Results of the `metrics` that were asked for; absent without them. */
  readonly metrics?: object;
  /** Of a model of several outputs: what each comes to, by name. Then `loss` is the weighted sum, and there is no `accuracy`. */
  readonly outputs?: Readonly<Record<string, OutputEvaluation>>;
}

/** Result of an evaluation, of one of several outputs. */
export type OutputEvaluation = Pick<Evaluation, 'loss' | 'accuracy' | 'exactMatch' | 'metrics'>;

/** Result of an evaluation with metrics: what they give, by name, is in `metrics`. */
export type Measured<M extends Metrics> = Evaluation & {
  /** Results of the metrics, by name. */
  readonly metrics: M extends readonly Metric[] ? ResultsOf<M> : undefined;
};

/** Options of {@link Trainer.evaluate}. */
export interface EvaluateOptions<M extends Metrics = Metrics> extends NonFiniteOptions {
  /**
   * What to measure besides, such as `[precisionRecallF1(), confusion()]`; of several outputs by name, `{ digit: [confusion()] }`.
   * Default: nothing.
   */
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
  { signal, onProgress, allowNonFinite }: EvaluateOptions = {},
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
  return evaluationOf(dataset, task, evaluator, totalsIn(totals, 0, 0, read)(0), allowNonFinite);
}

/** What the totals over all samples of a data set come to. Throws as `evaluateOn` does. */
export function evaluationOf(
  dataset: AnyDataset,
  task: Task,
  { totals: names, readers }: Evaluator,
  totals: readonly Float32Array[],
  allowNonFinite = false,
): Evaluation {
  const { count } = dataset;
  const byName = new Map(names.map((name, i) => [name, totals[i]]));
  const asked = askedOf(task, dataset, undefined);
  const each = asked.map((one, i) => ofOutput(one, count, task.batch, byName, readers[i], allowNonFinite));
  if (!task.loss.heads) return each[0];
  const loss = asked.reduce((sum, { weight }, i) => sum + weight * each[i].loss, 0);
  const outputs = asked.map(({ name }, i): [string, OutputEvaluation] => {
    const { count: _, ...own } = each[i];
    return [name, own];
  });
  return { loss, count, outputs: Object.fromEntries(outputs) };
}

/** The same for one output. */
function ofOutput(
  { suffix, subject, outputs }: Asked,
  count: number,
  batch: number,
  totals: ReadonlyMap<string, Float32Array>,
  readers: EvaluationGraph['readers'][number],
  allowNonFinite: boolean,
): Evaluation {
  const [losses, right] = ['lossTotal', 'correctTotal'].map((of) => valuesOfTotal(totals.get(`${of}${suffix}`)!)); // right: [3, batch]
  const total = sumOf(losses);
  const [highest, sides, all] = [0, 1, 2].map((row) => sumOf(right.subarray(row * batch, (row + 1) * batch)));
  if (!allowNonFinite && ![total, highest].every(Number.isFinite)) {
    const what = Number.isFinite(total) ? 'an output' : `the sum of the losses is ${total}, or an output`;
    throw new NonFiniteError(`evaluate: on ${subject.name} ${what} is too large for a 32-bit float. ${remedy}`);
  }
  const question = questionOf(subject);
  const scores =
    question === 'labels'
      ? { accuracy: sides / (count * outputs), exactMatch: all / count }
      : question === 'class' && { accuracy: highest / (count * subject.choices) };
  const evaluation = { loss: total / count, ...scores, count };
  if (readers.length === 0) return evaluation;
  const found = { subject, evaluation, totals };
  return { ...evaluation, metrics: Object.assign({}, ...readers.map((results) => results(found))) };
}

/** What measures a data set: a graph to be built, and a key that is equal for equal graphs. */
export function measuring(
  task: Task,
  dataset: AnyDataset,
  metrics?: Metrics,
): { readonly key: string; readonly isPerBatch: boolean; readonly build: () => EvaluationGraph } {
  const asked = askedOf(task, dataset, metrics);
  const all = asked.flatMap(({ metrics }) => metrics);
  const weighted = Boolean(dataset.sampleWeights);
  const measured = { ...task, weighted };
  if (all.length === 0) return { key: `${weighted}`, isPerBatch: false, build: () => evaluationGraph(measured) };
  const isPerBatch = all.some(({ rule }) => rule.perBatch);
  // A power of two, so that data sets of many sizes share a few programs.
  const batches = isPerBatch ? 2 ** Math.ceil(Math.log2(stepsIn(dataset, task.batch))) : 0;
  const measures = asked.map(({ subject, metrics }) => ({ metrics, question: questionOf(subject), batches }));
  const key = measures
    .map(({ question, metrics }) => [question, batches, weighted, ...metrics.map(({ name }) => name)].join(' '))
    .join('; ');
  return { key, isPerBatch, build: () => evaluationGraph(measured, measures) };
}

export const remedy = 'The parameters are finite, but they or the inputs are too large.';
