/** Pictures that are damaged, or made to do harm: nothing but a DataError, and nothing allocated for what a header claims. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { concat } from '../../src/base/byte-stream.ts';
import { crc32 } from '../../src/base/crc32.ts';
import { DataError } from '../../src/base/errors.ts';
import { readImage } from '../../src/data.node.ts';
import { imageDecoder } from '../../src/platform/image-decoder.ts';
import { platform } from '../../src/platform/platform.ts';
import { jpegs } from '../support/jpegs.ts';
import { MUTATIONS, mutated } from '../support/mutations.ts';
import { chunk, deflated, header, signature, writePng, writeSimplePng } from '../support/png.ts';

afterEach(() => vi.restoreAllMocks());

const read = (bytes: Uint8Array, options = {}) => readImage(bytes, { size: 4, ...options });

/** What reading `bytes` throws, which must be a DataError that names the file. */
async function failureOf(bytes: Uint8Array): Promise<string> {
  const error = await read(bytes).then(
    () => 'none',
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).message).toMatch(/^bytes given: /);
  return (error as DataError).message;
}

const grey = await writeSimplePng(3, 2, [1, 2, 3, 4, 5, 6]);
const end = chunk('IEND', new Uint8Array(0));
const jpeg = jpegs.progressive.file;
const changed = (bytes: Uint8Array, at: number, value: number) => bytes.map((byte, i) => (i === at ? value : byte));

/** Where a marker of JPEG is. */
const placeOf = (bytes: Uint8Array, marker: number): number =>
  bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === marker);

describe('a picture that claims 60,000 × 60,000 pixels', () => {
  const png = concat([signature, header(60_000, 60_000), chunk('IDAT', Uint8Array.of(1)), end]);
  const frame = placeOf(jpeg, 0xc2);
  const large = jpeg.slice();
  large.set([60_000 >> 8, 60_000 & 255, 60_000 >> 8, 60_000 & 255], frame + 5);

  test.each([
    ['PNG', png],
    ['JPEG', large],
  ])('is refused by its header: %s', async (_, bytes) => {
    const decode = vi.spyOn(imageDecoder, 'decode');
    expect(await failureOf(bytes)).toBe(
      'bytes given: expected at most 33554432 pixels (maxPixels), found 60000 × 60000',
    );
    expect(decode).not.toHaveBeenCalled();
  });
});

test('a PNG that unpacks to more than its header says is unpacked no further', async () => {
  const bomb = await deflated(new Uint8Array(2 ** 26));
  const file = concat([signature, header(2, 2), chunk('IDAT', bomb), end]);
  const before = platform.files ? process.memoryUsage().arrayBuffers : 0;
  const outcome = await read(file).catch((error: unknown) => error);
  // Node refuses it. Chromium takes what it needs.
  if (platform.files) {
    expect((outcome as Error).message).toContain('the PNG cannot be decoded: expected 14 unpacked bytes, found more');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 22);
  } else expect(outcome).toHaveLength(48);
});

test('a JPEG that is too short for its pixels is refused', async () => {
  const large = jpeg.slice();
  large.set([16, 0, 16, 0], placeOf(jpeg, 0xc2) + 5);
  const decode = vi.spyOn(imageDecoder, 'decode');
  // 512 × 512 blocks of brightness, and a quarter of that for each of two colours.
  expect(await failureOf(large)).toContain('expected 49152 bytes or more for 4096 × 4096 pixels, found');
  expect(decode).not.toHaveBeenCalled();
});

test('a JPEG of thousands of scans is refused', async () => {
  const scan = placeOf(jpeg, 0xda);
  const next = scan + 2 + jpeg.subarray(scan + 2).findIndex((byte, i, rest) => byte === 0xff && rest[i + 1] !== 0);
  const scans = Array.from({ length: 5000 }, () => jpeg.subarray(scan, next));
  expect(await failureOf(concat([jpeg.subarray(0, next), ...scans, jpeg.subarray(next)]))).toContain(
    'expected at most 100 scans, found more',
  );
});

describe('a damaged file', () => {
  test.each([
    ['PNG', grey],
    ['JPEG', jpeg],
  ])('cut short anywhere is a DataError: %s', async (_, bytes) => {
    for (let length = 0; length < bytes.length; length++) await failureOf(bytes.subarray(0, length));
  });

  test('is named with the byte, what was expected there and what was found', async () => {
    const [colour, palette] = [{ colourType: 3 }, (length: number) => chunk('PLTE', new Uint8Array(length))];
    const of = (...chunks: Uint8Array[]) => failureOf(concat([signature, ...chunks, end]));
    const pixels = chunk('IDAT', Uint8Array.of(1));
    expect(await failureOf(changed(grey, 45, 7))).toMatch(
      /byte 33: expected a chunk IDAT with the checksum [0-9a-f]{8}, found [0-9a-f]{8}$/,
    );
    expect(await of(header(0, 3), pixels)).toMatch(/byte 16: expected a width and a height of 1 or more, found 0 × 3/);
    expect(await of(header(1, 1, { depth: 3 }))).toMatch(
      /byte 24: expected a bit depth .*found depth 3, colour type 2/,
    );
    expect(await of(pixels)).toMatch(/byte 8: expected a chunk IHDR of 13 bytes, found IDAT of 1/);
    expect(await of(header(1, 1))).toMatch(/expected pixels, found none/);
    expect(await of(header(1, 1, colour), pixels)).toMatch(/byte 33: expected a palette, found none/);
    expect(await of(header(1, 1, colour), palette(4), pixels)).toMatch(/a palette of 1 to 256 colours, found 4 bytes/);
    expect(await of(header(1, 1), pixels, chunk('PLTE', new Uint8Array(3)), pixels)).toMatch(/one palette before the/);
    expect(await of(header(1, 1), pixels, chunk('ABCD', new Uint8Array(3)))).toMatch(/found the chunk ABCD/);
    expect(await of(header(1, 1), chunk('tRNS', new Uint8Array(3)), pixels)).toMatch(
      /6 bytes of transparency, found 3/,
    );
    expect(await of(header(1, 1), pixels)).toMatch(/the PNG cannot be decoded: /);
    const frame = placeOf(jpeg, 0xc2);
    expect(await failureOf(changed(jpeg, frame + 1, 0xc9))).toMatch(
      /expected a baseline or progressive JPEG, found .*c9/,
    );
    expect(await failureOf(changed(jpeg, frame + 4, 12))).toMatch(/expected 8 bits for each sample, found 12/);
    expect(await failureOf(changed(jpeg, frame + 9, 2))).toMatch(/expected a whole frame/);
    expect(await failureOf(changed(jpeg, frame + 11, 0x51))).toMatch(/sampling factors from 1 to 4, found 5 × 1/);
    expect(await failureOf(changed(jpeg, 2, 1))).toMatch(/byte 0: expected a PNG or JPEG file, found ff d8 01/);
    expect(
      await failureOf(jpegs.CMYK.file.map((byte, i, { length }) => (byte === 0x41 && i < length / 2 ? 0 : byte))),
    ).toMatch(/four channels with a mark of Adobe/);
  });
});

/** Chunks with the sums that their bytes have, so that damage gets past them. */
function resummed(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let at = 8; at + 12 <= png.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > png.length) break;
    view.setUint32(end, crc32(png.subarray(at + 4, end)));
    at = end + 4;
  }
  return png;
}

const samples = Array.from({ length: 90 }, (_, i) => (i * 37) % 256);
const victims: [string, Uint8Array<ArrayBuffer>][] = [
  ['PNG', await writeSimplePng(6, 5, samples)],
  ['interlaced PNG', await writePng({ width: 10, height: 9, depth: 8, colourType: 0, samples, isInterlaced: true })],
  [
    'PNG with a palette',
    await writePng({
      ...{ width: 9, height: 10, depth: 2, colourType: 3, samples: samples.map((value) => value % 4) },
      before: [chunk('PLTE', Uint8Array.from(samples.slice(0, 12))), chunk('tRNS', Uint8Array.of(9, 200))],
    }),
  ],
  ['baseline JPEG', jpegs['half the chroma in both directions'].file],
  ['progressive JPEG', jpeg],
  ['CMYK JPEG', jpegs.CMYK.file],
];

describe('mutations give a picture or a DataError', () => {
  test.each(victims)('of %s', { timeout: 600_000 }, async (name, victim) => {
    const outcomes = { picture: 0, refused: 0, undecodable: 0 };
    for (let seed = 0; seed < MUTATIONS; seed++) {
      const damaged = mutated(victim, seed);
      const bytes = name.includes('PNG') && seed % 2 === 0 ? resummed(damaged) : damaged;
      const outcome = await read(bytes, { maxPixels: 2 ** 14 }).catch((error: unknown) => error);
      if (outcome instanceof Uint8Array && outcome.length === 48) outcomes.picture++;
      else if (!(outcome instanceof DataError)) throw new Error(`seed ${seed}: ${outcome}`, { cause: outcome });
      else outcomes[outcome.message.includes('cannot be decoded') ? 'undecodable' : 'refused']++;
    }
    // Damage gets as far as each of the three.
    expect(Math.min(...Object.values(outcomes)), JSON.stringify(outcomes)).toBeGreaterThan(0);
  });
});
