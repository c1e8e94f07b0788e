/** How cameras held a picture: it is stored in one way, and to be seen in another, as its EXIF data say. */
import type { Pixels } from '../platform/image-decoder.ts';

/** As EXIF counts it: 1 for a picture that is seen as it is stored. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const TAG = 0x0112;
const SHORT = 3;
/** Bytes of an entry: tag, type, count, value. */
const ENTRY = 12;

/** 1, for not at all, where the data do not say or are damaged, as browsers have it. They begin with a header of TIFF. */
export function orientationOf(tiff: Uint8Array): Orientation {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 8) return 1;
  const isLittle = view.getUint16(0) === 0x4949;
  if ((!isLittle && view.getUint16(0) !== 0x4d4d) || view.getUint16(2, isLittle) !== 42) return 1;
  const start = view.getUint32(4, isLittle);
  if (start + 2 > tiff.length) return 1;
  const entries = view.getUint16(start, isLittle);
  for (let i = 0; i < entries; i++) {
    const at = start + 2 + i * ENTRY;
    if (at + ENTRY > tiff.length) return 1;
    const isIt = view.getUint16(at, isLittle) === TAG && view.getUint16(at + 2, isLittle) === SHORT;
    const value = view.getUint16(at + 8, isLittle);
    if (isIt) return value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}

/** Whether width and height change places. */
export const isSwapped = (orientation: Orientation): boolean => orientation > 4;

/** The same pixels as a viewer shows them. */
export function turned({ width, height, data }: Pixels, orientation: Orientation): Pixels {
  if (orientation === 1) return { width, height, data };
  const [columns, rows] = isSwapped(orientation) ? [height, width] : [width, height];
  // Places of the first pixel, and of its neighbours to the right and below, in what is stored.
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBelow = [3, 4, 6, 7].includes(orientation);
  const first = (fromRight ? width - 1 : 0) + (fromBelow ? height - 1 : 0) * width;
  const [inRow, inColumn] = [fromRight ? -1 : 1, fromBelow ? -width : width];
  const [right, below] = isSwapped(orientation) ? [inColumn, inRow] : [inRow, inColumn];
  const from = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const to = new Uint32Array(width * height);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) to[y * columns + x] = from[first + x * right + y * below];
  }
  return { width: columns, height: rows, data: new Uint8Array(to.buffer) };
}
