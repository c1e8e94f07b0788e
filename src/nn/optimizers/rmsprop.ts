/** RMSProp: steps divided by a running root mean square of the gradient. */
import { checkKeys } from '../../base/arguments.ts';
import { append } from '../../graph/graph.ts';
import { stepOf } from '../../graph/leaf.ts';
import { averageSquare, normalize } from '../../ops/optimizer-steps.ts';
import type { LearningRate } from '../learning-rate.ts';
import { type Decayed, type Optimizer, ofRule, type Rule } from './optimizer.ts';

/** Options of {@link rmsprop}. */
export interface RmspropOptions {
  /** η: a number ≥ 0, or a schedule. Default: 0.001, as in Keras. */
  learningRate?: LearningRate;
  /** ρ in [0, 1), of the average of g². Default: 0.9, as in Keras. */
  decay?: number;
  /** ε, added to the root, at least 1e-15. Default: 1e-8. */
  epsilon?: number;
  /** λ ≥ 0: the gradient becomes `g + λ θ` (L2). Default: 0. */
  weightDecay?: number;
  /** Which parameters decay. Default: `'all'`. */
  decayed?: Decayed;
}

/**
 * RMSProp (Hinton 2012): `v ← ρ v + (1 − ρ) g²`, `θ ← θ − η g / (√v + ε)`.
 *
 * @throws {ArgumentError} For a number out of its range or an unknown option.
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  checkKeys('rmsprop', options, ['learningRate', 'decay', 'epsilon', 'weightDecay', 'decayed']);
  const { learningRate = 0.001, decay = 0.9, epsilon = 1e-8, weightDecay = 0, decayed = 'all' } = options;
  return ofRule(rmspropRule, { learningRate, decay, epsilon, weightDecay, decayed, momentum: 0 });
}

const rmspropRule: Rule = {
  kind: 'rmsprop',
  divides: true,
  direction: ({ graph, optimizer: { decay, epsilon }, g, keep, overwrite }) => {
    const v = overwrite(averageSquare, [keep('v'), g], { beta: decay });
    return append(graph, normalize, [g, v, stepOf(graph)], { epsilon });
  },
};
