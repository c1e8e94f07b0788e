/** Rows in memory become the inputs that the same rows of a file become. */
import { expect, test } from 'vitest';
import { DataError } from '../../src/base/errors.ts';
import { csv } from '../../src/data/index.ts';
import { encodeRows, type TableRow } from '../../src/data/table-rows.ts';

const text = 'age,port,deck,survived\n20,S,1,yes\n30.5,C,2,no\n?,S,2,yes\n';
const { columns, inputs } = await csv(new TextEncoder().encode(text), {
  target: 'survived',
  categorical: { deck: 'index' },
  missing: 'mean',
});

test('records and arrays give the inputs of the file, with missing cells filled', () => {
  const records = [
    { age: 20, port: 'S', deck: 1 },
    { deck: '2', port: 'C ', age: '30.5', ticket: 'A 5' },
    { age: null, port: 'S', deck: 2 },
  ];
  const arrays = [
    [20, 'S', '1'],
    ['30.5', 'C', 2],
    [Number.NaN, 'S', 2],
  ];
  expect(encodeRows(columns!, records, 'x')).toEqual(inputs.data);
  expect(encodeRows(columns!, arrays, 'x')).toEqual(inputs.data);
});

test.each<[string, unknown, string]>([
  ['an unknown category', [20, 'Q', 1], 'x[0]: column "port": expected one of ["C", "S"], found "Q"'],
  ['a text for a number', ['old', 'S', 1], 'x[0]: column "age": expected a finite number'],
  ['a number that is none', [1e39, 'S', 1], 'found 1e+39'],
  ['a row too short', [20, 'S'], 'x[0]: expected 3 cells, one for each column, found 2'],
  ['a record without a cell', { age: 20, port: 'S' }, 'x[0]: expected a cell "deck", found ["age", "port"]'],
  ['no row', 5, 'x[0]: expected a row, in an object or an array, found 5'],
  ['an object as a cell', [{}, 'S', 1], 'x[0]: column "age": expected a finite number'],
])('%s is a DataError', (_, row, message) => {
  const encode = () => encodeRows(columns!, [row as TableRow], 'x');
  expect(encode).toThrow(DataError);
  expect(encode).toThrow(message);
});

test('a missing cell that nothing fills is a DataError', () => {
  expect(() => encodeRows([{ name: 'a', kind: 'number' }], [[1], ['NA']], 'x')).toThrow(
    'x[1]: column "a": expected a value, found "NA"',
  );
});
