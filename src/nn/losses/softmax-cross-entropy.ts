/** Categorical cross-entropy from logits. */
import { appendSoftmaxTerms, type CategoricalOptions, checkClasses } from './categorical.ts';
import * as facts from './facts.ts';
import { type LossFunction, type LossRule, ofRule } from './loss.ts';
import { probabilities } from './terms.ts';

/**
 * Categorical cross-entropy of softmax(z), from the logits z of a linear last layer of at least 2 units: `−Σ y ln p` with
 * `p = softmax(z)`, and `δ = p − y`; PyTorch's `CrossEntropyLoss`.
 *
 * An output `[C, ...]` of several axes chooses a class at each place, such as each pixel of an image. A mean is over the places too.
 *
 * `predict` returns p.
 *
 * @throws {ArgumentError} For an invalid option.
 */
export const softmaxCrossEntropy = (options: CategoricalOptions = {}): LossFunction => ofRule(rule, options);

const rule: LossRule = {
  ...facts.softmaxCrossEntropy,
  targets: probabilities,
  check: (loss, last) => checkClasses(loss, last, 'sigmoidCrossEntropy'),
  append: appendSoftmaxTerms,
};
