/** What losses that choose between classes have in common: their options, targets and checks. */
import { ArgumentError } from '../../base/errors.ts';
import { rows } from '../../base/tensor.ts';
import { append, type Node } from '../../graph/graph.ts';
import { appendConstant, stepOf } from '../../graph/leaf.ts';
import { scale } from '../../ops/arithmetic.ts';
import { softTargets } from '../../ops/soft-targets.ts';
import { softmaxCrossEntropy } from '../../ops/softmax-cross-entropy.ts';
import type { LastLayer, LossFunction, LossOptions, LossSite } from './loss.ts';

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

/** Throws ArgumentError for a single output, and where there are not as many weights as classes. */
export function checkClasses(
  { name, settings: { classWeights } }: LossFunction,
  { outputs }: LastLayer,
  instead: string,
): void {
  if (outputs === 1) {
    throw new ArgumentError(
      `${name} chooses between classes: expected a last layer of 2 units or more, found 1; for one output use ${instead}`,
    );
  }
  if (classWeights && classWeights.length !== outputs) {
    const found = `found ${classWeights.length}`;
    throw new ArgumentError(`${name}: classWeights must hold a number for each of ${outputs} classes, ${found}`);
  }
}

/** The loss of each sample from its logits. */
export function appendSoftmaxTerms(site: LossSite): Node {
  const { graph, loss, output } = site;
  return append(graph, softmaxCrossEntropy, [output, appendTargets(site), stepOf(graph)], { mean: loss.mean });
}

/** The targets as the loss takes them; y itself where labels are hard and all classes weigh the same. */
export function appendTargets({ graph, loss: { settings }, y }: LossSite): Node {
  const { labelSmoothing = 0, classWeights } = settings;
  const classes = rows(y.shape);
  const blend = { keep: 1 - labelSmoothing, floor: labelSmoothing / classes };
  const soft = labelSmoothing === 0 ? y : append(graph, softTargets, [y], blend, 'softTargets');
  if (!classWeights) return soft;
  const weights = appendConstant(graph, 'classWeights', [classes, 1], classWeights);
  return append(graph, scale, [soft, weights], {}, 'weightedTargets');
}
