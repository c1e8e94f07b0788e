/** A local file that is read by places. */
import { read, readSync, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { DataError } from '../base/errors.ts';
import type { Slices } from '../base/slices.ts';
import { isNothing, local, messageOf } from './write-file.node.ts';

/**
 * Measured in Node 20 on a slow core, of a file in the cache of the system: 160,000 to 240,000 reads a second by threads, 770,000 at
 * once, whatever their length up to 8 KiB, and 2 to 4 GB a second from 64 KiB on. The four threads of Node need no more than 16 reads
 * at a time; but while it waits for a device, Node looks for finished reads only every other millisecond.
 */
const PACE = { gap: 2 ** 14, part: 2 ** 16, reads: 128 };

/** Milliseconds of reading at once before others have their turn. */
const TURN = 2;
/** Milliseconds. A read that takes longer has waited for the disk. */
const SLOW = 0.3;
/** Reads that are left to threads after such a one. */
const LEFT_TO_THREADS = 100;

/** Undefined where there is no such file. Throws DataError for what cannot be read, or is no regular file. */
export async function openSlices(path: string): Promise<Slices | undefined> {
  try {
    const { size } = await regular(path);
    const file = await open(local(path));
    return { where: path, size, pace: PACE, read: readerOf(path, file.fd), close: () => file.close() };
  } catch (cause) {
    if (isNothing(cause)) return undefined;
    throw unreadable(path, cause);
  }
}

/** Asked before the file is opened, as a FIFO would wait for somebody to write to it. */
async function regular(path: string): Promise<Stats> {
  const about = await stat(local(path));
  if (about.isFile()) return about;
  throw new Error('not a regular file');
}

/**
 * Reads at once as long as bytes come from memory, which takes the processor less time than threads do. After a read that had to
 * wait for the disk, threads wait for the next ones.
 */
function readerOf(path: string, fd: number): Slices['read'] {
  let since = performance.now();
  let leftToThreads = 0;
  /** Some of the bytes; answers how many. */
  const readSome = async (into: Uint8Array, offset: number, at: number): Promise<number> => {
    const length = into.length - offset;
    if (leftToThreads > 0) {
      leftToThreads--;
      return readByThread(fd, into, offset, length, at);
    }
    if (performance.now() - since > TURN) {
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    }
    const begun = performance.now();
    const bytes = readSync(fd, into, offset, length, at);
    if (performance.now() - begun > SLOW) leftToThreads = LEFT_TO_THREADS;
    return bytes;
  };
  return async (at, into) => {
    for (let done = 0; done < into.length; ) {
      const bytes = await readSome(into, done, at + done).catch((cause) => {
        throw unreadable(path, cause);
      });
      if (bytes === 0) throw new DataError(`${path}: byte ${at + done}: found the end of the file, which was longer`);
      done += bytes;
    }
  };
}

/** By the descriptor: a promise of FileHandle.read takes twice as long. */
const readByThread = (fd: number, into: Uint8Array, offset: number, length: number, at: number): Promise<number> =>
  new Promise((resolve, reject) => {
    read(fd, into, offset, length, at, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });

export const unreadable = (path: string, cause: unknown): DataError =>
  new DataError(`${path}: cannot be read: ${messageOf(cause)}`, { cause });
