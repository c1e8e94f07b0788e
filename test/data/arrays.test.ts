import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError } from '../../src/base/errors.ts';
import { type ArraysOptions, fromArrays } from '../../src/data/arrays.ts';
import { batch, take } from '../../src/data/samples.ts';
import { realm } from '../support/realm.ts';

const other = await realm();

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

  test('copies images with channels last into the order of the layers, bytes and floats', () => {
    const [height, width, channels] = [2, 2, 3];
    const at = (row: number, column: number, channel: number) => (row * width + column) * channels + channel;
    const pixels = Array.from({ length: 24 }, (_, i) => i);
    const first = [0, 1, 2].flatMap((c) => [at(0, 0, c), at(0, 1, c), at(1, 0, c), at(1, 1, c)]);
    const expected = [...first, ...first.map((i) => i + 12)];
    for (const make of [Uint8Array, Float32Array]) {
      const options = { x: make.from(pixels), y: [0, 1], shape: [height, width, channels] };
      const last = fromArrays({ ...options, layout: 'hwc' });
      expect(last.shape).toEqual([3, 2, 2]);
      expect(last.inputs.data).toEqual(make.from(expected));
      for (const layout of [undefined, 'chw'] as const) {
        expect(fromArrays({ ...options, layout })).toMatchObject({
          shape: [2, 2, 3],
          inputs: { data: make.from(pixels) },
        });
      }
    }
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

  test.each<[string, ArraysOptions['y'], number[]]>([
    ['Float64Array', Float64Array.of(3, 1), [3, 1]],
    ['Float32Array of another realm', new other.Float32Array([3, 1]), [3, 1]],
    ['Float64Array of another realm', new other.Float64Array([0.5, -1]), [0.5, -1]],
  ])('takes the floats of a %s as values', (_, y, values) => {
    const { targets } = fromArrays({ x: [[1], [2]], y });
    expect(targets).toEqual({ kind: 'values', data: Float32Array.from(values), size: 1, scale: 1 });
  });

  test.each<[string, ArraysOptions['y']]>([
    ['Uint8Array', Uint8Array.of(3, 1)],
    ['Uint8ClampedArray', Uint8ClampedArray.of(3, 1)],
    ['Int8Array', Int8Array.of(3, 1)],
    ['Uint16Array', Uint16Array.of(3, 1)],
    ['Int32Array', Int32Array.of(3, 1)],
    ['Uint8Array of another realm', new other.Uint8Array([3, 1])],
    ['Int32Array of another realm', new other.Int32Array([3, 1])],
    ['array of another realm', new other.Array(3, 1)],
  ])('takes the integers of a %s as classes', (_, y) => {
    const { targets } = fromArrays({ x: [[1], [2]], y });
    expect(targets).toEqual({ kind: 'labels', data: Uint8Array.of(3, 1), size: 4, scale: 1 });
  });

  test('takes rows and numbers of any typed array and realm, bytes as bytes', () => {
    const rows = [new other.Float64Array([1, 2]), Int16Array.of(3, -4), new other.Array(5, 6)];
    expect(fromArrays({ x: rows, y: [0, 1, 0] }).inputs.data).toEqual(Float32Array.of(1, 2, 3, -4, 5, 6));
    expect(fromArrays({ x: Int16Array.of(-1, 2), y: [0, 1] }).inputs.data).toEqual(Float32Array.of(-1, 2));
    for (const x of [Uint8ClampedArray.of(7, 9), new other.Uint8Array([7, 9])])
      expect(fromArrays({ x, y: [0, 1] }).inputs.data).toEqual(Uint8Array.of(7, 9));
  });

  const five = { valueOf: () => 5 };
  const noNumbers: [string, unknown][] = [
    ['null', null],
    ['an empty text', ''],
    ['a blank', ' '],
    ['a text', '3'],
    ['a Date', new Date(0)],
    ['true', true],
    ['an array of one', [5]],
    ['undefined', undefined],
    ['a bigint', 3n],
    ['a symbol', Symbol('three')],
    ['what has a value', five],
    ['a function', () => 5],
  ];
  describe.each(noNumbers)('%s', (_, value) => {
    test.each<[string, object, string]>([
      [
        'in a row of x',
        {
          x: [
            [0.5, value],
            [1, 2],
          ],
          y: [0, 1],
        },
        'arrays.x[0][1]: expected a finite number',
      ],
      [
        'in the last row of x',
        {
          x: [
            [1, 2],
            [0.5, value],
          ],
          y: [0, 1],
        },
        'arrays.x[1][1]: expected a finite number',
      ],
      ['in x', { x: [0.5, value], y: [0, 1] }, 'arrays.x[1]: expected a finite number'],
      ['in a row of y', { x: [[1], [2]], y: [[1], [value]] }, 'arrays.y[1][0]: expected a finite number'],
      ['among labels', { x: [[1], [2]], y: [1, value] }, 'arrays.y[1]: expected a class'],
      ['for the second row', { x: [[1], value], y: [0, 1] }, 'arrays.x[1]: expected a'],
      ['for the first row', { x: [value, [1]], y: [0, 1] }, 'arrays.x[0]'],
    ])('%s is no number', (place, options, message) => {
      if (Array.isArray(value) && place.endsWith('row')) return;
      expect(() => fromArrays(options as ArraysOptions)).toThrow(DataError);
      expect(() => fromArrays(options as ArraysOptions)).toThrow(message);
    });
  });

  const hole = (list: unknown[], at: number): unknown[] => {
    delete list[at];
    return list;
  };
  const nan = Number.NaN;
  test.each<[string, object, RegExp]>([
    ['a hole in a row', { x: [hole([1, 2], 1), [1, 2]], y: [0, 1] }, /x\[0\]\[1\]: .* found undefined/],
    ['a hole among rows', { x: hole([[1], [2], [3]], 1), y: [0, 1, 0] }, /x\[1\]: .* found undefined/],
    ['a hole for the first row', { x: hole([[1], [2]], 0), y: [0, 1] }, /x\[0\]: .* found undefined/],
    ['a hole among labels', { x: [[1], [2]], y: hole([0, 1], 0) }, /y\[0\]: .* found undefined/],
    ['nothing but holes', { x: new Array(2 ** 32 - 1), y: [0] }, /x\[0\]: .* found undefined|x: expected/],
    ['labels in a text', { x: [[1], [2]], y: '01' }, /y: expected numbers or rows of them, found "01"/],
    ['bigints', { x: [[1], [2]], y: BigInt64Array.of(0n, 1n) }, /y: .* found a BigInt64Array$/],
    ['rows of bigints', { x: [BigInt64Array.of(0n)], y: [0] }, /x\[0\]: .* found a BigInt64Array$/],
    ['a length and nothing else', { x: { length: 1e12 }, y: [0], shape: [1e12] }, /x\[0\]: .* found undefined/],
    ['a DataView', { x: new DataView(new ArrayBuffer(8)), y: [0] }, /x: .* found a DataView$/],
    [
      'a generator',
      { x: [[1]], y: (function* () {})() },
      /y: .* found a Generator; spread the iterable into an array: \[\.\.\.values\]/,
    ],
    ['an iterator', { x: [1].values(), y: [0] }, /x: .* found an (Array )?Iterator; spread/],
    ['a Set', { x: new Set([1]), y: [0] }, /x: .* found a Set; spread/],
    ['a scale beyond floats', { ...xor, scale: 1e39 }, /xor\.scale: .* fits in a 32-bit float, found 1e\+39/],
    ['a scale that floats take for 0', { ...xor, scale: 1e-50 }, /xor\.scale: .* found 1e-50/],
    ['a scale that is a bigint', { ...xor, scale: 2n }, /xor\.scale: .* found 2n/],
    ['numbers too large once scaled', { x: [[1e30]], y: [0], scale: 1e10 }, /arrays\.x\[0\]: .* found 1e\+30|1\.0/],
    ['bytes too large once scaled', { x: Uint8Array.of(2), y: [0], scale: 3e38 }, /arrays\.x\[0\]: .* found 2/],
    ['a class that floats do not tell apart', { x: [[1], [2]], y: [0, 2 ** 24] }, /y\[1\]: .* found 16777216/],
    ['more classes than floats tell apart', { ...xor, classes: 2 ** 53 }, /classes: .* up to 16777216, found 9007/],
    ['an unknown layout', { ...xor, layout: 'nhwc' }, /xor\.layout: expected 'chw' or 'hwc', found "nhwc"/],
    [
      'channels last without channels',
      { ...xor, shape: [1, 2], layout: 'hwc' },
      /xor\.shape: expected a shape \[height, .* found \[1,2\]/,
    ],
    ['channels last without a shape', { ...xor, layout: 'hwc' }, /xor\.shape: .* found none/],
    ['no axis', { x: [[1]], y: [0], shape: [] }, /shape: expected positive integers, found \[\]/],
    ['an axis of a hole', { ...xor, shape: hole([2, 1], 1) }, /shape: expected positive integers/],
    [
      'a name that is no text',
      { ...xor, name: Symbol('xor') },
      /fromArrays: name: expected a string, found Symbol\(xor\)/,
    ],
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
      /y\[0\]: .*found 0\.1; give target values as a/,
    ],
    ['rows of rows', { x: [[[1, 2]]], y: [0] }, /x\[0\]\[0\]: .* found \[1, 2\]/],
    ['a number for a shape', { ...xor, shape: 2 }, /shape: expected positive integers, found 2/],
    ['half a class', { ...xor, classes: 2.5 }, /classes: expected a positive integer .*, found 2\.5/],
    ['no row', { x: [null], y: [0] }, /arrays\.x\[0\]: .* found null/],
    ['no second row', { x: [[1], undefined], y: [0, 1] }, /arrays\.x\[1\]: .* found undefined/],
    ['no samples', { x: [], y: [] }, /x: expected one or more whole samples, found 0/],
    ['no values', { x: [[], []], y: [0, 1] }, /x: .* 2 samples, found 0/],
    ['values that do not divide', { x: Float32Array.of(1, 2, 3), y: [0, 1] }, /x: .* 2 samples, found 3/],
    ['half a sample', { x: Float32Array.of(1, 2, 3), y: [0], shape: [2] }, /whole samples, found 1\.5/],
    ['a shape of another size', { ...xor, shape: [3] }, /xor\.shape: expected 2 values, .* found \[3\]/],
    ['two flat arrays without a shape', { x: Float32Array.of(1, 2), y: Float32Array.of(1) }, /expected a shape/],
    ['classes beside values', { x: [[1]], y: [[1]], classes: 3 }, /classes: expected only with class labels/],
    ['a scale that is no number', { ...xor, scale: nan }, /xor\.scale: expected a finite number .* found NaN/],
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
    expect(() => batch(fromArrays(xor), [index])).toThrow(`expected sample indices from 0 to 3, found ${index}`);
  });
});

describe('take', () => {
  test('keeps the first samples with their targets', () => {
    expect(take(fromArrays(xor), 3)).toEqual(fromArrays({ ...xor, x: xor.x.slice(0, 3), y: xor.y.slice(0, 3) }));
    expect(take(fromArrays(xor), 9).count).toBe(4);
  });

  test('of a data set made by hand is checked again, as the whole is', () => {
    const { inputs, targets, ...more } = fromArrays(xor);
    const data = Float32Array.from(inputs.data);
    const part = take({ ...more, inputs: { ...inputs, data }, targets: { ...targets } }, 3);
    expect(take(part, 3).count).toBe(3);
    data[1] = Number.NaN;
    expect(() => take(part, 3)).toThrow(DataError);
    expect(Object.isFrozen(take(fromArrays(xor), 3))).toBe(true);
  });

  test.each([0, -1, 1.5])('refuses a count of %d', (count) => {
    expect(() => take(fromArrays(xor), count)).toThrow(ArgumentError);
  });
});
