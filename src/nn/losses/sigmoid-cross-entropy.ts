/** Binary cross-entropy from logits. */
import { sigmoidCrossEntropy as sigmoidTerm } from '../../ops/loss-table.ts';
import * as facts from './facts.ts';
import { type LossFunction, type LossOptions, type LossRule, ofRule } from './loss.ts';
import { appendTerms, probabilities } from './terms.ts';

/**
 * Binary cross-entropy of sigmoid(z), from the logits z of a linear last layer: `−Σ [y ln σ(z) + (1 − y) ln(1 − σ(z))]` over
 * the outputs, with `δ = σ(z) − y`.
 *
 * `predict` returns σ(z). PyTorch's `BCEWithLogitsLoss` also averages over the outputs.
 *
 * @throws {ArgumentError} For an invalid reduction or an unknown option.
 */
export const sigmoidCrossEntropy = (options: LossOptions = {}): LossFunction => ofRule(rule, options);

const rule: LossRule = {
  ...facts.sigmoidCrossEntropy,
  targets: probabilities,
  append: (site) => appendTerms(site, sigmoidTerm),
};
