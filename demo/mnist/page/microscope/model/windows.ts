/** Convolutions and pools taken apart, number by number: what a window covers, and what becomes of it. No tensor is changed. */
import type { Shape } from 'retrograd';
import type { NetLayer } from './net-layers.ts';

/** A place in maps [channels, height, width]. */
export interface Place {
  readonly channel: number;
  readonly y: number;
  readonly x: number;
}

export function placeOf(index: number, [, height, width]: Shape): Place {
  const plane = height * width;
  const within = index % plane;
  return { channel: Math.floor(index / plane), y: Math.floor(within / width), x: within % width };
}

/** −1 for a place outside. */
export function indexOf({ channel, y, x }: Place, [, height, width]: Shape): number {
  return y < 0 || x < 0 || y >= height || x >= width ? -1 : (channel * height + y) * width + x;
}

/** Numbers that belong together, two by two: a window and a filter, or errors and weights. Their products add up to `sum`. */
export interface Products {
  /** −1 where there is none: a window that reaches beyond the image. */
  readonly places: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly products: readonly number[];
  readonly sum: number;
  /** In a row of their picture. */
  readonly columns: number;
}

/** 0 for a place outside: zeros surround the image. */
const at = (data: ArrayLike<number>, index: number): number => (index < 0 ? 0 : data[index]);

function productsOf(
  places: readonly number[],
  left: readonly number[],
  right: readonly number[],
  columns: number,
): Products {
  const products = left.map((value, i) => value * right[i]);
  return { places, left, right, products, sum: products.reduce((a, b) => a + b, 0), columns };
}

type Windowed = Pick<NetLayer, 'input' | 'output'> & Required<Pick<NetLayer, 'window'>>;

/** The pixels of one channel that a window covers, row by row. `of` is the place in the output that it leads to. */
export function covered({ input, window: { size, stride, zeros } }: Windowed, of: Place, channel: number): number[] {
  return Array.from({ length: size * size }, (_, i) => {
    const [dy, dx] = [Math.floor(i / size), i % size];
    return indexOf({ channel, y: of.y * stride + dy - zeros, x: of.x * stride + dx - zeros }, input);
  });
}

/** Of an output pixel of a convolution, for each input channel: the window, the filter, and their products. */
export function convolved(layer: Windowed, W: ArrayLike<number>, image: ArrayLike<number>, index: number): Products[] {
  const { input, output, window } = layer;
  const of = placeOf(index, output);
  const taps = window.size ** 2;
  return Array.from({ length: input[0] }, (_, channel) => {
    const places = covered(layer, of, channel);
    const first = (of.channel * input[0] + channel) * taps;
    const filter = places.map((_, i) => W[first + i]);
    return productsOf(
      places,
      places.map((place) => at(image, place)),
      filter,
      window.size,
    );
  });
}

/**
 * Of an input pixel of a convolution, for each filter: the errors of the outputs that its windows lead to, and the weights that
 * lead there. The sums add up to ∂C by that pixel. The outputs are in the order of the image, so the filter is turned by 180°.
 */
export function returned(layer: Windowed, W: ArrayLike<number>, errors: ArrayLike<number>, index: number): Products[] {
  const { input, output, window } = layer;
  const { channel, y, x } = placeOf(index, input);
  const { size, stride, zeros } = window;
  return Array.from({ length: output[0] }, (_, filter) => {
    const places: number[] = [];
    const weights: number[] = [];
    const rows = new Set<number>();
    for (let dy = size - 1; dy >= 0; dy--) {
      for (let dx = size - 1; dx >= 0; dx--) {
        const [down, across] = [(y + zeros - dy) / stride, (x + zeros - dx) / stride];
        if (!Number.isInteger(down) || !Number.isInteger(across)) continue; // no window begins there
        rows.add(down);
        places.push(indexOf({ channel: filter, y: down, x: across }, output));
        weights.push(W[((filter * input[0] + channel) * size + dy) * size + dx]);
      }
    }
    const columns = places.length / Math.max(1, rows.size);
    return productsOf(
      places,
      places.map((place) => at(errors, place)),
      weights,
      columns,
    );
  });
}

/** The gradient of one weight of a filter: at each place of the output its error, and the pixel that the weight meets there. */
export function gathered(
  layer: Windowed,
  errors: ArrayLike<number>,
  image: ArrayLike<number>,
  weight: number,
): Products {
  const { input, output, window } = layer;
  const taps = window.size ** 2;
  const [filter, channel] = [Math.floor(weight / taps / input[0]), Math.floor(weight / taps) % input[0]];
  const [dy, dx] = [Math.floor((weight % taps) / window.size), weight % window.size];
  const plane = output[1] * output[2];
  const places = Array.from({ length: plane }, (_, i) => {
    const { y, x } = placeOf(i, output);
    return indexOf(
      { channel, y: y * window.stride + dy - window.zeros, x: x * window.stride + dx - window.zeros },
      input,
    );
  });
  return productsOf(
    places,
    places.map((_, i) => errors[filter * plane + i]),
    places.map((place) => at(image, place)),
    output[2],
  );
}

/** A window of a pool: its numbers, the first of the largest, and the mean. */
export interface Pooled {
  readonly places: readonly number[];
  readonly values: readonly number[];
  /** In the window, row by row. */
  readonly winner: number;
  readonly mean: number;
  readonly columns: number;
}

export function pooled(layer: Windowed, image: ArrayLike<number>, index: number): Pooled {
  const of = placeOf(index, layer.output);
  const places = covered(layer, of, of.channel);
  const values = places.map((place) => at(image, place));
  const winner = values.indexOf(Math.max(...values));
  return {
    places,
    values,
    winner,
    mean: values.reduce((a, b) => a + b, 0) / values.length,
    columns: layer.window.size,
  };
}

/** The output whose window a pixel lies in; −1 for one that no window covers. Windows of a pool do not overlap. */
export function pooledInto({ input, output, window: { stride, zeros } }: Windowed, index: number): number {
  const { channel, y, x } = placeOf(index, input);
  return indexOf({ channel, y: Math.floor((y + zeros) / stride), x: Math.floor((x + zeros) / stride) }, output);
}

/** ∂C by a pixel that is pooled: what its output gets, if it won; or its share of that, where means are pooled. */
export function unpooled(
  layer: Windowed & Pick<NetLayer, 'kind'>,
  image: ArrayLike<number>,
  errors: ArrayLike<number>,
  index: number,
): number {
  const output = pooledInto(layer, index);
  if (output < 0) return 0;
  if (layer.kind === 'averagePool2d') return errors[output] / layer.window.size ** 2;
  const { places, winner } = pooled(layer, image, output);
  return places[winner] === index ? errors[output] : 0;
}
