/** Data sets of pictures, from lists by class and from files with their folders. */
import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError } from '../../src/base/errors.ts';
import { type ImagesOptions, type ImagesSource, images, readImage } from '../../src/data.node.ts';
import { jpegs } from '../support/jpegs.ts';
import { writeSimplePng } from '../support/png.ts';

const plain = (value: number, size = 2) => writeSimplePng(size, size, new Uint8Array(size * size).fill(value));
const [dark, middle, light] = await Promise.all([plain(10), plain(100), plain(240)]);
const broken = light.slice(0, 40);

/** A file as `<input type="file" webkitdirectory>` gives it. */
function fileAt(path: string, bytes: BlobPart = light): File {
  const file = new File([bytes], path.split('/').at(-1)!);
  return Object.defineProperty(file, 'webkitRelativePath', { value: path });
}

async function failureOf(source: ImagesSource, options: ImagesOptions = {}): Promise<string> {
  const error = await images(source, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(DataError);
  return (error as DataError).message;
}

describe('images by class', () => {
  test('are bytes by channels, with classes sorted by name', async () => {
    const set = await images({ night: [dark], day: [new Blob([light]), middle.buffer] }, { size: 2 });
    expect(set).toMatchObject({
      name: 'images',
      count: 3,
      shape: [3, 2, 2],
      inputs: { kind: 'values', size: 12, scale: 1 / 255 },
      targets: { kind: 'labels', size: 2 },
      classNames: ['day', 'night'],
    });
    expect(set.inputs.data).toEqual(Uint8Array.from([240, 100, 10].flatMap((value) => Array(12).fill(value))));
    expect([...set.targets.data]).toEqual([0, 0, 1]);
  });

  test('are resized, and are the same as readImage makes of them', async () => {
    const { file } = jpegs.baseline;
    for (const channels of [1, 3] as const) {
      const set = await images({ all: [file, file] }, { size: [5, 9], channels, name: 'flowers' });
      expect(set).toMatchObject({ name: 'flowers', shape: [channels, 5, 9] });
      const bytes = await readImage(new Blob([file]), { size: [5, 9], channels });
      expect([...set.inputs.data]).toEqual([...bytes, ...bytes]);
    }
  });

  test('keep their size where it is the same for all, and else need one', async () => {
    expect((await images({ a: [dark], b: [light] }, { channels: 1 })).shape).toEqual([1, 2, 2]);
    const failure = images({ a: [dark], b: [light, await plain(1, 3)] });
    await expect(failure).rejects.toThrow(ArgumentError);
    await expect(failure).rejects.toThrow(
      'images: b[1]: expected 2 × 2 pixels, as a[0] has, found 3 × 3; give a size for all',
    );
  });

  test('are split by a share of each class', async () => {
    const source = { a: Array(10).fill(dark), b: Array(5).fill(light) };
    const { train, test, source: where } = await images(source, { test: 0.2, seed: 3, channels: 1 });
    expect([train.count, test.count, where]).toEqual([12, 3, 'images']);
    expect([...test.targets.data]).toEqual([0, 0, 1]);
    expect([...test.inputs.data]).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 240, 240, 240, 240]);
    expect(test.classNames).toEqual(['a', 'b']);
  });

  test('may be in a Set', async () => {
    expect((await images({ a: new Set([dark, light]) })).count).toBe(2);
  });

  test('may be of one class, as for an autoencoder', async () => {
    expect((await images({ faces: [dark, light] })).targets.size).toBe(1);
  });

  test('that are broken are named, the first in their order', async () => {
    expect(await failureOf({ a: [dark, broken, middle], b: [broken] })).toBe(
      'a[1]: byte 40: expected a chunk IEND at the end, found the end of the file',
    );
    expect(await failureOf({ a: [new File([], 'some.png')] })).toBe(
      'some.png: byte 0: expected a PNG or JPEG file, found an empty file',
    );
    expect(await failureOf({ a: [new TextEncoder().encode('GIF89a...')] })).toMatch(/found GIF; convert it$/);
  });

  test('that are broken are left out on request, and reported in their order', async () => {
    const skipped: string[] = [];
    const source = { a: [broken, dark, broken, middle], b: [light, new Blob(['text'])] };
    const set = await images(source, {
      channels: 1,
      skipBroken: ({ file, error }) => skipped.push(`${file}: ${error.name}`),
    });
    expect(skipped).toEqual(['a[0]: DataError', 'a[2]: DataError', 'b[1]: DataError']);
    expect([...set.inputs.data]).toEqual([10, 10, 10, 10, 100, 100, 100, 100, 240, 240, 240, 240]);
    expect([...set.targets.data]).toEqual([0, 0, 1]);
    expect(set.count).toBe(3);
    expect((await images(source, { skipBroken: true, channels: 1 })).inputs).toEqual(set.inputs);
  });

  test('of which a class loses all are refused even so', async () => {
    expect(await failureOf({ a: [dark], b: [broken] }, { skipBroken: true })).toMatch(
      /^images: expected a whole picture of b, found none; the first error is: b\[0\]: byte 40/,
    );
  });

  test('report progress, and stop where a signal says so', async () => {
    const told: [number, number][] = [];
    await images({ a: [dark, light] }, { onProgress: ({ read, total }) => told.push([read, total]) });
    expect(told).toEqual([
      [1, 2],
      [2, 2],
    ]);
    const stop = new AbortController();
    let read = 0;
    const many = { a: Array.from({ length: 1000 }, () => dark) };
    const failure = images(many, { signal: stop.signal, onProgress: () => ++read === 5 && stop.abort('enough') });
    await expect(failure).rejects.toBe('enough');
    expect(read).toBeLessThan(30);
  });

  test('of too many pixels are refused by their header', async () => {
    expect(await failureOf({ a: [dark] }, { maxPixels: 3 })).toBe(
      'a[0]: expected at most 3 pixels (maxPixels), found 2 × 2',
    );
    expect(await failureOf({ a: [jpegs.grey.file] }, { maxPixels: 279 })).toMatch(/at most 279 pixels .*found 20 × 14/);
    expect(await failureOf({ a: [dark] }, { maxBytes: 20 })).toMatch(
      /^a\[0\]: bytes given: expected at most 20 bytes, found/,
    );
  });

  test.each<[string, unknown, unknown, string]>([
    ['an unknown option', { a: [dark] }, { sise: 3 }, 'did you mean size?'],
    ['a source of another kind', 5, {}, 'found 5'],
    ['bytes for a list', dark, {}, 'expected a folder, Files with their folders, or { className: pictures }'],
    ['pictures that are no list', { a: dark }, {}, 'expected a list of pictures for a'],
    ['a picture that is none', { a: [7] }, {}, 'expected a path, URL, Blob or bytes, found 7'],
    ['no share', { a: [dark] }, { test: 1 }, 'test must be a share'],
    ['no seed', { a: [dark] }, { seed: -1 }, 'images: seed'],
    ['no flag', { a: [dark] }, { skipBroken: 1 }, 'skipBroken must be a function, found 1'],
    ['no signal', { a: [dark] }, { signal: {} }, 'signal must be an AbortSignal'],
    ['no name', { a: [dark] }, { name: 1 }, 'name must be a string'],
  ])('%s is an ArgumentError', async (_, source, options, message) => {
    const failure = images(source as never, options as never);
    await expect(failure).rejects.toThrow(ArgumentError);
    await expect(failure).rejects.toThrow(message);
  });

  test('with a class that has none, or without classes, are refused', async () => {
    expect(await failureOf({ a: [dark], b: [] })).toBe('images: expected pictures of each class, found none of b');
    expect(await failureOf({})).toBe('images: expected one class or more, found none');
  });
});

describe('files of a folder that was chosen on a page', () => {
  test('have the folders in it as classes, and other files are left out', async () => {
    const set = await images(
      [
        fileAt('pets/dog/b.png', middle),
        fileAt('pets/.DS_Store', 'x'),
        fileAt('pets/dog/Thumbs.db', 'x'),
        fileAt('pets/cat/._1.png', 'x'),
        fileAt('pets/__MACOSX/cat/1.png', 'x'),
        fileAt('pets/labels.csv', 'x'),
        fileAt('pets/cat/1.PNG', dark),
        fileAt('pets/dog/small/a.jpeg', light), // by its bytes a PNG
      ],
      { channels: 1 },
    );
    expect(set).toMatchObject({ name: 'pets', count: 3, classNames: ['cat', 'dog'] });
    expect([...set.inputs.data]).toEqual([10, 10, 10, 10, 100, 100, 100, 100, 240, 240, 240, 240]);
    expect([...set.targets.data]).toEqual([0, 1, 1]);
  });

  test.each<[string, File[], string]>([
    ['none', [], 'files given: expected a folder for each class, with its pictures in it, found no folder in it'],
    ['without folders', [fileAt('pets/1.png')], 'found pictures such as 1.png and no folder'],
    [
      'beside the folders',
      [fileAt('pets/cat/1.png'), fileAt('pets/1.png')],
      'pets/1.png: expected pictures in the folders of classes only, found one beside',
    ],
    ['of a class without pictures', [fileAt('p/a/1.png'), fileAt('p/b/1.txt')], 'p: expected pictures of each class'],
    ['of two folders', [fileAt('a/b/1.png'), fileAt('c/d/1.png')], 'c/d/1.png: expected files of one folder, a'],
    ['chosen one by one', [new File([light], '1.png')], '1.png: expected a File with its folder (webkitRelativePath)'],
    ['of another format', [fileAt('p/a/1.webp', 'RIFF    WEBP')], 'p/a/1.webp: byte 0: expected a PNG or JPEG file'],
  ])('%s are refused', async (_, files, message) => {
    expect(await failureOf(files)).toContain(message);
  });
});
