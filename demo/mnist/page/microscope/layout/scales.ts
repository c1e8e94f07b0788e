/** Which colour stands for which number, and tensors as images by it. */
import { diverging, grey } from '../../shared/colours.ts';
import { parse } from '../model/names.ts';
import type { Arrangement } from './arrangement.ts';

/** What the ends of the colours stand for. */
export interface Scale {
  readonly low: number;
  readonly high: number;
}

export interface Summary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

const summaries = new WeakMap<object, Summary>();

export function summaryOf(data: Float32Array): Summary {
  const known = summaries.get(data);
  if (known) return known;
  let [min, max, sum] = [Infinity, -Infinity, 0];
  for (const value of data) {
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  const summary = { min, max, mean: sum / data.length };
  summaries.set(data, summary);
  return summary;
}

/** From 0 to 1 for what lies there; from 0 where nothing can be below; else as far below 0 as above. */
export function scaleOf(name: string, data: Float32Array): Scale {
  const { min, max } = summaryOf(data);
  const { letter } = parse(name);
  if (['x', 'y', 'p', 'mask'].includes(letter)) return { low: 0, high: 1 };
  const hasNoSign = ['a', 'slope', 'losses'].includes(letter) && min >= 0;
  const most = Math.max(Math.abs(min), Math.abs(max)) || 1;
  return { low: hasNoSign ? 0 : -most, high: most };
}

const STEPS = 256;

/** Colours packed as an ImageData has them, from the low end of a scale to the high one. */
function palette(colour: (t: number) => readonly number[], from: number): Uint32Array {
  const bytes = new Uint8ClampedArray(4 * STEPS);
  for (let i = 0; i < STEPS; i++) bytes.set([...colour(from + ((1 - from) * i) / (STEPS - 1)), 255], 4 * i);
  return new Uint32Array(bytes.buffer);
}
let palettes: { readonly signed: Uint32Array; readonly unsigned: Uint32Array } | undefined;

/** 0 at the low end of the scale, 1 at the high one. */
const placeOf = (value: number, { low, high }: Scale): number =>
  Math.min(1, Math.max(0, (value - low) / (high - low || 1)));

/** By table, since the weights of a wide layer are millions, each second. */
export function imageOf(data: Float32Array, { width, height, at }: Arrangement, scale: Scale): ImageData {
  palettes ??= { signed: palette(diverging, -1), unsigned: palette(grey, 0) };
  const colours = scale.low < 0 ? palettes.signed : palettes.unsigned;
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const index = at(x, y);
      if (index >= 0) pixels[i] = colours[Math.round(placeOf(data[index], scale) * (STEPS - 1))];
    }
  }
  return image;
}

const colourAt = (value: number, scale: Scale): readonly number[] => {
  const place = placeOf(value, scale);
  return scale.low < 0 ? diverging(2 * place - 1) : grey(place);
};

/** Background and a text colour that can be read on it. */
export function swatch(value: number, scale: Scale): { readonly background: string; readonly color: string } {
  const colour = colourAt(value, scale);
  const linear = colour.map((c) => (c / 255) ** 2.2);
  const luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return { background: `rgb(${colour.map(Math.round).join(' ')})`, color: luminance > 0.18 ? '#101215' : '#ffffff' };
}

/** The scale as a CSS gradient. */
export function gradient({ low, high }: Scale): string {
  const stops = [0, 0.25, 0.5, 0.75, 1].map((s) => swatch(low + s * (high - low), { low, high }).background);
  return `linear-gradient(to right, ${stops.join(', ')})`;
}
