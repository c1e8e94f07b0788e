/** The fractions that every evaluation has, as metrics. */
import { type Metric, questionOf } from './metric.ts';

/** Results of {@link accuracy}. */
export interface AccuracyResults {
  /** Fraction that is right, as {@link Evaluation.accuracy}. */
  readonly accuracy: number;
}

/**
 * Fraction that is right, as {@link Evaluation.accuracy}: of the samples, or of all outputs where several labels of a sample may
 * hold.
 */
export const accuracy = (): Metric<AccuracyResults> => ({
  name: 'accuracy()',
  best: { accuracy: 'highest' },
  rule: {
    perPixel: true,
    lacks: (subject) => (questionOf(subject) === 'values' ? 'classes' : undefined),
    append: () => (found) => ({ accuracy: found.evaluation.accuracy! }),
  },
});

/** Results of {@link exactMatch}. */
export interface ExactMatchResults {
  /** Fraction of samples with all outputs right, as {@link Evaluation.exactMatch}. */
  readonly exactMatch: number;
}

/**
 * Fraction of samples whose labels are all right, as {@link Evaluation.exactMatch}; scikit-learn's `accuracy_score` of several
 * labels.
 */
export const exactMatch = (): Metric<ExactMatchResults> => ({
  name: 'exactMatch()',
  best: { exactMatch: 'highest' },
  rule: {
    lacks: (subject) =>
      questionOf(subject) === 'labels' ? undefined : 'values under sigmoidCrossEntropy or another loss on labels',
    append: () => (found) => ({ exactMatch: found.evaluation.exactMatch! }),
  },
});
