/** Bytes from wherever they are: memory, a Blob, a path, a URL. A server that falls silent fails in seconds. */
import { type Bytes, copyBytes, tagOf } from '../as-bytes.ts';
import { ArgumentError, DataError } from '../errors.ts';
import { platform } from '../platform.ts';
import { shown } from '../shown.ts';

/** A string is a URL where it has a scheme or there are no files (a browser), else a path. */
export type Source = string | URL | Blob | Bytes;

/** Bytes of one file received so far, and of how many where the server says. */
export interface Progress {
  file: string;
  received: number;
  total: number | undefined;
}

export type OnProgress = (progress: Progress) => void;

/** What a source is called in messages. */
export function nameOf(source: Source): string {
  if (typeof source === 'string') return source;
  if (isUrl(source)) return source.href;
  const named = isBlob(source) && 'name' in source;
  return named ? String(source.name) : 'bytes given';
}

/**
 * The bytes, nobody else's to change, or undefined where there is no such file.
 * Throws DataError naming the source when it is there but cannot be read, or the server does not answer;
 * ArgumentError for a source of another kind.
 */
export async function readBytes(source: Source, onProgress?: OnProgress): Promise<Uint8Array | undefined> {
  const bytes = copyBytes(source, nameOf(source));
  if (bytes) return bytes;
  if (isBlob(source)) return new Uint8Array(await source.arrayBuffer());
  if (typeof source !== 'string' && !isUrl(source)) {
    throw new ArgumentError(`expected a path, URL, Blob or bytes, found ${shown(source)}`);
  }
  const where = nameOf(source);
  return platform.files && isFile(where) ? platform.files.read(where) : download(where, onProgress);
}

/** Writes a file. Throws ArgumentError for what is no path or file URL, or where there are no files. */
export function writerTo(path: string | URL): (bytes: Uint8Array) => Promise<void> {
  const { files } = platform;
  const isPath = typeof path === 'string' || isUrl(path);
  if (files && isPath && isFile(nameOf(path))) return (bytes) => files.write(nameOf(path), bytes);
  const found = isPath && !files ? 'a path where there are no files, as in a browser' : shown(path);
  throw new ArgumentError(`save: expected a path, or none and the bytes are yours to keep; found ${found}`);
}

export const isUrl = (value: unknown): value is URL => tagOf(value) === 'URL';
const isBlob = (value: unknown): value is Blob => ['Blob', 'File'].includes(tagOf(value));

/** A path, which may hold a colon, or a file URL. */
const isFile = (where: string): boolean =>
  where.startsWith('file:') || !/^(?:[a-z][a-z0-9+.-]*:\/\/|blob:|data:)/i.test(where);

const patience = 5000; // ms without a byte

async function download(url: string, onProgress?: OnProgress): Promise<Uint8Array | undefined> {
  const silence = new AbortController();
  const giveUp = () => silence.abort(new Error(`no answer within ${patience / 1000} s`));
  let timer = setTimeout(giveUp, patience);
  try {
    const response = await fetch(url, { signal: silence.signal });
    if (response.status === 404 || isPage(response)) return undefined;
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status} ${response.statusText}`);
    const parts: Uint8Array[] = [];
    let received = 0;
    for await (const part of chunks(response.body)) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, patience);
      parts.push(part);
      received += part.length;
      onProgress?.({ file: url, received, total: lengthOf(response) });
    }
    return concat(parts);
  } catch (cause) {
    throw new DataError(`${url}: ${reason(cause)}`, { cause });
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/** Development servers answer with their front page for what is not there. */
const isPage = (response: Response): boolean => !!response.headers.get('content-type')?.startsWith('text/html');

function lengthOf({ headers }: Response): number | undefined {
  const length = Number(headers.get('content-length'));
  return length > 0 && !headers.has('content-encoding') ? length : undefined;
}

/** fetch says only 'fetch failed' and keeps why in `cause`. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

export async function* chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

export const hex = (bytes: Uint8Array, separator = ''): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(separator);
