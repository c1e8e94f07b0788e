/** Binary cross-entropy of probabilities. */
import { activation } from '../../ops/activation.ts';
import { sigmoid } from '../../ops/activation-table.ts';
import { binaryCrossEntropy as binaryTerm, sigmoidCrossEntropy } from '../../ops/loss-table.ts';
import * as facts from './facts.ts';
import { appendLabelTerms, checkLabels, type LabelOptions } from './labels.ts';
import { type LossFunction, type LossRule, ofRule } from './loss.ts';
import { checkProbabilities, probabilities } from './terms.ts';

/**
 * Binary cross-entropy of probabilities a: `−Σ [y ln a + (1 − y) ln(1 − a)]` over the outputs.
 *
 * The last layer has sigmoid or softmax. After sigmoid the loss is computed from the logits, like {@link sigmoidCrossEntropy},
 * and stays accurate near 0 and 1; after softmax a is clamped to [2⁻²⁰, 1 − 2⁻²⁰]. PyTorch's `BCELoss` also averages over the
 * outputs.
 *
 * @throws {ArgumentError} For an invalid option.
 */
export const binaryCrossEntropy = (options: LabelOptions = {}): LossFunction => ofRule(rule, options);

const rule: LossRule = {
  ...facts.binaryCrossEntropy,
  targets: probabilities,
  check: (loss, last) => {
    checkLabels(loss, last);
    checkProbabilities(loss, last);
  },
  // Probabilities that are σ of logits are traced back to those, where no rounding has made 0 or 1 of them.
  append: (site) => {
    const { op, attributes, inputs } = site.output;
    return op === activation && attributes.f === sigmoid
      ? appendLabelTerms({ ...site, output: inputs[0] }, sigmoidCrossEntropy)
      : appendLabelTerms(site, binaryTerm);
  },
};
