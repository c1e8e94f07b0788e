/**
 * What an optimizer is: plain data made by a function such as `adam()`, which carries its rule. The rule appends the nodes
 * that overwrite a parameter and its state in place; a net holds the code of the rule that it is trained with. θ is a
 * parameter, g its gradient, λ the weight decay, t the step counted from 1.
 */
import { checkNumber, member } from '../../base/arguments.ts';
import { ArgumentError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';
import { type Attributes, append, type Graph, type Node } from '../../graph/graph.ts';
import { leaf, state, stepOf, tensors } from '../../graph/leaf.ts';
import type { PointwiseOp } from '../../graph/op.ts';
import type { StepRow } from '../../graph/step-row.ts';
import { whenDue } from '../../ops/accumulate.ts';
import { addScaled, addSign, descend } from '../../ops/optimizer-steps.ts';
import { checkLearningRate, type LearningRate } from '../learning-rate.ts';
import type { Parameter } from '../model.ts';

/** An optimizer as plain data; made by functions such as {@link adam}. */
export interface Optimizer {
  /** The update rule. */
  readonly kind: 'sgd' | 'momentum' | 'nesterov' | 'rmsprop' | 'adam' | 'adamw';
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
 * Which parameters decay: `'all'` of them, as in PyTorch, or only the `'weights'` of layers such as `dense`, `conv2d`,
 * `embedding` and `gru`: no biases, and nothing of a normalisation.
 */
export type Decayed = 'all' | 'weights';

/** How an optimizer updates, and what its numbers have to be. */
export interface Rule {
  readonly kind: Optimizer['kind'];
  /** What `momentum` and `decay` are called by users. Default: so. */
  readonly names?: { readonly momentum: string; readonly decay: string };
  /** Whether it divides by the root of v. */
  readonly divides?: boolean;
  /** Whether λ θ is added to the direction, and not to the gradient. */
  readonly decoupled?: boolean;
  /** What it demands beside that: throws ArgumentError. */
  check?(optimizer: Optimizer): void;
  /** The entries of the step row that depend on it, for step t = 1, 2, ... Default: both are 1. */
  corrections?(optimizer: Optimizer, t: number): Corrections;
  /** g -> the direction to descend in. */
  direction(site: UpdateSite): Node;
}
type Corrections = Pick<StepRow, 'correction1' | 'correction2'>;

export interface UpdateSite {
  readonly graph: Graph;
  readonly optimizer: Optimizer;
  readonly g: Node;
  /** Updates before the first one that its state is of. */
  readonly stateFrom: number;
  /** A state tensor of the parameter's shape, zero at first. */
  keep(name: string): Node;
  /** Appends an op that overwrites its first input. */
  overwrite(op: PointwiseOp, inputs: readonly Node[], attributes: Attributes): Node;
}

/** Under which an optimizer carries its rule: a copy such as { ...optimizer } has it too, and a JSON text does not. */
const RULE = Symbol('rule');

const ruleOf = (optimizer: unknown): Rule => member(optimizer, RULE) as Rule;

/** The optimizer of these numbers. Throws ArgumentError for one that cannot train: NaN, negative, one that f32 cannot hold. */
export const ofRule = (rule: Rule, options: Omit<Optimizer, 'kind'>): Optimizer =>
  checked(rule, Object.assign({ kind: rule.kind, ...options }, { [RULE]: rule }));

/** Throws ArgumentError for what no function of an optimizer made, or would have made. */
export function checkOptimizer(value: unknown, where: string): void {
  const rule = ruleOf(value);
  if (typeof member(rule, 'direction') !== 'function' || member(value, 'kind') !== rule.kind)
    throw new ArgumentError(`${where} must be an optimizer such as adam(), found ${showValue(value)}`);
  checkLearningRate(member(value, 'learningRate'), `${where}: learningRate`);
  checked(rule, value as Optimizer);
}

function checked(rule: Rule, options: Optimizer): Optimizer {
  const { names = { momentum: 'momentum', decay: 'decay' }, divides } = rule;
  checkLearningRate(options.learningRate, `${options.kind}: learningRate`);
  const demand = (name: string, value: unknown, ok: (value: number) => boolean, expected: string) =>
    checkNumber(`${options.kind}: ${name}`, value, expected, ok);
  // A fraction so near 1 that f32 rounds it there would divide by zero.
  const fraction = (value: number) => value >= 0 && Math.fround(value) < 1;
  demand(names.momentum, options.momentum, fraction, 'a number in [0, 1)');
  rule.check?.(options);
  demand(names.decay, options.decay, fraction, 'a number in [0, 1)');
  demand('weightDecay', options.weightDecay, (value) => value >= 0, 'a finite number ≥ 0');
  // √v is 0 where the square of a gradient is too small for f32, below 4e-16 for a decay next to 1, and ε alone divides then.
  demand('epsilon', options.epsilon, (value) => value >= (divides ? 1e-15 : 0), 'a finite number ≥ 1e-15');
  if (options.decayed !== 'all' && options.decayed !== 'weights') {
    throw new ArgumentError(`${options.kind}: decayed must be 'all' or 'weights', found ${showValue(options.decayed)}`);
  }
  return options;
}

/** The entries of the step row that depend on the optimizer, for step t = 1, 2, ... */
export const corrections = (optimizer: Optimizer, t: number): Corrections =>
  ruleOf(optimizer).corrections?.(optimizer, t) ?? { correction1: 1, correction2: 1 };

/** A penalty on the size of parameters: `l1 Σ |θ| + ½ l2 Σ θ²`, whose gradient is `l1 sign(θ) + l2 θ`. */
export interface Penalty {
  /** Factor ≥ 0 of the sum of the absolute values. Default: 0. */
  readonly l1?: number;
  /** Factor ≥ 0 of half the sum of the squares. Default: 0. */
  readonly l2?: number;
}

export interface UpdateRule {
  /** Whether it changes nothing, the state included, before the step in which it is due. */
  readonly waits?: boolean;
  /** What multiplies the learning rate. Default: 1. */
  readonly factor?: number;
  /** What is added to the gradient. Default: nothing. */
  readonly penalty?: Penalty;
  /** Updates before the first one that the state is of. Default: none. */
  readonly stateFrom?: number;
}

/** Appends the update of one parameter; returns the node that overwrites it. */
export function appendUpdate(
  graph: Graph,
  optimizer: Optimizer,
  { node: theta, decays: isWeight }: Pick<Parameter, 'node' | 'decays'>,
  gradient: Node,
  { waits = false, factor = 1, penalty = {}, stateFrom = 0 }: UpdateRule = {},
): Node {
  const { weightDecay, decayed } = optimizer;
  const { decoupled, direction } = ruleOf(optimizer);
  const keep = (name: string) => leaf(graph, state, `${name}.${theta.name}`, theta.shape);
  const overwrite = (op: PointwiseOp, inputs: readonly Node[], attributes?: Attributes) =>
    waits
      ? append(graph, whenDue(op), [...tensors(inputs), stepOf(graph)], attributes)
      : append(graph, op, inputs, attributes);
  const decays = weightDecay > 0 && (decayed === 'all' || isWeight);
  const added = (op: PointwiseOp, node: Node, factor: number) =>
    factor > 0 ? append(graph, op, [node, theta], { factor }) : node;
  const decayOf = (node: Node) => added(addScaled, node, decays ? weightDecay : 0);
  const penalized = added(addSign, added(addScaled, gradient, penalty.l2 ?? 0), penalty.l1 ?? 0);
  const g = decoupled ? penalized : decayOf(penalized);
  const d = direction({ graph, optimizer, g, stateFrom, keep, overwrite });
  return overwrite(descend, [theta, decoupled ? decayOf(d) : d, stepOf(graph)], factor === 1 ? {} : { factor });
}
