/**
 * Looks through a PNG file before anything is decoded: its sizes, what it is made of, and whether it is whole. Every chunk that
 * pixels depend on has the sum that it says it has. So browsers and Node refuse the same files.
 */
import { crc32 } from '../base/crc32.ts';
import { DataError } from '../base/errors.ts';
import type { PngFile } from '../platform/image-decoder.ts';
import { checkPixels } from './image-limits.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

/** Bits of a sample, by colour type. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** With its length, its name and its sum. */
  readonly whole: Uint8Array;
  /** Where it begins, in bytes. */
  readonly at: number;
}

/** Throws DataError for a file that is damaged or has too many pixels, with the byte. */
export function parsePng(bytes: Uint8Array, where: string, maxPixels: number): PngFile {
  const fail = (at: number, expected: string, found: unknown): never => {
    throw new DataError(`${where}: byte ${at}: expected ${expected}, found ${found}`);
  };
  const chunks = chunksOf(bytes, fail);
  const first = chunks.next().value;
  const header = parseHeader(first, fail);
  checkPixels(where, header, maxPixels);
  const parts = [bytes.subarray(0, SIGNATURE.length), first!.whole];
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  let isOver = false; // the run of IDAT chunks
  const compressed: Uint8Array[] = [];
  for (const { type, data, whole, at } of chunks) {
    if (compressed.length > 0 && type !== 'IDAT') isOver = true;
    if (type === 'IDAT') {
      if (isOver) fail(at, 'IDAT chunks that follow each other', 'another chunk between two of them');
      if (header.colourType === 3 && !palette) fail(at, 'a palette', 'none');
      compressed.push(data);
    } else if (type === 'PLTE') {
      if (palette || isOver) fail(at, 'one palette before the pixels', 'another');
      if (data.length % 3 !== 0 || data.length === 0 || data.length > 768) {
        fail(at, 'a palette of 1 to 256 colours', `${data.length} bytes`);
      }
      palette = data;
    } else if (type === 'tRNS') {
      if (transparency || isOver) fail(at, 'one transparency before the pixels', 'another');
      checkTransparency(header, data, palette, (expected) => fail(at, expected, `${data.length} bytes`));
      transparency = data;
    } else if (isCritical(type) && type !== 'IEND') fail(at, 'chunks of PNG', `the chunk ${type}`);
    parts.push(whole);
  }
  if (compressed.length === 0) fail(bytes.length, 'pixels', 'none');
  return { format: 'PNG', parts, ...header, palette, transparency, compressed };
}

type Fail = (at: number, expected: string, found: unknown) => never;

/** Those that pixels depend on, in the order of the file, to the last. */
function* chunksOf(bytes: Uint8Array, fail: Fail): Generator<Chunk, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE.length; ; ) {
    if (at + 12 > bytes.length) fail(bytes.length, 'a chunk IEND at the end', 'the end of the file');
    const length = view.getUint32(at);
    const end = at + 12 + length;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) fail(at + 4, 'the name of a chunk', JSON.stringify(type));
    if (end > bytes.length) fail(at, `a chunk ${type} of ${length} bytes`, 'the end of the file');
    if (isCritical(type) || type === 'tRNS') {
      const [sum, found] = [view.getUint32(end - 4), crc32(bytes.subarray(at + 4, end - 4))];
      if (sum !== found) fail(at, `a chunk ${type} with the checksum ${hexOf(sum)}`, hexOf(found));
      yield { type, data: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end), at };
    }
    if (type === 'IEND') return;
    at = end;
  }
}

/** A reader that does not know such a chunk cannot show the picture. */
const isCritical = (type: string): boolean => /^[A-Z]/.test(type);

const hexOf = (sum: number): string => sum.toString(16).padStart(8, '0');

function parseHeader(chunk: Chunk | undefined, fail: Fail) {
  if (chunk?.type !== 'IHDR' || chunk.data.length !== 13) {
    return fail(SIGNATURE.length, 'a chunk IHDR of 13 bytes', chunk ? `${chunk.type} of ${chunk.data.length}` : 'none');
  }
  const view = new DataView(chunk.data.buffer, chunk.data.byteOffset);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colourType, compression, filter, interlace] = chunk.data.subarray(8);
  if (width === 0 || height === 0) fail(16, 'a width and a height of 1 or more', `${width} × ${height}`);
  if (!DEPTHS[colourType]?.includes(depth)) {
    fail(24, 'a bit depth and a colour type of PNG', `depth ${depth}, colour type ${colourType}`);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    fail(26, 'compression 0, filter 0 and interlacing 0 or 1', `${compression}, ${filter} and ${interlace}`);
  }
  return { width, height, depth, colourType, isInterlaced: interlace === 1 };
}

function checkTransparency(
  { colourType }: Pick<PngFile, 'colourType'>,
  { length }: Uint8Array,
  palette: Uint8Array | undefined,
  fail: (expected: string) => never,
): void {
  if (colourType === 3) {
    const entries = (palette?.length ?? 0) / 3;
    if (length > entries) fail(`transparency of at most ${entries} colours`);
    return;
  }
  const expected = { 0: 2, 2: 6 }[colourType];
  if (length !== expected) fail(`${expected ?? 'no'} bytes of transparency`);
}
