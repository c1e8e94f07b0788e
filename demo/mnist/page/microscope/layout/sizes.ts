/** How large pictures are on the screen, in CSS pixels. */
import { SIDE } from '../../../lab/protocol.ts';
import type { Arrangement } from './arrangement.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Of a vector or an image. */
const MOST = 128;
/** Of a matrix. */
const WIDE = 192;
/** Of a number that is written out. */
const CELL = { width: 48, height: 40 };

/** Whole pixels for each number where there is room for them. */
export function sizeOfGrid({ width, height }: Arrangement): Size {
  const cell = Math.max(2, Math.min(24, Math.floor(MOST / width)));
  return { width: width * cell, height: height * cell };
}

export const sizeOfCells = ({ width, height }: Arrangement): Size => ({
  width: width * CELL.width,
  height: height * CELL.height,
});

/** Square numbers, unless it would be a mere line. */
export function sizeOfMatrix(rows: number, columns: number): Size {
  const cell = Math.min(WIDE / columns, WIDE / rows, 18);
  const side = (count: number) => Math.round(Math.min(WIDE, Math.max(count * cell, Math.min(6 * count, 60))));
  return { width: side(columns), height: side(rows) };
}

export const sizeOfImage: Size = { width: 4 * SIDE, height: 4 * SIDE };

/** Beside the image of one unit: as high, or as wide as fits. */
export function sizeOfAtlas({ width, height }: Arrangement): Size {
  const scale = Math.min(1.25, 166 / width, (4 * SIDE) / height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** Maps side by side, of whole pixels where there is room for them. */
export function sizeOfMaps({ width, height }: Arrangement): Size {
  const scale = Math.min(24, 224 / width, 200 / height);
  const whole = scale > 1 ? Math.floor(scale) : scale;
  return { width: Math.round(width * whole), height: Math.round(height * whole) };
}
