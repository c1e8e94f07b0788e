/** Pooling layers: the largest value or the mean of each window of an image, channel by channel. */
import { checkCount, checkKeys } from '../../base/arguments.ts';
import { checkedImage, checkedPair, checkedWindow, pairOf, showPair } from './image.ts';
import { type LayerCase, type LayerKind, ofKind } from './layer.ts';
import {
  appendPooling,
  checkedCount,
  checkPadding,
  checkPool,
  checkReach,
  type Pool,
  type Pooling,
  windowsIn,
} from './pooling.ts';

/** A pooling layer as plain data; made by {@link maxPool2d} and {@link avgPool2d}. */
export interface Pool2d {
  /** Kind of layer. */
  readonly layer: 'pool2d';
  /** What is taken of a window: its maximum or its mean. */
  readonly pool: 'max' | 'average';
  /** Size of a window in pixels: `[height, width]`. */
  readonly size: readonly [number, number];
  /** Pixels between neighbouring windows: in both directions, or `[down, across]`. */
  readonly stride: number | readonly [number, number];
  /** Pixels added on each side of the image, if any, or a rule; see {@link Pool2dOptions}. */
  readonly padding?: number | readonly [number, number] | 'same';
  /** False where they do not count in a mean. */
  readonly countPadding?: false;
}

/** Options of {@link maxPool2d}. */
export interface Pool2dOptions {
  /** Pixels between neighbouring windows: one number, or `[down, across]`. Default: the size of a window. */
  stride?: number | readonly [number, number];
  /**
   * Pixels added on each side of the image: one number, or `[above and below, left and right]`, at most half the size of a window.
   * `'same'` adds as many as give ⌈pixels / stride⌉ windows, an odd one below and to the right, as in Keras. They are never the
   * largest of a window. Default: 0.
   */
  padding?: number | readonly [number, number] | 'same';
}

/** Options of {@link avgPool2d}. */
export interface AvgPool2dOptions extends Pool2dOptions {
  /**
   * Whether padding counts in the means, as zeros; PyTorch's `count_include_pad`. Keras leaves it out: `false`. Default: `true`.
   */
  countPadding?: boolean;
}

/**
 * The maximum of each window, on images `[C, H, W]`.
 *
 * Samples come out as `[C, ⌊(H + 2·padding − height) / stride⌋ + 1, ⌊(W + 2·padding − width) / stride⌋ + 1]`: pixels that no whole
 * window covers are ignored, as in PyTorch's `MaxPool2d`. Among equal values the first one gets the gradient.
 *
 * @param size Size of a window in pixels: one number, or `[height, width]`.
 * @throws {ArgumentError} For an invalid size, stride or padding, or an unknown option.
 */
export const maxPool2d = (size: number | readonly [number, number], options: Pool2dOptions = {}): Pool2d => {
  checkKeys('maxPool2d', options, ['stride', 'padding']);
  return pool2d('max', size, options);
};

/**
 * The mean of each window, on images `[C, H, W]`, as PyTorch's `AvgPool2d`. Shapes are those of {@link maxPool2d}.
 *
 * @param size Size of a window in pixels: one number, or `[height, width]`.
 * @throws {ArgumentError} For an invalid size, stride, padding or `countPadding`, or an unknown option.
 */
export const avgPool2d = (size: number | readonly [number, number], options: AvgPool2dOptions = {}): Pool2d => {
  checkKeys('avgPool2d', options, ['stride', 'padding', 'countPadding']);
  return pool2d('average', size, options);
};

const titles = { max: 'maxPool2d', average: 'avgPool2d' };

function pool2d(pool: Pool, size: number | readonly [number, number], options: AvgPool2dOptions): Pool2d {
  const title = titles[pool];
  const window = checkedWindow(`${title}: size`, size);
  const stride = checkedPair(`${title}: stride`, options.stride ?? window, checkCount);
  const given = options.padding ?? 0;
  const padding = given === 'same' ? given : checkedPair(`${title}: padding`, given, checkPadding);
  checkReach(title, window, padding);
  return ofKind(pool2dKind, {
    ...{ layer: 'pool2d', pool, size: window, stride },
    ...(padding === 0 ? {} : { padding }),
    ...checkedCount(title, options.countPadding),
  });
}

const poolingOf = ({ pool, size, stride, padding = 0, countPadding }: Pool2d): Pooling => ({
  ...{ title: titles[pool], pool, size, countPadding: countPadding !== false },
  ...{ stride: pairOf(stride), padding },
});

export const pool2dKind: LayerKind<Pool2d> = {
  shape(layer, [image]) {
    const [C, ...place] = checkedImage(titles[layer.pool], image);
    return [C, ...windowsIn(poolingOf(layer), place, image)];
  },

  append: (layer, { graph, index }, [x]) => appendPooling(graph, poolingOf(layer), x, `a${index}`),

  remade: ({ pool, size, stride, padding, countPadding }) => {
    checkPool('pool2d', pool);
    return pool2d(pool, size, { stride, padding, countPadding });
  },

  describe({ pool, size, stride, padding }) {
    const [down, across] = pairOf(stride);
    return [
      `${pool} pool ${size.join('x')}`,
      ...(down === size[0] && across === size[1] ? [] : [`/${showPair(stride)}`]),
      ...(padding === undefined ? [] : [padding === 'same' ? padding : `pad ${showPair(padding)}`]),
    ].join(' ');
  },
};

export const pool2dCases = (): readonly LayerCase[] => [
  { layer: maxPool2d(2), inputs: [[3, 5, 4]] },
  { layer: maxPool2d([3, 2], { stride: [2, 1], padding: [1, 0] }), inputs: [[2, 6, 5]] },
  { layer: avgPool2d(2, { padding: 1 }), inputs: [[2, 6, 5]] },
  { layer: maxPool2d([2, 3], { stride: 2, padding: 'same' }), inputs: [[2, 5, 4]] },
  { layer: avgPool2d(2, { padding: 'same' }), inputs: [[2, 5, 3]] },
  { layer: avgPool2d(2, { padding: 'same', countPadding: false }), inputs: [[2, 5, 3]] },
];
