/** Pooling layers: the largest value or the mean of each window of an image, channel by channel. */
import { checkCount, checkKeys } from '../../base/arguments.ts';
import { ArgumentError, ShapeError } from '../../base/errors.ts';
import { type Shape, show } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { averagePool } from '../../ops/average-pool.ts';
import { maxPool } from '../../ops/max-pool.ts';
import { passesOf } from '../../ops/shared/pooling.ts';
import { type Window, windowAttributes, windowsOn } from '../../ops/shared/window.ts';
import { checkedImage, checkedWindow } from './image.ts';
import { type LayerKind, ofKind } from './layer.ts';

/** A pooling layer as plain data; made by {@link maxPool2d} and {@link avgPool2d}. */
export interface Pool2d {
  /** Kind of layer. */
  readonly layer: 'pool2d';
  /** What is taken of a window: its maximum or its mean. */
  readonly pool: 'max' | 'average';
  /** Size of a window in pixels: `[height, width]`. */
  readonly size: readonly [number, number];
  /** Pixels between neighbouring windows, in both directions. */
  readonly stride: number;
}

/** Options of {@link maxPool2d} and {@link avgPool2d}. */
export interface Pool2dOptions {
  /** Pixels between neighbouring windows, in both directions. Default: the size of a square window; others need it. */
  stride?: number;
}

/**
 * The maximum of each window, on images `[C, H, W]`.
 *
 * Samples come out as `[C, ⌊(H − height) / stride⌋ + 1, ⌊(W − width) / stride⌋ + 1]`: pixels that no whole window covers are
 * ignored, as in PyTorch's `MaxPool2d`. Among equal values the first one gets the gradient.
 *
 * @param size Size of a window in pixels: one number, or `[height, width]`.
 * @throws {ArgumentError} For an invalid size or stride, or a window that is not square without a stride.
 */
export const maxPool2d = (size: number | readonly [number, number], options?: Pool2dOptions): Pool2d =>
  pool2d('max', size, options);

/**
 * The mean of each window, on images `[C, H, W]`. Shapes and options are those of {@link maxPool2d}.
 *
 * @param size Size of a window in pixels: one number, or `[height, width]`.
 * @throws {ArgumentError} For an invalid size or stride, or a window that is not square without a stride.
 */
export const avgPool2d = (size: number | readonly [number, number], options?: Pool2dOptions): Pool2d =>
  pool2d('average', size, options);

const titles = { max: 'maxPool2d', average: 'avgPool2d' };
const ops = { max: maxPool, average: averagePool };

function pool2d(pool: Pool2d['pool'], size: number | readonly [number, number], options: Pool2dOptions = {}): Pool2d {
  const title = titles[pool];
  checkKeys(title, options, ['stride']);
  const both = checkedWindow(`${title}: size`, size);
  const { stride = both[0] } = options;
  if (options.stride === undefined && both[0] !== both[1])
    throw new ArgumentError(`${title}: expected a stride for windows of ${both.join('×')}, found none`);
  checkCount(`${title}: stride`, stride);
  return ofKind(pool2dKind, { layer: 'pool2d', pool, size: both, stride });
}

const windowOf = ({ size: [height, width], stride }: Pool2d): Window => ({
  height,
  width,
  stride,
  top: 0,
  left: 0,
  bottom: 0,
  right: 0,
});

export const pool2dKind: LayerKind<Pool2d> = {
  shape(layer, [image]): Shape {
    const [C, ...place] = checkedImage(titles[layer.pool], image);
    const windows = windowsOn(place, windowOf(layer));
    if (windows.every((n) => n >= 1)) return [C, ...windows];
    throw new ShapeError(
      `${titles[layer.pool]}: expected images with room for a window of ${layer.size.join('×')}, found ${show(image)}`,
    );
  },

  append: (layer, { graph, index }, [x]) => {
    const passes = passesOf(x.shape, windowAttributes(windowOf(layer)));
    return passes.reduce(
      (image, pass, i) => append(graph, ops[layer.pool], [image], pass, i === passes.length - 1 ? `a${index}` : ''),
      x,
    );
  },

  remade: ({ pool, size, stride }) => {
    if (pool !== 'max' && pool !== 'average')
      throw new ArgumentError(`pool2d: expected one of maxPool2d() or avgPool2d(), found another`);
    return pool2d(pool, size, { stride });
  },

  describe: ({ pool, size, stride }) => `${pool} pool ${size.join('x')}${stride === size[0] ? '' : ` /${stride}`}`,
};
