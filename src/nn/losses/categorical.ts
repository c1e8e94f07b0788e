/** What losses that choose between classes have in common: their options, targets and checks. */
import { ArgumentError } from '../../base/errors.ts';
import { type Attributes, append, type Node } from '../../graph/graph.ts';
import { appendConstant, stepOf } from '../../graph/leaf.ts';
import { scale } from '../../ops/arithmetic.ts';
import { placesIn } from '../../ops/shared/columns.ts';
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
  { classes }: LastLayer,
  instead: string,
): void {
  if (classes === 1) {
    throw new ArgumentError(
      `${name} chooses between classes: expected a last layer of 2 units or more, found 1; for one output use ${instead}`,
    );
  }
  if (classWeights && classWeights.length !== classes) {
    const found = `found ${classWeights.length}`;
    throw new ArgumentError(`${name}: classWeights must hold a number for each of ${classes} classes, ${found}`);
  }
}

/** The loss of each sample from its logits, or of each pixel. A mean is over the pixels too. */
export function appendSoftmaxTerms(site: LossSite): Node {
  const { graph, output } = site;
  return append(graph, softmaxCrossEntropy, [output, appendTargets(site), stepOf(graph)], attributesOf(site));
}

/** Attributes of the terms: a mean over the pixels too, where there are several. */
export function attributesOf(site: LossSite): Attributes {
  const factor = factorOf(site);
  return { mean: site.loss.mean, ...(factor === 1 ? {} : { factor }) };
}

/** What makes a mean over the pixels of their terms. */
export const factorOf = ({ loss, output }: LossSite): number => (loss.mean ? 1 / placesIn(output.shape) : 1);

/** The targets as the loss takes them; y itself where labels are hard and all classes weigh the same. */
export function appendTargets({ graph, loss: { settings }, y, suffix }: LossSite): Node {
  const { labelSmoothing = 0, classWeights } = settings;
  const classes = y.shape[0];
  const blend = { keep: 1 - labelSmoothing, floor: labelSmoothing / classes };
  const soft = labelSmoothing === 0 ? y : append(graph, softTargets, [y], blend, `softTargets${suffix}`);
  if (!classWeights) return soft;
  const weights = appendConstant(graph, `classWeights${suffix}`, [classes, 1], classWeights);
  return append(graph, scale, [soft, weights], {}, `weightedTargets${suffix}`);
}
