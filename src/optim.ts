/**
 * Optimizers as plain data, and the update nodes each one appends: state and parameters are overwritten in place.
 * θ is a parameter, g its gradient, λ the weight decay, t the step counted from 1.
 */
import { ArgumentError } from './errors.ts';
import { isFinite32, shown } from './finite.ts';
import { append, type Graph, type Node } from './graph.ts';
import { leaf, state, stepOf } from './ops/leaf.ts';
import { addScaled, average, averageSquare, descend, momentum as momentumOp, normalize } from './ops/update.ts';

export interface Optimizer {
  readonly kind: keyof typeof rules;
  /** η > 0 */
  readonly learningRate: number;
  /** L2: λ θ joins the gradient; for adamw it joins the direction instead (decoupled). */
  readonly weightDecay: number;
  /** μ of momentum and Nesterov; β₁ of Adam. */
  readonly momentum: number;
  /** β₂ of Adam, the decay of RMSProp. */
  readonly decay: number;
  readonly epsilon: number;
}
export interface SgdOptions {
  learningRate: number;
  momentum?: number;
  nesterov?: boolean;
  weightDecay?: number;
}
export interface AdamOptions {
  learningRate?: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  weightDecay?: number;
}

/** θ ← θ − η g; with momentum μ: v ← μ v + g, θ ← θ − η v; with nesterov: θ ← θ − η (g + μ v). */
export function sgd(options: SgdOptions): Optimizer {
  checkKeys('sgd', options, ['learningRate', 'momentum', 'nesterov', 'weightDecay']);
  const { learningRate, momentum = 0, nesterov = false, weightDecay = 0 } = options;
  const kind = nesterov ? 'nesterov' : momentum > 0 ? 'momentum' : 'sgd';
  return optimizer({ kind, learningRate, momentum, weightDecay, decay: 0, epsilon: 0 });
}

/** SGD with momentum (Polyak 1964), μ = 0.9 unless told. */
export const momentum = (options: SgdOptions): Optimizer => sgd({ momentum: 0.9, ...options, nesterov: false });

/** SGD with Nesterov's momentum in the form of Sutskever et al. 2013, μ = 0.9 unless told. */
export const nesterov = (options: SgdOptions): Optimizer => sgd({ momentum: 0.9, ...options, nesterov: true });

/** v ← ρ v + (1 − ρ) g², θ ← θ − η g / (√v + ε) (Hinton 2012). */
export function rmsprop(
  options: { learningRate?: number; decay?: number; epsilon?: number; weightDecay?: number } = {},
): Optimizer {
  return optimizer({
    kind: 'rmsprop',
    learningRate: 0.001,
    decay: 0.9,
    epsilon: 1e-8,
    weightDecay: 0,
    momentum: 0,
    ...options,
  });
}

/** m̂ / (√v̂ + ε) with bias-corrected moving averages of g and g² (Kingma & Ba 2015). */
export const adam = (options: AdamOptions = {}): Optimizer => adamLike('adam', 0, options);

/** Adam with decoupled weight decay: θ ← θ − η (m̂ / (√v̂ + ε) + λ θ) (Loshchilov & Hutter 2019). λ = 0.01 unless told. */
export const adamw = (options: AdamOptions = {}): Optimizer => adamLike('adamw', 0.01, options);

function adamLike(kind: 'adam' | 'adamw', decayByDefault: number, options: AdamOptions): Optimizer {
  checkKeys(kind, options, ['learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay']);
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = decayByDefault } = options;
  const names = { momentum: 'beta1', decay: 'beta2' };
  return optimizer({ kind, learningRate, momentum: beta1, decay: beta2, epsilon, weightDecay }, names);
}

/** Throws ArgumentError for options that are no object, or hold a key that nothing reads. */
function checkKeys(kind: string, options: unknown, known: readonly string[]): void {
  const keys = typeof options === 'object' && options ? Object.keys(options) : undefined;
  const unknown = keys?.find((key) => !known.includes(key));
  if (keys && !unknown) return;
  throw new ArgumentError(`${kind}: expected { ${known.join(', ')} }, found ${unknown ?? shown(options)}`);
}

/** Throws ArgumentError for a number that cannot train: NaN, negative, a string, one that f32 cannot hold. */
function optimizer(
  options: Optimizer,
  names: { momentum: string; decay: string } = { momentum: 'momentum', decay: 'decay' },
): Optimizer {
  checkLearningRate(options.learningRate, options.kind);
  const demand = (name: string, value: unknown, ok: (value: number) => boolean, expected: string) => {
    if (!isFinite32(value) || !ok(value)) {
      throw new ArgumentError(`${options.kind}: ${name} must be ${expected}, found ${shown(value)}`);
    }
  };
  // A fraction so near 1 that f32 rounds it there would divide by zero.
  const fraction = (value: number) => value >= 0 && Math.fround(value) < 1;
  demand(names.momentum, options.momentum, fraction, 'a number in [0, 1)');
  demand(names.decay, options.decay, fraction, 'a number in [0, 1)');
  demand('weightDecay', options.weightDecay, (value) => value >= 0, 'a finite number ≥ 0');
  const divides = ['rmsprop', 'adam', 'adamw'].includes(options.kind);
  demand('epsilon', options.epsilon, (value) => value >= (divides ? 1e-30 : 0), 'a finite number ≥ 1e-30');
  return options;
}

export function checkLearningRate(value: unknown, where: string): void {
  if (isFinite32(value) && value >= 0) return;
  const found = typeof value === 'number' ? String(value) : `${typeof value} ${shown(value)}`;
  throw new ArgumentError(`${where}: learningRate must be a finite number ≥ 0, found ${found}`);
}

/** The entries of the step row that depend on the optimizer, for step t = 1, 2, ... */
export const corrections = ({ kind, momentum, decay }: Optimizer, t: number) =>
  kind === 'adam' || kind === 'adamw'
    ? { correction1: 1 / (1 - Math.fround(momentum) ** t), correction2: 1 / (1 - Math.fround(decay) ** t) }
    : { correction1: 1, correction2: 1 };

/** Appends the update of one parameter; returns the node that overwrites it. */
export function appendUpdate(graph: Graph, optimizer: Optimizer, theta: Node, gradient: Node): Node {
  const { kind, weightDecay } = optimizer;
  const keep = (name: string) => leaf(graph, state, `${name}.${theta.name}`, theta.shape);
  const decayed = (node: Node) =>
    weightDecay > 0 ? append(graph, addScaled, [node, theta], { factor: weightDecay }) : node;
  const g = kind === 'adamw' ? gradient : decayed(gradient);
  const direction = rules[kind]({ graph, optimizer, g, keep });
  return append(graph, descend, [theta, kind === 'adamw' ? decayed(direction) : direction, stepOf(graph)]);
}

interface Rule {
  graph: Graph;
  optimizer: Optimizer;
  g: Node;
  /** A state tensor of the parameter's shape, zero at first. */
  keep(name: string): Node;
}

/** g -> the direction to descend in. */
const rules = {
  sgd: ({ g }: Rule) => g,
  momentum: ({ graph, optimizer, g, keep }: Rule) =>
    append(graph, momentumOp, [keep('v'), g], { mu: optimizer.momentum }),
  nesterov: ({ graph, optimizer, g, keep }: Rule) => {
    const v = append(graph, momentumOp, [keep('v'), g], { mu: optimizer.momentum });
    return append(graph, addScaled, [g, v], { factor: optimizer.momentum });
  },
  rmsprop: ({ graph, optimizer: { decay, epsilon }, g, keep }: Rule) => {
    const v = append(graph, averageSquare, [keep('v'), g], { beta: decay });
    return append(graph, normalize, [g, v, stepOf(graph)], { epsilon });
  },
  adam: adamDirection,
  adamw: adamDirection,
};

function adamDirection({ graph, optimizer, g, keep }: Rule): Node {
  const m = append(graph, average, [keep('m'), g], { beta: optimizer.momentum });
  const v = append(graph, averageSquare, [keep('v'), g], { beta: optimizer.decay });
  return append(graph, normalize, [m, v, stepOf(graph)], { epsilon: optimizer.epsilon });
}
