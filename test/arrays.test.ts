import { describe, expect, test } from 'vitest';
import { type ArraysOptions, fromArrays } from '../src/data/arrays.ts';
import { batch, take } from '../src/data/dataset.ts';
import { ArgumentError, DataError } from '../src/errors.ts';

const xor = {
  x: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  y: [0, 1, 1, 0],
  name: 'xor',
};

describe('fromArrays', () => {
  test('takes rows and class labels', () => {
    expect(fromArrays(xor)).toEqual({
      name: 'xor',
      count: 4,
      shape: [2],
      inputs: { kind: 'values', data: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1), size: 2, scale: 1 },
      targets: { kind: 'labels', data: Uint8Array.of(0, 1, 1, 0), size: 2, scale: 1 },
    });
  });

  test('takes bytes of images, a shape and a scale', () => {
    const x = Uint8Array.from({ length: 12 }, (_, i) => i);
    const images = fromArrays({ x, y: Uint8Array.of(1, 0), shape: [2, 3], classes: 10, scale: 1 / 255 });
    expect(images).toMatchObject({ count: 2, shape: [2, 3], inputs: { data: x, size: 6, scale: 1 / 255 } });
    expect(images.targets.size).toBe(10);
  });

  test.each([[Float32Array.of(1, 2, 3, 4, 5, 6)], [Array.of([1, 2, 3], [4, 5, 6])]])('takes target values', (y) => {
    const { targets } = fromArrays({ x: Float32Array.of(1, 2), y, shape: [1] });
    expect(targets).toEqual({ kind: 'values', data: Float32Array.of(1, 2, 3, 4, 5, 6), size: 3, scale: 1 });
  });

  test('holds labels of more than 256 classes as floats', () => {
    const { targets } = fromArrays({ x: [[1], [2]], y: [256, 0] });
    expect(targets).toEqual({ kind: 'labels', data: Float32Array.of(256, 0), size: 257, scale: 1 });
    expect(fromArrays({ x: [[1], [2]], y: [255, 0] }).targets.data).toBeInstanceOf(Uint8Array);
  });

  test.each([[Float32Array.of(1, 2)], [Uint8Array.of(1, 2)], [(globalThis.Buffer ?? Uint8Array).of(1, 2)]])(
    'copies what it takes',
    (x) => {
      const y = Uint8Array.of(0, 1);
      const dataset = fromArrays({ x, y });
      x.fill(9);
      y.fill(9);
      expect([...dataset.inputs.data, ...dataset.targets.data]).toEqual([1, 2, 0, 1]);
    },
  );

  const nan = Number.NaN;
  test.each<[string, object, RegExp]>([
    ['counts that differ', { ...xor, y: [0, 1] }, /xor\.y: expected 4 samples, as many as x, found 2/],
    ['counts that differ from the shape', { x: Float32Array.of(1, 2, 3, 4), y: [0, 1], shape: [1] }, /y: expected 4/],
    ['a ragged row', { ...xor, x: [[0, 0], [0], [1, 0], [1, 1]] }, /xor\.x\[1\]: expected 2 values, .* found 1/],
    [
      'NaN in a row',
      {
        ...xor,
        x: [
          [0, 0],
          [0, nan],
          [1, 0],
          [1, 1],
        ],
      },
      /xor\.x\[1\]\[1\]: .* found NaN/,
    ],
    ['a number too large for floats', { x: [[1e39]], y: [0] }, /arrays\.x\[0\]\[0\]: .* found 1e\+39/],
    ['infinity in a flat array', { x: Float32Array.of(1, -1 / 0), y: [0, 1] }, /x\[1\]: .* found -Infinity/],
    ['NaN in a target', { x: [[1]], y: Float32Array.of(nan) }, /y\[0\]: .* found NaN/],
    ['a label that is no class', { ...xor, classes: 2, y: [0, 1, 2, 0] }, /xor\.y\[2\]: .* 0 to 1, found 2/],
    ['a negative label', { ...xor, y: [0, -1, 1, 0] }, /y\[1\]: .* found -1/],
    ['a fractional label', { ...xor, y: [0, 0.5, 1, 0] }, /y\[1\]: .* found 0\.5/],
    ['a label that is not a number', { ...xor, y: [0, nan, 1, 0] }, /y\[1\]: .* found NaN/],
    ['nothing', {}, /arrays\.x: expected numbers or rows of them, found undefined/],
    ['no targets', { x: [[1]] }, /arrays\.y: expected numbers or rows of them, found undefined/],
    [
      'target values that look like labels',
      { x: [[1], [2]], y: [0.1, 2] },
      /y\[0\]: .*found 0\.1; target values are a/,
    ],
    ['rows of rows', { x: [[[1, 2]]], y: [0] }, /x\[0\]\[0\]: .* found \[1, 2\]/],
    ['a number for a shape', { ...xor, shape: 2 }, /shape: expected positive integers, found 2/],
    ['half a class', { ...xor, classes: 2.5 }, /classes: expected a positive integer, found 2\.5/],
    ['no row', { x: [null], y: [0] }, /arrays\.x\[0\]: .* found null/],
    ['no second row', { x: [[1], undefined], y: [0, 1] }, /arrays\.x\[1\]: .* found undefined/],
    ['no samples', { x: [], y: [] }, /x: expected one or more whole samples, found 0/],
    ['no values', { x: [[], []], y: [0, 1] }, /x: .* 2 samples, found 0/],
    ['values that do not divide', { x: Float32Array.of(1, 2, 3), y: [0, 1] }, /x: .* 2 samples, found 3/],
    ['half a sample', { x: Float32Array.of(1, 2, 3), y: [0], shape: [2] }, /whole samples, found 1\.5/],
    ['a shape of another size', { ...xor, shape: [3] }, /xor\.shape: expected 2 values, .* found \[3\]/],
    ['two flat arrays without a shape', { x: Float32Array.of(1, 2), y: Float32Array.of(1) }, /expected a shape/],
    ['classes beside values', { x: [[1]], y: [[1]], classes: 3 }, /classes: expected only with class labels/],
    ['a scale that is no number', { ...xor, scale: nan }, /xor\.scale: expected a finite number, found NaN/],
  ])('refuses %s', (_, options, message) => {
    expect(() => fromArrays(options as ArraysOptions)).toThrow(DataError);
    expect(() => fromArrays(options as ArraysOptions)).toThrow(message);
  });
});

describe('batch', () => {
  test('gives scaled inputs and one-hot targets of the samples named', () => {
    const images = fromArrays({ x: Uint8Array.of(0, 51, 102, 255), y: [2, 0], scale: 1 / 255 });
    const { x, y } = batch(images, [1, 0, 1]);
    expect(x).toEqual(Float32Array.of(0.4, 1, 0, 0.2, 0.4, 1));
    expect(y).toEqual(Float32Array.of(1, 0, 0, 0, 0, 1, 1, 0, 0));
  });

  test('gives target values as they are', () => {
    const curve = fromArrays({
      x: [[1], [2]],
      y: [
        [1, 10],
        [2, 20],
      ],
    });
    expect(batch(curve, [1]).y).toEqual(Float32Array.of(2, 20));
  });

  test.each([-1, 4, 0.5])('refuses sample %d', (index) => {
    expect(() => batch(fromArrays(xor), [index])).toThrow(ArgumentError);
    expect(() => batch(fromArrays(xor), [index])).toThrow(`expected samples 0 to 3, found ${index}`);
  });
});

describe('take', () => {
  test('keeps the first samples with their targets', () => {
    expect(take(fromArrays(xor), 3)).toEqual(fromArrays({ ...xor, x: xor.x.slice(0, 3), y: xor.y.slice(0, 3) }));
    expect(take(fromArrays(xor), 9).count).toBe(4);
  });

  test.each([0, -1, 1.5])('refuses a count of %d', (count) => {
    expect(() => take(fromArrays(xor), count)).toThrow(ArgumentError);
  });
});
