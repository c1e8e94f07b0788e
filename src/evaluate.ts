/** Loss and accuracy on a data set, and predictions for single samples; neither changes anything. */
import { defaultMilliseconds, drive } from './drive.ts';
import type { Engine, Program } from './engine.ts';
import { batchRow, type Feed } from './feed.ts';
import { features, outputs } from './model.ts';
import type { NetworkOptions } from './network.ts';
import { stepRow } from './step.ts';
import { toColumns, toSamples } from './tensor.ts';

export interface Evaluation {
  /** Mean per sample. */
  readonly loss: number;
  /** Share of samples put in their class; absent where the targets are no classes. */
  readonly accuracy?: number;
  readonly count: number;
}

/** Runs an evaluation program over a data set, in its order. */
export async function evaluateOn(
  engine: Engine,
  program: Program,
  { program: feed, dataset }: Feed,
  { batch, loss }: NetworkOptions,
): Promise<Evaluation> {
  const { count } = dataset;
  for (const name of ['lossTotal', 'correctTotal']) program.write(name, new Float32Array(1));
  await drive(engine, [feed, program], {
    steps: Math.ceil(count / batch),
    row: (i) => stepRow(batchRow(dataset, batch, i)),
    milliseconds: defaultMilliseconds(),
  });
  const [[total], [correct]] = await Promise.all([program.read('lossTotal'), program.read('correctTotal')]);
  const areClasses = dataset.targets.kind === 'labels' || loss.classifies;
  return { loss: total / count, ...(areClasses && { accuracy: correct / count }), count };
}

/** x [n][features] -> [n][outputs], a batch at a time. */
export async function predictOn(
  engine: Engine,
  program: Program,
  prediction: string,
  x: ArrayLike<number>,
  { model, batch }: NetworkOptions,
): Promise<Float32Array> {
  const [inputs, classes] = [features(model), outputs(model)];
  const count = x.length / inputs;
  const out = new Float32Array(count * classes);
  for (let start = 0; start < count; start += batch) {
    const n = Math.min(batch, count - start);
    const samples = Float32Array.from({ length: n * inputs }, (_, i) => x[start * inputs + i]);
    program.write('x', toColumns(samples, inputs, batch));
    engine.run([program], [stepRow({ columns: n })]);
    out.set(toSamples(await program.read(prediction), classes, batch, n), start * classes);
  }
  return out;
}
