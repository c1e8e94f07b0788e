/** Loss and accuracy on a data set, and predictions for single samples; neither changes anything. */
import type { Dataset } from './data/dataset.ts';
import { defaultMilliseconds, drive } from './drive.ts';
import type { Engine, Program } from './engine.ts';
import { batchRow, type Feed } from './feed.ts';
import type { LossFunction } from './losses.ts';
import { features, outputs } from './model.ts';
import type { NetworkOptions } from './network.ts';
import { valuesOfTotal } from './ops/total.ts';
import { stepRow } from './step.ts';
import { toColumns, toSamples } from './tensor.ts';

export interface Evaluation {
  /** Mean per sample. */
  readonly loss: number;
  /** Share of samples put in their class; absent where the targets are no classes. */
  readonly accuracy?: number;
  readonly count: number;
}

/** What a total has come to in all its columns. */
export const readTotal = async (program: Program, name: string): Promise<number> =>
  valuesOfTotal(await program.read(name)).reduce((sum, x) => sum + x, 0);

export interface EvaluateOptions {
  /** Stops between two submits; `evaluate` then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Told about every submit: samples queued so far, and in all. */
  onProgress?(progress: { readonly done: number; readonly count: number }): void;
}

/** Whether accuracy means something. */
export const hasClasses = ({ targets }: Dataset, loss: LossFunction): boolean =>
  targets.kind === 'labels' || loss.classifies;

/** Runs an evaluation program over a data set, in its order. */
export async function evaluateOn(
  engine: Engine,
  program: Program,
  { program: feed, dataset }: Feed,
  { batch, loss }: NetworkOptions,
  { signal, onProgress }: EvaluateOptions = {},
): Promise<Evaluation> {
  const { count } = dataset;
  const totals = ['lossTotal', 'correctTotal'];
  for (const name of totals) program.clear(name);
  await drive(engine, [feed, program], {
    steps: Math.ceil(count / batch),
    row: (i) => stepRow(batchRow(dataset, batch, i)),
    milliseconds: defaultMilliseconds(),
    signal,
    onSubmit: (steps) => onProgress?.({ done: Math.min(steps * batch, count), count }),
  });
  const [total, correct] = await Promise.all(totals.map((name) => readTotal(program, name)));
  return { loss: total / count, ...(hasClasses(dataset, loss) && { accuracy: correct / count }), count };
}

/** Batches of a prediction queued before the first is waited for. */
const AHEAD = 64;

/** x [n][features] -> [n][outputs]; up to 64 batches see the same weights, whatever is queued after the call. */
export async function predictOn(
  engine: Engine,
  program: Program,
  prediction: string,
  x: Float32Array,
  { model, batch }: NetworkOptions,
): Promise<Float32Array> {
  const [inputs, classes] = [features(model), outputs(model)];
  const count = x.length / inputs;
  const out = new Float32Array(count * classes);
  const predict = async (start: number): Promise<void> => {
    const n = Math.min(batch, count - start);
    program.write('x', toColumns(x.subarray(start * inputs, (start + n) * inputs), inputs, batch));
    engine.run([program], [stepRow({ columns: n })]);
    out.set(toSamples(await program.read(prediction), classes, batch, n), start * classes);
  };
  for (let first = 0; first < count; first += AHEAD * batch) {
    const starts = Array.from({ length: AHEAD }, (_, i) => first + i * batch).filter((start) => start < count);
    await Promise.all(starts.map(predict));
  }
  return out;
}
