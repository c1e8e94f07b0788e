import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError } from '../../src/base/errors.ts';
import { fromArrays } from '../../src/data/arrays.ts';
import { digits } from '../../src/data/digits.ts';
import { isMirrored } from '../../src/data/fields.ts';
import { batch, take } from '../../src/data/samples.ts';
import { split } from '../../src/data/split.ts';
import { withTargets } from '../../src/data/with-targets.ts';

const { train } = digits({ train: 10, test: 1 });

describe('withTargets', () => {
  test('makes the inputs the targets, with their scale, without a copy', () => {
    const set = withTargets(train, 'inputs');
    expect(set.targets).toBe(train.inputs);
    const { x, y } = batch(set, [3, 1]);
    expect(y).toEqual(x);
    expect(Math.max(...y)).toBe(1);
    expect(set).not.toHaveProperty('classNames');
    expect([set.name, set.shape, set.count]).toEqual(['digits train', [28, 28], 10]);
    expect(Object.isFrozen(set)).toBe(true);
  });

  test('keeps them one in parts, and of a data set made by hand', () => {
    const byHand = { ...train, inputs: { ...train.inputs } };
    for (const set of [withTargets(train, 'inputs'), withTargets(byHand, 'inputs')]) {
      expect(isMirrored(set)).toBe(true);
      for (const part of [take(set, 3), split(set, { test: 3 }).train, split(set, { test: 3 }).test]) {
        expect(isMirrored(part)).toBe(true);
        expect(part.targets).toBe(part.inputs);
      }
    }
    expect(isMirrored(train)).toBe(false);
    expect(Object.isFrozen(withTargets(byHand, 'inputs'))).toBe(false);
  });

  test('takes classes and values as fromArrays does', () => {
    const even = Array.from(train.targets.data, (digit) => digit % 2);
    const classNames = ['even', 'odd'];
    const set = withTargets(train, even, { classNames });
    expect(set.inputs).toBe(train.inputs);
    expect(set.targets).toEqual({ kind: 'labels', data: Uint8Array.from(even), size: 2, scale: 1 });
    expect(set.classNames).toEqual(classNames);
    expect(withTargets(train, even, { classes: 3 }).targets.size).toBe(3);
    const rows = even.map((odd) => [odd, 1 - odd]);
    expect(withTargets(train, rows).targets).toMatchObject({ kind: 'values', size: 2 });
    const floats = Float32Array.from(even);
    expect(withTargets(train, floats).targets).toEqual({ kind: 'values', data: floats, size: 1, scale: 1 });
  });

  const inputs = 'inputs';
  test.each<[string, () => unknown, new (message: string) => Error, RegExp]>([
    ['fewer classes', () => withTargets(train, [0, 1]), DataError, /digits train\.y: expected 10 samples.*found 2/],
    ['half a value', () => withTargets(train, new Float32Array(15)), DataError, /each of 10 samples, found 15/],
    ['a class too high', () => withTargets(train, train.targets.data, { classes: 3 }), DataError, /class from 0 to 2/],
    ['names too few', () => withTargets(train, train.targets.data, { classNames: ['a'] }), DataError, /0 to 0/],
    ['names of other outputs', () => withTargets(train, inputs, { classNames: ['a'] }), DataError, /784 names/],
    ['another word', () => withTargets(train, 'input' as never), DataError, /expected numbers or rows of them/],
    [
      'an option',
      () => withTargets(train, inputs, { scale: 1 } as never),
      ArgumentError,
      /\{ labelShape, classes, classNames \}/,
    ],
    ['no data set', () => withTargets([] as never, inputs), ArgumentError, /expected a data set/],
    ['a bad one', () => withTargets(fromHand(Number.NaN), inputs), DataError, /finite number/],
  ])('refuses %s', (_, call, error, message) => {
    expect(call).toThrow(error);
    expect(call).toThrow(message);
  });
});

function fromHand(value: number) {
  const { inputs, ...more } = fromArrays({ x: [[1]], y: [0] });
  return { ...more, inputs: { ...inputs, data: Float32Array.of(value) } };
}
