/** A local file that is read by places. */
import { read } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { DataError } from '../base/errors.ts';
import type { Slices } from '../base/slices.ts';
import { isNothing, local, messageOf } from './write-file.node.ts';

/**
 * Measured in Node 20 on a slow core, of a file in the page cache: 160,000 to 240,000 reads a second, whatever their length up to
 * 8 KiB, and 2 to 4 GB a second from 64 KiB on. The four threads of Node need no more than 16 reads at a time; but while it waits
 * for a device, Node looks for finished reads only every other millisecond.
 */
const PACE = { gap: 2 ** 14, part: 2 ** 16, reads: 128 };

/** Undefined where there is no such file. Throws DataError for what cannot be read, or is no regular file. */
export async function openSlices(path: string): Promise<Slices | undefined> {
  let file: FileHandle;
  try {
    file = await open(local(path));
  } catch (cause) {
    if (isNothing(cause)) return undefined;
    throw unreadable(path, cause);
  }
  try {
    const about = await file.stat();
    if (!about.isFile()) throw new Error('not a regular file');
    return {
      where: path,
      size: about.size,
      pace: PACE,
      read: (at, into) => fill(path, file.fd, at, into),
      close: () => file.close(),
    };
  } catch (cause) {
    await file.close();
    throw unreadable(path, cause);
  }
}

/** By the descriptor: a promise of FileHandle.read takes twice as long. */
const fill = (path: string, fd: number, at: number, into: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    const next = (done: number): void => {
      read(fd, into, done, into.length - done, at + done, (cause, bytes) => {
        if (cause) reject(unreadable(path, cause));
        else if (bytes === 0)
          reject(new DataError(`${path}: byte ${at + done}: found the end of the file, which was longer`));
        else if (done + bytes < into.length) next(done + bytes);
        else resolve();
      });
    };
    next(0);
  });

export const unreadable = (path: string, cause: unknown): DataError =>
  new DataError(`${path}: cannot be read: ${messageOf(cause)}`, { cause });
