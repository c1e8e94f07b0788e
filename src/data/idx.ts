/**
 * IDX files of unsigned bytes, plain or gzip: magic 00 00 08 dims, one big-endian u32 per dimension, then the values,
 * last dimension fastest. Nothing is allocated on the word of a header: a size counts once as many bytes are there.
 */
import { asBytes, type Bytes } from '../as-bytes.ts';
import { ArgumentError, DataError } from '../errors.ts';
import { shown } from '../shown.ts';
import { chunks, concat, hex, nameOf, readBytes, type Source } from './bytes.ts';

export interface Idx {
  /** [count] for labels, [count, rows, columns] for images. */
  readonly shape: readonly number[];
  /** [...shape], row-major. */
  readonly data: Uint8Array;
}

/**
 * Reads an IDX file, plain or gzip, from a path, URL, Blob or memory; `what` is its name in messages.
 * Throws DataError when it is not there, not IDX of unsigned bytes, cut short, too long or damaged.
 */
export async function readIdx(source: Source, what = nameOf(source)): Promise<Idx> {
  const bytes = await readBytes(source);
  if (!bytes) throw new DataError(`${what}: no such file`);
  return parseIdx(await unpack(bytes, what), what);
}

/** `data` is a view of `source`, which must be a plain IDX file and nothing more. */
export function parseIdx(source: Bytes, what: string): Idx {
  const bytes = asBytes(source, what);
  if (!bytes) throw new ArgumentError(`${what}: expected bytes, found ${shown(source)}`);
  const headerEnd = headerLength(bytes, what);
  if (bytes.length < headerEnd) fail(what, bytes.length, `a header of ${headerEnd} bytes`, 'the end of the file');
  const shape = sizes(bytes, what);
  const end = fileLength(shape);
  if (bytes.length !== end) {
    fail(what, Math.min(bytes.length, end), `${end} bytes for shape [${shape}]`, `${bytes.length} bytes`);
  }
  return { shape, data: bytes.subarray(headerEnd) };
}

/** The plain file: gzip is unpacked, but never further than the IDX header inside promises. */
export async function unpack(bytes: Uint8Array, what: string): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const parts: Uint8Array[] = [];
  let length = 0;
  let promised: number | undefined;
  try {
    for await (const part of chunks(packed.pipeThrough(new DecompressionStream('gzip')))) {
      parts.push(part);
      length += part.length;
      promised ??= promisedLength(concat(parts), what);
      if (promised !== undefined && length > promised) fail(what, promised, `${promised} unpacked bytes`, 'more');
    }
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(`${what}: damaged gzip after ${length} unpacked bytes: ${(cause as Error).message}`, { cause });
  }
  return concat(parts);
}

export async function pack(bytes: Uint8Array): Promise<Uint8Array> {
  const plain = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  return new Uint8Array(await new Response(plain.pipeThrough(new CompressionStream('gzip'))).arrayBuffer());
}

function promisedLength(start: Uint8Array, what: string): number | undefined {
  return start.length >= headerLength(start, what) ? fileLength(sizes(start, what)) : undefined;
}

/** 4 + 4 dims, after a look at the magic number; 4 while that is not there. */
function headerLength(bytes: Uint8Array, what: string): number {
  if (bytes.length < 4) return 4;
  const [zero, zeroToo, type, dims] = bytes as unknown as [number, number, number, number];
  if (zero || zeroToo || type !== 8 || !dims)
    fail(what, 0, 'IDX magic 00 00 08 (dims)', hex(bytes.subarray(0, 4), ' '));
  return 4 + 4 * dims;
}

function sizes(bytes: Uint8Array, what: string): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: bytes[3] }, (_, i) => {
    const size = view.getUint32(4 + 4 * i);
    if (size === 0) fail(what, 4 + 4 * i, `a size of at least 1 for dimension ${i}`, '0');
    return size;
  });
}

const fileLength = (shape: readonly number[]): number => 4 + 4 * shape.length + shape.reduce((a, b) => a * b, 1);

function fail(what: string, offset: number, expected: string, found: string): never {
  throw new DataError(`${what}: byte ${offset}: expected ${expected}, found ${found}`);
}
