/**
 * Pixels of a PNG file. zlib, which is part of Node, unpacks them; the rest of the format is short. Of the packages that decode
 * PNG in JavaScript, none bounds what it unpacks: a file of 1 MB could fill 1 GB.
 */
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { concat } from '../base/byte-stream.ts';
import type { PngFile } from './image-decoder.ts';

/** A picture within the picture: where its first pixel is, and how far apart its pixels are. */
interface Pass {
  readonly left: number;
  readonly top: number;
  readonly across: number;
  readonly down: number;
}

const whole: readonly Pass[] = [{ left: 0, top: 0, across: 1, down: 1 }];

/** The seven passes of an interlaced file, from coarse to fine (Adam7). */
const interlaced: readonly Pass[] = [
  { left: 0, top: 0, across: 8, down: 8 },
  { left: 4, top: 0, across: 8, down: 8 },
  { left: 0, top: 4, across: 4, down: 8 },
  { left: 2, top: 0, across: 4, down: 4 },
  { left: 0, top: 2, across: 2, down: 4 },
  { left: 1, top: 0, across: 2, down: 2 },
  { left: 0, top: 1, across: 1, down: 2 },
];

/** A pass with its sizes: pixels in a row, rows, and bytes of a row without the byte that names its filter. */
interface Rows extends Pass {
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/** Samples of a pixel, by colour type. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Red, green, blue and alpha of each pixel. Throws an error for a file that is damaged. */
export async function decodePng(file: PngFile): Promise<Uint8Array> {
  const bits = file.depth * CHANNELS[file.colourType];
  const passes = passesOf(file, bits);
  const length = passes.reduce((sum, { height, bytes }) => sum + height * (1 + bytes), 0);
  const packed = await unpack(file, length);
  const pixels = new Uint32Array(file.width * file.height);
  const put = putterOf(file, pixels);
  let at = 0;
  for (const pass of passes) {
    let before = new Uint8Array(pass.bytes);
    for (let y = 0; y < pass.height; y++) {
      const row = packed.subarray(at + 1, at + 1 + pass.bytes);
      unfilter(packed[at], row, before, Math.max(1, bits >> 3));
      put(row, pass.width, (pass.top + y * pass.down) * file.width + pass.left, pass.across);
      before = row;
      at += 1 + pass.bytes;
    }
  }
  return new Uint8Array(pixels.buffer);
}

function passesOf({ width, height, isInterlaced }: PngFile, bits: number): Rows[] {
  return (isInterlaced ? interlaced : whole)
    .map((pass) => ({
      ...pass,
      width: Math.ceil((width - pass.left) / pass.across),
      height: Math.ceil((height - pass.top) / pass.down),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0)
    .map((pass) => ({ ...pass, bytes: Math.ceil((pass.width * bits) / 8) }));
}

/** The filtered rows, never more than `length` bytes. */
async function unpack({ compressed }: PngFile, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const unpacked = await promisify(inflate)(concat(compressed), { maxOutputLength: length }).catch((cause) => {
    if (cause.code !== 'ERR_BUFFER_TOO_LARGE') throw cause;
    throw new Error(`expected ${length} unpacked bytes, found more`, { cause });
  });
  if (unpacked.length < length) throw new Error(`expected ${length} unpacked bytes, found ${unpacked.length}`);
  return new Uint8Array(unpacked.buffer as ArrayBuffer, unpacked.byteOffset, length);
}

/** Undoes the filter of a row, in place. `step` is the distance to the byte that a byte was predicted from. */
function unfilter(filter: number, row: Uint8Array, above: Uint8Array, step: number): void {
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = step; i < row.length; i++) row[i] += row[i - step];
      return;
    case 2:
      for (let i = 0; i < row.length; i++) row[i] += above[i];
      return;
    case 3:
      for (let i = 0; i < row.length; i++) row[i] += ((i < step ? 0 : row[i - step]) + above[i]) >> 1;
      return;
    case 4:
      for (let i = 0; i < row.length; i++) {
        row[i] += i < step ? above[i] : nearestOf(row[i - step], above[i], above[i - step]);
      }
      return;
    default:
      throw new Error(`expected a filter from 0 to 4, found ${filter}`);
  }
}

/** Which of left, above and above left is nearest to left + above - above left (Paeth). */
function nearestOf(left: number, above: number, corner: number): number {
  const [toLeft, toAbove, toCorner] = [
    Math.abs(above - corner),
    Math.abs(left - corner),
    Math.abs(left + above - 2 * corner),
  ];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** Writes the pixels of a row, `across` places apart, from place `at` on. */
type Put = (row: Uint8Array, count: number, at: number, across: number) => void;

const rgba = (red: number, green: number, blue: number, alpha: number): number =>
  red | (green << 8) | (blue << 16) | (alpha << 24);

function putterOf({ colourType, depth, palette, transparency }: PngFile, pixels: Uint32Array): Put {
  const sampleIn = readerOf(depth);
  const channels = CHANNELS[colourType];
  const each =
    (pixelOf: (row: Uint8Array, i: number) => number): Put =>
    (row, count, at, across) => {
      for (let x = 0; x < count; x++) pixels[at + x * across] = pixelOf(row, x * channels);
    };
  if (colourType === 3) {
    const entries = palette!.length / 3;
    const colours = Uint32Array.from({ length: entries }, (_, i) =>
      rgba(palette![3 * i], palette![3 * i + 1], palette![3 * i + 2], transparency?.[i] ?? 255),
    );
    return each((row, i) => {
      const entry = sampleIn(row, i);
      if (entry < entries) return colours[entry];
      throw new Error(`expected an entry of the palette below ${entries}, found ${entry}`);
    });
  }
  // Samples as bytes, by their value.
  const byteOf = Uint8Array.from({ length: 2 ** depth }, (_, sample) => Math.round((255 * sample) / (2 ** depth - 1)));
  const isGrey = channels < 3;
  const hasAlpha = channels % 2 === 0;
  const [clearRed, clearGreen, clearBlue] = transparency
    ? Array.from({ length: 3 }, (_, i) => sixteenBits(transparency, isGrey ? 0 : i))
    : [-1, -1, -1];
  return each((row, i) => {
    const red = sampleIn(row, i);
    const green = isGrey ? red : sampleIn(row, i + 1);
    const blue = isGrey ? red : sampleIn(row, i + 2);
    const isClear = red === clearRed && green === clearGreen && blue === clearBlue;
    const alpha = hasAlpha ? byteOf[sampleIn(row, i + channels - 1)] : isClear ? 0 : 255;
    return rgba(byteOf[red], byteOf[green], byteOf[blue], alpha);
  });
}

const sixteenBits = (row: Uint8Array, i: number): number => (row[2 * i] << 8) | row[2 * i + 1];

/** Reads a sample of a row by its number. Samples of less than a byte begin at its upper end. */
function readerOf(depth: number): (row: Uint8Array, i: number) => number {
  if (depth === 16) return sixteenBits;
  if (depth === 8) return (row, i) => row[i];
  const [each, most] = [8 / depth, 2 ** depth - 1];
  return (row, i) => (row[Math.floor(i / each)] >> (8 - depth * (1 + (i % each)))) & most;
}
