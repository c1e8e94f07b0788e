/** A convolutional layer: a = σ(W ∗ x + b), the same small filters at every place of an image. */
import { checkCount, checkKeys } from '../../base/arguments.ts';
import { ShapeError } from '../../base/errors.ts';
import { type Shape, show } from '../../base/tensor.ts';
import { type Window, windowsOn } from '../../ops/shared/window.ts';
import { linear, tanh } from './activation.ts';
import {
  appendConvolution,
  checkChannels,
  checkedGroups,
  describeConvolution,
  withFewerGroups,
} from './convolution.ts';
import { checkedImage, checkedPair, checkedWindow, pairOf } from './image.ts';
import { type LayerActivation, type LayerCase, type LayerKind, ofKind } from './layer.ts';
import { checkPadding, isRule, zerosAround } from './padding.ts';
import { optionsOf, type Weighted, type WeightedOptions, weighted, weightedOptions } from './weighted.ts';

/** A convolutional layer as plain data; made by {@link conv2d}. */
export interface Conv2d extends Weighted {
  /** Kind of layer. */
  readonly layer: 'conv2d';
  /** Output channels. */
  readonly filters: number;
  /** Size of a filter in pixels: `[height, width]`. */
  readonly kernel: readonly [number, number];
  /** Pixels between neighbouring positions of a filter: in both directions, or `[down, across]`. */
  readonly stride: number | readonly [number, number];
  /** Zeros around the image, in pixels or by rule; see {@link Conv2dOptions}. */
  readonly padding: number | readonly [number, number] | 'same' | 'valid';
  /** Groups of filters and channels, where there are several. */
  readonly groups?: number;
}

/** Options of {@link conv2d}. */
export interface Conv2dOptions extends WeightedOptions {
  /** Pixels between neighbouring positions of a filter: one number, or `[down, across]`. Default: 1. */
  stride?: number | readonly [number, number];
  /**
   * Zeros added on each side of the image, in pixels: one number, or `[above and below, left and right]`. `'valid'` adds none.
   * `'same'` adds as many as give ⌈pixels / stride⌉ positions, an odd one below and to the right, as in Keras. Default:
   * `'valid'`.
   */
  padding?: number | readonly [number, number] | 'same' | 'valid';
  /**
   * Groups that filters and channels fall into. Each filter sees the channels of its own group only. As many groups as
   * channels make a depthwise convolution. Default: 1.
   */
  groups?: number;
}

/**
 * A convolution of images `[C, H, W]` with trained filters.
 *
 * `z[o, y, x] = Σ W[o, c, i, j] · x[c, y·stride + i − padding, x·stride + j − padding] + b[o]`, summed over c, i and j, and
 * `a = σ(z)`: a cross-correlation, as in PyTorch's `Conv2d`. Samples come out as `[filters, H', W']`. Parameters:
 * `layers.i.weight` (W) `[filters, C / groups, height, width]` and `layers.i.bias` (b) `[filters]`.
 *
 * @param filters Output channels, a positive integer.
 * @param kernel Size of a filter in pixels: one number, or `[height, width]`.
 * @param activation σ, such as {@link relu}. Default: {@link linear}.
 * @throws {ArgumentError} For an invalid size, stride, padding, number of groups, activation, initialiser or option.
 */
export function conv2d(
  filters: number,
  kernel: number | readonly [number, number],
  activation: LayerActivation = linear,
  options: Conv2dOptions = {},
): Conv2d {
  checkKeys('conv2d', options, ['stride', 'padding', 'groups', ...weightedOptions]);
  const { stride = 1, padding = 'valid', groups = 1 } = options;
  checkCount('conv2d: filters', filters);
  return ofKind(conv2dKind, {
    layer: 'conv2d',
    filters,
    kernel: checkedWindow('conv2d: kernel', kernel),
    stride: checkedPair('conv2d: stride', stride, checkCount),
    padding: isRule(padding) ? padding : checkedPair('conv2d: padding', padding, checkPadding),
    ...checkedGroups('conv2d', filters, groups),
    ...weighted('conv2d', activation, options),
  });
}

/** The windows of the filters on images of this shape. Throws ShapeError where not one fits. */
function windowOn(layer: Conv2d, image: Shape): Window {
  const [C, H, W] = checkedImage('conv2d', image);
  checkChannels('conv2d', layer, C);
  const [height, width] = layer.kernel;
  const [stride, across] = pairOf(layer.stride);
  const window = {
    height,
    width,
    stride,
    across,
    ...zerosAround(layer.padding, [H, W], layer.kernel, [stride, across]),
  };
  if (windowsOn([H, W], window).some((n) => n < 1)) {
    throw new ShapeError(
      `conv2d: expected images with room for a filter of ${height}×${width}, padding included, found ${show(image)}`,
    );
  }
  return window;
}

export const conv2dKind: LayerKind<Conv2d> = {
  width: 'filters',

  narrowed: (layer, [[channels]]) => withFewerGroups(layer, channels),

  shape: (layer, [image]) => [layer.filters, ...windowsOn(image.slice(1), windowOn(layer, image))],

  append: (layer, site, [x]) => appendConvolution(layer, site, x, layer.kernel, windowOn(layer, x.shape.slice(0, -1))),

  remade: (layer) => {
    const { filters, kernel, stride, padding, groups } = layer;
    return conv2d(filters, kernel, layer, { stride, padding, groups, ...optionsOf(layer) });
  },

  describe: (layer) => describeConvolution('conv', layer, layer.kernel),
};

export const conv2dCases = (): readonly LayerCase[] => [
  { layer: conv2d(3, 3, tanh, { padding: 'same' }), inputs: [[2, 5, 4]] },
  {
    layer: conv2d(4, [2, 3], linear, { stride: [2, 1], padding: [0, 1], groups: 2, bias: false }),
    inputs: [[2, 6, 5]],
  },
];
