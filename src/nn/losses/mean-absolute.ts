/** The mean absolute error. */
import { rows } from '../../base/tensor.ts';
import { absoluteError } from '../../ops/loss-table.ts';
import * as facts from './facts.ts';
import { type LossFunction, type LossOptions, type LossRule, ofRule } from './loss.ts';
import { appendTerms } from './terms.ts';

/**
 * The mean absolute error: `Σ |a − y| / K` over K outputs, as PyTorch's `L1Loss` with its default reduction. Where a = y, its
 * gradient is 0.
 *
 * @throws {ArgumentError} For an invalid reduction or an unknown option.
 */
export const meanAbsolute = (options: LossOptions = {}): LossFunction => ofRule(rule, options);

const rule: LossRule = {
  ...facts.meanAbsolute,
  append: (site) => appendTerms(site, absoluteError, 1 / rows(site.output.shape)),
};
