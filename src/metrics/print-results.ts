/** Results of metrics as tables of text. */
import { printable } from '../base/show-value.ts';
import { table } from '../base/table.ts';
import type { Confusion } from './confusion.ts';
import type { ClassResults, Scores } from './precision-recall-f1.ts';

/**
 * Formats a confusion matrix as text: a row for each class, a column for what the net says.
 *
 * @param value `evaluation.metrics.confusion` of {@link confusion}.
 */
export function printConfusion({ classes, counts }: Confusion): string {
  const names = classes.map(printable);
  return table([['class \\ said', ...names], ...counts.map((row, i) => [names[i], ...row.map(String)])]);
}

/**
 * Formats the scores of all classes and their averages as text, with a line each.
 *
 * @param value `evaluation.metrics` of {@link precisionRecallF1}.
 */
export function printScores({ perClass, averages }: Pick<ClassResults, 'perClass' | 'averages'>): string {
  const line = (name: string, { precision, recall, f1 }: Scores, support = ''): string[] => [
    name,
    ...[precision, recall, f1].map((score) => score.toFixed(3)),
    support,
  ];
  return table([
    ['class', 'precision', 'recall', 'F1', 'support'],
    ...perClass.map((scores) => line(printable(scores.name), scores, String(scores.support))),
    ...(['macro', 'weighted', 'micro'] as const).map((name) => line(`${name} average`, averages[name])),
  ]);
}
