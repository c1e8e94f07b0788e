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
  checkLayer,
  type InitialiserOptions,
  initialiserFor,
  initialiserOptions,
  type LayerActivation,
  type LayerKind,
} from './layer.ts';

export interface Conv2d {
  readonly layer: 'conv2d';
  readonly filters: number;
  /** [height, width] */
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly padding: number | 'same' | 'valid';
  readonly activation: LayerActivation['activation'];
  readonly init: Initialiser;
  readonly biasInit: Initialiser;
}

export interface Conv2dOptions extends InitialiserOptions {
  /** Pixels from one place of the filters to the next, both ways; 1 unless given. */
  stride?: number;
  /**
   * Zeros on each side of the image. 'valid' is none; 'same' is as many as make ⌈pixels / stride⌉ places, with the odd
   * one below and to the right. 'valid' unless given.
   */
  padding?: number | 'same' | 'valid';
}

/**
 * z[o, y, x] = Σ over c, i, j of W[o, c, i, j] x[c, y·stride + i − padding, x·stride + j − padding] + b[o], a = σ(z), on
 * images [C, H, W]; W of shape [filters, C, height, width], b of [filters]. `kernel` is the height and width of the
 * filters, one number where they are equal. Throws ArgumentError unless `filters`, `kernel` and `stride` are positive
 * integers, `padding` 'same', 'valid' or an integer ≥ 0, `activation` one such as relu, the initialisers such as he(), and
 * no other option is given.
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
  return { layer: 'conv2d', filters, kernel: size, stride, padding, activation: activation.activation, init, biasInit };
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
  shape: (layer, [image]) => [layer.filters, ...windowsOn(image.slice(1), windowOn(layer, image))],

  // z^l = W^l ∗ a^(l−1) + b^l, a^l = σ(z^l)
  append(layer, { graph, index, parameter }, [x]) {
    const { filters, kernel, activation, init, biasInit } = layer;
    const W = parameter('W', { key: 'weight', shape: [filters, x.shape[0], ...kernel], init });
    const b = parameter('b', { key: 'bias', shape: [filters], init: biasInit });
    const attributes = windowAttributes(windowOn(layer, x.shape.slice(0, -1)));
    const z = append(graph, bias, [append(graph, convolution, [W, x], attributes), b], {}, `z${index}`);
    return appendActivation(graph, activation, z, `a${index}`);
  },

  check: (layer) => {
    const { filters, kernel, stride, padding, init, biasInit } = layer;
    conv2d(filters, kernel, layer, { stride, padding, init, biasInit });
  },

  describe: ({ filters, kernel, stride, padding, activation }) =>
    [
      `conv ${kernel.join('x')}x${filters}`,
      ...(stride > 1 ? [`/${stride}`] : []),
      ...(padding === 'valid' || padding === 0 ? [] : [padding === 'same' ? 'same' : `pad ${padding}`]),
      activation,
    ].join(' '),
};
