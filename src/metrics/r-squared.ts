/** How much of the variance of the targets the predictions explain. */
import { append, type Graph, type Node } from '../graph/graph.ts';
import { leaf, state, stepOf } from '../graph/leaf.ts';
import { add, hadamard } from '../ops/arithmetic.ts';
import { firstColumn, hold } from '../ops/kept.ts';
import { momentsOf } from '../ops/moments.ts';
import { difference } from '../ops/residuals.ts';
import { rowSum } from '../ops/row-sum.ts';
import type { Metric } from './metric.ts';
import { predictionsOf, totalOf } from './site.ts';

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
    lacks: ({ targets }) => (targets.kind === 'values' ? undefined : 'values as targets'),
    append: (site) => {
      const { graph } = site;
      const step = stepOf(graph);
      const { predicted, y } = predictionsOf(site);
      const deviation = append(graph, difference, [y, centreOf(graph, y), step]);
      const error = append(graph, difference, [predicted, y, step]);
      const sumOf = (node: Node) => totalOf(site, append(graph, rowSum, [node]));
      const squareOf = (node: Node) => sumOf(append(graph, hadamard, [node, node]));
      const totals = [squareOf(error), squareOf(deviation), sumOf(deviation)];
      return (found) => {
        const [residuals, squares, sums] = totals.map((total) => total(found));
        const { count } = found.evaluation;
        const perOutput = Array.from(residuals, (rest, k) => explained(rest, squares[k] - sums[k] ** 2 / count));
        const mean = perOutput.reduce((sum, x) => sum + x, 0) / perOutput.length;
        return { rSquared: mean, rSquaredPerOutput: perOutput };
      };
    },
  },
});

/**
 * The mean of the first batch, [K, 1]. Squares of y − c add up without cancelling, where those of y would not for a large mean;
 * and where all targets are equal, y − c is exactly 0, as the mean is taken of differences from the first of them.
 */
function centreOf(graph: Graph, y: Node): Node {
  const step = stepOf(graph);
  const first = append(graph, rowSum, [append(graph, firstColumn, [y])]);
  const { mean } = momentsOf(graph, append(graph, difference, [y, first, step]), 'channel');
  const held = leaf(graph, state, 'centre', mean.shape);
  return append(graph, hold, [held, append(graph, add, [first, mean]), step]);
}

const explained = (residual: number, variation: number): number =>
  variation > 0 ? 1 - residual / variation : Number(residual === 0);
