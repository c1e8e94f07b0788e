/**
 * A drawing as MNIST has its digits: scaled into 20×20 pixels with its proportions kept, every pixel the mean of the area
 * it covers, and placed in 28×28 so that its centre of mass is in the middle.
 */
import { SIDE } from '../../lab/protocol.ts';

const BOX = 20;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** [height][width] ink, 0 for none up to 1 -> [28][28] from 0 to 1; blank stays blank. */
export function centre(ink: ArrayLike<number>, width: number): Float32Array {
  const digit = new Float32Array(SIDE * SIDE);
  const box = boxAround(ink, width);
  if (!box) return digit;
  const { pixels, columns, rows } = fit(ink, width, box);
  const [x, y] = centreOfMass(pixels, columns);
  const left = place(x, columns);
  const top = place(y, rows);
  for (let row = 0; row < rows; row++) {
    digit.set(pixels.subarray(row * columns, (row + 1) * columns), (top + row) * SIDE + left);
  }
  return digit;
}

/** Of all that is not blank. */
function boxAround(ink: ArrayLike<number>, width: number): Box | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  for (let i = 0; i < ink.length; i++) {
    if (!(ink[i] > 0)) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), y];
  }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The box with its longer side on 20 pixels. */
function fit(ink: ArrayLike<number>, width: number, { left, top, ...box }: Box) {
  const scale = BOX / Math.max(box.width, box.height);
  const across = overlaps(left, box.width, scale);
  const down = overlaps(top, box.height, scale);
  const pixels = new Float32Array(across.length * down.length);
  for (const [row, ys] of down.entries()) {
    for (const [column, xs] of across.entries()) {
      let sum = 0;
      for (const [y, h] of ys) for (const [x, w] of xs) sum += h * w * ink[y * width + x];
      pixels[row * across.length + column] = Math.min(1, sum);
    }
  }
  return { pixels, columns: across.length, rows: down.length };
}

/** Per pixel along one side: the pixels of the drawing under it, each with the share that it has of it. */
function overlaps(start: number, length: number, scale: number): (readonly [index: number, share: number])[][] {
  // Rounding must not make a 21st pixel of 20.
  const count = Math.ceil(length * scale - 1e-9);
  const margin = (count - length * scale) / 2;
  return Array.from({ length: count }, (_, i) => {
    const from = Math.max(0, (i - margin) / scale);
    const to = Math.min(length, (i + 1 - margin) / scale);
    const under: [number, number][] = [];
    for (let at = Math.floor(from); at < to; at++) {
      under.push([start + at, (Math.min(at + 1, to) - Math.max(at, from)) * scale]);
    }
    return under;
  });
}

function centreOfMass(pixels: Float32Array, columns: number): [x: number, y: number] {
  let [mass, x, y] = [0, 0, 0];
  for (const [i, ink] of pixels.entries()) {
    mass += ink;
    x += ink * (i % columns);
    y += ink * Math.floor(i / columns);
  }
  return [x / mass, y / mass];
}

/** Where the first of `length` pixels goes for `middle` to be in the middle of 28, as far as all of them stay inside. */
const place = (middle: number, length: number): number =>
  Math.max(0, Math.min(SIDE - length, Math.round((SIDE - 1) / 2 - middle)));
