/** The list of all optimizers. The command, the page and the tests read it. */
import { adam, adamw, momentum, nesterov, type Optimizer, rmsprop, sgd } from './index.ts';

/** The function that makes each, by the kind that it makes. */
export const optimizers = { sgd, momentum, nesterov, rmsprop, adam, adamw } satisfies {
  readonly [K in Optimizer['kind']]: (options: { learningRate: number }) => Optimizer;
};
