/** Adam and AdamW: running averages of the gradient and of its square. */
import { checkKeys } from '../../base/arguments.ts';
import { append } from '../../graph/graph.ts';
import { stepOf } from '../../graph/leaf.ts';
import { average, averageSquare, normalize } from '../../ops/optimizer-steps.ts';
import type { LearningRate } from '../learning-rate.ts';
import { type Decayed, type Optimizer, ofRule, type Rule } from './optimizer.ts';

/** Options of {@link adam} and {@link adamw}. */
export interface AdamOptions {
  /** η: a number ≥ 0, or a schedule. Default: 0.001. */
  learningRate?: LearningRate;
  /** β₁ in [0, 1), of the average of g. Default: 0.9. */
  beta1?: number;
  /** β₂ in [0, 1), of the average of g². Default: 0.999. */
  beta2?: number;
  /** ε, added to the root, at least 1e-15. Default: 1e-8. */
  epsilon?: number;
  /** λ ≥ 0: L2 for `adam` (`g + λ θ`), decoupled for `adamw`. Default: 0 for `adam`, 0.01 for `adamw`. */
  weightDecay?: number;
  /** Which parameters decay. Default: `'all'`. */
  decayed?: Decayed;
}

/**
 * Adam (Kingma & Ba 2015): `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`, `θ ← θ − η m̂ / (√v̂ + ε)`, with
 * `m̂ = m / (1 − β₁ᵗ)` and `v̂ = v / (1 − β₂ᵗ)` in update t = 1, 2, ...
 *
 * @throws {ArgumentError} For a number out of its range or an unknown option.
 */
export const adam = (options: AdamOptions = {}): Optimizer => adamLike(adamRule, 0, options);

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019): `θ ← θ − η (m̂ / (√v̂ + ε) + λ θ)`, with λ = 0.01 by default.
 *
 * @throws {ArgumentError} For a number out of its range or an unknown option.
 */
export const adamw = (options: AdamOptions = {}): Optimizer => adamLike(adamwRule, 0.01, options);

function adamLike(rule: Rule, decayByDefault: number, options: AdamOptions): Optimizer {
  checkKeys(rule.kind, options, ['learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay', 'decayed']);
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { weightDecay = decayByDefault, decayed = 'all' } = options;
  return ofRule(rule, { learningRate, momentum: beta1, decay: beta2, epsilon, weightDecay, decayed });
}

const adamRule: Rule = {
  kind: 'adam',
  names: { momentum: 'beta1', decay: 'beta2' },
  divides: true,
  corrections: ({ momentum, decay }, t) => ({
    correction1: 1 / (1 - momentum ** t),
    correction2: 1 / Math.sqrt(1 - decay ** t),
  }),
  direction: ({ graph, optimizer, g, stateFrom, keep, overwrite }) => {
    const m = overwrite(average, [keep('m'), g], { beta: optimizer.momentum });
    const v = overwrite(averageSquare, [keep('v'), g], { beta: optimizer.decay });
    const { epsilon, momentum: beta1, decay: beta2 } = optimizer;
    const own = stateFrom > 0 && { from: stateFrom, beta1, beta2 };
    return append(graph, normalize, [m, v, stepOf(graph)], { epsilon, ...own });
  },
};
const adamwRule: Rule = { ...adamRule, kind: 'adamw', decoupled: true };
