/** A convolutional layer: a = σ(W ∗ x + b), the same small filters at every place of an image. */
import { checkCount, checkKeys } from '../../base/arguments.ts';
import { ArgumentError, ShapeError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';
import { type Shape, show } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { bias } from '../../ops/arithmetic.ts';
import { conv2d as convolution } from '../../ops/conv2d.ts';
import { type Window, windowAttributes, windowsOn } from '../../ops/shared/window.ts';
import { type Initialiser, zeros } from '../initialisers.ts';
import { appendActivation, linear } from './activation.ts';
import { checkedImage, checkedWindow } from './image.ts';
import {
  activationIn,
  checkLayer,
  type InitialiserOptions,
  initialiserFor,
  initialiserOptions,
  type LayerActivation,
  type LayerKind,
  ofKind,
} from './layer.ts';

/** A convolutional layer as plain data; made by {@link conv2d}. */
export interface Conv2d {
  /** Kind of layer. */
  readonly layer: 'conv2d';
  /** Output channels. */
  readonly filters: number;
  /** Size of a filter in pixels: `[height, width]`. */
  readonly kernel: readonly [number, number];
  /** Pixels between neighbouring positions of a filter, in both directions. */
  readonly stride: number;
  /** Zeros around the image, in pixels or by rule; see {@link Conv2dOptions}. */
  readonly padding: number | 'same' | 'valid';
  /** Name of σ, or an activation of your own. */
  readonly activation: LayerActivation['activation'];
  /** Initialiser of W. */
  readonly init: Initialiser;
  /** Initialiser of b. */
  readonly biasInit: Initialiser;
}

/** Options of {@link conv2d}. */
export interface Conv2dOptions extends InitialiserOptions {
  /** Pixels between neighbouring positions of a filter, in both directions. Default: 1. */
  stride?: number;
  /**
   * Zeros added on each side of the image, in pixels. `'valid'` adds none. `'same'` adds as many as give ⌈pixels / stride⌉
   * positions, an odd one below and to the right, as in Keras. Default: `'valid'`.
   */
  padding?: number | 'same' | 'valid';
}

/**
 * A convolution of images `[C, H, W]` with trained filters.
 *
 * `z[o, y, x] = Σ W[o, c, i, j] · x[c, y·stride + i − padding, x·stride + j − padding] + b[o]`, summed over c, i and j, and
 * `a = σ(z)`: a cross-correlation, as in PyTorch's `Conv2d`. Samples come out as `[filters, H', W']`. Parameters:
 * `layers.i.weight` (W) `[filters, C, height, width]` and `layers.i.bias` (b) `[filters]`.
 *
 * @param filters Output channels, a positive integer.
 * @param kernel Size of a filter in pixels: one number, or `[height, width]`.
 * @param activation σ, such as {@link relu}. Default: {@link linear}.
 * @throws {ArgumentError} For an invalid size, stride, padding, activation, initialiser or option.
 */
export function conv2d(
  filters: number,
  kernel: number | readonly [number, number],
  activation: LayerActivation = linear,
  options: Conv2dOptions = {},
): Conv2d {
  checkKeys('conv2d', options, ['stride', 'padding', ...initialiserOptions]);
  const { stride = 1, padding = 'valid' } = options;
  checkCount('conv2d: filters', filters);
  const size = checkedWindow('conv2d: kernel', kernel);
  checkCount('conv2d: stride', stride);
  if (padding !== 'same' && padding !== 'valid' && !(Number.isSafeInteger(padding) && padding >= 0)) {
    throw new ArgumentError(`conv2d: padding must be 'same', 'valid' or an integer ≥ 0, found ${showValue(padding)}`);
  }
  checkLayer('conv2d', activation, { init: options.init, biasInit: options.biasInit });
  const { init = initialiserFor(activation), biasInit = zeros() } = options;
  return ofKind(conv2dKind, {
    layer: 'conv2d',
    filters,
    kernel: size,
    stride,
    padding,
    ...activationIn(activation),
    init,
    biasInit,
  });
}

/** The windows of the filters on images of this shape. Throws ShapeError where not one fits. */
function windowOn(layer: Conv2d, image: Shape): Window {
  const [, H, W] = checkedImage('conv2d', image);
  const { kernel, stride } = layer;
  const [height, width] = kernel;
  const [top, bottom] = zerosBeside(layer, H, height);
  const [left, right] = zerosBeside(layer, W, width);
  const window = { height, width, stride, top, left, bottom, right };
  if (windowsOn([H, W], window).some((n) => n < 1)) {
    throw new ShapeError(
      `conv2d: expected images with room for a filter of ${height}×${width}, padding included, found ${show(image)}`,
    );
  }
  return window;
}

/** [before, after] */
function zerosBeside({ padding, stride }: Conv2d, n: number, size: number): readonly [number, number] {
  if (padding === 'valid') return [0, 0];
  if (padding !== 'same') return [padding, padding];
  const total = Math.max(0, (Math.ceil(n / stride) - 1) * stride + size - n);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

export const conv2dKind: LayerKind<Conv2d> = {
  width: 'filters',

  shape: (layer, [image]) => [layer.filters, ...windowsOn(image.slice(1), windowOn(layer, image))],

  // z^l = W^l ∗ a^(l−1) + b^l, a^l = σ(z^l)
  append(layer, { graph, index, parameter }, [x]) {
    const { filters, kernel, init, biasInit } = layer;
    const W = parameter('W', { key: 'weight', shape: [filters, x.shape[0], ...kernel], init });
    const b = parameter('b', { key: 'bias', shape: [filters], init: biasInit });
    const attributes = windowAttributes(windowOn(layer, x.shape.slice(0, -1)));
    const z = append(graph, bias, [append(graph, convolution, [W, x], attributes), b], {}, `z${index}`);
    return appendActivation(graph, layer, z, `a${index}`);
  },

  remade: (layer) => {
    const { filters, kernel, stride, padding, init, biasInit } = layer;
    return conv2d(filters, kernel, layer, { stride, padding, init, biasInit });
  },

  describe: ({ filters, kernel, stride, padding, activation }) =>
    [
      `conv ${kernel.join('x')}x${filters}`,
      ...(stride > 1 ? [`/${stride}`] : []),
      ...(padding === 'valid' || padding === 0 ? [] : [padding === 'same' ? 'same' : `pad ${padding}`]),
      activation,
    ].join(' '),
};
