import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError } from '../../src/base/errors.ts';
import { type ArraysOptions, fromArrays } from '../../src/data/arrays.ts';
import { concat } from '../../src/data/concat.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { isMirrored } from '../../src/data/fields.ts';
import { take } from '../../src/data/samples.ts';
import { withTargets } from '../../src/data/with-targets.ts';

const bytes = (first: number, count: number, more: Partial<ArraysOptions> = {}): Dataset =>
  fromArrays({
    x: Uint8Array.from({ length: 2 * count }, (_, i) => first + i),
    y: Array.from({ length: count }, (_, i) => i % 2),
    ...{ shape: [1, 2], scale: 0.5, classNames: ['even', 'odd'], name: `from ${first}` },
    ...more,
  });

describe('concat', () => {
  test('puts samples one after another and keeps what they have in common', () => {
    const all = concat(bytes(0, 2), bytes(10, 1), bytes(20, 3));
    expect(all.count).toBe(6);
    expect(all.inputs.data).toEqual(Uint8Array.of(0, 1, 2, 3, 10, 11, 20, 21, 22, 23, 24, 25));
    expect(all.targets.data).toEqual(Uint8Array.of(0, 1, 0, 0, 1, 0));
    expect(all).toMatchObject({ shape: [1, 2], classNames: ['even', 'odd'], name: 'from 0 and 2 more' });
    expect(all.inputs).toMatchObject({ kind: 'values', size: 2, scale: 0.5 });
    expect(all.targets).toMatchObject({ kind: 'labels', size: 2, scale: 1 });
    expect(Object.isFrozen(all)).toBe(true);
    expect(concat(bytes(0, 2), bytes(10, 1)).name).toBe('from 0 and from 10');
  });

  test('is a copy, of one data set too', () => {
    const one = bytes(0, 2);
    const copy = concat(one);
    expect(copy).toEqual(one);
    expect(copy.inputs.data).not.toBe(one.inputs.data);
  });

  test('undoes a split by take, for values and for targets that are the inputs', () => {
    const x = Float32Array.of(1, 2, 3, 4);
    const curve = fromArrays({ x, y: x.map((v) => v * v), shape: [1] });
    const last: Dataset = fromArrays({ x: x.subarray(3), y: Float32Array.of(16), shape: [1] });
    expect(concat(take(curve, 3), last)).toEqual({ ...curve, name: 'arrays and arrays' });
    const mirrored = concat(withTargets(take(curve, 3), 'inputs'), withTargets(last, 'inputs'));
    expect(isMirrored(mirrored)).toBe(true);
    expect(mirrored.targets.data).toEqual(x);
    expect(isMirrored(concat(withTargets(take(curve, 3), 'inputs'), last))).toBe(false);
  });

  const columns = [{ name: 'a', kind: 'number' }, { name: 'b', kind: 'number' }] as const; // biome-ignore format: short
  const others: [string, Dataset, string][] = [
    ['shape', bytes(1, 2, { shape: [2] }), 'from 1.shape: expected [1, 2], as in from 0, found [2]'],
    ['scale', bytes(1, 2, { scale: 1 }), 'from 1.inputs.scale: expected 0.5, as in from 0, found 1'],
    ['bytes', bytes(1, 2, { x: [[1, 2], [3, 4]] }), 'inputs.type: expected "uint8", as in from 0, found "float32"'], // biome-ignore format: short
    ['classes', bytes(1, 2, { classes: 3, classNames: ['a', 'b', 'c'] }), 'targets.size: expected 2, as in from 0, found 3'], // biome-ignore format: short
    ['values', bytes(1, 2, { y: [[1, 2], [3, 4]] }), 'targets.kind: expected "labels", as in from 0, found "values"'], // biome-ignore format: short
    ['other names', bytes(1, 2, { classNames: ['a', 'b'] }), 'classNames: expected ["even", "odd"], as in from 0, found ["a", "b"]'], // biome-ignore format: short
    ['no names', bytes(1, 2, { classNames: undefined }), 'classNames: expected ["even", "odd"], as in from 0, found undefined'], // biome-ignore format: short
    ['columns', { ...bytes(1, 2), columns }, 'columns: expected undefined, as in from 0, found '],
  ];
  test.each(others)('refuses data sets of different %s', (_, other, message) => {
    expect(() => concat(bytes(0, 2), bytes(0, 1), other)).toThrow(DataError);
    expect(() => concat(bytes(0, 2), bytes(0, 1), other)).toThrow(message);
  });

  test('refuses what is no data set, and nothing at all', () => {
    expect(() => concat()).toThrow(ArgumentError);
    expect(() => concat(bytes(0, 1), [] as never)).toThrow(ArgumentError);
  });
});
