/** What a predictor does with data sets, which a page that predicts for samples of its own has no need of. */

import type { AnyDataset } from '../data/streamed.ts';
import type { Program } from '../engine/engine.ts';
import { lossNamed } from '../nn/losses.ts';
import { outputs } from '../nn/model.ts';
import type { Saved } from '../saved/model-text.ts';
import { Access } from '../train/access.ts';
import { datasetFor, inputsFor } from '../train/dataset-for.ts';
import { type EvaluateOptions, type Evaluation, evaluateOn } from '../train/evaluate.ts';
import { feeds } from '../train/feed.ts';
import { checkEvaluate } from '../train/fit-options.ts';
import { evaluationGraph, type Task } from '../train/graphs.ts';
import { samplesIn } from '../train/predict.ts';
import type { Batcher } from './batcher.ts';
import type { Opened } from './opened.ts';

/** Samples of a batch of an evaluation. */
const BATCH = 256;

const taskOf = ({ model, loss: { name, ...options } }: Saved, batch: number): Task => ({
  ...{ model, batch },
  loss: lossNamed(name, options),
});

/** [n][outputs] for the samples of a data set, whose scale is its own. */
export async function predictOn(dataset: AnyDataset, saved: Saved, batcher: Batcher): Promise<Float32Array> {
  const { count, parts } = samplesIn(inputsFor(saved.model, dataset, 'predict'), batcher.most);
  const out = new Float32Array(count * outputs(saved.model));
  const all = parts(count);
  try {
    for (let at = 0; at < out.length; ) {
      const values = await batcher.run((await all.next()).value!);
      out.set(values, at);
      at += values.length;
    }
  } finally {
    await all.return?.();
  }
  return out;
}

/** Evaluates the weights of a predictor on data sets, one call after another, as they share their sums. */
export function evaluatorOn({ saved, engine, batcher }: Opened) {
  const task = taskOf(saved, Math.min(BATCH, batcher.most));
  const access = new Access();
  const use = feeds(engine, task).use;
  let made: Promise<Program> | undefined;
  return async (dataset: AnyDataset, options: EvaluateOptions): Promise<Evaluation> => {
    checkEvaluate(options);
    const samples = datasetFor(task, dataset, 'evaluate');
    made ??= engine.program(evaluationGraph(task).graph, { keep: () => false, shared: [batcher.weights] });
    made.catch(() => {
      made = undefined;
    });
    const program = await made;
    return access.take(() =>
      use(samples, program, options, (feed) => evaluateOn(engine, program, feed, task, options)),
    );
  };
}
