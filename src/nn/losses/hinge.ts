/** The hinge loss of support vector machines. */
import { hinge as hingeTerm } from '../../ops/loss-table.ts';
import * as facts from './facts.ts';
import { type LossFunction, type LossOptions, type LossRule, ofRule } from './loss.ts';
import { appendTerms } from './terms.ts';

/**
 * The hinge loss: `Σ max(0, 1 − t a)` over the outputs, where t is 1 for a label that holds and −1 for one that does not; the
 * loss of a support vector machine, as scikit-learn's `hinge_loss`. At the margin, where t a = 1, its gradient is 0.
 *
 * The last layer is linear, and a label is predicted where its output is 0 or more. Targets are 1 for yes, and 0 or −1 for no;
 * class labels are one against all others. Keras' `Hinge` also averages over the outputs.
 *
 * @throws {ArgumentError} For an invalid reduction or an unknown option.
 */
export const hinge = (options: LossOptions = {}): LossFunction => ofRule(rule, options);

const rule: LossRule = {
  ...facts.hinge,
  targets: { expected: '1, 0 or −1', takes: (y) => y === 1 || y === 0 || y === -1 },
  append: (site) => appendTerms(site, hingeTerm),
};
