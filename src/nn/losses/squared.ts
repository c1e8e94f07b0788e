/** Squared errors: halves, wholes and means of them. */
import { rows } from '../../base/tensor.ts';
import { squaredError } from '../../ops/loss-table.ts';
import * as facts from './facts.ts';
import { type LossFunction, type LossOptions, type LossRule, ofRule } from './loss.ts';
import { appendTerms } from './terms.ts';

/**
 * Half the squared error: `½ Σ (a − y)²` over the outputs, with `δ = (a − y) ⊙ σ'(z)`; the quadratic cost of Nielsen, *Neural
 * Networks and Deep Learning* (2015).
 *
 * @throws {ArgumentError} For an invalid reduction or an unknown option.
 */
export const quadratic = (options: LossOptions = {}): LossFunction => ofRule(quadraticRule, options);
/**
 * The squared error: `Σ (a − y)²` over the outputs, with `δ = 2 (a − y) ⊙ σ'(z)`.
 *
 * @throws {ArgumentError} For an invalid reduction or an unknown option.
 */
export const squared = (options: LossOptions = {}): LossFunction => ofRule(squaredRule, options);
/**
 * The mean squared error: `Σ (a − y)² / K` over K outputs, as PyTorch's `MSELoss` with its default reduction.
 *
 * @throws {ArgumentError} For an invalid reduction or an unknown option.
 */
export const meanSquared = (options: LossOptions = {}): LossFunction => ofRule(meanSquaredRule, options);

const quadraticRule: LossRule = { ...facts.quadratic, append: (site) => appendTerms(site, squaredError, 0.5) };
const squaredRule: LossRule = { ...facts.squared, append: (site) => appendTerms(site, squaredError) };
const meanSquaredRule: LossRule = {
  ...facts.meanSquared,
  append: (site) => appendTerms(site, squaredError, 1 / rows(site.output.shape)),
};
