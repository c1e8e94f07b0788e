/**
 * Windows that slide over images [C, H, W, N]: those of a convolution and of pooling. The attributes of an op give their
 * size, the distance between them, and the zeros around the image. Signals [C, L, N] are images of one line.
 */
import type { Shape } from '../../base/tensor.ts';
import type { Attributes, Node } from '../../graph/graph.ts';
import { mismatch } from './shapes.ts';

export interface Window {
  readonly height: number;
  readonly width: number;
  /** Pixels from one window to the next, both ways. */
  readonly stride: number;
  /** The same along a row, where that is another number. */
  readonly across?: number;
  /** Zeros beside the image. */
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** How windows lie on an image [C, H, W, N]: OH × OW of them, each KH × KW. */
export interface Geometry {
  readonly C: number;
  readonly H: number;
  readonly W: number;
  readonly N: number;
  readonly OH: number;
  readonly OW: number;
  readonly KH: number;
  readonly KW: number;
  /** Pixels from one window to the next: down, and along a row. */
  readonly stride: number;
  readonly across: number;
  readonly top: number;
  readonly left: number;
}

/** As attributes of an op, what is usual left out. */
export function windowAttributes({ height, width, ...rest }: Window): Attributes {
  const usual: Attributes = { stride: 1, across: rest.stride, top: 0, left: 0, bottom: 0, right: 0 };
  return { height, width, ...Object.fromEntries(Object.entries(rest).filter(([key, value]) => value !== usual[key])) };
}

export function windowOf(attributes: Attributes): Window {
  const numbers = attributes as Record<string, number>;
  const { height, width, stride = 1, across = stride, top = 0, left = 0, bottom = 0, right = 0 } = numbers;
  return { height, width, stride, across, top, left, bottom, right };
}

/** Windows along an axis of n pixels; less than 1 where not one fits. */
const along = (n: number, size: number, stride: number, zeros: number): number =>
  Math.floor((n + zeros - size) / stride) + 1;

/** [OH, OW], for images of H × W pixels. */
export function windowsOn([H, W]: readonly number[], window: Window): readonly [number, number] {
  const { height, width, stride, across = stride, top, left, bottom, right } = window;
  return [along(H, height, stride, top + bottom), along(W, width, across, left + right)];
}

export function geometryOf(image: Shape, attributes: Attributes): Geometry {
  const [C, H, W, N] = image.length === 3 ? [image[0], 1, image[1], image[2]] : image;
  const window = windowOf(attributes);
  const { height: KH, width: KW, stride, across = stride, top, left } = window;
  const [OH, OW] = windowsOn([H, W], window);
  return { C, H, W, N, OH, OW, KH, KW, stride, across, top, left };
}

/** The axes of so many channels of a result with these places, for images or signals of this shape. */
export const axesLike = ({ length }: Shape, channels: number, [OH, OW, N]: readonly number[]): Shape =>
  length === 3 ? [channels, OW, N] : [channels, OH, OW, N];

/**
 * The same windows on the image turned on its side, if it is a single column of pixels: they lie in memory as a row does, and
 * the kernels of a convolution work along rows.
 */
export function alongRows(geometry: Geometry): Geometry {
  const { C, N, H, W, OH, OW, KH, KW, stride, across, top, left } = geometry;
  const isColumn = W === 1 && OW === 1 && KW === 1 && left === 0;
  if (!isColumn) return geometry;
  return { C, N, H: W, W: H, OH: OW, OW: OH, KH: KW, KW: KH, stride: across, across: stride, top: left, left: top };
}

/** Whether windows reach beyond the image. */
export const isPadded = ({ H, W, OH, OW, KH, KW, stride, across, top, left }: Geometry): boolean =>
  top > 0 || left > 0 || (OH - 1) * stride + KH > H || (OW - 1) * across + KW > W;

/** Geometry of the windows on images that a node reads. Throws ShapeError for what is no image, or has no room for one. */
export function checkedGeometry(op: string, image: Node, inputs: readonly Node[], attributes: Attributes): Geometry {
  const { height, width } = windowOf(attributes);
  if (image.shape.length !== 4 && image.shape.length !== 3)
    mismatch(op, 'images of shape [C, H, W, N] or signals of shape [C, L, N]', inputs);
  const geometry = geometryOf(image.shape, attributes);
  if (geometry.OH < 1 || geometry.OW < 1) mismatch(op, `an image with room for a window of ${height}×${width}`, inputs);
  return geometry;
}
