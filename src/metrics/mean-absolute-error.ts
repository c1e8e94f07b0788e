/** How far predictions are from their targets. */
import { append } from '../graph/graph.ts';
import { stepOf } from '../graph/leaf.ts';
import { difference, magnitude } from '../ops/residuals.ts';
import { rowSum } from '../ops/row-sum.ts';
import type { Metric } from './metric.ts';
import { predictionsOf, totalOf } from './site.ts';

/** Results of {@link meanAbsoluteError}. */
export interface MeanAbsoluteErrorResults {
  /** `Σ |p − y| / n`, averaged over the outputs. */
  readonly meanAbsoluteError: number;
  /** The same of each output. */
  readonly meanAbsoluteErrorPerOutput: readonly number[];
}

/** The mean absolute error of predictions p, `Σ |p − y| / n`, as scikit-learn's `mean_absolute_error`. */
export const meanAbsoluteError = (): Metric<MeanAbsoluteErrorResults> => ({
  name: 'meanAbsoluteError()',
  best: { meanAbsoluteError: 'lowest' },
  rule: {
    lacks: ({ targets }) => (targets.kind === 'values' ? undefined : 'values as targets'),
    append: (site) => {
      const { graph } = site;
      const { predicted, y } = predictionsOf(site);
      const error = append(graph, difference, [predicted, y, stepOf(graph)]);
      const total = totalOf(site, append(graph, rowSum, [append(graph, magnitude, [error])]));
      return (found) => {
        const perOutput = Array.from(total(found), (sum) => sum / found.evaluation.count);
        const mean = perOutput.reduce((sum, x) => sum + x, 0) / perOutput.length;
        return { meanAbsoluteError: mean, meanAbsoluteErrorPerOutput: perOutput };
      };
    },
  },
});
