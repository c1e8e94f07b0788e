/** How much of the variance of the targets the predictions explain. */
import { append } from '../graph/graph.ts';
import { hadamard } from '../ops/arithmetic.ts';
import { mean } from './averages.ts';
import type { Metric } from './metric.ts';
import { errorsOf, flat, lacksValues, spreadOf, totalPerOutput } from './site.ts';

/** Results of {@link rSquared}. */
export interface RSquaredResults {
  /** `1 − Σ (y − p)² / Σ (y − ȳ)²`, averaged over the outputs. */
  readonly rSquared: number;
  /** The same of each output. */
  readonly rSquaredPerOutput: readonly number[];
}

/**
 * The coefficient of determination of predictions p, `R² = 1 − Σ (y − p)² / Σ (y − ȳ)²`, as scikit-learn's `r2_score`: 1 for
 * predictions without an error, 0 for those that are always the mean ȳ, less for worse. Targets that are all equal score 1 if
 * they are predicted without an error, else 0.
 */
export const rSquared = (): Metric<RSquaredResults> => ({
  name: 'rSquared()',
  best: { rSquared: 'highest' },
  rule: {
    lacks: lacksValues,
    append: (site) => {
      const errors = errorsOf(site);
      const residuals = totalPerOutput(site, append(site.graph, hadamard, [errors, errors]));
      const variations = spreadOf(site, flat(site, site.y));
      return (found) => {
        const rests = residuals(found);
        const perOutput = Array.from(variations(found), (variation, k) => explained(rests[k], variation));
        return { rSquared: mean(perOutput), rSquaredPerOutput: perOutput };
      };
    },
  },
});

const explained = (residual: number, variation: number): number =>
  variation > 0 ? 1 - residual / variation : Number(residual === 0);
