/** Pixels of pictures, such as an ImageData, as the bytes of samples. */
import { DataError, ShapeError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { type Shape, show, size } from '../base/tensor.ts';
import { type ImageShape, imageBytes, isPixels } from '../data/image-bytes.ts';

/** The bytes of samples [n][channels][height][width], resized. Throws DataError for what are no pixels. */
export function bytesOf(pictures: readonly unknown[], shape: Shape): Uint8Array {
  const to = imageOf(shape);
  const bytes = new Uint8Array(pictures.length * size(shape));
  for (const [i, picture] of pictures.entries()) {
    if (!isPixels(picture))
      throw new DataError(`predict: picture ${i}: expected { width, height, data }, found ${showValue(picture)}`);
    bytes.set(imageBytes(picture, to), i * size(shape));
  }
  return bytes;
}

/** Samples as images. Throws ShapeError where they are none. */
function imageOf(shape: Shape): ImageShape {
  const [channels, height, width] = shape.length === 2 ? [1, ...shape] : shape;
  if (shape.length <= 3 && width !== undefined && (channels === 1 || channels === 3))
    return { channels, height, width };
  const expected = 'samples [height, width], [1, height, width] or [3, height, width]';
  throw new ShapeError(`predict: expected ${expected} to make of a picture, found ${show(shape)}`);
}
