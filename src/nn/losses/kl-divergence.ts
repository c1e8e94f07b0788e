/** The Kullback–Leibler divergence, from logits. */
import { append } from '../../graph/graph.ts';
import { stepOf } from '../../graph/leaf.ts';
import { klDivergence as divergence } from '../../ops/kl-divergence.ts';
import { attributesOf, checkClasses } from './categorical.ts';
import * as facts from './facts.ts';
import { type LossFunction, type LossOptions, type LossRule, ofRule } from './loss.ts';
import { probabilities } from './terms.ts';

/**
 * The Kullback–Leibler divergence of softmax(z) from targets that are probabilities: `Σ y (ln y − ln p)` with `p = softmax(z)`, from
 * the logits z of a linear last layer of at least 2 units. It is 0 where p = y. Its gradient is that of
 * {@link softmaxCrossEntropy}, `δ = p − y`.
 *
 * `predict` returns p. It is PyTorch's `KLDivLoss(reduction='batchmean')` of `log_softmax(z)`; where the output is an image, the
 * mean is over its pixels too.
 *
 * @throws {ArgumentError} For an invalid reduction or an unknown option.
 */
export const klDivergence = (options: LossOptions = {}): LossFunction => ofRule(rule, options);

const rule: LossRule = {
  ...facts.klDivergence,
  targets: probabilities,
  check: (loss, last) => checkClasses(loss, last, 'sigmoidCrossEntropy'),
  append: (site) => append(site.graph, divergence, [site.output, site.y, stepOf(site.graph)], attributesOf(site)),
};
