/** Categorical cross-entropy of probabilities. */
import { categoricalCrossEntropy as categoricalTerm } from '../../ops/loss-table.ts';
import { softmax } from '../../ops/softmax.ts';
import { appendSoftmaxTerms, appendTargets, type CategoricalOptions, checkClasses, factorOf } from './categorical.ts';
import * as facts from './facts.ts';
import { type LossFunction, type LossRule, ofRule } from './loss.ts';
import { appendTerms, checkProbabilities, probabilities } from './terms.ts';

/**
 * Categorical cross-entropy of probabilities a: `−Σ y ln a` over the classes.
 *
 * The last layer has softmax or sigmoid, and at least 2 units. After softmax the loss is computed from the logits, like
 * {@link softmaxCrossEntropy}, and stays accurate near 0; after sigmoid a is clamped to at least 2⁻²⁰.
 *
 * @throws {ArgumentError} For an invalid option.
 */
export const categoricalCrossEntropy = (options: CategoricalOptions = {}): LossFunction => ofRule(rule, options);

const rule: LossRule = {
  ...facts.categoricalCrossEntropy,
  targets: probabilities,
  check: (loss, last) => {
    checkClasses(loss, last, 'binaryCrossEntropy after a sigmoid');
    checkProbabilities(loss, last);
  },
  // Probabilities that are softmax of logits are traced back to those, where no rounding has made 0 of them.
  append: (site) =>
    site.output.op === softmax
      ? appendSoftmaxTerms({ ...site, output: site.output.inputs[0] })
      : appendTerms({ ...site, y: appendTargets(site) }, categoricalTerm, factorOf(site)),
};
