import { expect, test } from 'vitest';
import { rowMajor, transpose } from '../../src/base/row-major.ts';

test('numbers with the first axis fastest come out with the last one fastest', () => {
  // [[1, 2, 3], [4, 5, 6]], column after column
  const stored = Int16Array.of(1, 4, 2, 5, 3, 6);
  expect(rowMajor(stored, [2, 3], [1, 2], new Int16Array(6))).toEqual(Int16Array.of(1, 2, 3, 4, 5, 6));
});

test('axes change places', () => {
  const data = Float32Array.from({ length: 12 }, (_, i) => i);
  // numpy: np.arange(12).reshape(2, 3, 2).transpose(2, 0, 1).ravel()
  expect([...transpose(data, [2, 3, 2], [2, 0, 1])]).toEqual([0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]);
});

test('a single number has no axes to change', () => {
  expect([...transpose(Float32Array.of(7), [], [])]).toEqual([7]);
});
