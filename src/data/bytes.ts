/** Reads bytes from anywhere: memory, a Blob, a path or a URL. It never reads more than a limit. */
import { asBytes, type Bytes, tagOf } from '../base/as-bytes.ts';
import { blobParts, collect, limited, type Opened } from '../base/byte-stream.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import type { Slices } from '../base/slices.ts';
import { type Files, platform } from '../platform/platform.ts';
import { download } from './download.ts';
import type { OpenOptions } from './read-options.ts';

/** Where bytes come from: memory, a Blob or File, a URL, or a string, which is a path in Node unless it is a URL. */
export type Source = string | URL | Blob | Bytes;

/** More than there is of any set that trains on one device. */
export const MOST = 2 ** 30;

/** Measured in Chromium 138 on a slow core: 2,000 reads a second of a Blob, whatever their length up to 64 KiB, and 360 MB/s. */
const PACE = { gap: 2 ** 17, part: 2 ** 20, reads: 16 };

/** What a source is called in messages. */
export function nameOf(source: Source): string {
  if (typeof source === 'string') return source;
  if (isUrl(source)) return source.href;
  const named = isBlob(source) && 'name' in source;
  return named ? String(source.name) : 'bytes given';
}

/**
 * The parts of a source, for one reading, or undefined where there is no such file; those of a download have to be read, or
 * it goes on. Throws DataError naming the source when it is there but cannot be read, is known to be too long, or the server
 * does not answer; ArgumentError for a source of another kind.
 */
export async function open(source: Source, options: OpenOptions = {}): Promise<Opened | undefined> {
  const { maxBytes = MOST } = options;
  const where = nameOf(source);
  const found = await find(source, where, maxBytes, options);
  return found && limited(found, maxBytes);
}

async function find(
  source: Source,
  where: string,
  maxBytes: number,
  options: OpenOptions,
): Promise<Opened | undefined> {
  const bytes = asBytes(source, where);
  if (bytes) return { where, size: bytes.length, parts: [bytes] };
  if (isBlob(source)) return { where, size: source.size, parts: blobParts(source, where) };
  checkPlace(source);
  return platform.files && isFile(where) ? platform.files.open(where) : download(where, maxBytes, options);
}

/** Opens a source whose bytes are read by their places. Throws as `open`, and DataError for one that is no file. */
export async function openSlices(source: Source): Promise<Slices> {
  const where = nameOf(source);
  const bytes = asBytes(source, where);
  if (bytes) return slicesOf(where, bytes.length, async (at, end) => bytes.subarray(at, end));
  if (isBlob(source)) return slicesOf(where, source.size, (at, end) => bytesOfBlob(source.slice(at, end), where));
  checkPlace(source);
  const files = isFile(where) ? platform.files : undefined;
  const opened = await files?.openSlices(where);
  if (opened) return opened;
  const hint = 'only a file is read in slices; download it and give the Blob: await (await fetch(url)).blob()';
  throw new DataError(`${where}: ${files ? 'no such file' : hint}`);
}

const slicesOf = (where: string, size: number, slice: (at: number, end: number) => Promise<Uint8Array>): Slices => ({
  where,
  size,
  pace: PACE,
  read: async (at, into) => into.set(await slice(at, at + into.length)),
  close: async () => {},
});

async function bytesOfBlob(blob: Blob, where: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw new DataError(`${where}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function checkPlace(source: unknown): asserts source is string | URL {
  if (typeof source === 'string' || isUrl(source)) return;
  throw new ArgumentError(`expected a path, URL, Blob or bytes, found ${showValue(source)}`);
}

/** The bytes, nobody else's to change. Throws DataError if there is no such file, and as `open`. */
export async function readBytes(source: Source, options: OpenOptions = {}): Promise<Uint8Array> {
  const opened = await open(source, options);
  if (!opened) throw new DataError(`${nameOf(source)}: no such file`);
  return collect(opened);
}

/**
 * Writes a file; of several writes to one file the last that was asked for is in it at the end. Throws ArgumentError for what
 * is no path or file URL, or where there are no files.
 */
export function writerTo(path: string | URL): (bytes: Promise<Uint8Array>) => Promise<void> {
  const { files, name } = fileAt(path, 'save: expected a path, or none to get only the bytes');
  return (bytes) => files.write(name, bytes);
}

/** The name of a file and what reads it. Throws ArgumentError if this is not a path or a file URL, or in a browser. */
export function fileAt(path: string | URL, expected: string): { readonly files: Files; readonly name: string } {
  const { files } = platform;
  const isPath = typeof path === 'string' || isUrl(path);
  if (files && isPath && isFile(nameOf(path))) return { files, name: nameOf(path) };
  const found = isPath && !files ? 'a path, but a browser has no file system' : showValue(path);
  throw new ArgumentError(`${expected}, found ${found}`);
}

export const isUrl = (value: unknown): value is URL => tagOf(value) === 'URL';

export const isBlob = (value: unknown): value is Blob => ['Blob', 'File'].includes(tagOf(value));

/** A path, which may hold a colon, or a file URL. */
const isFile = (where: string): boolean =>
  where.startsWith('file:') || !/^(?:[a-z][a-z0-9+.-]*:\/\/|blob:|data:)/i.test(where);

export const hex = (bytes: Uint8Array, separator = ''): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(separator);
