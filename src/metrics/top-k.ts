/** Whether the right class is among the k with the highest outputs. */
import { checkCount } from '../base/arguments.ts';
import { append } from '../graph/graph.ts';
import { stepOf } from '../graph/leaf.ts';
import { amongHighest } from '../ops/among-highest.ts';
import { sum } from './averages.ts';
import { type Metric, questionOf } from './metric.ts';
import { flat, totalOf } from './site.ts';

/** Results of {@link topK}: `top5` of `topK(5)`. */
export type TopKResults<K extends number> = { readonly [Name in `top${K}`]: number };

/**
 * Fraction of samples whose class is among the k with the highest outputs, as `top5` for k = 5.
 *
 * Of equal outputs the one of the lower class counts as higher, as in {@link Evaluation.accuracy}, so `topK(1)` is the accuracy.
 * scikit-learn's `top_k_accuracy_score` takes the higher class first.
 *
 * @param k A positive integer, less than the number of classes.
 * @throws {ArgumentError} For another k.
 */
export function topK<const K extends number>(k: K): Metric<TopKResults<K>> {
  checkCount('topK: k', k);
  const key = `top${k}` as const;
  return {
    name: `topK(${k})`,
    best: { [key]: 'highest' },
    rule: {
      lacks: (subject) => {
        if (questionOf(subject) !== 'class') return 'one class per sample';
        return subject.targets.size > k ? undefined : `more than ${k} classes`;
      },
      append: (site) => {
        const operands = [site.output, site.y].map((node) => flat(site, node));
        const node = append(site.graph, amongHighest, [...operands, stepOf(site.graph)], { most: k });
        const total = totalOf(site, node); // [1, batch]
        return (found) => {
          return { [key]: sum(total(found)) / found.evaluation.count } as TopKResults<K>;
        };
      },
    },
  };
}
