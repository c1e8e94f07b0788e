/** Rows of the step table, laid out as the struct of shaders/shared/step.wgsl: six f32, eleven u32, and the number of rows. */
import { expect, test } from 'vitest';
import { BY_NUMBER, packRows, ROW_BYTES, stepRow } from '../../src/graph/step-row.ts';

test('every row has its own place, with the number of all', () => {
  const stride = 256; // a common alignment of uniform offsets
  const floats = { columns: 3, learningRate: 0.5, correction1: 10, correction2: 31.5, share: 0.25, retained: 0.75 };
  const integers = {
    start: 6,
    count: 2 ** 31 + 9,
    key: 2 ** 32 - 1,
    shuffled: 1,
    random: 7,
    fresh: 0,
    due: 1,
    slot: 9,
    begins: 1,
    place: 64,
    update: 12,
    number: 37,
  };
  const table = [stepRow({ ...floats, ...integers }), stepRow({ columns: 4, fresh: 0 }), stepRow({ key: 5 })];
  const buffer = packRows([table], stride);
  expect(buffer.byteLength).toBe(3 * stride);
  const row = (i: number) => [
    ...new Float32Array(buffer, i * stride, 6),
    ...new Uint32Array(buffer, i * stride + 24, 13),
  ];
  expect(row(0)).toEqual([3, 0.5, 10, 31.5, 0.25, 0.75, 6, 2 ** 31 + 9, 2 ** 32 - 1, 1, 7, 0, 1, 9, 1, 64, 12, 37, 3]);
  expect(row(1)).toEqual([4, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, BY_NUMBER, 1, 1, 3]);
  expect(row(2)).toEqual([0, 0, 1, 1, 1, 0, 0, 0, 5, 0, 0, 1, 1, 0, 0, BY_NUMBER, 1, 1, 3]);
  expect(ROW_BYTES).toBe(80); // 19 entries, in whole blocks of 16 bytes
});

test('floats are as the device holds them', () => {
  expect(stepRow({ learningRate: 0.1 }).learningRate).toBe(0.10000000149011612);
});
