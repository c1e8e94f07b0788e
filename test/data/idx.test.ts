/** IDX files in memory, whole and damaged. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError } from '../../src/base/errors.ts';
import { type Idx, pack, readIdx } from '../../src/data/idx.ts';

const plain = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
const packed = await pack(plain);
const idx = { shape: [2, 2, 3], data: plain.slice(16) };

/** What reading `bytes` throws, which must be a DataError that names the file. */
async function failureOf(bytes: Uint8Array): Promise<string> {
  const error = await readIdx(bytes, 'some.idx').then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).message).toMatch(/^some\.idx: /);
  return (error as DataError).message;
}

describe('readIdx', () => {
  test.each([
    ['plain', plain],
    ['packed', packed],
  ])('reads %s bytes, an ArrayBuffer and a Blob', async (_, bytes) => {
    expect(await readIdx(bytes)).toEqual(idx);
    expect(await readIdx(bytes.slice().buffer)).toEqual(idx);
    expect(await readIdx(new Blob([bytes as Uint8Array<ArrayBuffer>]))).toEqual(idx);
  });

  test('copies: changing the bytes given changes nothing', async () => {
    const given = plain.slice();
    const read = await readIdx(given);
    given.fill(0);
    expect(read).toEqual(idx);
  });

  test('says what a source may be', async () => {
    await expect(readIdx(undefined as never)).rejects.toThrow(ArgumentError);
  });
});

describe('a damaged IDX file', () => {
  test('cut short anywhere gives a DataError', async () => {
    for (let length = 0; length < plain.length; length++) await failureOf(plain.subarray(0, length));
  });

  test('cut short anywhere within gzip gives a DataError', async () => {
    for (let length = 0; length < packed.length; length++) await failureOf(packed.subarray(0, length));
  });

  test('packed whole after being cut short anywhere gives a DataError', async () => {
    for (let length = 0; length < plain.length; length++) await failureOf(await pack(plain.subarray(0, length)));
  });

  test('is named with the byte, what was expected there and what was found', async () => {
    const changed = (at: number, value: number) => plain.map((byte, i) => (i === at ? value : byte));
    const longer = Uint8Array.of(...plain, 0);
    expect(await failureOf(plain.subarray(0, 20))).toBe(
      'some.idx: byte 20: expected 28 bytes for shape [2,2,3], found 20 bytes',
    );
    expect(await failureOf(longer)).toBe('some.idx: byte 28: expected 28 bytes for shape [2,2,3], found 29 bytes');
    expect(await failureOf(plain.subarray(0, 10))).toMatch(/byte 10: expected a header of 16 bytes/);
    expect(await failureOf(changed(0, 0x3c))).toMatch(/byte 0: expected IDX magic .*, found 3c 00 08 03/);
    expect(await failureOf(changed(2, 0x0d))).toMatch(/found 00 00 0d 03/);
    expect(await failureOf(changed(11, 0))).toMatch(/byte 8: expected a size of at least 1 for dimension 1, found 0/);
  });

  test('never gives anything but the right data or a DataError, whatever byte is changed', async () => {
    const change = fc.record({ packed: fc.boolean(), at: fc.nat(60), by: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(change, async ({ packed, at, by }) => {
        const bytes = packed ? await pack(plain) : plain.slice();
        bytes[at % bytes.length]! ^= by;
        const read = await readIdx(bytes, 'some.idx').catch((error: unknown) => error);
        if (read instanceof DataError) return;
        const { shape, data } = read as Idx;
        expect(data.length).toBe(shape.reduce((a, b) => a * b));
      }),
      { numRuns: 500 },
    );
  });

  test('that promises more than memory holds is refused without allocating it', async () => {
    const huge = Uint8Array.of(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3);
    expect(await failureOf(huge)).toMatch(/byte 15: expected 18446744065119617000 bytes/);
    expect(await failureOf(await pack(huge))).toMatch(/byte 4: expected at most \d+ bytes, found 18446744065119617000/);
  });
});
