/** One picture, from wherever it is, as the bytes that a net sees. */
import { isCount } from '../base/arguments.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { type ImageFile, imageDecoder, type Pixels } from '../platform/image-decoder.ts';
import { hex, nameOf, readBytes, type Source } from './bytes.ts';
import { type ImageSize, imageBytes, imageShape, isPixels } from './image-bytes.ts';
import { MOST_PIXELS } from './image-limits.ts';
import { isJpeg, parseJpeg } from './jpeg-file.ts';
import { type Orientation, turned } from './orientation.ts';
import { isPng, parsePng } from './png-file.ts';
import { checkLimits, type ReadLimits } from './read-options.ts';

/** Limits for reading a picture. */
export interface ImageLimits extends ReadLimits {
  /** Most pixels of a picture; one that has more, by its header, is refused before it is decoded. Default: 2²⁵. */
  maxPixels?: number;
}

/** Options of {@link readImage}. */
export interface ReadImageOptions extends ImageLimits {
  /** Height and width of the result in pixels: a number for both, or `[height, width]`. */
  size: ImageSize;
  /** 3 for red, green and blue, or 1 for grey. Default: 3. */
  channels?: 1 | 3;
}

/**
 * Reads one picture as {@link images} reads many: the bytes `[channels, height, width]` that a net was trained on.
 *
 * @param picture A PNG or JPEG file: a path or a file URL in Node, a `File` or `Blob`, a URL, or bytes; or pixels, such as an `ImageData`.
 * @throws {ArgumentError} For an unknown option, or a picture of another kind.
 * @throws {DataError} For a file that is missing, damaged, neither PNG nor JPEG, or over a limit, with its name.
 */
export async function readImage(picture: Source | Pixels, options: ReadImageOptions): Promise<Uint8Array> {
  checkImageLimits('readImage', options, ['size', 'channels']);
  const shape = imageShape('readImage', options.size, options.channels);
  if (isPixels(picture)) return imageBytes(picture, shape);
  const where = nameOf(picture);
  return imageBytes(await decode(await openImage(picture, where, options), where), shape);
}

/** Throws ArgumentError for limits that are none, and for any other option than these and the ones known. */
export function checkImageLimits(where: string, options: ImageLimits, known: readonly string[]): void {
  checkLimits(where, options, [...known, 'maxPixels']);
  const { maxPixels } = options;
  if (maxPixels === undefined || isCount(maxPixels)) return;
  throw new ArgumentError(`${where}: maxPixels must be a positive integer, found ${showValue(maxPixels)}`);
}

/** A file that was looked through, and how its picture is to be turned. */
export type OpenedImage = ImageFile & { readonly orientation: Orientation };

/** Reads a file and looks through it. Throws DataError naming it. */
export async function openImage(source: Source, where: string, limits: ImageLimits): Promise<OpenedImage> {
  const { maxBytes, timeout, maxPixels = MOST_PIXELS } = limits;
  const bytes = await readBytes(source, { maxBytes, timeout }).catch((cause) => {
    if (!(cause instanceof DataError) || where === nameOf(source)) throw cause;
    throw new DataError(`${where}: ${cause.message}`, { cause }); // one of many that have no name
  });
  if (isPng(bytes)) return { ...parsePng(bytes, where, maxPixels), orientation: 1 };
  if (isJpeg(bytes)) return parseJpeg(bytes, where, maxPixels);
  throw new DataError(`${where}: byte 0: expected a PNG or JPEG file, found ${kindOf(bytes)}`);
}

/** What other files begin with. */
const KINDS: readonly (readonly [string, RegExp])[] = [
  ['GIF', /^GIF8/],
  ['WebP', /^RIFF....WEBP/s],
  ['BMP', /^BM/],
  ['TIFF', /^(?:II\*\0|MM\0\*)/],
  ['HEIC or AVIF', /^....ftyp/s],
];

function kindOf(bytes: Uint8Array): string {
  const start = bytes.subarray(0, 12);
  const text = String.fromCharCode(...start);
  const kind = KINDS.find(([, sign]) => sign.test(text))?.[0];
  if (kind) return `${kind}; convert it`;
  return start.length > 0 ? hex(start, ' ') : 'an empty file';
}

/** The pixels of a file, as they are to be seen. Throws DataError naming it for one that is damaged. */
export async function decode(file: OpenedImage, where: string): Promise<Pixels> {
  try {
    return turned({ width: file.width, height: file.height, data: await imageDecoder.decode(file) }, file.orientation);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${where}: the ${file.format} cannot be decoded: ${message}`, { cause });
  }
}
