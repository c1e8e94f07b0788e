/** A convolutional layer on signals: a = σ(W ∗ x + b), the same short filters at every place of a line. */
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
import { type LayerActivation, type LayerCase, type LayerKind, ofKind } from './layer.ts';
import { checkPadding, isRule, zerosBeside } from './padding.ts';
import { optionsOf, type Weighted, type WeightedOptions, weighted, weightedOptions } from './weighted.ts';

/** A convolutional layer on signals as plain data; made by {@link conv1d}. */
export interface Conv1d extends Weighted {
  /** Kind of layer. */
  readonly layer: 'conv1d';
  /** Output channels. */
  readonly filters: number;
  /** Length of a filter. */
  readonly kernel: number;
  /** Places between neighbouring positions of a filter. */
  readonly stride: number;
  /** Zeros at both ends, in places or by rule; see {@link Conv1dOptions}. */
  readonly padding: number | 'same' | 'valid';
  /** Groups of filters and channels, where there are several. */
  readonly groups?: number;
}

/** Options of {@link conv1d}. */
export interface Conv1dOptions extends WeightedOptions {
  /** Places between neighbouring positions of a filter. Default: 1. */
  stride?: number;
  /**
   * Zeros added at each end. `'valid'` adds none. `'same'` adds as many as give ⌈length / stride⌉ positions, an odd one at the
   * end, as in Keras. Default: `'valid'`.
   */
  padding?: number | 'same' | 'valid';
  /** Groups that filters and channels fall into. Each filter sees the channels of its own group only. Default: 1. */
  groups?: number;
}

/**
 * A convolution of signals `[C, L]` with trained filters.
 *
 * `z[o, x] = Σ W[o, c, j] · x[c, x·stride + j − padding] + b[o]`, summed over c and j, and `a = σ(z)`: a cross-correlation, as
 * in PyTorch's `Conv1d`. Samples come out as `[filters, L']`. Parameters: `layers.i.weight` (W)
 * `[filters, C / groups, kernel]` and `layers.i.bias` (b) `[filters]`.
 *
 * @param filters Output channels, a positive integer.
 * @param kernel Length of a filter, a positive integer.
 * @param activation σ, such as {@link relu}. Default: {@link linear}.
 * @throws {ArgumentError} For an invalid size, stride, padding, number of groups, activation, initialiser or option.
 */
export function conv1d(
  filters: number,
  kernel: number,
  activation: LayerActivation = linear,
  options: Conv1dOptions = {},
): Conv1d {
  checkKeys('conv1d', options, ['stride', 'padding', 'groups', ...weightedOptions]);
  const { stride = 1, padding = 'valid', groups = 1 } = options;
  checkCount('conv1d: filters', filters);
  checkCount('conv1d: kernel', kernel);
  checkCount('conv1d: stride', stride);
  if (!isRule(padding)) checkPadding('conv1d: padding', padding);
  return ofKind(conv1dKind, {
    layer: 'conv1d',
    filters,
    kernel,
    stride,
    padding,
    ...checkedGroups('conv1d', filters, groups),
    ...weighted('conv1d', activation, options),
  });
}

/** The windows of the filters on signals of this shape, as on images of one line. Throws ShapeError where not one fits. */
function windowOn(layer: Conv1d, signal: Shape): Window {
  if (signal.length !== 2) {
    const hint = signal.length === 1 ? `; signals without channels are ${show([1, ...signal])}` : '';
    throw new ShapeError(`conv1d: expected signals [channels, length], found ${show(signal)}${hint}`);
  }
  const [C, L] = signal;
  checkChannels('conv1d', layer, C);
  const { kernel: width, stride, padding } = layer;
  const [left, right] = zerosBeside(padding, L, width, stride);
  const window = { height: 1, width, stride, top: 0, left, bottom: 0, right };
  if (windowsOn([1, L], window)[1] < 1) {
    throw new ShapeError(
      `conv1d: expected signals with room for a filter of ${width}, padding included, found ${show(signal)}`,
    );
  }
  return window;
}

export const conv1dKind: LayerKind<Conv1d> = {
  width: 'filters',

  narrowed: (layer, [[channels]]) => withFewerGroups(layer, channels),

  shape: (layer, [signal]) => [layer.filters, windowsOn([1, signal[1]], windowOn(layer, signal))[1]],

  append: (layer, site, [x]) =>
    appendConvolution(layer, site, x, [layer.kernel], windowOn(layer, x.shape.slice(0, -1))),

  remade: (layer) => {
    const { filters, kernel, stride, padding, groups } = layer;
    return conv1d(filters, kernel, layer, { stride, padding, groups, ...optionsOf(layer) });
  },

  describe: (layer) => describeConvolution('conv', layer, [layer.kernel]),
};

export const conv1dCases = (): readonly LayerCase[] => [
  { layer: conv1d(3, 3), inputs: [[2, 9]] },
  { layer: conv1d(4, 2, tanh, { stride: 2, padding: 1, groups: 2, bias: false }), inputs: [[2, 8]] },
];
