/** Loss and accuracy on a data set, and predictions for single samples. Neither changes the net. */
import { NonFiniteError } from '../base/errors.ts';
import { toColumns, toSamples } from '../base/tensor.ts';
import { together } from '../base/together.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Engine, Program } from '../engine/engine.ts';
import { defaultMilliseconds, queueSteps } from '../engine/run-steps.ts';
import { stepRow } from '../graph/step-row.ts';
import { isPerLabel, type LossFunction } from '../nn/losses.ts';
import { features, outputs } from '../nn/model.ts';
import { valuesOfTotal } from '../ops/total.ts';
import { batchRow, type Feed } from './feed.ts';
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
  /** Stops the evaluation, which then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Called as work is submitted, with the samples submitted so far (`done`) and the samples in all (`count`). */
  onProgress?(progress: { readonly done: number; readonly count: number }): void;
}

/** Whether accuracy means something. */
export const hasClasses = ({ targets }: Dataset, loss: LossFunction): boolean =>
  targets.kind === 'labels' || loss.classifies;

/** Whether every output is right or wrong by itself; class labels say of one that it is the highest, whatever the loss. */
export const hasLabels = ({ targets }: Dataset, loss: LossFunction): boolean =>
  targets.kind === 'values' && isPerLabel(loss);

/**
 * Runs an evaluation program over a data set, in its order. Throws NonFiniteError where the loss or an output is no finite
 * number.
 */
export async function evaluateOn(
  engine: Engine,
  program: Program,
  { program: feed, dataset }: Feed,
  { batch, loss, model }: Task,
  { signal, onProgress }: EvaluateOptions = {},
): Promise<Evaluation> {
  const { count } = dataset;
  const totals = ['lossTotal', 'correctTotal'];
  const { done } = await queueSteps(engine, [feed, program], {
    steps: Math.ceil(count / batch),
    row: (i) => stepRow({ ...batchRow(dataset, batch, i), begins: Number(i === 0) }),
    milliseconds: defaultMilliseconds(),
    signal,
    onSubmit: (steps) => onProgress?.({ done: Math.min(steps * batch, count), count }),
  });
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

const remedy = 'The parameters are finite, but they or the inputs are too large.';
const sumOf = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0);

/** Batches of a prediction queued before the first is waited for. */
const AHEAD = 64;

/**
 * x [n][features] -> [n][outputs]; up to 64 batches see the same weights, whatever is queued after the call. Throws
 * NonFiniteError for an output that is no finite number.
 */
export async function predictOn(
  engine: Engine,
  program: Program,
  prediction: string,
  x: Float32Array,
  { model, batch }: Task,
): Promise<Float32Array> {
  const [inputs, classes] = [features(model), outputs(model)];
  const count = x.length / inputs;
  const out = new Float32Array(count * classes);
  const predict = async (start: number): Promise<void> => {
    const n = Math.min(batch, count - start);
    program.write('x', toColumns(x.subarray(start * inputs, (start + n) * inputs), inputs, batch));
    engine.run([program], [stepRow({ columns: n })]);
    const values = toSamples(await program.read(prediction), classes, batch, n);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      const place = `output ${bad % classes} of sample ${start + Math.floor(bad / classes)}`;
      throw new NonFiniteError(`predict: ${place} is ${values[bad]}. ${remedy}`);
    }
    out.set(values, start * classes);
  };
  for (let first = 0; first < count; first += AHEAD * batch) {
    const starts = Array.from({ length: AHEAD }, (_, i) => first + i * batch).filter((start) => start < count);
    await together(starts.map(predict));
  }
  return out;
}
