/** What the tab of one's own data decides without its worker. */
import { expect, test } from 'vitest';
import type { OwnColumn, OwnTable } from '../../demo/mnist/lab/own-data/own-protocol.ts';
import { byName } from '../../demo/mnist/page/own-data/classes.ts';
import { measured } from '../../demo/mnist/page/own-data/measured.ts';
import { areSymbols, MOST, readSymbols, trainable, writeSymbols } from '../../demo/mnist/page/own-data/symbols.ts';
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

test('drawn symbols survive as a text, and no other text is taken for one', () => {
  const drawing = [[[0.12345, 0.5] as const, [1, 0] as const]];
  const symbols = [
    { name: 'x', drawings: [drawing, drawing] },
    { name: '', drawings: [] },
  ];
  const text = writeSymbols(symbols);
  expect(readSymbols(text)).toEqual([
    {
      name: 'x',
      drawings: [
        [
          [
            [0.123, 0.5],
            [1, 0],
          ],
        ],
        [
          [
            [0.123, 0.5],
            [1, 0],
          ],
        ],
      ],
    },
    { name: '', drawings: [] },
  ]);
  const changed = (change: (of: ReturnType<typeof JSON.parse>) => void) => {
    const of = JSON.parse(text);
    change(of);
    return readSymbols(JSON.stringify(of));
  };
  for (const other of ['', '{', 'null', '[]', '{"kind":"symbols"}']) expect(readSymbols(other)).toBeUndefined();
  expect(changed((of) => of.symbols[0].drawings.push([]))).toBeUndefined();
  expect(changed((of) => of.symbols[0].drawings[0][0].push([0, null]))).toBeUndefined();
  expect(changed((of) => of.symbols[0].drawings[0][0].push([0, 1, 2]))).toBeUndefined();
  expect(changed((of) => delete of.symbols[1].name)).toBeUndefined();
});

test('as many symbols, drawings, strokes and points as can be read again are kept, and one more is refused', () => {
  const many = <T>(count: number, of: T): T[] => new Array(count).fill(of);
  const sizes = { symbols: 1, drawings: 1, strokes: 1, points: 1 };
  const drawn = ({ symbols, drawings, strokes, points }: typeof sizes) =>
    many(symbols, { name: 'x', drawings: many(drawings, many(strokes, many(points, [0, 1] as const))) });
  for (const [size, most] of Object.entries(MOST)) {
    const full = drawn({ ...sizes, [size]: most });
    expect(readSymbols(writeSymbols(full))).toEqual(full);
    expect(areSymbols(drawn({ ...sizes, [size]: most + 1 }))).toBe(false);
  }
});

test('symbols with two drawings or more can be learned; those of one name are one', () => {
  const drawing = [[[0, 0] as const]];
  const symbol = (name: string, count: number) => ({ name, drawings: new Array(count).fill(drawing) });
  expect(trainable([symbol('a', 5), symbol('b', 1)])).toBeUndefined();
  expect(trainable([symbol('a', 1), symbol('a ', 1), symbol('', 2), symbol('c', 1)])).toEqual([
    symbol('a', 2),
    symbol('symbol 3', 2),
  ]);
});

test('pictures of one name are one class, and one without pictures is none yet', () => {
  const [a, b] = [new File([], 'a.png'), new File([], 'b.png')];
  expect(
    byName([
      { name: 'cat', files: [a] },
      { name: '', files: [b] },
      { name: ' cat', files: [b] },
      { name: 'dog', files: [] },
    ]),
  ).toEqual({ cat: [a, b], 'class 2': [b] });
});
