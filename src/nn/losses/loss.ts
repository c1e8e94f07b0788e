/**
 * What a loss is: plain data made by a function such as `softmaxCrossEntropy()`, which carries its rule. The rule appends the
 * weighted terms whose sum is the loss of a batch. One loss, one file; a net holds the code of the loss that it is trained
 * with.
 */
import { checkKeys, member } from '../../base/arguments.ts';
import { ArgumentError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';
import type { Shape } from '../../base/tensor.ts';
import { append, type Graph, type Node } from '../../graph/graph.ts';
import { scale } from '../../ops/arithmetic.ts';
import { appendActivation } from '../layers/activation.ts';
import type { LayerActivation } from '../layers/layer.ts';
import type { LossFacts, Question } from './facts.ts';
import type { LossSettings } from './settings.ts';

/** Options of every loss. */
export interface LossOptions {
  /** How the losses of the samples of a batch are combined. Default: `'mean'`. */
  reduction?: 'mean' | 'sum';
}

/** A loss as plain data; made by functions such as {@link softmaxCrossEntropy}. */
export interface LossFunction {
  /** Name of the function that made it. */
  readonly name: string;
  /** Whether the loss of a batch is the mean over its samples; else it is the sum. */
  readonly mean: boolean;
  /** What is asked of the net: the class of a sample, its labels, or values. */
  readonly question: Question;
  /** Activation that turns outputs into predictions: `'linear'` unless the loss takes logits. */
  readonly prediction: LayerActivation['activation'];
  /** Output above which a label counts as predicted: 0 for logits, else 0.5. */
  readonly threshold: number;
  /** What its function was given besides the reduction. */
  readonly settings: LossSettings;
  /**
   * The losses of several outputs. This one is their weighted sum.
   *
   * @internal
   */
  readonly heads?: readonly Head[];
}

/** One of several outputs, and its loss. */
export interface Head {
  /** Name of the output. */
  readonly name: string;
  /** Its loss. */
  readonly loss: LossFunction;
  /** Factor of its loss. */
  readonly weight: number;
  /** Values per sample. */
  readonly outputs: number;
  /** How many choices between classes there are for a sample: the pixels of an image, else one. */
  readonly choices: number;
}

/** Where a loss is appended: a loss to the output of a model and the targets. */
export interface LossSite {
  readonly graph: Graph;
  readonly loss: LossFunction;
  readonly output: Node;
  readonly y: Node;
  /** The output, or what it consists of where there are several. */
  readonly outputs: readonly Node[];
  /** Factors for the terms of each sample, [1, N], if there are some. */
  readonly weights?: Node;
  /** What the names of the tensors of a loss end in. It tells several outputs apart. */
  readonly suffix: string;
}

/** The last layer of a model, as far as losses ask for it. */
export interface LastLayer {
  readonly activation: LayerActivation['activation'];
  /** Classes that an output may choose between: features, or the channels of an image. */
  readonly classes: number;
}

/** The targets that a loss takes. */
export interface TargetRule {
  /** 'a probability, from 0 to 1' */
  readonly expected: string;
  takes(y: number): boolean;
  /** Every number between these two is such a target. */
  readonly range?: readonly [least: number, most: number];
}

export interface LossRule extends LossFacts {
  /** Default: any number. */
  readonly targets?: TargetRule;
  /** Throws ArgumentError where the loss does not go with the last layer. */
  check?(loss: LossFunction, last: LastLayer): void;
  /** Appends the weighted terms. */
  append(site: LossSite): Node;
}

/** Under which a loss carries its rule: a copy such as { ...loss } has it too, and a JSON text does not. */
const RULE = Symbol('rule');

const ruleOf = (loss: unknown): LossRule => member(loss, RULE) as LossRule;

/** The loss of these options. Throws ArgumentError for one that is unknown, or that the loss cannot have. */
export function ofRule(rule: LossRule, options: LossOptions & LossSettings): LossFunction {
  const { name, question, prediction, threshold, settings } = rule;
  checkKeys(name, options, ['reduction', ...Object.keys(settings)]);
  const { reduction = 'mean', ...others } = options;
  if (reduction !== 'mean' && reduction !== 'sum') {
    throw new ArgumentError(`${name}: reduction must be 'mean' or 'sum', found ${showValue(reduction)}`);
  }
  const given = Object.entries(others).filter(([, value]) => value !== undefined);
  for (const [key, value] of given) settings[key](`${name}: ${key}`, value);
  return {
    ...{ name, mean: reduction === 'mean', question, prediction: prediction.activation, threshold },
    ...{ settings: Object.fromEntries(given), [RULE]: rule },
  };
}

/** Throws ArgumentError for what no function of a loss would have made. */
export function checkLoss(where: string, value: unknown): void {
  const rule = ruleOf(value);
  const isNamed = typeof member(rule, 'append') === 'function' && member(value, 'name') === rule.name;
  const types = { mean: 'boolean', prediction: 'string', question: 'string', threshold: 'number', settings: 'object' };
  if (isNamed && Object.entries(types).every(([name, type]) => typeof member(value, name) === type)) return;
  throw new ArgumentError(`${where}: loss must be a loss such as softmaxCrossEntropy(), found ${showValue(value)}`);
}

/** Throws ArgumentError where the loss does not go with the last layer: one on logits must not follow its own activation. */
export const checkOutput = (
  { layers, shapes }: { readonly layers: readonly object[]; readonly shapes: readonly Shape[] },
  loss: LossFunction,
): void => checkLast(layers[layers.length - 1], shapes[shapes.length - 1], loss);

/** The same for the layer that makes one of several outputs, of this shape. */
export function checkLast(last: object, shape: Shape, loss: LossFunction): void {
  const activation = (member(last, 'activation') as LayerActivation['activation'] | undefined) ?? 'linear';
  const { name, prediction } = loss;
  ruleOf(loss).check?.(loss, { activation, classes: shape[0] });
  if (prediction !== 'linear' && activation === prediction) {
    throw new ArgumentError(
      `${name} works on logits and applies ${prediction} itself: expected a linear last layer, found ${activation}`,
    );
  }
}

/** The targets that a loss takes; undefined where any number will do. */
export const targetsOf = (loss: LossFunction): TargetRule | undefined => ruleOf(loss).targets;

/** The weighted terms whose sum is the loss of the batch. */
export function appendLoss(
  graph: Graph,
  loss: LossFunction,
  output: Node,
  y: Node,
  { outputs = [output], suffix = '', weights }: Partial<Pick<LossSite, 'outputs' | 'suffix' | 'weights'>> = {},
): Node {
  const terms = ruleOf(loss).append({ graph, loss, output, y, outputs, suffix, weights });
  // Several losses have weighted theirs.
  return weights && !loss.heads ? append(graph, scale, [terms, weights]) : terms;
}

/** What is predicted from an output, which is a node of its own unless that is one already. */
export const appendPrediction = (graph: Graph, loss: LossFunction, output: Node, suffix = ''): Node =>
  appendActivation(graph, predictionOf(loss), output, `prediction${suffix}`);

/** What turns outputs into predictions. */
export const predictionOf = (loss: LossFunction): LayerActivation => ruleOf(loss).prediction;
