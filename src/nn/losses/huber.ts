/** The Huber loss. */
import { huber as huberTerm } from '../../ops/loss-table.ts';
import * as facts from './facts.ts';
import { type LossFunction, type LossOptions, type LossRule, ofRule } from './loss.ts';
import { appendTerms } from './terms.ts';

/** Options of {@link huber}. */
export interface HuberOptions extends LossOptions {
  /** δ > 0: the size of an error up to which it counts by its square. Default: 1. */
  delta?: number;
}

/**
 * The Huber loss: the sum over the outputs of `½ d²` for |d| ≤ δ, else `δ (|d| − ½ δ)`, with d = a − y (Huber 1964). Outliers pull
 * on the net no more than errors of δ do.
 *
 * PyTorch's `HuberLoss` also averages over the outputs. Its `SmoothL1Loss` with β is the Huber loss with δ = β, divided by β.
 *
 * @throws {ArgumentError} For an invalid option.
 */
export const huber = (options: HuberOptions = {}): LossFunction => ofRule(rule, options);

const rule: LossRule = {
  ...facts.huber,
  append: (site) => appendTerms(site, huberTerm(site.loss.settings.delta ?? 1)),
};
