/** A data set of pictures in folders, a folder for each class. */
import { checkFunction, checkSignal, isCount } from '../base/arguments.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { allocate } from '../base/numbers.ts';
import { checkSeed } from '../base/random.ts';
import { showValue } from '../base/show-value.ts';
import { labelField } from './array-fields.ts';
import { made } from './checked-dataset.ts';
import type { Dataset, DatasetPair } from './dataset.ts';
import { type ImageShape, type ImageSize, imageBytes, imageShape } from './image-bytes.ts';
import { classesIn, type Found, type ImagesSource } from './image-folders.ts';
import { isSwapped } from './orientation.ts';
import { checkImageLimits, decode, type ImageLimits, type OpenedImage, openImage } from './read-image.ts';
import { split } from './split.ts';

/** A picture that was left out, and why. */
export interface SkippedImage {
  /** Path or name of the file. */
  file: string;
  /** What is wrong with it. */
  error: DataError;
}

/** How far the reading of pictures is. */
export interface ImagesProgress {
  /** Path or name of the last file that was read. */
  file: string;
  /** Pictures read so far. */
  read: number;
  /** Pictures in all. */
  total: number;
}

/** Options of {@link images}. */
export interface ImagesOptions extends ImageLimits {
  /**
   * Height and width of a sample in pixels: a number for both, or `[height, width]`. Default: the size of the pictures, which
   * then have to be of one size.
   */
  size?: ImageSize;
  /** 3 for red, green and blue, or 1 for grey. Default: 3. */
  channels?: 1 | 3;
  /** A share or a number of pictures to test on: the result is then `{ train, test, source }`, as of {@link split}. */
  test?: number;
  /** Seed of the draw of those, an integer from 0 to 2³² − 1. Default: 0. */
  seed?: number;
  /** Whether to leave out what cannot be read; a function is called for each such file. Default: false. */
  skipBroken?: boolean | ((skipped: SkippedImage) => void);
  /** Called for each picture that was read. */
  onProgress?: (progress: ImagesProgress) => void;
  /** Stops the reading; `images` then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Name of the data set in messages. Default: that of the folder. */
  name?: string;
}

const OPTIONS = ['size', 'channels', 'test', 'seed', 'skipBroken', 'onProgress', 'signal', 'name'];

/** Pictures that are read at a time. */
const AT_A_TIME = 8;
/** Pixels that are decoded at a time, 64 MiB of them; of a larger picture, one at a time. */
const PIXELS_AT_A_TIME = 2 ** 24;

/**
 * Makes a data set of PNG and JPEG pictures, with the folder of each as its class. `classNames` are the names of the folders,
 * sorted. Samples are bytes `[channels, height, width]` with the scale 1/255.
 *
 * A picture is stretched to the size: each new pixel is the average of the area that it covers. What is transparent is laid on
 * white, and the EXIF orientation is applied. Browsers decode pictures themselves; Node does so by zlib and jpeg-js.
 *
 * @param source A folder with a folder per class, in Node; the `File`s of `<input type="file" webkitdirectory>`; or lists of
 * pictures by class, `{ cat: [...], dog: [...] }`.
 * @throws {ArgumentError} For an unknown option, or a source of another kind.
 * @throws {DataError} For a class without pictures, pictures outside the folders of classes, and a file that is damaged, neither
 * PNG nor JPEG, or over a limit, with its name.
 */
export function images(source: ImagesSource, options: ImagesOptions & { test: number }): Promise<DatasetPair>;
export function images(source: ImagesSource, options?: ImagesOptions & { test?: undefined }): Promise<Dataset>;
export function images(source: ImagesSource, options?: ImagesOptions): Promise<Dataset | DatasetPair>;
export async function images(source: ImagesSource, options: ImagesOptions = {}): Promise<Dataset | DatasetPair> {
  checkImageLimits('images', options, OPTIONS);
  const { skipBroken = false, onProgress, signal, channels, test, seed = 0 } = options;
  checkSeed(seed, 'images: seed');
  if (typeof skipBroken !== 'boolean') checkFunction('images: skipBroken', skipBroken);
  checkFunction('images: onProgress', onProgress);
  checkSignal('images: signal', signal);
  imageShape('images', options.size ?? 1, channels);
  const { where, classNames, found } = await classesIn(source);
  const { name = where.split(/[\\/]/).filter(Boolean).at(-1) ?? where } = options;
  if (typeof name !== 'string') throw new ArgumentError(`images: name must be a string, found ${showValue(name)}`);
  if (test !== undefined) checkTest(test, found.length);
  const size = options.size ?? (await sizeOfFirst(found, options));
  const shape = imageShape('images', size, channels);
  const each = shape.channels * shape.height * shape.width;
  const data = allocate(`${name}: ${found.length} pictures`, found.length * each, (n) => new Uint8Array(n));
  const failures = await readAll(found, data, shape, options);
  const kept = found.flatMap((_, i) => (failures.has(i) ? [] : [i]));
  for (const [at, i] of kept.entries()) data.copyWithin(at * each, i * each, (i + 1) * each);
  const labels = kept.map((i) => found[i].label);
  checkWhole(classNames, labels, failures);
  if (typeof skipBroken === 'function') {
    for (const [i, error] of failures) skipBroken({ file: found[i].where, error });
  }
  const dataset = made({
    name,
    count: kept.length,
    shape: [shape.channels, shape.height, shape.width],
    inputs: { kind: 'values', data: data.subarray(0, kept.length * each), size: each, scale: 1 / 255 },
    targets: labelField(labels, name, classNames.length),
    classNames: [...classNames],
  });
  return test === undefined ? dataset : { ...split(dataset, { test, seed }), source: where };
}

/** Before thousands of files are read for nothing. */
function checkTest(test: number, count: number): void {
  if ((test > 0 && test < 1) || (isCount(test) && test < count)) return;
  const expected = `a share, or a number below that of the ${count} pictures`;
  throw new ArgumentError(`images: test must be ${expected}, found ${showValue(test)}`);
}

/**
 * Puts pictures to their places in `data`, some side by side. Answers what is wrong with those that are left out, by their places
 * and in that order; unless that is asked for, it throws the first error in the order of the pictures.
 */
async function readAll(
  found: readonly Found[],
  data: Uint8Array,
  shape: ImageShape,
  options: ImagesOptions,
): Promise<Map<number, DataError>> {
  const { skipBroken, onProgress, signal, size } = options;
  const failures = new Map<number, unknown>();
  const each = shape.channels * shape.height * shape.width;
  const withRoom = budget(PIXELS_AT_A_TIME);
  let next = 0;
  let read = 0;
  let isStopped = false;
  const readOne = async (i: number): Promise<void> => {
    const { source, where } = found[i];
    signal?.throwIfAborted();
    const file = await openImage(source, where, options);
    if (size === undefined) checkSize(file, where, found[0].where, shape);
    const bytes = await withRoom(file.width * file.height, async () => imageBytes(await decode(file, where), shape));
    data.set(bytes, i * each);
  };
  const work = async (): Promise<void> => {
    while (next < found.length && !isStopped) {
      const i = next++;
      try {
        await readOne(i).catch((error) => {
          if (!skipBroken || !(error instanceof DataError)) throw error;
          failures.set(i, error);
        });
        onProgress?.({ file: found[i].where, read: ++read, total: found.length });
      } catch (error) {
        failures.set(i, error);
        isStopped = true;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  const inOrder = [...failures].sort(([a], [b]) => a - b);
  if (isStopped) throw inOrder.find(([, error]) => !skipBroken || !(error instanceof DataError))![1];
  return new Map(inOrder as [number, DataError][]);
}

/** Begins work once its weight, together with those under way, is at most `most`, or nothing else is under way. */
function budget(most: number) {
  let taken = 0;
  let waiting: (() => void)[] = [];
  return async <T>(weight: number, work: () => Promise<T>): Promise<T> => {
    while (taken > 0 && taken + weight > most) await new Promise<void>((resolve) => waiting.push(resolve));
    taken += weight;
    try {
      return await work();
    } finally {
      taken -= weight;
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    }
  };
}

/** Height and width of a picture as it is seen. */
const sizeOf = ({ width, height, orientation }: OpenedImage): [height: number, width: number] =>
  isSwapped(orientation) ? [width, height] : [height, width];

/** The size of the first picture that can be read. If there is none, reading them all says why. */
async function sizeOfFirst(found: readonly Found[], options: ImagesOptions): Promise<ImageSize> {
  for (const { source, where } of found) {
    try {
      return sizeOf(await openImage(source, where, options));
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
    }
  }
  return 1;
}

function checkSize(file: OpenedImage, where: string, first: string, { width, height }: ImageShape): void {
  const [rows, columns] = sizeOf(file);
  if (rows === height && columns === width) return;
  const expected = `${width} × ${height} pixels, as ${first} has`;
  throw new ArgumentError(`images: ${where}: expected ${expected}, found ${columns} × ${rows}; give a size for all`);
}

/** Throws DataError where a class has lost all of its pictures. */
function checkWhole(
  classNames: readonly string[],
  labels: readonly number[],
  failures: ReadonlyMap<number, DataError>,
): void {
  const present = new Set(labels);
  const lost = classNames.find((_, label) => !present.has(label));
  if (lost === undefined) return;
  const [error] = failures.values();
  throw new DataError(`images: expected a whole picture of ${lost}, found none; the first error is: ${error.message}`);
}
