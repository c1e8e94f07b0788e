/** What losses of labels have in common: their options, checks and terms. */
import { ArgumentError } from '../../base/errors.ts';
import { append, type Node } from '../../graph/graph.ts';
import { appendConstant, stepOf } from '../../graph/leaf.ts';
import { labelTerms } from '../../ops/label-terms.ts';
import type { Loss } from '../../ops/loss-table.ts';
import type { LastLayer, LossFunction, LossOptions, LossSite } from './loss.ts';
import { appendTerms } from './terms.ts';

/** Options of the losses of labels. */
export interface LabelOptions extends LossOptions {
  /**
   * A factor ≥ 0 for what each label adds to the loss where it holds, PyTorch's `pos_weight`: one number per output, or per
   * channel of an image. Default: 1 for every label.
   */
  positiveWeights?: readonly number[];
}

/** Throws ArgumentError where there are not as many weights as labels. */
export function checkLabels({ name, settings: { positiveWeights } }: LossFunction, { classes }: LastLayer): void {
  if (!positiveWeights || positiveWeights.length === classes) return;
  const found = `found ${positiveWeights.length}`;
  throw new ArgumentError(`${name}: positiveWeights must hold a number for each of ${classes} labels, ${found}`);
}

/** Terms c(a, y), one for each output, which is linear in y; weighted where the labels are. */
export function appendLabelTerms(site: LossSite, term: Loss): Node {
  const { graph, loss, output, y, suffix } = site;
  const { positiveWeights } = loss.settings;
  if (!positiveWeights) return appendTerms(site, term);
  const weights = appendConstant(graph, `positiveWeights${suffix}`, [positiveWeights.length, 1], positiveWeights);
  return append(graph, labelTerms, [output, y, weights, stepOf(graph)], { term, mean: loss.mean });
}
