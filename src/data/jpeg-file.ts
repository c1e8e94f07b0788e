/**
 * Looks through a JPEG file before anything is decoded: its sizes, what kind it is, and whether it is there to its end. So
 * browsers and Node refuse the same files, of those whose structure is damaged; JPEG has no checksums.
 */
import { DataError } from '../base/errors.ts';
import type { JpegFile } from '../platform/image-decoder.ts';
import { checkPixels } from './image-limits.ts';
import { type Orientation, orientationOf } from './orientation.ts';

export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/** Each goes over the whole picture, so many small ones could take hours. libjpeg writes 10. */
const MOST_SCANS = 100;

/** Markers by their second byte. */
const END = 0xd9;
const SCAN = 0xda;
const JFIF = 0xe0;
const EXIF = 0xe1;
const ADOBE = 0xee;

/** Start of a frame of any kind: all of C0 to CF but tables (C4, CC) and JPG (C8). */
const isFrame = (marker: number): boolean => (marker & 0xf0) === 0xc0 && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Those that have no length: restarts and TEM. */
const isAlone = (marker: number): boolean => (marker >= 0xd0 && marker <= 0xd7) || marker === 0x01;

/** What pixels do not depend on: comments, and what applications write, but for the kind of file and the kind of colours. */
const isAside = (marker: number): boolean =>
  marker === 0xfe || ((marker & 0xf0) === 0xe0 && marker !== JFIF && marker !== ADOBE);

type Fail = (at: number, expected: string, found: unknown) => never;

interface Segment {
  readonly marker: number;
  readonly data: Uint8Array;
  /** With its marker and its length, and what follows a scan. */
  readonly whole: Uint8Array;
  readonly at: number;
}

/** Throws DataError for a file that is damaged, of a kind that is not decoded, or has too many pixels, with the byte. */
export function parseJpeg(
  bytes: Uint8Array,
  where: string,
  maxPixels: number,
): JpegFile & { orientation: Orientation } {
  const fail: Fail = (at, expected, found) => {
    throw new DataError(`${where}: byte ${at}: expected ${expected}, found ${found}`);
  };
  let frame: Frame | undefined;
  let isJfif = false;
  let adobe: number | undefined;
  let orientation: Orientation = 1;
  let scans = 0;
  const parts = [bytes.subarray(0, 2)];
  for (const { marker, data, whole, at } of segmentsOf(bytes, fail)) {
    if (isFrame(marker)) {
      if (frame) fail(at, 'one picture', 'another frame');
      frame = parseFrame(marker, data, at, fail);
      checkPixels(where, frame, maxPixels);
    } else if (marker === SCAN) {
      if (!frame) fail(at, 'a frame before the first scan', 'none');
      if (++scans > MOST_SCANS) fail(at, `at most ${MOST_SCANS} scans`, 'more');
    } else if (marker === JFIF && begins(data, 'JFIF\0')) isJfif = true;
    else if (marker === EXIF && begins(data, 'Exif\0\0')) orientation = orientationOf(data.subarray(6));
    else if (marker === ADOBE && begins(data, 'Adobe') && data.length >= 12) adobe = data[11];
    if (!isAside(marker)) parts.push(whole);
  }
  parts.push(Uint8Array.of(0xff, END));
  if (!frame || scans === 0) return fail(bytes.length, 'a picture', 'none');
  const { width, height, components, blocks } = frame;
  // Each block takes a bit or more, in the first scan that has it. So a short file cannot ask for much memory and time.
  if (8 * bytes.length < blocks) {
    fail(bytes.length, `${Math.ceil(blocks / 8)} bytes or more for ${width} × ${height} pixels`, bytes.length);
  }
  if (components.length === 4 && adobe === undefined) {
    fail(0, 'four channels with a mark of Adobe, which says what they are', 'none');
  }
  const colours = { isTransformed: isTransformed(components, isJfif, adobe) };
  return { format: 'JPEG', parts, width, height, orientation, ...colours };
}

/** As libjpeg decides it. */
function isTransformed(ids: readonly number[], isJfif: boolean, adobe?: number): boolean | undefined {
  if (ids.length === 1) return undefined;
  if (ids.length === 3 && isJfif) return true;
  return adobe === undefined ? String.fromCharCode(...ids) !== 'RGB' : adobe !== 0;
}

const begins = (data: Uint8Array, text: string): boolean =>
  data.length >= text.length && [...text].every((character, i) => character.charCodeAt(0) === data[i]);

/** In the order of the file, to the end of the picture. What follows there, such as another picture, is not looked at. */
function* segmentsOf(bytes: Uint8Array, fail: Fail): Generator<Segment, void> {
  for (let at = 2; ; ) {
    if (at + 2 > bytes.length) fail(bytes.length, 'the end of the picture (EOI)', 'the end of the file');
    if (bytes[at] !== 0xff) fail(at, 'a marker ff', bytes[at].toString(16).padStart(2, '0'));
    const marker = bytes[at + 1];
    if (marker === END) return;
    if (marker === 0xff || isAlone(marker)) {
      at += marker === 0xff ? 1 : 2; // a marker may begin with any number of ff
      continue;
    }
    const length = at + 4 > bytes.length ? 0 : (bytes[at + 2] << 8) | bytes[at + 3];
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) {
      fail(at, `a segment ${marker.toString(16)} of ${length} bytes`, length < 2 ? 'no length' : 'the end of the file');
    }
    const next = marker === SCAN ? endOfScan(bytes, end) : end;
    yield { marker, data: bytes.subarray(at + 4, end), whole: bytes.subarray(at, next), at };
    at = next;
  }
}

/** Where the next marker is. In the data of a scan ff stands with 00 behind it, or as a restart. */
function endOfScan(bytes: Uint8Array, start: number): number {
  for (let at = start; ; at += 2) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.length) return bytes.length;
    const next = bytes[at + 1];
    if (next === 0xff) at--;
    else if (next !== 0 && !isAlone(next)) return at;
  }
}

interface Frame {
  readonly width: number;
  readonly height: number;
  /** Their ids. */
  readonly components: readonly number[];
  /** Blocks of 8 × 8 numbers, of all components. */
  readonly blocks: number;
}

function parseFrame(marker: number, data: Uint8Array, at: number, fail: Fail): Frame {
  if (marker > 0xc2) fail(at, 'a baseline or progressive JPEG', `one of kind ${marker.toString(16)}`);
  const count = data[5];
  if (data.length < 6 || data.length !== 6 + 3 * count) fail(at, 'a whole frame', `${data.length} bytes`);
  const [height, width] = [(data[1] << 8) | data[2], (data[3] << 8) | data[4]];
  if (data[0] !== 8) fail(at + 4, '8 bits for each sample', data[0]);
  if (width === 0 || height === 0) fail(at + 5, 'a width and a height of 1 or more', `${width} × ${height}`);
  if (![1, 3, 4].includes(count)) fail(at + 9, '1, 3 or 4 channels', count);
  const components = Array.from({ length: count }, (_, i) => {
    const [id, factors] = data.subarray(6 + 3 * i);
    return { id, across: factors >> 4, down: factors & 15 };
  });
  const odd = components.find(({ across, down }) => Math.min(across, down) < 1 || Math.max(across, down) > 4);
  if (odd) fail(at + 10, 'sampling factors from 1 to 4', `${odd.across} × ${odd.down}`);
  const [mostAcross, mostDown] = [
    Math.max(...components.map((c) => c.across)),
    Math.max(...components.map((c) => c.down)),
  ];
  const blocks = components.reduce(
    (sum, { across, down }) =>
      sum + Math.ceil((width * across) / (8 * mostAcross)) * Math.ceil((height * down) / (8 * mostDown)),
    0,
  );
  return { width, height, components: components.map(({ id }) => id), blocks };
}
