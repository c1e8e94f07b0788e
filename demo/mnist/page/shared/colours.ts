/** Numbers as pictures, one pixel per number: the colours that all parts of the page share, and digits. */
import { SIDE } from '../../lab/protocol.ts';

type Colour = readonly [red: number, green: number, blue: number];

const mix = (a: Colour, b: Colour, t: number): Colour =>
  [0, 1, 2].map((i) => a[i] + (b[i] - a[i]) * t) as unknown as Colour;

// Blue for negative, orange for positive, as the Playground has it, and apart for people who do not see red from green.
const NEGATIVE: Colour = [8, 96, 196];
const ZERO: Colour = [245, 245, 242];
const POSITIVE: Colour = [214, 98, 8];
const BLACK: Colour = [12, 14, 18];
const WHITE: Colour = [250, 250, 250];

/** −1 to 1: blue, white, orange. */
export const diverging = (t: number): Colour => (t < 0 ? mix(ZERO, NEGATIVE, -t) : mix(ZERO, POSITIVE, t));
/** 0 to 1: black to white. */
export const grey = (t: number): Colour => mix(BLACK, WHITE, t);

/** A digit, 784 numbers from 0 to 1, white on black. */
export function imageOfDigit(pixels: ArrayLike<number>): ImageData {
  const image = new ImageData(SIDE, SIDE);
  for (let i = 0; i < pixels.length; i++) image.data.set([...grey(pixels[i]), 255], 4 * i);
  return image;
}

/** Draws an image into a canvas, each number as a square; the canvas is sized in CSS (`image-rendering: pixelated`). */
export function paint(canvas: HTMLCanvasElement, image: ImageData): void {
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d')!.putImageData(image, 0, 0);
}
