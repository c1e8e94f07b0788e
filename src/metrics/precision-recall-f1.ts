/** Precision, recall and F1, of every class and averaged. */
import { checkKeys } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { reuse } from '../graph/graph.ts';
import { hadamard } from '../ops/arithmetic.ts';
import { ratio, sum } from './averages.ts';
import { classNames } from './class-names.ts';
import { type Metric, questionOf } from './metric.ts';
import { decisionsOf, totalPerOutput } from './site.ts';

/** Precision, recall and F1. */
export interface Scores {
  /** Of the samples that the net puts into the class, the fraction that belongs there: `TP / (TP + FP)`; 0 for 0/0. */
  readonly precision: number;
  /** Of the samples of the class, the fraction that the net finds: `TP / (TP + FN)`; 0 for 0/0. */
  readonly recall: number;
  /** Harmonic mean of the two: `2 TP / (2 TP + FP + FN)`; 0 for 0/0. */
  readonly f1: number;
}

/** Scores of one class. */
export interface ClassScores extends Scores {
  /** Name of the class, or its number where the data set has no `classNames`. */
  readonly name: string;
  /** Samples of the class in the data set. */
  readonly support: number;
}

/** How the scores of the classes become one. */
export type Average = 'macro' | 'micro' | 'weighted';

/** Results of {@link precisionRecallF1}; `precision`, `recall` and `f1` are those of the average that was asked for. */
export interface ClassResults extends Scores {
  /** Scores of each class. With several labels per sample, or one output, each output is a class of its own. */
  readonly perClass: readonly ClassScores[];
  /**
   * `macro`: the mean over the classes. `weighted`: the mean weighted by support. `micro`: the scores of all decisions counted
   * together.
   */
  readonly averages: Readonly<Record<Average, Scores>>;
}

/** Options of {@link precisionRecallF1}. */
export interface PrecisionRecallF1Options {
  /** Which average `precision`, `recall` and `f1` are. Default: `'macro'`. */
  average?: Average;
}

const averages: readonly unknown[] = ['macro', 'micro', 'weighted'] satisfies Average[];

/**
 * Precision, recall and F1 of every class and their averages, as scikit-learn's `precision_recall_fscore_support` over all
 * classes with `zero_division=0`: a class that no sample has, or that the net never says, scores 0 and counts in the macro
 * average. {@link printScores} prints them.
 *
 * A sample is of the class with its highest target, and the net says the one with its highest output. With a loss
 * on labels (`sigmoidCrossEntropy`, `binaryCrossEntropy`, `focal`, `hinge`) on values each output is decided by itself, at a
 * probability of 1/2, or for `hinge` at an output of 0.
 *
 * @throws {ArgumentError} For an unknown average or option.
 */
export function precisionRecallF1(options: PrecisionRecallF1Options = {}): Metric<ClassResults> {
  checkKeys('precisionRecallF1', options, ['average']);
  const { average = 'macro' } = options;
  if (!averages.includes(average)) {
    const found = showValue(average);
    throw new ArgumentError(`precisionRecallF1: average must be 'macro', 'micro' or 'weighted', found ${found}`);
  }
  return {
    name: `precisionRecallF1(${average === 'macro' ? '' : `{ average: '${average}' }`})`,
    best: { precision: 'highest', recall: 'highest', f1: 'highest' },
    rule: {
      perPixel: true,
      lacks: (subject) => (questionOf(subject) === 'values' ? 'classes' : undefined),
      append: (site) => {
        const { said, right } = decisionsOf(site);
        const both = reuse(site.graph, hadamard, [said, right]);
        const totals = [both, said, right].map((node) => totalPerOutput(site, node));
        return (found) => {
          const [hits, calls, members] = totals.map((total) => ofClasses(total(found), found.subject.choices));
          const names = classNames(found.subject);
          const perClass = names.map((name, i) => ({
            name,
            ...scores(hits[i], calls[i], members[i]),
            support: members[i],
          }));
          const all = averagesOf(perClass, scores(sum(hits), sum(calls), sum(members)));
          return { ...all[average], perClass, averages: all };
        };
      },
    },
  };
}

/** Counts [classes][places] -> [classes]. */
const ofClasses = (counts: Float64Array, places: number): number[] =>
  Array.from({ length: counts.length / places }, (_, i) => sum(counts.subarray(i * places, (i + 1) * places)));

/** From true positives, samples put into the class, and samples of it. */
const scores = (hits: number, calls: number, members: number): Scores => ({
  precision: ratio(hits, calls),
  recall: ratio(hits, members),
  f1: ratio(2 * hits, calls + members),
});

function averagesOf(perClass: readonly ClassScores[], micro: Scores): Record<Average, Scores> {
  const mean = (weight: (of: ClassScores) => number): Scores => {
    const all = sum(perClass.map(weight));
    const of = (name: keyof Scores): number => ratio(sum(perClass.map((one) => weight(one) * one[name])), all);
    return { precision: of('precision'), recall: of('recall'), f1: of('f1') };
  };
  return { macro: mean(() => 1), micro, weighted: mean(({ support }) => support) };
}
