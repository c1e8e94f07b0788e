/** Layers, activations and losses as plain data, and the graph they stand for. */
import { ArgumentError } from './errors.ts';
import { append, type Graph, type Node } from './graph.ts';
import { he, type Initialiser, xavier, zeros } from './initialisers.ts';
import { activation as activationOp } from './ops/activation.ts';
import { type ActivationName, activations } from './ops/activations.ts';
import { leaf, parameter, stepOf } from './ops/leaf.ts';
import { lossTerms } from './ops/loss.ts';
import type { LossTerm } from './ops/losses.ts';
import { matmul } from './ops/matmul.ts';
import { bias } from './ops/pointwise.ts';
import { softmax as softmaxOp } from './ops/softmax.ts';
import { softmaxCrossEntropy as softmaxCrossEntropyOp } from './ops/softmax_cross_entropy.ts';
import { checkCount } from './session.ts';
import { rows, type Shape, size } from './tensor.ts';

export interface LayerActivation {
  readonly activation: ActivationName | 'softmax';
}
const named = (activation: LayerActivation['activation']): LayerActivation => ({ activation });
/** 1 / (1 + e⁻ᶻ) */
export const sigmoid = named('sigmoid');
export const tanh = named('tanh');
/** max(z, 0), σ'(0) = 0 */
export const relu = named('relu');
/** z for z > 0, else z / 100 */
export const leakyRelu = named('leakyRelu');
/** z for z > 0, else eᶻ − 1 */
export const elu = named('elu');
/** z/2 (1 + tanh(√(2/π) (z + 0.044715 z³))) (Hendrycks & Gimpel 2016, tanh form) */
export const gelu = named('gelu');
/** z / (1 + e⁻ᶻ) */
export const silu = named('silu');
/** log(1 + eᶻ) */
export const softplus = named('softplus');
/** exp(zᵢ) / Σ exp(zₖ) over the units of the layer */
export const softmax = named('softmax');
export const linear = named('linear');

export interface Dense {
  readonly layer: 'dense';
  readonly units: number;
  readonly activation: LayerActivation['activation'];
  readonly init: Initialiser;
  readonly biasInit: Initialiser;
}

/**
 * a = σ(W x + b), W of shape [units, inputs]. `init` is He for ReLU and its kin and Xavier for the others unless told;
 * `biasInit` is zeros. Throws ArgumentError unless `units` is a positive integer and the activation is one of ours.
 */
export function dense(
  units: number,
  { activation }: LayerActivation = linear,
  { init, biasInit = zeros() }: { init?: Initialiser; biasInit?: Initialiser } = {},
): Dense {
  checkCount(units, 'dense: units');
  for (const [name, value] of Object.entries({ init, biasInit })) {
    if (value === undefined || typeof value.scale === 'function') continue;
    throw new ArgumentError(`dense: ${name} must be an initialiser such as he(), found ${JSON.stringify(value)}`);
  }
  if (activation !== 'softmax' && !Object.hasOwn(activations, activation)) {
    throw new ArgumentError(`dense: unknown activation ${JSON.stringify(activation)}`);
  }
  const kinOfRelu = ['relu', 'leakyRelu', 'elu', 'gelu', 'silu', 'softplus'].includes(activation);
  return { layer: 'dense', units, activation, init: init ?? (kinOfRelu ? he() : xavier()), biasInit };
}

export type Layer = Dense;
export interface Model {
  /** Shape of one sample. */
  readonly input: Shape;
  readonly layers: readonly Layer[];
}

/** A stack of layers on samples of shape `input`: [784], [28, 28]. Throws ArgumentError for an empty stack. */
export function sequential(input: Shape, layers: readonly Layer[]): Model {
  if (!Array.isArray(input) || input.length === 0)
    throw new ArgumentError('sequential: input must be a shape such as [784]');
  for (const n of input) checkCount(n, 'sequential: every size of input');
  if (!layers?.length) throw new ArgumentError('sequential: expected at least one layer');
  for (const [i, layer] of layers.entries()) {
    if (layer?.layer !== 'dense')
      throw new ArgumentError(`sequential: layer ${i} must be one such as dense(10), found ${JSON.stringify(layer)}`);
  }
  return { input, layers };
}

export interface Parameter {
  /** 'layers.0.weight' */
  readonly key: string;
  readonly node: Node;
  /** [out, in] of a weight, [out] of a bias. */
  readonly shape: Shape;
  readonly init: Initialiser;
}

export interface Forward {
  readonly output: Node;
  readonly parameters: readonly Parameter[];
}

/** Appends the model applied to x [features, N]: z^l = W^l a^(l−1) + b^l, a^l = σ(z^l). */
export function appendModel(graph: Graph, model: Model, x: Node): Forward {
  const parameters: Parameter[] = [];
  let a = x;
  model.layers.forEach((layer, i) => {
    const l = i + 1;
    const inputs = rows(a.shape);
    const W = leaf(graph, parameter, `W${l}`, [layer.units, inputs]);
    const b = leaf(graph, parameter, `b${l}`, [layer.units, 1]);
    parameters.push({ key: `layers.${i}.weight`, node: W, shape: W.shape, init: layer.init });
    parameters.push({ key: `layers.${i}.bias`, node: b, shape: [layer.units], init: layer.biasInit });
    const z = append(graph, bias, [append(graph, matmul, [W, a]), b], {}, `z${l}`);
    a = appendActivation(graph, layer.activation, z, `a${l}`);
  });
  return { output: a, parameters };
}

/** σ(z); the linear activation is z itself. */
export function appendActivation(graph: Graph, activation: LayerActivation['activation'], z: Node, name: string): Node {
  if (activation === 'linear') return z;
  if (activation === 'softmax') return append(graph, softmaxOp, [z], {}, name);
  return append(graph, activationOp, [z], { f: activation }, name);
}

export interface LossOptions {
  /** Over the samples of a batch; 'mean' unless told. */
  reduction?: 'mean' | 'sum';
}
export interface LossFunction {
  readonly name: string;
  readonly term: LossTerm | 'softmaxCrossEntropy';
  /** Weight of the sum over outputs. */
  readonly factor: (outputs: number) => number;
  readonly mean: boolean;
  /** What turns the output of the model into a prediction, where the loss works on logits. */
  readonly prediction: LayerActivation['activation'];
  /** Whether accuracy means something, and from which single output on the class is 1. */
  readonly classifies: boolean;
  readonly threshold: number;
}

const lossFunction =
  (name: string, term: LossFunction['term'], more: Partial<LossFunction> = {}) =>
  ({ reduction = 'mean' }: LossOptions = {}): LossFunction => {
    if (reduction !== 'mean' && reduction !== 'sum') {
      throw new ArgumentError(`${name}: reduction must be 'mean' or 'sum', found ${JSON.stringify(reduction)}`);
    }
    const usual = { factor: () => 1, prediction: 'linear', classifies: false, threshold: 0.5 } as const;
    return { name, term, ...usual, ...more, mean: reduction === 'mean' };
  };

/** ½ Σ (a − y)² over the outputs; δ = (a − y) ⊙ σ'(z). Nielsen's quadratic cost. */
export const quadratic = lossFunction('quadratic', 'squaredError', { factor: () => 0.5 });
/** Σ (a − y)² over the outputs; δ = 2 (a − y) ⊙ σ'(z). */
export const squared = lossFunction('squared', 'squaredError');
/** Mean over the outputs of (a − y)². */
export const meanSquared = lossFunction('mse', 'squaredError', { factor: (outputs) => 1 / outputs });
/** −Σ y ln a + (1 − y) ln(1 − a) of probabilities a, kept 2⁻²⁰ away from 0 and 1. */
export const binaryCrossEntropy = lossFunction('binary-cross-entropy', 'binaryCrossEntropy', { classifies: true });
/** −Σ y ln a of probabilities a, kept 2⁻²⁰ away from 0. */
export const categoricalCrossEntropy = lossFunction('categorical-cross-entropy', 'categoricalCrossEntropy', {
  classifies: true,
});
/** Binary cross-entropy of σ(z), from the logits z of a linear last layer; δ = σ(z) − y. `predict` gives σ(z). */
export const sigmoidCrossEntropy = lossFunction('sigmoid-cross-entropy', 'sigmoidCrossEntropy', {
  prediction: 'sigmoid',
  classifies: true,
  threshold: 0,
});
/** −Σ y log softmax(z), from the logits z of a linear last layer; δ = p − y. `predict` gives p. */
export const softmaxCrossEntropy = lossFunction('softmax-cross-entropy', 'softmaxCrossEntropy', {
  prediction: 'softmax',
  classifies: true,
  threshold: 0,
});

/** Throws ArgumentError where a loss on logits follows its own activation, or one on probabilities follows none. */
export function checkOutput({ layers }: Model, { name, term, prediction }: LossFunction): void {
  const { activation, units } = layers[layers.length - 1];
  if (term === 'softmaxCrossEntropy' && units === 1) {
    throw new ArgumentError(`${name} chooses between classes: expected a last layer of 2 units or more, found 1`);
  }
  if (prediction !== 'linear' && activation === prediction) {
    throw new ArgumentError(
      `${name} works on logits and applies ${prediction} itself: expected a linear last layer, found ${activation}`,
    );
  }
  const probabilities = term === 'binaryCrossEntropy' || term === 'categoricalCrossEntropy';
  if (probabilities && activation !== 'sigmoid' && activation !== 'softmax') {
    throw new ArgumentError(
      `${name} works on probabilities: expected a last layer with sigmoid or softmax, found ${activation}`,
    );
  }
}

/** The weighted terms whose sum is the loss of the batch. */
export function appendLoss(graph: Graph, { term, factor, mean }: LossFunction, output: Node, y: Node): Node {
  const inputs = [output, y, stepOf(graph)];
  if (term === 'softmaxCrossEntropy') return append(graph, softmaxCrossEntropyOp, inputs, { mean });
  return append(graph, lossTerms, inputs, { term, factor: factor(rows(output.shape)), mean });
}

/** '784 -> 100 relu -> 10 linear' */
export const describeModel = ({ input, layers }: Model): string =>
  [input.join('x'), ...layers.map(({ units, activation }) => `${units} ${activation}`)].join(' -> ');

/** Numbers in one sample. */
export const features = (model: Model): number => size(model.input);
export const outputs = (model: Model): number => model.layers[model.layers.length - 1].units;
