/** How far predictions are from their targets. */
import { append } from '../graph/graph.ts';
import { magnitude } from '../ops/residuals.ts';
import { mean } from './averages.ts';
import type { Metric } from './metric.ts';
import { errorsOf, lacksValues, totalPerOutput } from './site.ts';

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
    lacks: lacksValues,
    append: (site) => {
      const total = totalPerOutput(site, append(site.graph, magnitude, [errorsOf(site)]));
      return (found) => {
        const perOutput = Array.from(total(found), (sum) => sum / found.evaluation.count);
        return { meanAbsoluteError: mean(perOutput), meanAbsoluteErrorPerOutput: perOutput };
      };
    },
  },
});
