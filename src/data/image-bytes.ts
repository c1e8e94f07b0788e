/** Pixels of a picture as the numbers that a net sees: resized, and laid out by channels. It needs no decoder. */
import { isCount, isList, member } from '../base/arguments.ts';
import { isUint8Array } from '../base/as-bytes.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import type { Pixels } from '../platform/image-decoder.ts';

/** What a picture is made to be. */
export interface ImageShape {
  /** 3 for red, green and blue; 1 for grey. */
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
}

/** Samples `[height, width]`, `[1, height, width]` or `[3, height, width]` as pictures; undefined for others. */
export function imageIn(sample: readonly number[]): ImageShape | undefined {
  const [channels, height, width] = sample.length === 2 ? [1, ...sample] : sample;
  if (sample.length > 3 || width === undefined || (channels !== 1 && channels !== 3)) return undefined;
  return { channels, height, width };
}

/** Width and height in pixels, alike or as `[height, width]`. */
export type ImageSize = number | readonly [height: number, width: number];

/** Throws ArgumentError for sizes or channels that are none. */
export function imageShape(where: string, size: ImageSize, channels: 1 | 3 = 3): ImageShape {
  if (channels !== 1 && channels !== 3) {
    throw new ArgumentError(`${where}: channels must be 1 or 3, found ${showValue(channels)}`);
  }
  const [height, width] = isList(size) ? size : [size, size];
  if (!isCount(height) || !isCount(width) || (isList(size) && size.length !== 2)) {
    const expected = 'a positive integer or [height, width]';
    throw new ArgumentError(`${where}: size must be ${expected}, found ${showValue(size)}`);
  }
  return { channels, height, width };
}

/** An `ImageData`, or what has the same members. */
export function isPixels(value: unknown): value is Pixels {
  const [width, height, data] = ['width', 'height', 'data'].map((name) => member(value, name));
  return isCount(width) && isCount(height) && isUint8Array(data) && data.length === 4 * width * height;
}

/**
 * Parts of red, green and blue in grey, of a thousand: luma of ITU-R BT.601-7, section 2.5.1, as in Pillow, OpenCV and
 * TensorFlow.
 */
const GREY = [299, 587, 114];

/**
 * The bytes `[channels][height][width]` of a picture. Each is the average over the area that it covers of the picture, which is
 * stretched to the new size; half of a number is rounded up. Where it is enlarged, pixels are repeated, and mixed at their
 * borders. What is transparent is laid on white. Values are averaged as they are stored: gamma is left alone.
 */
export function imageBytes({ width, height, data }: Pixels, to: ImageShape): Uint8Array {
  const out = new Uint8Array(to.channels * to.height * to.width);
  const area = width * height * (to.channels === 1 ? 1000 : 1);
  const sums = new Float64Array(to.channels * to.width); // of the rows that a new row covers so far
  const row = new Float64Array(sums.length);
  // Old and new pixels are whole numbers of a common unit, so all sums are integers and exact.
  for (let y = 0; y < height; y++) {
    addColumns(data.subarray(4 * width * y, 4 * width * (y + 1)), width, to, row);
    const [top, bottom] = [y * to.height, (y + 1) * to.height];
    for (let j = Math.floor(top / height); j * height < bottom; j++) {
      const covered = Math.min(bottom, (j + 1) * height) - Math.max(top, j * height);
      for (let i = 0; i < sums.length; i++) sums[i] += covered * row[i];
      if (bottom < (j + 1) * height) continue;
      for (let i = 0; i < sums.length; i++) {
        const channel = Math.floor(i / to.width);
        out[(channel * to.height + j) * to.width + (i % to.width)] = Math.round(sums[i] / area);
      }
      sums.fill(0);
    }
  }
  return out;
}

/** The sums over the pixels of a row that each new column covers, `[channels][width]`. */
function addColumns(pixels: Uint8Array | Uint8ClampedArray, width: number, to: ImageShape, row: Float64Array): void {
  row.fill(0);
  for (let x = 0; x < width; x++) {
    const alpha = pixels[4 * x + 3];
    const red = onWhite(pixels[4 * x], alpha);
    const green = onWhite(pixels[4 * x + 1], alpha);
    const blue = onWhite(pixels[4 * x + 2], alpha);
    const [left, right] = [x * to.width, (x + 1) * to.width];
    for (let i = Math.floor(left / width); i * width < right; i++) {
      const covered = Math.min(right, (i + 1) * width) - Math.max(left, i * width);
      if (to.channels === 1) row[i] += covered * (GREY[0] * red + GREY[1] * green + GREY[2] * blue);
      else {
        row[i] += covered * red;
        row[to.width + i] += covered * green;
        row[2 * to.width + i] += covered * blue;
      }
    }
  }
}

/**
 * A colour on white. The product is rounded first, as canvases do: what is read from one is then the same as what was drawn, for
 * every colour and alpha.
 */
const onWhite = (colour: number, alpha: number): number =>
  alpha === 255 ? colour : Math.round((colour * alpha) / 255) + 255 - alpha;
