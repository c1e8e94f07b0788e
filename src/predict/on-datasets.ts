/** What a predictor does with data sets, which a page that predicts for samples of its own has no need of. */

import { ArgumentError } from '../base/errors.ts';
import type { AnyDataset } from '../data/streamed.ts';
import type { LossFunction } from '../nn/losses/loss.ts';
import { lossNamed, type NamedLoss } from '../nn/losses/registry.ts';
import { outputs } from '../nn/model.ts';
import type { Saved } from '../saved/model-text.ts';
import { Access } from '../train/access.ts';
import { askedOf } from '../train/asked.ts';
import { datasetFor, inputsFor } from '../train/dataset-for.ts';
import { type EvaluateOptions, type Evaluation, type Evaluator, evaluateOn, measuring } from '../train/evaluate.ts';
import { feeds } from '../train/feed.ts';
import { checkEvaluate } from '../train/fit-options.ts';
import type { Task } from '../train/graphs.ts';
import { lossFor } from '../train/loss-for.ts';
import { samplesIn } from '../train/predict.ts';
import type { Batcher } from './batcher.ts';
import type { Opened } from './opened.ts';

/** Samples of a batch of an evaluation. */
const BATCH = 256;

async function taskOf({ saved: { model, loss }, losses: own }: Opened, batch: number): Promise<Task> {
  const lossOf = (one: NamedLoss): Promise<LossFunction> =>
    lossNamed(one, own).catch((cause) => {
      throw new ArgumentError(`evaluate: ${cause.message}`, { cause });
    });
  if (!loss.outputs) return { model, batch, loss: await lossOf(loss) };
  const [losses, lossWeights]: [Record<string, LossFunction>, Record<string, number>] = [{}, {}];
  for (const [name, { weight, ...one }] of Object.entries(loss.outputs)) {
    losses[name] = await lossOf(one);
    lossWeights[name] = weight;
  }
  return { model, batch, loss: lossFor('evaluate', model, { loss: losses, lossWeights }) };
}

/** [n][outputs] for the samples of a data set, whose scale is its own. */
export async function predictOn(dataset: AnyDataset, saved: Saved, batcher: Batcher): Promise<Float32Array> {
  const { count, parts } = samplesIn(saved.model, inputsFor(saved.model, dataset, 'predict'), batcher.most);
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
export async function evaluatorOn(opened: Opened) {
  const { engine, batcher } = opened;
  const task = await taskOf(opened, Math.min(BATCH, batcher.most));
  const access = new Access();
  const use = feeds(engine, task).use;
  const known = new Map<string, Promise<Evaluator>>();
  const evaluatorFor = (dataset: AnyDataset, { metrics }: EvaluateOptions): Promise<Evaluator> => {
    const { key, build } = measuring(task, dataset, metrics);
    const make = async (): Promise<Evaluator> => {
      const built = build();
      return { ...built, program: await engine.program(built.graph, { keep: () => false, shared: [batcher.weights] }) };
    };
    const made = known.get(key) ?? make();
    known.set(key, made);
    made.catch(() => known.delete(key));
    return made;
  };
  return async (dataset: AnyDataset, options: EvaluateOptions): Promise<Evaluation> => {
    checkEvaluate(options);
    const samples = datasetFor(task, dataset, 'evaluate');
    askedOf(task, samples, options.metrics, 'evaluate: metrics');
    const evaluator = await evaluatorFor(samples, options);
    return access.take(() =>
      use(samples, evaluator.program, options, (feed) => evaluateOn(engine, evaluator, feed, task, options)),
    );
  };
}
