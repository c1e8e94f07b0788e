/** Reads a whole file, unpacked where it is gzip. */
import { collect, decompress, limited, PIECE, pieces } from '../base/byte-stream.ts';
import { DataError, RetrogradError } from '../base/errors.ts';
import { nameOf, readBytes, type Source } from './bytes.ts';
import type { OpenOptions } from './read-options.ts';

/** Reads and unpacks a file. `maxBytes` limits its size before and after. Throws DataError if there is no such file. */
export async function readUnpacked(source: Source, options: OpenOptions & { maxBytes: number }): Promise<Uint8Array> {
  const where = nameOf(source);
  const bytes = await readBytes(source, options);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await collect(limited({ where, parts: decompress(pieces([bytes], PIECE), 'gzip') }, options.maxBytes));
  } catch (cause) {
    if (cause instanceof RetrogradError) throw cause;
    throw new DataError(`${where}: damaged gzip: ${(cause as Error).message}`, { cause });
  }
}
