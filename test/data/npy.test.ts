/** Arrays as NumPy writes them: numpy-cases.json was made by numpy-cases.py, with NumPy 2.4.6. */
import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError } from '../../src/base/errors.ts';
import { pack } from '../../src/data/idx.ts';
import { fromArrays, npy, npz } from '../../src/data/index.ts';
import numpy from './numpy-cases.json';

const bytesOf = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

async function failureOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => 'no error',
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(DataError);
  return (error as DataError).message;
}

/** A file of version 1 with a header and some bytes. */
function fileOf(header: string, data: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(header);
  return Uint8Array.of(0x93, 78, 85, 77, 80, 89, 1, 0, text.length & 255, text.length >> 8, ...text, ...data);
}

describe('npy', () => {
  test.each(numpy.cases.map((each) => [each.name, each] as const))('reads %s', async (_, { file, shape, values }) => {
    const read = await npy(bytesOf(file));
    expect(read.shape).toEqual(shape);
    expect(Array.from(read.data)).toEqual(values.map(Number));
  });

  test('gives arrays of the type in the file, of 32 bits for 64', async () => {
    const typeOf = async (name: string) =>
      (await npy(bytesOf(numpy.cases.find((each) => each.name === name)!.file))).data.constructor.name;
    const types = ['bool', 'u1', 'i1', '>u2', '<i2', '<u8', '>i8', '<f2', '>f8'].map(typeOf);
    expect(await Promise.all(types)).toEqual(
      ['Uint8', 'Uint8', 'Int8', 'Uint16', 'Int16', 'Uint32', 'Int32', 'Float32', 'Float64'].map(
        (type) => `${type}Array`,
      ),
    );
  });

  test('reads gzip, a Blob, and bytes of any place', async () => {
    const file = bytesOf(numpy.cases[0].file);
    const expected = await npy(file);
    expect(await npy(await pack(file))).toEqual(expected);
    expect(await npy(new Blob([file]))).toEqual(expected);
    const moved = new Uint8Array(file.length + 1);
    moved.set(file, 1);
    expect(await npy(moved.subarray(1))).toEqual(expected);
  });

  test.each(Object.entries(numpy.refused).slice(0, 6))('names the type %s', async (type, file) => {
    const message = await failureOf(npy(bytesOf(file)));
    expect(message).toContain(`expected a type of booleans, integers or floats, found ${JSON.stringify(type)}`);
  });

  test('names an integer that does not fit', async () => {
    const { 'too large': large, negative } = numpy.refused;
    expect(await failureOf(npy(bytesOf(large)))).toContain(
      'value 1: expected an integer that fits in 32 bits, found 2147483648',
    );
    expect(await failureOf(npy(bytesOf(negative)))).toContain(
      'value 0: expected an integer that fits in 32 bits, found 4294967296',
    );
  });

  const good = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n";
  test.each<[string, Uint8Array, string]>([
    ['no bytes', new Uint8Array(0), 'byte 0: expected the magic 93 4e 55 4d 50 59 of NumPy, found an empty file'],
    [
      'other bytes',
      Uint8Array.of(80, 75, 3, 4),
      'byte 0: expected the magic 93 4e 55 4d 50 59 of NumPy, found 50 4b 03 04',
    ],
    ['only the magic', fileOf('').subarray(0, 6), 'byte 6: expected version 1, 2 or 3, found the end of the file'],
    ['version 4', fileOf('').fill(4, 6, 7), 'byte 6: expected version 1, 2 or 3, found 4'],
    ['no length', fileOf('').subarray(0, 9), 'byte 9: expected the length of the header, found the end of the file'],
    ['half a header', fileOf(good).subarray(0, 30), 'byte 8: expected a header of at most 20 bytes, found 58'],
    ['another header', fileOf('[1]\n'), 'byte 10: expected a header in braces'],
    ['no shape', fileOf("{'descr': '|u1', 'fortran_order': False}\n"), 'expected an entry shape'],
    ['an unknown entry', fileOf("{'descr': '|u1', 'order': 1}\n"), 'expected descr, fortran_order and shape'],
    [
      'an order as a shape',
      fileOf("{'descr': '|u1', 'fortran_order': False, 'shape': True}\n"),
      'expected an order of True or False',
    ],
    ['too few values', fileOf(good, [1]), 'expected 70 bytes for shape [2] of |u1, found 69 bytes'],
    ['too many values', fileOf(good, [1, 2, 3]), 'byte 70: expected 70 bytes for shape [2] of |u1, found 71 bytes'],
    [
      '2⁶⁰ values',
      fileOf(good.replace('(2,)', `(${2 ** 30}, ${2 ** 30})`), [1, 2]),
      'expected 1152921504606847000 bytes',
    ],
    [
      'more than can be counted',
      fileOf(good.replace('(2,)', `(0, ${'9'.repeat(400)})`)),
      'expected an order of True or False and a shape',
    ],
    ['65 axes', fileOf(good.replace('(2,)', `(${'1, '.repeat(65)})`), [1]), 'a shape of at most 64 sizes'],
  ])('names %s', async (_, file, message) => {
    expect(await failureOf(npy(file))).toMatch(/^bytes given: /);
    expect(await failureOf(npy(file))).toContain(message);
  });

  test('takes no more than maxBytes, and only its own options', async () => {
    expect(await failureOf(npy(fileOf(good, [1, 2]), { maxBytes: 10 }))).toContain(
      'expected at most 10 bytes, found 70',
    );
    await expect(npy(fileOf(good), { shape: [1] } as never)).rejects.toThrow(ArgumentError);
  });
});

describe('npz', () => {
  test.each(Object.entries(numpy.archives))('reads %s arrays, which fromArrays takes', async (_, file) => {
    const { x_train: x, y_train: y, ...more } = await npz(bytesOf(file));
    expect(more).toEqual({});
    expect([x.shape, [...x.data]]).toEqual([[2, 3, 3], Array.from({ length: 18 }, (_, i) => i)]);
    expect([y.shape, y.data]).toEqual([[2], Int32Array.of(3, 1)]);
    const set = fromArrays({ x: x.data, y: y.data, shape: x.shape.slice(1), scale: 1 / 255 });
    expect(set.targets).toEqual({ kind: 'labels', data: Uint8Array.of(3, 1), size: 4, scale: 1 });
    expect(set.inputs.data).toEqual(x.data);
  });

  const stored = bytesOf(numpy.archives.stored);
  /** A copy with numbers written over it, at places counted from the first of these bytes. */
  function changed(marks: readonly number[], offset: number, ...bytes: readonly number[]): Uint8Array {
    const file = stored.slice();
    const at = file.findIndex((_, i) => marks.every((mark, j) => file[i + j] === mark));
    file.set(bytes, at + offset);
    return file;
  }
  const [local, directory, end] = [
    [80, 75, 3, 4],
    [80, 75, 1, 2],
    [80, 75, 5, 6],
  ];

  test.each<[string, Uint8Array, string]>([
    ['no ZIP file', Uint8Array.of(1, 2, 3), 'expected the end of a ZIP file, found none'],
    ['one that is cut short', stored.subarray(0, -5), 'expected the end of a ZIP file, found none'],
    ['zip64', changed(end, 16, 255, 255, 255, 255), 'expected a ZIP file of less than 4 GiB, found zip64'],
    ['a file of zip64', changed(directory, 24, 255, 255, 255, 255), 'expected a file of less than 4 GiB, found zip64'],
    ['a directory elsewhere', changed(end, 16, 1, 0, 0, 0), 'byte 1: expected an entry of the directory, found none'],
    ['a longer directory', changed(end, 10, 3), 'expected an entry of the directory, found none'],
    ['a password', changed(directory, 8, 1), 'expected a file without a password'],
    ['an unknown method', changed(directory, 10, 12), 'expected method 0 (stored) or 8 (deflated), found 12'],
    ['a file elsewhere', changed(directory, 42, 5), 'byte 5: expected a file, found none'],
    ['another length', changed(directory, 24, 7), 'expected 7 bytes, found'],
    ['another content', changed(local, 200, 99), 'expected CRC-32'],
    ['a file that is no array', changed(directory, 56, 'x'.charCodeAt(0)), 'expected arrays in .npy files'],
  ])('names %s', async (_, file, message) => {
    expect(await failureOf(npz(file))).toContain(message);
  });

  test('names the array that is damaged', async () => {
    const file = bytesOf(numpy.archives.deflated);
    file[70] ^= 255;
    expect(await failureOf(npz(file))).toMatch(/^bytes given: "x_train\.npy": (damaged after|byte)/);
  });
});
