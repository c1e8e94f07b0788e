/**
 * Decoders of pictures for Node, which has none: PNG by zlib, which is part of Node, and JPEG by jpeg-js, which is JavaScript
 * alone. They come with the data entry only, and jpeg-js is loaded for the first JPEG.
 */
import { concat } from '../base/byte-stream.ts';
import { imageDecoder, type JpegFile } from './image-decoder.ts';
import { decodePng } from './png-decoder.node.ts';

imageDecoder.decode = (file) => (file.format === 'PNG' ? decodePng(file) : decodeJpeg(file));

/** Memory that jpeg-js takes for a pixel at most, in bytes: three or four channels as they are stored, and as they are given. */
const PER_PIXEL = 40;

async function decodeJpeg({ parts, width, height, isTransformed }: JpegFile): Promise<Uint8Array> {
  const { default: decode } = await import('jpeg-js/lib/decoder.js');
  const megapixels = Math.ceil((width * height) / 1e6);
  try {
    const image = decode(concat(parts), {
      useTArray: true,
      colorTransform: isTransformed,
      maxResolutionInMP: megapixels,
      maxMemoryUsageInMB: megapixels * PER_PIXEL,
    });
    if (image.width === width && image.height === height) return image.data;
    throw new Error(`expected ${width} × ${height} pixels, found ${image.width} × ${image.height}`);
  } catch (cause) {
    // It follows what a damaged file refers to, such as a table that is not there.
    if (cause instanceof TypeError) throw new Error('its parts do not fit together', { cause });
    throw cause;
  }
}
