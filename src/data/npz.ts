/** NumPy's files of several arrays: a ZIP file with a .npy file for each. */
import { DataError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { MOST, nameOf, readBytes, type Source } from './bytes.ts';
import { type Npy, parseNpy } from './npy.ts';
import { checkLimits, type ReadLimits } from './read-options.ts';
import { zipEntries } from './zip.ts';

/**
 * Reads the arrays that `numpy.savez` or `numpy.savez_compressed` wrote, by their names:
 *
 * ```js
 * const { x_train, y_train } = await npz('mnist.npz');
 * const train = fromArrays({ x: x_train.data, y: y_train.data, shape: x_train.shape.slice(1), scale: 1 / 255 });
 * ```
 *
 * {@link npy} says which types they may have. Files of 4 GiB and more (zip64) are not read.
 *
 * @param source The file: bytes, a Blob, a URL or, in Node, a path.
 * @param limits The longest file, also in all once it is unpacked, and the longest time.
 * @throws {ArgumentError} For an invalid source or limit.
 * @throws {DataError} For a file that is missing, too long or damaged, with the array and the byte.
 */
export async function npz(source: Source, limits: ReadLimits = {}): Promise<Record<string, Npy>> {
  checkLimits('npz', limits);
  const what = nameOf(source);
  const { maxBytes = MOST } = limits;
  const bytes = await readBytes(source, { ...limits, maxBytes });
  const arrays = new Map<string, Npy>();
  for (const { name, read } of zipEntries(bytes, what, maxBytes)) {
    const [, key] = /^(.*)\.npy$/s.exec(name) ?? [];
    if (key === undefined || arrays.has(key))
      throw new DataError(`${what}: expected arrays in .npy files, one of each name, found ${showValue(name)}`);
    arrays.set(key, parseNpy(await read(), `${what}: ${showValue(key)}`));
  }
  return Object.fromEntries(arrays);
}
