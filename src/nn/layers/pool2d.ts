/** Pooling layers: the largest value or the mean of each window of an image, channel by channel. */
import { checkCount, checkKeys } from '../../base/arguments.ts';
import { ArgumentError, ShapeError } from '../../base/errors.ts';
import { type Shape, show } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { averagePool } from '../../ops/average-pool.ts';
import { maxPool } from '../../ops/max-pool.ts';
import { type Window, windowAttributes, windowsOn } from '../../ops/shared/window.ts';
import { checkedImage, checkedWindow } from './image.ts';
import type { LayerKind } from './layer.ts';

export interface Pool2d {
  readonly layer: 'pool2d';
  readonly pool: 'max' | 'average';
  /** [height, width] */
  readonly size: readonly [number, number];
  readonly stride: number;
}

export interface Pool2dOptions {
  /** Pixels from one window to the next, both ways; the size of a square window unless given. */
  stride?: number;
}

/**
 * The largest value of each window, on images [C, H, W]; pixels that no window reaches are left out. `size` is the height and
 * width of the windows, one number where they are equal. Throws ArgumentError unless these and `stride`, the only option, are
 * positive integers; only windows that are not square need one.
 */
export const maxPool2d = (size: number | readonly [number, number], options?: Pool2dOptions): Pool2d =>
  pool2d('max', size, options);

/** The mean of each window; otherwise as maxPool2d. */
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
  return { layer: 'pool2d', pool, size: both, stride };
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

  append: (layer, { graph, index }, [x]) =>
    append(graph, ops[layer.pool], [x], windowAttributes(windowOf(layer)), `a${index}`),

  check: ({ pool, size, stride }) => {
    if (pool !== 'max' && pool !== 'average')
      throw new ArgumentError(`pool2d: expected one of maxPool2d() or avgPool2d(), found another`);
    pool2d(pool, size, { stride });
  },

  describe: ({ pool, size, stride }) => `${pool} pool ${size.join('x')}${stride === size[0] ? '' : ` /${stride}`}`,
};
