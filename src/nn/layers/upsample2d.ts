/** Larger images: each pixel repeated. */
import { append } from '../../graph/graph.ts';
import { upsample } from '../../ops/upsample.ts';
import { checkedImage, checkedWindow } from './image.ts';
import { type LayerCase, type LayerKind, ofKind } from './layer.ts';

/** An upsampling layer as plain data; made by {@link upsample2d}. */
export interface Upsample2d {
  /** Kind of layer. */
  readonly layer: 'upsample2d';
  /** How many times as many pixels come out, `[down, across]`. */
  readonly factor: readonly [number, number];
}

/**
 * Repeats each pixel of images `[C, H, W]`, which come out as `[C, factor·H, factor·W]`: PyTorch's `Upsample(scale_factor)` with
 * `mode='nearest'`.
 *
 * @param factor How many times as many pixels: one number for both directions, or `[down, across]`.
 * @throws {ArgumentError} For a factor that is no positive integer.
 */
export const upsample2d = (factor: number | readonly [number, number]): Upsample2d =>
  ofKind(upsample2dKind, { layer: 'upsample2d', factor: checkedWindow('upsample2d: factor', factor) });

export const upsample2dKind: LayerKind<Upsample2d> = {
  shape({ factor: [down, across] }, [image]) {
    const [C, H, W] = checkedImage('upsample2d', image);
    return [C, down * H, across * W];
  },

  append({ factor: [height, width] }, { graph, index }, [x]) {
    return append(graph, upsample, [x], { height, width }, `a${index}`);
  },

  remade: ({ factor }) => upsample2d(factor),

  describe: ({ factor: [down, across] }) => `upsample ${down === across ? down : `${down}x${across}`}`,
};

export const upsample2dCases = (): readonly LayerCase[] => [
  { layer: upsample2d(2), inputs: [[2, 3, 2]] },
  { layer: upsample2d([1, 3]), inputs: [[3, 2, 2]] },
];
