/** Pixels of pictures, such as an ImageData, as the bytes of samples. */
import { DataError, ShapeError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { type Shape, show, size } from '../base/tensor.ts';
import { imageBytes, imageIn, isPixels } from '../data/image-bytes.ts';

/** The bytes of samples [n][channels][height][width], resized. Throws ShapeError for samples that are no images, DataError for what are no pixels. */
export function bytesOf(pictures: readonly unknown[], shape: Shape): Uint8Array {
  const to = imageIn(shape);
  if (!to) {
    const expected = 'samples [height, width], [1, height, width] or [3, height, width]';
    throw new ShapeError(`predict: expected ${expected} to make of a picture, found ${show(shape)}`);
  }
  const bytes = new Uint8Array(pictures.length * size(shape));
  for (const [i, picture] of pictures.entries()) {
    if (!isPixels(picture))
      throw new DataError(`predict: picture ${i}: expected { width, height, data }, found ${showValue(picture)}`);
    bytes.set(imageBytes(picture, to), i * size(shape));
  }
  return bytes;
}
