/** The evaluations of a net: with programs of their own, beside its training step. */
import type { AnyDataset } from '../data/streamed.ts';
import type { Compiled } from './compiled.ts';
import { type EvaluateOptions, type Evaluation, type Evaluator, evaluateOn, measuring } from './evaluate.ts';
import type { Feed } from './feed.ts';
import type { EvaluationGraph } from './graphs.ts';
import { type Validation, validationOn } from './validation.ts';

export interface Evaluations {
  evaluate(samples: AnyDataset, options: EvaluateOptions): Promise<Evaluation>;
  /** Work on the validation set of a fit, if there is one, which stays on the device meanwhile. */
  validated<T>(
    samples: AnyDataset | undefined,
    options: Pick<EvaluateOptions, 'maxBytes' | 'metrics'>,
    work: (validation?: Validation) => Promise<T>,
  ): Promise<T>;
}

export function evaluationsOf(net: Compiled): Evaluations {
  const { session, access } = net;
  const graphs = new Map<string, EvaluationGraph>();
  /**
   * Work on the program that evaluates, and a data set for it. What keeps something of every batch has no room for two
   * evaluations at a time, and so a program for each of the two that may be under way.
   */
  const evaluating = <T>(
    what: 'evaluate' | 'validate',
    samples: AnyDataset,
    { maxBytes, metrics }: Pick<EvaluateOptions, 'maxBytes' | 'metrics'>,
    work: (evaluator: Evaluator, feed: Feed) => Promise<T>,
  ): Promise<T> => {
    const { key, isPerBatch, build } = measuring(session.task, samples, metrics);
    const name = `${isPerBatch ? what : 'evaluate'} ${key}`;
    const built = graphs.get(name) ?? build();
    graphs.set(name, built);
    return net.on({ name, graph: () => built.graph, keep: () => false, averaged: true }, (program) =>
      net.feeds.use(samples, program, { maxBytes }, (feed) => work({ ...built, program }, feed)),
    );
  };
  return {
    evaluate: (samples, options) =>
      evaluating('evaluate', samples, options, (evaluator, feed) =>
        evaluateOn(session.engine, evaluator, feed, session.task, options),
      ),
    validated(samples, options, work) {
      if (!samples) return work();
      return evaluating('validate', samples, options, (evaluator, feed) =>
        work(validationOn(evaluator, feed, session.task, access)),
      );
    },
  };
}
