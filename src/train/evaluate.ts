/** Loss and accuracy on a data set. Nothing of the net changes. */
import { NonFiniteError } from '../base/errors.ts';
import { together } from '../base/together.ts';
import type { AnyDataset } from '../data/streamed.ts';
import type { Engine, Program } from '../engine/engine.ts';
import { defaultMilliseconds, queueSteps } from '../engine/run-steps.ts';
import { stepRow } from '../graph/step-row.ts';
import { isPerLabel, type LossFunction } from '../nn/losses.ts';
import { outputs } from '../nn/model.ts';
import { stepsIn } from './batches.ts';
import type { Feed } from './feed.ts';
import type { Task } from './graphs.ts';
import { type Ring, sumOf, totalsIn, wantedOf } from './totals.ts';

/** Result of an evaluation. */
export interface Evaluation {
  /** Mean loss per sample. */
  readonly loss: number;
  /**
   * Fraction that is right, from 0 to 1. With class labels, and with losses that choose between classes: fraction of samples
   * whose highest output is where their highest target is. With `sigmoidCrossEntropy` and `binaryCrossEntropy` on values:
   * fraction of outputs on the same side of 1/2 as their target, over all outputs and samples. Absent for other losses on
   * values.
   */
  readonly accuracy?: number;
  /** With `sigmoidCrossEntropy` and `binaryCrossEntropy` on values: fraction of samples with all outputs right; else absent. */
  readonly exactMatch?: number;
  /** Samples evaluated. */
  readonly count: number;
}

/** Options of {@link Trainer.evaluate}. */
export interface EvaluateOptions {
  /** Bytes of the data set to keep on the device, as in {@link FitOptions}. */
  maxBytes?: number;
  /** Stops the evaluation, which then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Called as work is submitted, with the samples submitted so far (`done`) and the samples in all (`count`). */
  onProgress?(progress: { readonly done: number; readonly count: number }): void;
}

/** Whether accuracy means something. */
export const hasClasses = ({ targets }: AnyDataset, loss: LossFunction): boolean =>
  targets.kind === 'labels' || loss.classifies;

/** Whether every output is right or wrong by itself; class labels say of one that it is the highest, whatever the loss. */
export const hasLabels = ({ targets }: AnyDataset, loss: LossFunction): boolean =>
  targets.kind === 'values' && isPerLabel(loss);

/** The totals of an evaluation, in slots: one for calls that wait for their turn, the others for the validations of a fit. */
export const TOTALS = ['lossTotal', 'correctTotal'] as const;
const ring = (program: Program): Ring => ({ program, names: TOTALS, first: 0, count: 1 });

/**
 * Runs an evaluation program over a data set, in its order. Throws NonFiniteError where the loss or an output is no finite
 * number.
 */
export async function evaluateOn(
  engine: Engine,
  program: Program,
  { program: feed, dataset, batches: batchesOf }: Feed,
  task: Task,
  { signal, onProgress }: EvaluateOptions = {},
): Promise<Evaluation> {
  const { count } = dataset;
  const { batch } = task;
  const programs = [feed, program];
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
  const totals = ring(program);
  const [, read] = await together([done, engine.read(wantedOf(totals, 0, 0))]);
  return evaluationOf(dataset, task, totalsIn(totals, 0, 0, read)(0));
}

/** What the totals over all samples of a data set come to, in the order of `TOTALS`. Throws as `evaluateOn` does. */
export function evaluationOf(
  dataset: AnyDataset,
  { batch, loss, model }: Task,
  [losses, right]: readonly Float64Array[], // right: [3, batch]
): Evaluation {
  const { count } = dataset;
  const total = sumOf(losses);
  const [highest, sides, all] = [0, 1, 2].map((row) => sumOf(right.subarray(row * batch, (row + 1) * batch)));
  if (![total, highest].every(Number.isFinite)) {
    const what = Number.isFinite(total) ? 'an output' : `the sum of the losses is ${total}, or an output`;
    throw new NonFiniteError(`evaluate: on ${dataset.name} ${what} is too large for a 32-bit float. ${remedy}`);
  }
  const scores = hasLabels(dataset, loss)
    ? { accuracy: sides / (count * outputs(model)), exactMatch: all / count }
    : hasClasses(dataset, loss) && { accuracy: highest / count };
  return { loss: total / count, ...scores, count };
}

export const remedy = 'The parameters are finite, but they or the inputs are too large.';
