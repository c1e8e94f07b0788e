/** Stochastic gradient descent, plain and with momentum. */
import { checkFlag, checkKeys, member } from '../../base/arguments.ts';
import { ArgumentError } from '../../base/errors.ts';
import { append, type Node } from '../../graph/graph.ts';
import { addScaled, momentum as momentumOp } from '../../ops/optimizer-steps.ts';
import type { LearningRate } from '../learning-rate.ts';
import { type Decayed, type Optimizer, ofRule, type Rule, type UpdateSite } from './optimizer.ts';

/** Options of {@link sgd}, {@link momentum} and {@link nesterov}. */
export interface SgdOptions {
  /** η: a number ≥ 0, or a schedule. */
  learningRate: LearningRate;
  /** μ in [0, 1). Default: 0 for `sgd`, 0.9 for `momentum` and `nesterov`. */
  momentum?: number;
  /** Whether `sgd` uses Nesterov's form; it needs a momentum above 0. Default: false. */
  nesterov?: boolean;
  /** λ ≥ 0: the gradient becomes `g + λ θ` (L2). Default: 0. */
  weightDecay?: number;
  /** Which parameters decay. Default: `'all'`. */
  decayed?: Decayed;
}

const sgdOptions = ['learningRate', 'momentum', 'weightDecay', 'decayed'];

/**
 * Stochastic gradient descent, as PyTorch's `SGD`: `θ ← θ − η g`. With momentum μ: `v ← μ v + g`, `θ ← θ − η v`; with
 * `nesterov`: `θ ← θ − η (g + μ v)`.
 *
 * @throws {ArgumentError} For a number out of its range, `nesterov` without a momentum, or an unknown option.
 */
export function sgd(options: SgdOptions): Optimizer {
  checkOptions('sgd', options, [...sgdOptions, 'nesterov']);
  const { nesterov = false, momentum = 0, ...rest } = options;
  checkFlag('sgd: nesterov', nesterov);
  return sgdLike(nesterov ? nesterovRule : momentum === 0 ? sgdRule : momentumRule, { ...rest, momentum });
}

/**
 * SGD with momentum (Polyak 1964): `v ← μ v + g`, `θ ← θ − η v`, with μ = 0.9 by default.
 *
 * @throws {ArgumentError} For a number out of its range or an unknown option.
 */
export function momentum(options: Omit<SgdOptions, 'nesterov'>): Optimizer {
  checkOptions('momentum', options, sgdOptions);
  return sgdLike(momentumRule, options);
}

/**
 * SGD with Nesterov's momentum (Sutskever et al. 2013, in the form of PyTorch): `v ← μ v + g`, `θ ← θ − η (g + μ v)`, with
 * μ = 0.9 by default.
 *
 * @throws {ArgumentError} For a number out of its range or an unknown option.
 */
export function nesterov(options: Omit<SgdOptions, 'nesterov'>): Optimizer {
  checkOptions('nesterov', options, sgdOptions);
  return sgdLike(nesterovRule, options);
}

/** Throws ArgumentError where the learning rate is missing, the only option without a default. */
function checkOptions(name: string, options: SgdOptions | undefined, known: readonly string[]): void {
  checkKeys(name, options ?? {}, known);
  if (member(options, 'learningRate') !== undefined) return;
  const example = `${name}({ learningRate: 0.1 })`;
  throw new ArgumentError(
    `${name}: learningRate must be a finite number ≥ 0 or a schedule, as in ${example}, found undefined`,
  );
}

function sgdLike(rule: Rule, options: Omit<SgdOptions, 'nesterov'>): Optimizer {
  const { learningRate, momentum = 0.9, weightDecay = 0, decayed = 'all' } = options;
  return ofRule(rule, { learningRate, momentum, weightDecay, decayed, decay: 0, epsilon: 0 });
}

const appendVelocity = ({ optimizer, g, keep, overwrite }: UpdateSite): Node =>
  overwrite(momentumOp, [keep('v'), g], { mu: optimizer.momentum });

const sgdRule: Rule = { kind: 'sgd', direction: ({ g }) => g };
const momentumRule: Rule = { kind: 'momentum', direction: appendVelocity };
const nesterovRule: Rule = {
  kind: 'nesterov',
  check: ({ momentum }) => {
    if (momentum === 0)
      throw new ArgumentError('nesterov: momentum must be above 0, found 0: without momentum it is plain SGD');
  },
  direction: (site) =>
    append(site.graph, addScaled, [site.g, appendVelocity(site)], { factor: site.optimizer.momentum }),
};
