/** Losses as plain data, and the node that each one appends. */
import { checkKeys, checkNumber, isList, member } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { rows } from '../base/tensor.ts';
import { append, type Graph, type Node } from '../graph/graph.ts';
import { appendConstant, stepOf } from '../graph/leaf.ts';
import { activation } from '../ops/activation.ts';
import { sigmoid as sigmoidRow } from '../ops/activation-table.ts';
import { scale } from '../ops/arithmetic.ts';
import { lossTerms } from '../ops/loss.ts';
import {
  binaryCrossEntropy as binaryTerm,
  categoricalCrossEntropy as categoricalTerm,
  type Loss,
  type LossTerm,
  sigmoidCrossEntropy as sigmoidTerm,
  squaredError,
} from '../ops/loss-table.ts';
import { softTargets } from '../ops/soft-targets.ts';
import { softmax as softmaxOp } from '../ops/softmax.ts';
import { softmaxCrossEntropy as softmaxCrossEntropyOp } from '../ops/softmax-cross-entropy.ts';
import { appendActivation, linear, sigmoid, softmax } from './layers/activation.ts';
import type { LayerActivation } from './layers/layer.ts';
import { type Model, outputs } from './model.ts';
import { perLabel } from './per-label.ts';
import type { LossName } from './predictions.ts';

/** Options of every loss. */
export interface LossOptions {
  /** How the losses of the samples of a batch are combined. Default: `'mean'`. */
  reduction?: 'mean' | 'sum';
}
/** Options of the losses that choose between classes. */
export interface CategoricalOptions extends LossOptions {
  /** ε in [0, 1): the targets become `(1 − ε) y + ε / K` for K classes (Szegedy et al. 2016). Default: 0. */
  labelSmoothing?: number;
  /**
   * A factor ≥ 0 for the term of each class. The mean divides by the number of samples, as in Keras; PyTorch divides by the
   * sum of their weights. Default: 1 for every class.
   */
  classWeights?: readonly number[];
}
/** A loss as plain data; made by functions such as {@link softmaxCrossEntropy}. */
export interface LossFunction {
  /** Name of the function that made it. */
  readonly name: string;
  /** The term that is summed over the outputs. */
  readonly term: LossTerm | 'softmaxCrossEntropy';
  /** Factor of the sum over the outputs, for so many outputs. */
  readonly factor: (outputs: number) => number;
  /** Whether the loss of a batch is the mean over its samples; else it is the sum. */
  readonly mean: boolean;
  /** ε of {@link CategoricalOptions.labelSmoothing}; 0 for other losses. */
  readonly labelSmoothing: number;
  /** Factor of each class, if given. */
  readonly classWeights?: readonly number[];
  /** Activation that turns outputs into predictions: `'linear'` unless the loss takes logits. */
  readonly prediction: LayerActivation['activation'];
  /** Whether the targets are probabilities, so that accuracy is always defined. */
  readonly classifies: boolean;
  /** Output above which a label counts as predicted: 0 for logits, else 0.5. */
  readonly threshold: number;
}

type Site = readonly [graph: Graph, loss: LossFunction, output: Node, targetsAndStep: readonly Node[]];

/** What a loss appends. */
interface LossRule {
  readonly term: LossFunction['term'];
  /** Turns outputs into predictions. Default: linear. */
  readonly prediction?: LayerActivation;
  /** Appends the weighted terms. */
  append(...site: Site): Node;
}

/** Under which a loss carries its rule: a copy such as { ...loss } has it too, and a JSON text does not. */
const RULE = Symbol('rule');

const ruleOf = (loss: unknown): LossRule => member(loss, RULE) as LossRule;

type Own = Omit<LossFunction, 'term' | 'mean'>;
const usual = {
  factor: () => 1,
  prediction: 'linear',
  classifies: false,
  threshold: 0.5,
  labelSmoothing: 0,
} as const;

function lossFunction(rule: LossRule, own: Pick<Own, 'name'> & Partial<Own>, options: LossOptions): LossFunction {
  checkKeys(own.name, options, ['reduction']);
  return made(rule, own, options);
}

function categorical(rule: LossRule, own: Pick<Own, 'name'> & Partial<Own>, options: CategoricalOptions): LossFunction {
  const { name } = own;
  checkKeys(name, options, ['reduction', 'labelSmoothing', 'classWeights']);
  const { labelSmoothing = 0, classWeights } = options;
  checkNumber(`${name}: labelSmoothing`, labelSmoothing, 'a number in [0, 1)', (value) => value >= 0 && value < 1);
  checkWeights(name, classWeights);
  return made(rule, { ...own, labelSmoothing, classWeights }, options);
}

function made(rule: LossRule, { name, ...own }: Pick<Own, 'name'> & Partial<Own>, options: LossOptions): LossFunction {
  const mean = isMean(name, options);
  return Object.assign({ name, term: rule.term, ...usual, ...own, mean }, { [RULE]: rule });
}

function checkWeights(name: string, weights: unknown): void {
  if (weights === undefined) return;
  if (!isList(weights)) {
    throw new ArgumentError(
      `${name}: classWeights must be an array with one number per class, found ${showValue(weights)}`,
    );
  }
  for (const [i, weight] of weights.entries()) {
    checkNumber(`${name}: classWeights[${i}]`, weight, 'a finite number ≥ 0', (value) => value >= 0);
  }
}

function isMean(name: string, { reduction = 'mean' }: LossOptions): boolean {
  if (reduction === 'mean' || reduction === 'sum') return reduction === 'mean';
  throw new ArgumentError(`${name}: reduction must be 'mean' or 'sum', found ${showValue(reduction)}`);
}

/**
 * Half the squared error: `½ Σ (a − y)²` over the outputs, with `δ = (a − y) ⊙ σ'(z)`; the quadratic cost of Nielsen, *Neural
 * Networks and Deep Learning* (2015).
 *
 * @throws {ArgumentError} For an invalid reduction or an unknown option.
 */
export const quadratic = (options: LossOptions = {}): LossFunction =>
  lossFunction(onSquares, { name: 'quadratic', factor: () => 0.5 }, options);
/**
 * The squared error: `Σ (a − y)²` over the outputs, with `δ = 2 (a − y) ⊙ σ'(z)`.
 *
 * @throws {ArgumentError} For an invalid reduction or an unknown option.
 */
export const squared = (options: LossOptions = {}): LossFunction =>
  lossFunction(onSquares, { name: 'squared' }, options);
/**
 * The mean squared error: `Σ (a − y)² / K` over K outputs, as PyTorch's `MSELoss` with its default reduction.
 *
 * @throws {ArgumentError} For an invalid reduction or an unknown option.
 */
export const meanSquared = (options: LossOptions = {}): LossFunction =>
  lossFunction(onSquares, { name: 'meanSquared', factor: (outputs) => 1 / outputs }, options);
/**
 * Binary cross-entropy of probabilities a: `−Σ [y ln a + (1 − y) ln(1 − a)]` over the outputs.
 *
 * The last layer has sigmoid or softmax. After sigmoid the loss is computed from the logits, like {@link sigmoidCrossEntropy},
 * and stays accurate near 0 and 1; after softmax a is clamped to [2⁻²⁰, 1 − 2⁻²⁰]. PyTorch's `BCELoss` also averages over the
 * outputs.
 *
 * @throws {ArgumentError} For an invalid reduction or an unknown option.
 */
export const binaryCrossEntropy = (options: LossOptions = {}): LossFunction =>
  lossFunction(onProbabilities, { name: 'binaryCrossEntropy', classifies: true }, options);
/**
 * Categorical cross-entropy of probabilities a: `−Σ y ln a` over the classes.
 *
 * The last layer has softmax or sigmoid, and at least 2 units. After softmax the loss is computed from the logits, like
 * {@link softmaxCrossEntropy}, and stays accurate near 0; after sigmoid a is clamped to at least 2⁻²⁰.
 *
 * @throws {ArgumentError} For an invalid option.
 */
export const categoricalCrossEntropy = (options: CategoricalOptions = {}): LossFunction =>
  categorical(onDistributions, { name: 'categoricalCrossEntropy', classifies: true }, options);
/**
 * Binary cross-entropy of sigmoid(z), from the logits z of a linear last layer: `−Σ [y ln σ(z) + (1 − y) ln(1 − σ(z))]` over
 * the outputs, with `δ = σ(z) − y`.
 *
 * `predict` returns σ(z). PyTorch's `BCEWithLogitsLoss` also averages over the outputs.
 *
 * @throws {ArgumentError} For an invalid reduction or an unknown option.
 */
export const sigmoidCrossEntropy = (options: LossOptions = {}): LossFunction => {
  const own = { name: 'sigmoidCrossEntropy', prediction: 'sigmoid', classifies: true, threshold: 0 } as const;
  return lossFunction(onLogits, own, options);
};
/**
 * Categorical cross-entropy of softmax(z), from the logits z of a linear last layer of at least 2 units: `−Σ y ln p` with
 * `p = softmax(z)`, and `δ = p − y`; PyTorch's `CrossEntropyLoss`.
 *
 * `predict` returns p.
 *
 * @throws {ArgumentError} For an invalid option.
 */
export const softmaxCrossEntropy = (options: CategoricalOptions = {}): LossFunction => {
  const own = { name: 'softmaxCrossEntropy', prediction: 'softmax', classifies: true, threshold: 0 } as const;
  return categorical(onClassLogits, own, options);
};

const losses = {
  quadratic,
  squared,
  meanSquared,
  binaryCrossEntropy,
  categoricalCrossEntropy,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
} satisfies Record<LossName, (options: LossOptions) => LossFunction>;

/** The loss of that name. Throws ArgumentError for options that its function does not take. */
export function lossNamed(name: LossName, { labelSmoothing, ...options }: CategoricalOptions): LossFunction {
  const given = Object.entries({ ...options, labelSmoothing: labelSmoothing || undefined });
  return losses[name](Object.fromEntries(given.filter(([, value]) => value !== undefined)));
}

/** Throws ArgumentError for what no function here would have made. */
export function checkLoss(where: string, value: unknown): void {
  const rule = ruleOf(value);
  const isTerm = typeof member(rule, 'append') === 'function' && member(value, 'term') === rule.term;
  const types = { name: 'string', factor: 'function', mean: 'boolean', prediction: 'string', threshold: 'number' };
  if (isTerm && Object.entries(types).every(([name, type]) => typeof member(value, name) === type)) return;
  throw new ArgumentError(`${where}: loss must be a loss such as softmaxCrossEntropy(), found ${showValue(value)}`);
}

/**
 * Throws ArgumentError where a loss on logits follows its own activation, or one on probabilities follows none, where one that
 * chooses between classes has a single output, and where there are not as many weights as classes.
 */
export function checkOutput(model: Model, { name, term, prediction, classWeights }: LossFunction): void {
  const { layers } = model;
  const last = layers[layers.length - 1];
  const activation = 'activation' in last ? last.activation : 'linear';
  if ((term === 'softmaxCrossEntropy' || term === 'categoricalCrossEntropy') && outputs(model) === 1) {
    const instead = term === 'softmaxCrossEntropy' ? 'sigmoidCrossEntropy' : 'binaryCrossEntropy after a sigmoid';
    throw new ArgumentError(
      `${name} chooses between classes: expected a last layer of 2 units or more, found 1; for one output use ${instead}`,
    );
  }
  if (prediction !== 'linear' && activation === prediction) {
    throw new ArgumentError(
      `${name} works on logits and applies ${prediction} itself: expected a linear last layer, found ${activation}`,
    );
  }
  if (classWeights && classWeights.length !== outputs(model)) {
    const found = `found ${classWeights.length}`;
    throw new ArgumentError(`${name}: classWeights must hold a number for each of ${outputs(model)} classes, ${found}`);
  }
  const probabilities = term === 'binaryCrossEntropy' || term === 'categoricalCrossEntropy';
  if (probabilities && activation !== 'sigmoid' && activation !== 'softmax') {
    throw new ArgumentError(
      `${name} works on probabilities: expected a last layer with sigmoid or softmax, found ${activation}`,
    );
  }
}

/** Whether several labels of a sample may hold. */
export const isPerLabel = ({ term }: Pick<LossFunction, 'term'>): boolean => perLabel.includes(term);

/** The weighted terms whose sum is the loss of the batch. */
export const appendLoss = (graph: Graph, loss: LossFunction, output: Node, y: Node): Node =>
  ruleOf(loss).append(graph, loss, output, [appendTargets(graph, loss, y), stepOf(graph)]);

/** What is predicted from an output, which is a node of its own unless that is one already. */
export const appendPrediction = (graph: Graph, loss: LossFunction, output: Node): Node =>
  appendActivation(graph, ruleOf(loss).prediction ?? linear, output, 'prediction');

function appendTerms(term: Loss, ...[graph, { factor, mean }, output, rest]: Site): Node {
  return append(graph, lossTerms, [output, ...rest], { term, factor: factor(rows(output.shape)), mean });
}
const appendSoftmaxTerms = (...[graph, { mean }, output, rest]: Site): Node =>
  append(graph, softmaxCrossEntropyOp, [output, ...rest], { mean });

const onSquares: LossRule = { term: 'squaredError', append: (...site) => appendTerms(squaredError, ...site) };
const onLogits: LossRule = {
  term: 'sigmoidCrossEntropy',
  prediction: sigmoid,
  append: (...site) => appendTerms(sigmoidTerm, ...site),
};
const onClassLogits: LossRule = {
  term: 'softmaxCrossEntropy',
  prediction: softmax,
  append: appendSoftmaxTerms,
};
// Probabilities that are σ or softmax of logits are traced back to those, where no rounding has made 0 or 1 of them.
const onProbabilities: LossRule = {
  term: 'binaryCrossEntropy',
  append: (graph, loss, output, rest) =>
    output.op === activation && output.attributes.f === sigmoidRow
      ? appendTerms(sigmoidTerm, graph, loss, output.inputs[0], rest)
      : appendTerms(binaryTerm, graph, loss, output, rest),
};
const onDistributions: LossRule = {
  term: 'categoricalCrossEntropy',
  append: (graph, loss, output, rest) =>
    output.op === softmaxOp
      ? appendSoftmaxTerms(graph, loss, output.inputs[0], rest)
      : appendTerms(categoricalTerm, graph, loss, output, rest),
};

/** The targets as the loss takes them; y itself where labels are hard and all classes weigh the same. */
function appendTargets(graph: Graph, { labelSmoothing, classWeights }: LossFunction, y: Node): Node {
  const classes = rows(y.shape);
  const blend = { keep: 1 - labelSmoothing, floor: labelSmoothing / classes };
  const soft = labelSmoothing === 0 ? y : append(graph, softTargets, [y], blend, 'softTargets');
  if (!classWeights) return soft;
  const weights = appendConstant(graph, 'classWeights', [classes, 1], classWeights);
  return append(graph, scale, [soft, weights], {}, 'weightedTargets');
}
