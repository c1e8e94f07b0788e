/** Results of metrics as tables of text. */
import { isList, member } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { printable, showValue } from '../base/show-value.ts';
import { table } from '../base/table.ts';
import type { Confusion } from './confusion.ts';
import type { ClassResults, Scores } from './precision-recall-f1.ts';

/**
 * Formats a confusion matrix as text: a row for each class, a column for what the net says.
 *
 * @param value `evaluation.metrics.confusion` of {@link confusion}.
 * @throws {ArgumentError} For any other value.
 */
export function printConfusion(value: Confusion): string {
  if (!isConfusion(value)) {
    throw new ArgumentError(`printConfusion: expected the result of confusion(), found ${showValue(value)}`);
  }
  const { classes, counts } = value;
  const names = classes.map(printable);
  return table([['class \\ said', ...names], ...counts.map((row, i) => [names[i], ...row.map(String)])]);
}

/**
 * Formats the scores of all classes and their averages as text, with a line each.
 *
 * @param value `evaluation.metrics` of {@link precisionRecallF1}.
 * @throws {ArgumentError} For any other value.
 */
export function printScores(value: Pick<ClassResults, 'perClass' | 'averages'>): string {
  if (!isResults(value)) {
    throw new ArgumentError(`printScores: expected the results of precisionRecallF1(), found ${showValue(value)}`);
  }
  const { perClass, averages } = value;
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

const isText = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number';

function isConfusion(value: unknown): boolean {
  const [classes, counts] = [member(value, 'classes'), member(value, 'counts')];
  const isRow = (row: unknown): boolean =>
    isList(row) && row.length === (classes as unknown[]).length && row.every(isNumber);
  return (
    isList(classes) &&
    classes.every(isText) &&
    isList(counts) &&
    counts.length === classes.length &&
    counts.every(isRow)
  );
}

const areScores = (value: unknown): boolean =>
  ['precision', 'recall', 'f1'].every((name) => isNumber(member(value, name)));

function isResults(value: unknown): boolean {
  const [perClass, averages] = [member(value, 'perClass'), member(value, 'averages')];
  const isClass = (one: unknown): boolean =>
    areScores(one) && isText(member(one, 'name')) && isNumber(member(one, 'support'));
  const isAverage = (name: string): boolean => areScores(member(averages, name));
  return isList(perClass) && perClass.every(isClass) && ['macro', 'weighted', 'micro'].every(isAverage);
}
