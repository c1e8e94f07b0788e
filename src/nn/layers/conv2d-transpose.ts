/** A transposed convolutional layer: each value of an image puts a multiple of small filters into a larger one. */
import { checkCount, checkKeys } from '../../base/arguments.ts';
import { ArgumentError, ShapeError } from '../../base/errors.ts';
import { type Shape, show } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { conv2dInputGradient } from '../../ops/conv2d.ts';
import { windowAttributes } from '../../ops/shared/window.ts';
import { linear, tanh } from './activation.ts';
import { checkChannels, checkedGroups, describeConvolution, groupAttributes, withFewerGroups } from './convolution.ts';
import { checkedImage, checkedPair, checkedWindow, checkZeros, pairOf, showPair } from './image.ts';
import { type LayerActivation, type LayerCase, type LayerKind, ofKind } from './layer.ts';
import {
  appendWeighted,
  optionsOf,
  type Weighted,
  type WeightedOptions,
  weighted,
  weightedOptions,
} from './weighted.ts';

/** A transposed convolutional layer as plain data; made by {@link conv2dTranspose}. */
export interface Conv2dTranspose extends Weighted {
  /** Kind of layer. */
  readonly layer: 'conv2dTranspose';
  /** Output channels. */
  readonly filters: number;
  /** Size of a filter in pixels: `[height, width]`. */
  readonly kernel: readonly [number, number];
  /** Pixels between the filters of neighbouring values: in both directions, or `[down, across]`. */
  readonly stride: number | readonly [number, number];
  /** Pixels cut off on each side. */
  readonly padding: number | readonly [number, number];
  /** Pixels added below and to the right. */
  readonly outputPadding: number | readonly [number, number];
  /** Groups of filters and channels, where there are several. */
  readonly groups?: number;
}

/** Options of {@link conv2dTranspose}. */
export interface Conv2dTransposeOptions extends WeightedOptions {
  /** Pixels between the filters of neighbouring values: one number, or `[down, across]`. Default: 1. */
  stride?: number | readonly [number, number];
  /** Pixels cut off on each side: one number, or `[above and below, left and right]`. Default: 0. */
  padding?: number | readonly [number, number];
  /** Pixels added below and to the right, fewer than the stride: one number, or `[below, to the right]`. Default: 0. */
  outputPadding?: number | readonly [number, number];
  /** Groups that filters and channels fall into. Each filter sees the channels of its own group only. Default: 1. */
  groups?: number;
}

/**
 * A transposed convolution of images `[C, H, W]` with trained filters, as PyTorch's `ConvTranspose2d`: what {@link conv2d} of
 * the same kernel, stride and padding would do to the gradient of its output. Decoders use it to enlarge images.
 *
 * Samples come out as `[filters, H', W']`, with `H' = (H − 1) · stride − 2 · padding + height + outputPadding`. Parameters:
 * `layers.i.weight` (W) `[C, filters / groups, height, width]` and `layers.i.bias` (b) `[filters]`. To initialisers, `filters /
 * groups · height · width` are the inputs of W, as in PyTorch and Keras.
 *
 * @param filters Output channels, a positive integer.
 * @param kernel Size of a filter in pixels: one number, or `[height, width]`.
 * @param activation σ, such as {@link relu}. Default: {@link linear}.
 * @throws {ArgumentError} For an invalid size, stride, padding, number of groups, activation, initialiser or option.
 */
export function conv2dTranspose(
  filters: number,
  kernel: number | readonly [number, number],
  activation: LayerActivation = linear,
  options: Conv2dTransposeOptions = {},
): Conv2dTranspose {
  checkKeys('conv2dTranspose', options, ['stride', 'padding', 'outputPadding', 'groups', ...weightedOptions]);
  const { stride = 1, padding = 0, outputPadding = 0, groups = 1 } = options;
  checkCount('conv2dTranspose: filters', filters);
  const steps = checkedPair('conv2dTranspose: stride', stride, checkCount);
  const more = checkedPair('conv2dTranspose: outputPadding', outputPadding, checkZeros);
  if (pairOf(more).some((n, i) => n >= pairOf(steps)[i])) {
    throw new ArgumentError(
      `conv2dTranspose: outputPadding must be less than the stride ${showPair(steps)}, found ${showPair(more)}`,
    );
  }
  return ofKind(conv2dTransposeKind, {
    layer: 'conv2dTranspose',
    filters,
    kernel: checkedWindow('conv2dTranspose: kernel', kernel),
    stride: steps,
    padding: checkedPair('conv2dTranspose: padding', padding, checkZeros),
    outputPadding: more,
    ...checkedGroups('conv2dTranspose', filters, groups),
    ...weighted('conv2dTranspose', activation, options),
  });
}

/** [H', W'] for images of this shape. Throws ShapeError where nothing is left of them. */
function sizeFor(layer: Conv2dTranspose, image: Shape): readonly [number, number] {
  const [C, H, W] = checkedImage('conv2dTranspose', image);
  checkChannels('conv2dTranspose', layer, C);
  const [stride, padding, more] = [layer.stride, layer.padding, layer.outputPadding].map(pairOf);
  const along = (n: number, i: number): number => (n - 1) * stride[i] - 2 * padding[i] + layer.kernel[i] + more[i];
  const size = [along(H, 0), along(W, 1)] as const;
  if (size.every((n) => n >= 1)) return size;
  throw new ShapeError(
    `conv2dTranspose: expected images with more pixels than the padding of ${showPair(layer.padding)} cuts off, found ${show(image)}`,
  );
}

export const conv2dTransposeKind: LayerKind<Conv2dTranspose> = {
  width: 'filters',

  narrowed: (layer, [[channels]]) => withFewerGroups(layer, channels),

  shape: (layer, [image]) => [layer.filters, ...sizeFor(layer, image)],

  // z^l = Σ over places of a^(l−1) of its multiples of the filters W^l, + b^l; a^l = σ(z^l)
  append(layer, site, [x]) {
    const { filters, kernel, groups = 1, init } = layer;
    const [channels] = x.shape;
    const filter = site.parameter('W', { key: 'weight', shape: [channels, filters / groups, ...kernel], init });
    const [height, width] = kernel;
    const [[stride, across], [top, left]] = [pairOf(layer.stride), pairOf(layer.padding)];
    const [H, W] = sizeFor(layer, x.shape.slice(0, -1));
    const window = windowAttributes({ height, width, stride, across, top, left, bottom: top, right: left });
    const attributes = { ...window, ...groupAttributes(layer), H, W };
    return appendWeighted(layer, site, filters, (name) =>
      append(site.graph, conv2dInputGradient, [filter, x], attributes, name),
    );
  },

  remade: (layer) => {
    const { filters, kernel, stride, padding, outputPadding, groups } = layer;
    return conv2dTranspose(filters, kernel, layer, { stride, padding, outputPadding, groups, ...optionsOf(layer) });
  },

  describe: (layer) => {
    const { kernel, outputPadding } = layer;
    const more = outputPadding === 0 ? [] : [`output pad ${showPair(outputPadding)}`];
    return describeConvolution('transposed conv', layer, kernel, more);
  },
};

export const conv2dTransposeCases = (): readonly LayerCase[] => [
  { layer: conv2dTranspose(3, 2, tanh), inputs: [[2, 3, 4]] },
  {
    layer: conv2dTranspose(2, 3, linear, { stride: 2, padding: 1, outputPadding: 1, bias: false }),
    inputs: [[3, 3, 2]],
  },
];
