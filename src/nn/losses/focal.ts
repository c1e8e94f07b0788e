/** The focal loss, from logits. */
import { focal as focalTerm } from '../../ops/loss-table.ts';
import * as facts from './facts.ts';
import { type LossFunction, type LossOptions, type LossRule, ofRule } from './loss.ts';
import { appendTerms, probabilities } from './terms.ts';

/** Options of {@link focal}. */
export interface FocalOptions extends LossOptions {
  /** γ ≥ 0: how much less what is predicted well counts. 0 gives the cross-entropy. Default: 2. */
  gamma?: number;
  /** α from 0 to 1, the weight of labels that hold; the others have 1 − α. `'none'` gives both a weight of 1. Default: 0.25. */
  alpha?: number | 'none';
}

/**
 * The focal loss of sigmoid(z), from the logits z of a linear last layer: `Σ α (1 − p)ᵞ (−ln p)` over the outputs, where p is the
 * probability that the net gives to the right answer, and α is 1 − α where the answer is no (Lin et al. 2017). It turns
 * training to the few samples that are hard among many that are easy.
 *
 * `predict` returns σ(z). It is torchvision's `sigmoid_focal_loss`, with its defaults; reduction 'mean' of that also averages
 * over the outputs.
 *
 * @throws {ArgumentError} For an invalid option.
 */
export const focal = (options: FocalOptions = {}): LossFunction => ofRule(rule, options);

const rule: LossRule = {
  ...facts.focal,
  targets: probabilities,
  append: (site) => {
    const { gamma = 2, alpha = 0.25 } = site.loss.settings;
    // Twice a half is 1, without rounding.
    return alpha === 'none' ? appendTerms(site, focalTerm(gamma, 0.5), 2) : appendTerms(site, focalTerm(gamma, alpha));
  },
};
