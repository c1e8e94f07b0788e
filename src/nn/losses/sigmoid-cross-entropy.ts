/** Binary cross-entropy from logits. */
import { sigmoidCrossEntropy as sigmoidTerm } from '../../ops/loss-table.ts';
import * as facts from './facts.ts';
import { appendLabelTerms, checkLabels, type LabelOptions } from './labels.ts';
import { type LossFunction, type LossRule, ofRule } from './loss.ts';
import { probabilities } from './terms.ts';

/**
 * Binary cross-entropy of sigmoid(z), from the logits z of a linear last layer: `−Σ [y ln σ(z) + (1 − y) ln(1 − σ(z))]` over
 * the outputs, with `δ = σ(z) − y`. With {@link LabelOptions.positiveWeights} p, the first of the two terms is p times as large.
 *
 * `predict` returns σ(z). PyTorch's `BCEWithLogitsLoss` also averages over the outputs.
 *
 * @throws {ArgumentError} For an invalid option.
 */
export const sigmoidCrossEntropy = (options: LabelOptions = {}): LossFunction => ofRule(rule, options);

const rule: LossRule = {
  ...facts.sigmoidCrossEntropy,
  targets: probabilities,
  check: checkLabels,
  append: (site) => appendLabelTerms(site, sigmoidTerm),
};
