/** Losses as plain data, and the node that each appends. */
import { checkKeys, checkNumber, isList, member } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { rows } from '../base/tensor.ts';
import { append, type Graph, type Node } from '../graph/graph.ts';
import { stepOf } from '../graph/leaf.ts';
import { activation } from '../ops/activation.ts';
import { lossTerms } from '../ops/loss.ts';
import { type LossTerm, losses as terms } from '../ops/loss-table.ts';
import { softTargets } from '../ops/soft-targets.ts';
import { softmax } from '../ops/softmax.ts';
import { softmaxCrossEntropy as softmaxCrossEntropyOp } from '../ops/softmax-cross-entropy.ts';
import type { LayerActivation } from './layers/layer.ts';
import { type Model, outputs } from './model.ts';

export interface LossOptions {
  /** Over the samples of a batch; 'mean' unless told. */
  reduction?: 'mean' | 'sum';
}
/** Of losses that are linear in their targets: −Σ yᵢ log pᵢ. */
export interface CategoricalOptions extends LossOptions {
  /** ε: the targets are (1 − ε) y + ε / K for K classes; 0 unless told. */
  labelSmoothing?: number;
  /** A factor for the terms of each class. A mean is still over the samples, and not over their weights. */
  classWeights?: readonly number[];
}
export interface LossFunction {
  readonly name: string;
  readonly term: LossTerm | 'softmaxCrossEntropy';
  /** Weight of the sum over outputs. */
  readonly factor: (outputs: number) => number;
  readonly mean: boolean;
  readonly labelSmoothing: number;
  readonly classWeights?: readonly number[];
  /** What turns the output of the model into a prediction, where the loss works on logits. */
  readonly prediction: LayerActivation['activation'];
  /** Whether accuracy means something whatever the targets are, and from which output on a label is taken to hold. */
  readonly classifies: boolean;
  readonly threshold: number;
}

const usual = {
  factor: () => 1,
  prediction: 'linear',
  classifies: false,
  threshold: 0.5,
  labelSmoothing: 0,
} as const;

const lossFunction =
  (name: string, term: LossFunction['term'], more: Partial<LossFunction> = {}) =>
  (options: LossOptions = {}): LossFunction => {
    checkKeys(name, options, ['reduction']);
    return { name, term, ...usual, ...more, mean: isMean(name, options) };
  };

const categorical =
  (name: string, term: LossFunction['term'], more: Partial<LossFunction>) =>
  (options: CategoricalOptions = {}): LossFunction => {
    checkKeys(name, options, ['reduction', 'labelSmoothing', 'classWeights']);
    const { labelSmoothing = 0, classWeights } = options;
    checkNumber(`${name}: labelSmoothing`, labelSmoothing, 'a number in [0, 1)', (value) => value >= 0 && value < 1);
    checkWeights(name, classWeights);
    return { name, term, ...usual, ...more, mean: isMean(name, options), labelSmoothing, classWeights };
  };

function checkWeights(name: string, weights: unknown): void {
  if (weights === undefined) return;
  if (!isList(weights)) {
    throw new ArgumentError(
      `${name}: classWeights must be a list with a number per class, found ${showValue(weights)}`,
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

/** ½ Σ (a − y)² over the outputs; δ = (a − y) ⊙ σ'(z). Nielsen's quadratic cost. */
export const quadratic = lossFunction('quadratic', 'squaredError', { factor: () => 0.5 });
/** Σ (a − y)² over the outputs; δ = 2 (a − y) ⊙ σ'(z). */
export const squared = lossFunction('squared', 'squaredError');
/** Mean over the outputs of (a − y)². */
export const meanSquared = lossFunction('meanSquared', 'squaredError', { factor: (outputs) => 1 / outputs });
/**
 * −Σ [y ln a + (1 − y) ln(1 − a)] of probabilities a. After a last sigmoid it is computed from what goes into that, as
 * `sigmoidCrossEntropy`, and exact however sure a is; after a softmax a is kept 2⁻²⁰ away from 0 and 1.
 */
export const binaryCrossEntropy = lossFunction('binaryCrossEntropy', 'binaryCrossEntropy', { classifies: true });
/**
 * −Σ y ln a of probabilities a. After a last softmax it is computed from what goes into that, as `softmaxCrossEntropy`, and
 * exact however sure a is; after a sigmoid a is kept 2⁻²⁰ away from 0.
 */
export const categoricalCrossEntropy = categorical('categoricalCrossEntropy', 'categoricalCrossEntropy', {
  classifies: true,
});
/** Binary cross-entropy of σ(z), from the logits z of a linear last layer; δ = σ(z) − y. `predict` gives σ(z). */
export const sigmoidCrossEntropy = lossFunction('sigmoidCrossEntropy', 'sigmoidCrossEntropy', {
  prediction: 'sigmoid',
  classifies: true,
  threshold: 0,
});
/** −Σ y log softmax(z), from the logits z of a linear last layer; δ = p − y. `predict` gives p. */
export const softmaxCrossEntropy = categorical('softmaxCrossEntropy', 'softmaxCrossEntropy', {
  prediction: 'softmax',
  classifies: true,
  threshold: 0,
});

/** Throws ArgumentError for what no function here would have made. */
export function checkLoss(where: string, value: unknown): void {
  const term = member(value, 'term');
  const isTerm = typeof term === 'string' && (term === 'softmaxCrossEntropy' || Object.hasOwn(terms, term));
  const types = { name: 'string', factor: 'function', mean: 'boolean', prediction: 'string', threshold: 'number' };
  if (isTerm && Object.entries(types).every(([name, type]) => typeof member(value, name) === type)) return;
  throw new ArgumentError(`${where}: loss must be one such as softmaxCrossEntropy(), found ${showValue(value)}`);
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
    const instead = term === 'softmaxCrossEntropy' ? 'sigmoidCrossEntropy' : 'binaryCrossEntropy, after a sigmoid,';
    throw new ArgumentError(
      `${name} chooses between classes: expected a last layer of 2 units or more, found 1; ${instead} takes one`,
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

/** Whether the loss takes each output for a question of its own, answered by yes or no: several labels of a sample may hold. */
export const isPerLabel = ({ term }: Pick<LossFunction, 'term'>): boolean =>
  term === 'binaryCrossEntropy' || term === 'sigmoidCrossEntropy';

/** The weighted terms whose sum is the loss of the batch. */
export function appendLoss(graph: Graph, loss: LossFunction, output: Node, y: Node): Node {
  const { factor, mean } = loss;
  const { term, of } = onLogits(loss, output);
  const inputs = [of, appendTargets(graph, loss, y), stepOf(graph)];
  if (term === 'softmaxCrossEntropy') return append(graph, softmaxCrossEntropyOp, inputs, { mean });
  return append(graph, lossTerms, inputs, { term, factor: factor(rows(output.shape)), mean });
}

/** Of a loss on probabilities that are σ or softmax of logits, the same loss on those, where no rounding has made 0 or 1 of them. */
function onLogits({ term }: LossFunction, output: Node): { term: LossFunction['term']; of: Node } {
  const { op, attributes, inputs } = output;
  const isSigmoid = op === activation && attributes.f === 'sigmoid';
  if (term === 'binaryCrossEntropy' && isSigmoid) return { term: 'sigmoidCrossEntropy', of: inputs[0] };
  if (term === 'categoricalCrossEntropy' && op === softmax) return { term: 'softmaxCrossEntropy', of: inputs[0] };
  return { term, of: output };
}

/** The targets as the loss takes them; y itself where labels are hard and all classes weigh the same. */
function appendTargets(graph: Graph, { labelSmoothing, classWeights }: LossFunction, y: Node): Node {
  if (labelSmoothing === 0 && !classWeights) return y;
  const blend = { keep: 1 - labelSmoothing, floor: labelSmoothing / rows(y.shape) };
  const weights = classWeights && { weights: JSON.stringify(classWeights) };
  return append(graph, softTargets, [y], { ...blend, ...weights }, 'softTargets');
}
