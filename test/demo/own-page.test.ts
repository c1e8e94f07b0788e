/** What the tab of one's own data decides without its worker. */
import { expect, test } from 'vitest';
import type { OwnColumn, OwnTable } from '../../demo/mnist/lab/own-data/own-protocol.ts';
import { measured } from '../../demo/mnist/page/own-data/measured.ts';
import { dataOf, usualChoice } from '../../demo/mnist/page/own-data/table-choice.ts';

const number = (name: string): OwnColumn => ({ name, kind: 'number' });
const text = (name: string): OwnColumn => ({ name, kind: 'category', categories: 2 });
const refused = (name: string): OwnColumn => ({ name, problem: 'no' });
const tableOf = (...columns: OwnColumn[]): OwnTable => ({ delimiter: ';', columns, rows: [], count: 0 });

test('the target is the last column of texts, else the last of numbers, and what is refused is left out', () => {
  const mixed = usualChoice(tableOf(number('a'), text('b'), refused('c'), number('d')));
  expect(mixed).toEqual({ target: 1, isClass: true, roles: ['input', 'input', 'out', 'input'], missing: 'error' });
  const numbers = usualChoice(tableOf(number('a'), number('b'), refused('c')));
  expect([numbers.target, numbers.isClass]).toEqual([1, false]);
});

test('the library is told which columns are inputs, and which of them are categories', () => {
  const table = tableOf(number('a'), text('b'), number('c'), number('d'));
  const file = new File([''], 'a.csv');
  const choice = { ...usualChoice(table), roles: ['category', 'category', 'out', 'input'] as const };
  expect(dataOf(file, table, choice)).toEqual({
    ...{ kind: 'table', file, delimiter: ';', target: 1, isClass: true },
    ...{ inputs: [0, 3], categorical: [0], missing: 'error' },
  });
  expect(dataOf(file, table, { ...choice, roles: ['out', 'input', 'out', 'out'] })).toBeUndefined();
});

test('accuracy is a percentage, and a mean error a number', () => {
  const score = { loss: 1, accuracy: 0.9, meanError: 12.3456 };
  expect([true, false].map((isClass) => measured(isClass).write(score))).toEqual(['90.0\u00a0%', '12.35']);
  expect(measured(false).write({ loss: 1 })).toBe('—');
});
