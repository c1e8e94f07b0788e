/** Numbers as pictures: one pixel per number, colours from a scale that the caller states. */

/** What the ends of a colour scale stand for. */
export interface Scale {
  readonly low: number;
  readonly high: number;
}

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

/** Symmetric about 0, up to the largest magnitude. */
export function symmetric(values: ArrayLike<number>): Scale {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return { low: -most, high: most };
}

/** [rows][columns] as an image; below 0 a scale of −high to high, else one of low to high. */
export function imageOf(values: ArrayLike<number>, columns: number, { low, high }: Scale): ImageData {
  const image = new ImageData(columns, Math.ceil(values.length / columns));
  const span = low < 0 ? high : high - low;
  const colour = low < 0 ? diverging : grey;
  for (let i = 0; i < values.length; i++) {
    const t = span === 0 ? 0 : Math.max(low < 0 ? -1 : 0, Math.min(1, (low < 0 ? values[i] : values[i] - low) / span));
    image.data.set([...colour(t), 255], 4 * i);
  }
  return image;
}

/** Draws an image into a canvas, each number as a square; the canvas is sized in CSS (`image-rendering: pixelated`). */
export function paint(canvas: HTMLCanvasElement, image: ImageData): void {
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d')!.putImageData(image, 0, 0);
}
