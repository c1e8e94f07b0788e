/** Values on the grid as pictures. */
import { SIDE } from '../../lab/plane/plane-protocol.ts';
import { diverging } from '../shared/colours.ts';

/** Colours from −1 to 1, as pixels of an image. */
const shades = new Uint32Array(
  Uint8ClampedArray.from({ length: 4 * 513 }, (_, i) => (i % 4 === 3 ? 255 : diverging(((i >> 2) - 256) / 256)[i % 4]))
    .buffer,
);

/** The shade of a value: blue at −reach and below, white at 0, orange at reach and above. */
const shadeOf = (value: number, reach: number): number =>
  shades[256 + Math.round(256 * Math.max(-1, Math.min(1, value / reach)))];

/** How far values of a unit go from 0, at least a little. */
export function reachOf(values: ArrayLike<number>): number {
  let most = 1e-6;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
}

/** Draws SIDE × SIDE values. */
export function paintValues(canvas: HTMLCanvasElement, values: ArrayLike<number>, reach: number, middle = 0): void {
  if (canvas.width !== SIDE) [canvas.width, canvas.height] = [SIDE, SIDE];
  const image = new ImageData(SIDE, SIDE);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) pixels[i] = shadeOf(values[i] - middle, reach);
  // In memory of the page: small pictures that change with every frame are not worth a texture each.
  canvas.getContext('2d', { willReadFrequently: true })!.putImageData(image, 0, 0);
}
