/**
 * Optimizers as plain data, and the update nodes each one appends: state and parameters are overwritten in place.
 * θ is a parameter, g its gradient, λ the weight decay, t the step counted from 1.
 */
import { checkFlag, checkKeys, checkNumber, member } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { type Attributes, append, type Graph, type Node } from '../graph/graph.ts';
import { leaf, state, stepOf, tensors } from '../graph/leaf.ts';
import type { PointwiseOp } from '../graph/op.ts';
import { whenDue } from '../ops/accumulate.ts';
import {
  addScaled,
  average,
  averageSquare,
  descend,
  momentum as momentumOp,
  normalize,
} from '../ops/optimizer-steps.ts';
import { checkLearningRate, type LearningRate } from './learning-rate.ts';
import type { Parameter } from './model.ts';

/** An optimizer as plain data; made by functions such as {@link adam}. */
export interface Optimizer {
  /** The update rule. */
  readonly kind: keyof typeof rules;
  /** η: a number ≥ 0, or a schedule. */
  readonly learningRate: LearningRate;
  /** λ. The gradient becomes `g + λ θ`; with adamw, λ θ is added to the direction instead (decoupled). */
  readonly weightDecay: number;
  /** Which parameters decay. */
  readonly decayed: Decayed;
  /** μ of momentum and Nesterov; β₁ of Adam. */
  readonly momentum: number;
  /** ρ of RMSProp; β₂ of Adam. */
  readonly decay: number;
  /** ε, added to the root that RMSProp and Adam divide by. */
  readonly epsilon: number;
}
/**
 * Which parameters decay: `'all'` of them, as in PyTorch, or only the `'weights'` of `dense` and `conv2d`: no biases, and
 * nothing of a normalisation.
 */
export type Decayed = 'all' | 'weights';

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

const sgdOptions = ['learningRate', 'momentum', 'weightDecay', 'decayed'];

/**
 * Stochastic gradient descent, as PyTorch's `SGD`: `θ ← θ − η g`. With momentum μ: `v ← μ v + g`, `θ ← θ − η v`; with
 * `nesterov`: `θ ← θ − η (g + μ v)`.
 *
 * @throws {ArgumentError} For a number out of its range, `nesterov` without a momentum, or an unknown option.
 */
export function sgd(options: SgdOptions): Optimizer {
  checkKeys('sgd', options, [...sgdOptions, 'nesterov']);
  const { nesterov = false, momentum = 0, ...rest } = options;
  checkFlag('sgd: nesterov', nesterov);
  return sgdLike(nesterov ? 'nesterov' : momentum === 0 ? 'sgd' : 'momentum', { ...rest, momentum });
}

/**
 * SGD with momentum (Polyak 1964): `v ← μ v + g`, `θ ← θ − η v`, with μ = 0.9 by default.
 *
 * @throws {ArgumentError} For a number out of its range or an unknown option.
 */
export function momentum(options: Omit<SgdOptions, 'nesterov'>): Optimizer {
  checkKeys('momentum', options, sgdOptions);
  return sgdLike('momentum', options);
}

/**
 * SGD with Nesterov's momentum (Sutskever et al. 2013, in the form of PyTorch): `v ← μ v + g`, `θ ← θ − η (g + μ v)`, with
 * μ = 0.9 by default.
 *
 * @throws {ArgumentError} For a number out of its range or an unknown option.
 */
export function nesterov(options: Omit<SgdOptions, 'nesterov'>): Optimizer {
  checkKeys('nesterov', options, sgdOptions);
  return sgdLike('nesterov', options);
}

function sgdLike(kind: 'sgd' | 'momentum' | 'nesterov', options: Omit<SgdOptions, 'nesterov'>): Optimizer {
  const { learningRate, momentum = 0.9, weightDecay = 0, decayed = 'all' } = options;
  return optimizer({ kind, learningRate, momentum, weightDecay, decayed, decay: 0, epsilon: 0 });
}

/**
 * RMSProp (Hinton 2012): `v ← ρ v + (1 − ρ) g²`, `θ ← θ − η g / (√v + ε)`.
 *
 * @throws {ArgumentError} For a number out of its range or an unknown option.
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  checkKeys('rmsprop', options, ['learningRate', 'decay', 'epsilon', 'weightDecay', 'decayed']);
  const { learningRate = 0.001, decay = 0.9, epsilon = 1e-8, weightDecay = 0, decayed = 'all' } = options;
  return optimizer({ kind: 'rmsprop', learningRate, decay, epsilon, weightDecay, decayed, momentum: 0 });
}

/**
 * Adam (Kingma & Ba 2015): `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`, `θ ← θ − η m̂ / (√v̂ + ε)`, with
 * `m̂ = m / (1 − β₁ᵗ)` and `v̂ = v / (1 − β₂ᵗ)` in update t = 1, 2, ...
 *
 * @throws {ArgumentError} For a number out of its range or an unknown option.
 */
export const adam = (options: AdamOptions = {}): Optimizer => adamLike('adam', 0, options);

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019): `θ ← θ − η (m̂ / (√v̂ + ε) + λ θ)`, with λ = 0.01 by default.
 *
 * @throws {ArgumentError} For a number out of its range or an unknown option.
 */
export const adamw = (options: AdamOptions = {}): Optimizer => adamLike('adamw', 0.01, options);

function adamLike(kind: 'adam' | 'adamw', decayByDefault: number, options: AdamOptions): Optimizer {
  checkKeys(kind, options, ['learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay', 'decayed']);
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { weightDecay = decayByDefault, decayed = 'all' } = options;
  const names = { momentum: 'beta1', decay: 'beta2' };
  return optimizer({ kind, learningRate, momentum: beta1, decay: beta2, epsilon, weightDecay, decayed }, names);
}

/** Throws ArgumentError for what no function here made, or would have made. */
export function checkOptimizer(value: unknown, where: string): void {
  const kind = member(value, 'kind');
  if (typeof kind !== 'string' || !Object.hasOwn(rules, kind))
    throw new ArgumentError(`${where} must be an optimizer such as adam(), found ${showValue(value)}`);
  checkLearningRate(member(value, 'learningRate'), `${where}: learningRate`);
  optimizer(value as Optimizer);
}

/** Throws ArgumentError for a number that cannot train: NaN, negative, a string, one that f32 cannot hold. */
function optimizer(
  options: Optimizer,
  names: { momentum: string; decay: string } = { momentum: 'momentum', decay: 'decay' },
): Optimizer {
  checkLearningRate(options.learningRate, `${options.kind}: learningRate`);
  const demand = (name: string, value: unknown, ok: (value: number) => boolean, expected: string) =>
    checkNumber(`${options.kind}: ${name}`, value, expected, ok);
  // A fraction so near 1 that f32 rounds it there would divide by zero.
  const fraction = (value: number) => value >= 0 && Math.fround(value) < 1;
  demand(names.momentum, options.momentum, fraction, 'a number in [0, 1)');
  if (options.kind === 'nesterov' && options.momentum === 0)
    throw new ArgumentError('nesterov: momentum must be above 0, found 0: without momentum it is plain SGD');
  demand(names.decay, options.decay, fraction, 'a number in [0, 1)');
  demand('weightDecay', options.weightDecay, (value) => value >= 0, 'a finite number ≥ 0');
  const divides = ['rmsprop', 'adam', 'adamw'].includes(options.kind);
  // √v is 0 where the square of a gradient is too small for f32, below 4e-16 for a decay next to 1, and ε alone divides then.
  demand('epsilon', options.epsilon, (value) => value >= (divides ? 1e-15 : 0), 'a finite number ≥ 1e-15');
  if (options.decayed !== 'all' && options.decayed !== 'weights') {
    throw new ArgumentError(`${options.kind}: decayed must be 'all' or 'weights', found ${showValue(options.decayed)}`);
  }
  return options;
}

/** The entries of the step row that depend on the optimizer, for step t = 1, 2, ... */
export const corrections = ({ kind, momentum, decay }: Optimizer, t: number) =>
  kind === 'adam' || kind === 'adamw'
    ? { correction1: 1 / (1 - Math.fround(momentum) ** t), correction2: 1 / Math.sqrt(1 - Math.fround(decay) ** t) }
    : { correction1: 1, correction2: 1 };

/**
 * Appends the update of one parameter; returns the node that overwrites it. One that waits changes nothing, the state
 * included, before the step in which it is due.
 */
export function appendUpdate(
  graph: Graph,
  optimizer: Optimizer,
  { node: theta, decays: isWeight }: Pick<Parameter, 'node' | 'decays'>,
  gradient: Node,
  waits = false,
): Node {
  const { kind, weightDecay, decayed } = optimizer;
  const keep = (name: string) => leaf(graph, state, `${name}.${theta.name}`, theta.shape);
  const overwrite = (op: PointwiseOp, inputs: readonly Node[], attributes?: Attributes) =>
    waits
      ? append(graph, whenDue(op), [...tensors(inputs), stepOf(graph)], attributes)
      : append(graph, op, inputs, attributes);
  const decays = weightDecay > 0 && (decayed === 'all' || isWeight);
  const decayOf = (node: Node) => (decays ? append(graph, addScaled, [node, theta], { factor: weightDecay }) : node);
  const g = kind === 'adamw' ? gradient : decayOf(gradient);
  const direction = rules[kind]({ graph, optimizer, g, keep, overwrite });
  return overwrite(descend, [theta, kind === 'adamw' ? decayOf(direction) : direction, stepOf(graph)]);
}

interface Rule {
  graph: Graph;
  optimizer: Optimizer;
  g: Node;
  /** A state tensor of the parameter's shape, zero at first. */
  keep(name: string): Node;
  /** Appends an op that overwrites its first input. */
  overwrite(op: PointwiseOp, inputs: readonly Node[], attributes: Attributes): Node;
}

/** g -> the direction to descend in. */
const rules = {
  sgd: ({ g }: Rule) => g,
  momentum: ({ optimizer, g, keep, overwrite }: Rule) =>
    overwrite(momentumOp, [keep('v'), g], { mu: optimizer.momentum }),
  nesterov: ({ graph, optimizer, g, keep, overwrite }: Rule) => {
    const v = overwrite(momentumOp, [keep('v'), g], { mu: optimizer.momentum });
    return append(graph, addScaled, [g, v], { factor: optimizer.momentum });
  },
  rmsprop: ({ graph, optimizer: { decay, epsilon }, g, keep, overwrite }: Rule) => {
    const v = overwrite(averageSquare, [keep('v'), g], { beta: decay });
    return append(graph, normalize, [g, v, stepOf(graph)], { epsilon });
  },
  adam: adamDirection,
  adamw: adamDirection,
};

function adamDirection({ graph, optimizer, g, keep, overwrite }: Rule): Node {
  const m = overwrite(average, [keep('m'), g], { beta: optimizer.momentum });
  const v = overwrite(averageSquare, [keep('v'), g], { beta: optimizer.decay });
  return append(graph, normalize, [m, v, stepOf(graph)], { epsilon: optimizer.epsilon });
}
