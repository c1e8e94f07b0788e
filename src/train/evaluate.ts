/** Loss and accuracy on a data set. Nothing of the net changes. */
import { NonFiniteError } from '../base/errors.ts';
import { together } from '../base/together.ts';
import type { AnyDataset } from '../data/streamed.ts';
import type { Engine, Program } from '../engine/engine.ts';
import { defaultMilliseconds, queueSteps } from '../engine/run-steps.ts';
import { stepRow } from '../graph/step-row.ts';
import { isPerLabel, type LossFunction } from '../nn/losses.ts';
import { outputs } from '../nn/model.ts';
import { valuesOfTotal } from '../ops/total.ts';
import { stepsIn } from './batches.ts';
import type { Feed } from './feed.ts';
import type { Task } from './graphs.ts';

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

/**
 * Runs an evaluation program over a data set, in its order. Throws NonFiniteError where the loss or an output is no finite
 * number.
 */
export async function evaluateOn(
  engine: Engine,
  program: Program,
  { program: feed, dataset, batches: batchesOf }: Feed,
  { batch, loss, model }: Task,
  { signal, onProgress }: EvaluateOptions = {},
): Promise<Evaluation> {
  const { count } = dataset;
  const totals = ['lossTotal', 'correctTotal'];
  const steps = stepsIn(dataset, batch);
  const batches = batchesOf({ first: 0, last: steps, keyOf: () => undefined });
  const { done } = await queueSteps(engine, [feed, program], {
    steps,
    ready: batches.ready,
    row: (i) => stepRow({ ...batches.row(i), begins: Number(i === 0) }),
    milliseconds: defaultMilliseconds(),
    signal,
    onSubmit: (queued) => onProgress?.({ done: Math.min(queued * batch, count), count }),
  }).finally(() => batches.close(signal));
  const [, found] = await together([done, program.readAll(totals)]);
  const [losses, right] = totals.map((name) => valuesOfTotal(found.get(name)!)); // right: [3, batch]
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
const sumOf = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0);
