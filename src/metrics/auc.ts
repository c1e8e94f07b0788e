/** How well outputs rank the samples of a class above all others. */
import { DataError } from '../base/errors.ts';
import { mean } from './averages.ts';
import { classNames } from './class-names.ts';
import { type Found, type Metric, questionOf } from './metric.ts';
import { type Pairs, recordOf } from './site.ts';

/** Results of {@link auc}. */
export interface AucResults {
  /** Mean of the areas of all classes that have one. */
  readonly auc: number;
  /** Area of each class, against all others; NaN for a class that no sample has, or that all have. */
  readonly aucPerClass: readonly number[];
}

/**
 * The area under the ROC curve: the probability that the net ranks a sample of a class above one that is not of it, where ties
 * count one half. It is exact, as scikit-learn's `roc_auc_score` with `multi_class='ovr'` and the macro average.
 *
 * An evaluation with it reads all predictions back from the device: 8 bytes for each output of each sample.
 *
 * @throws {DataError} When it is computed, for a data set without a class that some samples have and others do not.
 */
export const auc = (): Metric<AucResults> => ({
  name: 'auc()',
  best: { auc: 'highest' },
  rule: {
    perBatch: true,
    lacks: (subject) => (questionOf(subject) === 'values' ? 'classes' : undefined),
    append: (site) => {
      const pairs = recordOf(site);
      const isMember = site.question === 'class' ? membersByClass(pairs) : membersByLabel(pairs);
      return (found) => {
        const members = isMember(found);
        const perClass = classNames(found.subject).map((_, k) => areaUnder(pairs(found, k).predicted, members(k)));
        const known = perClass.filter((area) => !Number.isNaN(area));
        if (known.length === 0) {
          throw new DataError(
            `auc: ${found.subject.name} has no class that some of its samples have and others do not`,
          );
        }
        return { auc: mean(known), aucPerClass: perClass };
      };
    },
  },
});

/** Says of sample i whether it is of class k. */
type Members = (found: Found) => (k: number) => (i: number) => boolean;

const membersByLabel =
  (pairs: Pairs): Members =>
  (found) =>
  (k) => {
    const { targets } = pairs(found, k);
    return (i) => targets[i] >= 0.5;
  };

/** A sample is of the class with its highest target, the first of several. */
const membersByClass =
  (pairs: Pairs): Members =>
  (found) => {
    const most = pairs(found, 0).targets;
    const classes = new Uint32Array(most.length);
    for (let k = 1; k < found.subject.targets.size; k++) {
      const { targets } = pairs(found, k);
      for (let i = 0; i < targets.length; i++) {
        if (targets[i] <= most[i]) continue;
        most[i] = targets[i];
        classes[i] = k;
      }
    }
    return (k) => (i) => classes[i] === k;
  };

/** By the ranks of the members among all (Mann and Whitney 1947): each pair of a member and another, in order or not. */
export function areaUnder(scores: Float32Array, isMember: (i: number) => boolean): number {
  const ins = scores.filter((_, i) => isMember(i)).sort();
  const outs = scores.filter((_, i) => !isMember(i)).sort();
  let [below, upTo, inOrder] = [0, 0, 0];
  for (const score of ins) {
    while (below < outs.length && outs[below] < score) below++;
    while (upTo < outs.length && outs[upTo] <= score) upTo++;
    inOrder += (below + upTo) / 2;
  }
  return inOrder / (ins.length * outs.length);
}
