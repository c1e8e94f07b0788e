/** IDX files read in slices: the same samples as in memory, and what is wrong with a file. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError } from '../../src/base/errors.ts';
import { pack } from '../../src/data/idx.ts';
import { type OpenIdxOptions, openIdx } from '../../src/data/index.ts';
import { range, readPass } from '../support/streamed.ts';

const header = (type: number, shape: readonly number[]) => {
  const bytes = new Uint8Array(4 + 4 * shape.length);
  bytes.set([0, 0, type, shape.length]);
  shape.forEach((size, i) => {
    new DataView(bytes.buffer).setUint32(4 + 4 * i, size);
  });
  return bytes;
};
const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const bytesFile = (shape: readonly number[], values: ArrayLike<number>) =>
  joined(header(8, shape), Uint8Array.from(values));
function floatsFile(shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i]);
  return joined(header(13, shape), new Uint8Array(view.buffer));
}

const count = 50;
const pixels = Uint8Array.from({ length: count * 6 }, (_, i) => (i * 37) % 256);
const classes = Uint8Array.from({ length: count }, (_, i) => (i * 3) % 5);
const images = bytesFile([count, 2, 3], pixels);
const labels = bytesFile([count], classes);
const blob = (bytes: Uint8Array) => new Blob([bytes as Uint8Array<ArrayBuffer>]);

describe.each([
  ['bytes', images, labels],
  ['Blobs', blob(images), blob(labels)],
])('of %s', (_, x, y) => {
  test('samples are those of the files, in any order', async () => {
    const set = await openIdx({ x, y, scale: 1 / 255, name: 'letters' });
    expect(set).toMatchObject({
      name: 'letters',
      count,
      shape: [2, 3],
      inputs: { kind: 'values', size: 6, scale: 1 / 255, type: 'uint8' },
      targets: { kind: 'labels', size: 5, scale: 1, type: 'uint8' },
      shuffles: true,
    });
    const order = fc.array(fc.integer({ min: 0, max: count - 1 }), { minLength: 1, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(fc.array(order, { minLength: 1, maxLength: 4 }), async (orders) => {
        for (const { samples, x, y } of await readPass(
          set,
          orders.map((order) => Uint32Array.from(order)),
        )) {
          expect([...x]).toEqual([...samples].flatMap((i) => [...pixels.subarray(6 * i, 6 * i + 6)]));
          expect([...y]).toEqual(Array.from(samples, (i) => classes[i]));
        }
      }),
      { numRuns: 20 },
    );
  });
});

test('floats are read from the order of bytes in the file, and are values', async () => {
  const values = Float32Array.from({ length: 12 }, (_, i) => Math.fround(Math.sin(i) * 10 ** (i - 6)));
  const targets = Float32Array.of(1.5, -2.5, 1e-30, 3e38);
  const set = await openIdx({ x: floatsFile([4, 3], values), y: floatsFile([4], targets) });
  expect(set).toMatchObject({ shape: [3], targets: { kind: 'values', size: 1, type: 'float32' } });
  const [{ x, y }] = await readPass(set, [Uint32Array.of(2, 0, 1, 3)]);
  expect(x).toEqual(Float32Array.of(...values.slice(6, 9), ...values.slice(0, 6), ...values.slice(9)));
  expect(y).toEqual(Float32Array.of(1e-30, 1.5, -2.5, 3e38));
});

test('targets of bytes with more dimensions are values, one number per sample is an input', async () => {
  const set = await openIdx({ x: bytesFile([2], [7, 8]), y: bytesFile([2, 2], [1, 2, 3, 255]) });
  expect(set).toMatchObject({ shape: [1], targets: { kind: 'values', size: 2, type: 'uint8' } });
  const [{ x, y }] = await readPass(set, [range(0, 2)]);
  expect([[...x], [...y]]).toEqual([
    [7, 8],
    [1, 2, 3, 255],
  ]);
});

test('there may be more classes than bytes', async () => {
  expect((await openIdx({ x: images, y: labels, classes: 300 })).targets).toMatchObject({ size: 300, type: 'uint8' });
});

describe('the identity', () => {
  const of = async (more: Partial<OpenIdxOptions>) => (await openIdx({ x: images, y: labels, ...more })).identity;
  test('is that of the samples, wherever they lie', async () => {
    expect(await of({ x: blob(images) })).toEqual(await of({}));
    expect((await of({})).count).toBe(count);
  });
  test('is another for other samples, classes, scale and name', async () => {
    const other = [
      { x: bytesFile([count, 2, 3], pixels.with(7, 1)) },
      { y: bytesFile([count], classes.with(count - 1, 4)) },
      { x: bytesFile([count, 3, 2], pixels) },
      { classes: 6 },
      { scale: 2 },
      { name: 'others' },
    ];
    const all = await Promise.all([{}, ...other].map(of));
    expect(new Set(all.map((identity) => JSON.stringify(identity))).size).toBe(all.length);
  });
});

test('a name is that of the file, without its folder', async () => {
  const file = new File([images as Uint8Array<ArrayBuffer>], 'letters-images');
  expect((await openIdx({ x: file, y: labels })).name).toBe('letters-images');
});

describe('refuses', () => {
  test.each<[string, object, RegExp]>([
    [
      'files of different counts',
      { y: bytesFile([3], [1, 2, 3]) },
      /bytes given: expected 50 samples, as in bytes given, found 3/,
    ],
    [
      'a file cut short',
      { x: images.subarray(0, 300) },
      /byte 300: expected 316 bytes for shape \[50,2,3\], found 300 bytes/,
    ],
    ['a longer file', { x: joined(images, images) }, /byte 316: expected 316 bytes/],
    ['floats cut short', { x: floatsFile([2, 2], [1, 2, 3]) }, /expected 28 bytes for shape \[2,2\], found 24 bytes/],
    [
      'no IDX file',
      { x: Uint8Array.of(1, 2, 3, 4) },
      /byte 0: expected IDX magic 00 00 08 \(dims\) or 00 00 0d \(dims\), found 01 02 03 04/,
    ],
    ['integers', { x: header(12, [1]) }, /found 00 00 0c 01/],
    [
      'a header cut short',
      { x: images.subarray(0, 7) },
      /byte 7: expected a header of 16 bytes, found the end of the file/,
    ],
    ['nothing', { x: new Uint8Array(0) }, /byte 0: expected a header of 4 bytes, found the end of the file/],
    ['a class that is none', { classes: 3 }, /byte 9: expected a class from 0 to 2, found 3 in sample 1/],
    [
      'classes of values',
      { y: bytesFile([count, 1], classes), classes: 3 },
      /classes: expected only with class labels, found 3/,
    ],
    ['half a class', { classes: 2.5 }, /classes: expected a positive integer/],
    ['a scale that is none', { scale: Number.NaN }, /scale: expected a finite number/],
    ['a name that is no text', { name: 5 }, /name: expected a string, found 5/],
    [
      'infinity',
      { x: floatsFile([count], pixels.slice(0, count)).with(12, 0x7f).with(13, 0x80) },
      /byte 12: expected a finite number that fits in a 32-bit float, found (Infinity|NaN) in sample 1/,
    ],
    [
      'a URL',
      { x: new URL('https://example.org/images') },
      /https:\/\/example\.org\/images: only a file is read in slices; download it/,
    ],
  ])('%s', async (_, more, message) => {
    const failure = openIdx({ x: images, y: labels, ...more });
    await expect(failure).rejects.toThrow(DataError);
    await expect(failure).rejects.toThrow(message);
  });

  test('gzip, and says what to do', async () => {
    const failure = openIdx({ x: await pack(images), y: labels });
    await expect(failure).rejects.toThrow(/expected a plain IDX file, found gzip, which has no slices: unpack it/);
  });

  test('an unknown option and what is no source', async () => {
    await expect(openIdx({ x: images, y: labels, shape: [6] } as never)).rejects.toThrow(ArgumentError);
    await expect(openIdx({ x: images } as never)).rejects.toThrow(ArgumentError);
    await expect(openIdx({ x: 5, y: labels } as never)).rejects.toThrow(/expected a path, URL, Blob or bytes, found 5/);
  });

  test('a class that is none in a sample that is read later', async () => {
    const many = Uint8Array.from({ length: 1000 }, (_, i) => (i === 500 ? 9 : 0));
    const set = await openIdx({ x: bytesFile([1000], many), y: bytesFile([1000], many), classes: 3 });
    await readPass(set, [range(0, 500), range(501, 1000)]);
    await expect(readPass(set, [range(400, 600)])).rejects.toThrow(
      'byte 508: expected a class from 0 to 2, found 9 in sample 500',
    );
  });
});
