/** Rows of a weight matrix as pictures side by side, in one image. */
import { SIDE } from '../../lab/protocol.ts';
import { diverging } from '../shared/colours.ts';

/** Between two pictures with so many numbers on a side, in numbers. */
const gapOf = (side: number): number => Math.max(1, Math.round(side / 14));
/** Pictures at most: more are too small to see. */
export const MOST_PICTURES = 100;
/** CSS pixels on a side of a number in a picture of 28 × 28, at most; those of smaller pictures are larger. */
const LARGEST = 3;

export interface Layout {
  readonly columns: number;
  readonly rows: number;
  /** CSS pixels on a side of one number: a whole number of device pixels, so that all are of one size. */
  readonly scale: number;
}

/** Of so many pictures with so many numbers on a side, in numbers. */
export const extent = (pictures: number, side: number = SIDE): number => pictures * (side + gapOf(side)) - gapOf(side);

/** The largest pictures with which all of them fit into the width and about `height`, in CSS pixels. */
export function layOut(count: number, width: number, height: number, pixelRatio: number, side: number = SIDE): Layout {
  const smallest = Math.max(1, Math.ceil(pixelRatio));
  let devicePixels = Math.max(smallest, Math.floor((LARGEST * pixelRatio * SIDE) / side));
  const at = (pixels: number): Layout => {
    const scale = pixels / pixelRatio;
    const most = Math.max(1, Math.floor((width / scale + gapOf(side)) / (side + gapOf(side))));
    const rows = Math.ceil(count / most);
    // As many in each row, if the last has room.
    return { columns: Math.ceil(count / rows), rows, scale };
  };
  while (devicePixels > smallest) {
    const layout = at(devicePixels);
    if (extent(layout.rows, side) * layout.scale <= height) return layout;
    devicePixels--;
  }
  return at(smallest);
}

/** Share of the numbers that colours tell apart. The few beyond are so large that the others would be pale. */
const SHARE = 0.995;
const BINS = 1000;

/** The magnitude at the ends of the colours. */
export function reach(weights: Float32Array): number {
  const most = weights.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0);
  if (!(most > 0 && most < Number.POSITIVE_INFINITY)) return most;
  const bins = new Uint32Array(BINS);
  for (let i = 0; i < weights.length; i++) bins[Math.min(BINS - 1, Math.floor((Math.abs(weights[i]) / most) * BINS))]++;
  let bin = BINS;
  for (let beyond = 0; bin > 1 && beyond + bins[bin - 1] <= (1 - SHARE) * weights.length; bin--)
    beyond += bins[bin - 1];
  return (bin / BINS) * most;
}

const SHADES = 255;
/** The colours from -1 to 1 as pixels, red in the lowest byte. */
const shades = Uint32Array.from({ length: 2 * SHADES + 1 }, (_, i) => {
  const [red, green, blue] = diverging(i / SHADES - 1).map(Math.round);
  return (255 << 24) | (blue << 16) | (green << 8) | red;
});

/** Pixels of `count` rows of W [rows, side²], colours from -high to high; transparent between them and where it is not a number. */
export function mosaic(
  weights: Float32Array,
  count: number,
  columns: number,
  high: number,
  side: number = SIDE,
): Uint32Array<ArrayBuffer> {
  const width = extent(columns, side);
  const pixels = new Uint32Array(width * extent(Math.ceil(count / columns), side));
  const pitch = side + gapOf(side);
  const factor = high > 0 ? SHADES / high : 0;
  for (let i = 0; i < count; i++) {
    const corner = Math.floor(i / columns) * pitch * width + (i % columns) * pitch;
    for (let k = 0; k < side * side; k++) {
      const shade = Math.round(weights[i * side * side + k] * factor) + SHADES;
      pixels[corner + Math.floor(k / side) * width + (k % side)] = shades[Math.max(0, Math.min(2 * SHADES, shade))];
    }
  }
  return pixels;
}
