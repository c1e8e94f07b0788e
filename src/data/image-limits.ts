/** How many pixels a picture may have. They are counted before any memory is taken for them. */
import { DataError } from '../base/errors.ts';

/** 8192 × 4096. In Node, a JPEG takes up to 40 bytes for each while it is decoded. */
export const MOST_PIXELS = 2 ** 25;

/** Throws DataError for more pixels than may be. */
export function checkPixels(where: string, size: { width: number; height: number }, maxPixels: number): void {
  const { width, height } = size;
  if (width * height <= maxPixels) return;
  throw new DataError(`${where}: expected at most ${maxPixels} pixels (maxPixels), found ${width} × ${height}`);
}
