/**
 * IDX files of unsigned bytes, plain or gzip: magic 00 00 08 dims, one big-endian u32 per dimension, then the values, last
 * dimension fastest. The sizes of a header are not trusted: memory is allocated only for bytes that have arrived.
 */
import { asBytes, type Bytes } from '../base/as-bytes.ts';
import { concat, decompress, growing, type Opened, PIECE, pieces } from '../base/byte-stream.ts';
import { ArgumentError, DataError, RetrogradError } from '../base/errors.ts';
import { firstWhere } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import { hex, MOST, nameOf, open, type Source } from './bytes.ts';
import type { Npy } from './npy.ts';
import { checkLimits, type ReadLimits } from './read-options.ts';

/** Contents of an IDX file of bytes. */
export interface Idx {
  /** `[count]` for labels, `[count, rows, columns]` for images. */
  readonly shape: readonly number[];
  /** The bytes, row-major. */
  readonly data: Uint8Array;
}

/**
 * Reads an IDX file of unsigned bytes, plain or gzip.
 *
 * @param source The file: bytes, a Blob, a URL or, in Node, a path.
 * @param what Name of the file in messages. Default: its path or URL.
 * @param limits The longest file and the longest time.
 * @throws {ArgumentError} For an invalid source or limit.
 * @throws {DataError} For a file that is missing, not IDX of unsigned bytes, cut short, too long or damaged, with the byte.
 */
export async function readIdx(source: Source, what = nameOf(source), limits: ReadLimits = {}): Promise<Idx> {
  checkLimits('readIdx', limits);
  const opened = await open(source, limits);
  if (!opened) throw new DataError(`${what}: no such file`);
  return parseIdx(await readPlain(opened, what, limits.maxBytes ?? MOST), what);
}

/**
 * Parses an IDX file of unsigned bytes that is in memory, not compressed.
 *
 * @param source The bytes of the file; `data` of the result is a view of them.
 * @param what Name of the file in messages.
 * @throws {ArgumentError} For a source that is not bytes.
 * @throws {DataError} For an invalid file, with the byte, what was expected and what was found.
 */
export function parseIdx(source: Bytes, what: string): Idx {
  const bytes = asBytes(source, what);
  if (!bytes) throw new ArgumentError(`${what}: expected bytes, found ${showValue(source)}`);
  const headerEnd = headerLength(bytes, what);
  if (bytes.length < headerEnd) fail(what, bytes.length, `a header of ${headerEnd} bytes`, 'the end of the file');
  const shape = sizes(bytes, what);
  checkLength(what, bytes.length, shape);
  return { shape, data: bytes.subarray(headerEnd) };
}

/**
 * The plain file, unpacked where it is gzip, and no further than the IDX header inside promises. That is looked at as soon as
 * it has come, and may promise `maxBytes` at most.
 */
export async function readPlain(opened: Opened, what: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const read = growing(what);
  const source = begun(pieces(opened.parts, PIECE), 2);
  let promised: number | undefined;
  try {
    const start = (await source.next()).value ?? new Uint8Array(0);
    const isPacked = start[0] === 0x1f && start[1] === 0x8b;
    const all = after(start, source);
    for await (const part of isPacked ? decompress(all, 'gzip') : all) {
      read.push(part, promised);
      promised ??= promisedLength(read.bytes, what, maxBytes, isPacked ? undefined : opened.size);
      if (promised !== undefined && read.length > promised) {
        fail(what, promised, `${promised}${isPacked ? ' unpacked' : ''} bytes`, 'more');
      }
    }
    return read.bytes;
  } catch (cause) {
    if (cause instanceof RetrogradError) throw cause;
    const { message } = cause as Error;
    throw new DataError(`${what}: damaged gzip after ${read.length} unpacked bytes: ${message}`, { cause });
  } finally {
    source.return().catch(() => {}); // not waited for, as it may hang on a server
  }
}

/** The same bytes, at least n of them in the first part where there are as many. */
async function* begun(parts: AsyncIterable<Uint8Array>, n: number): AsyncGenerator<Uint8Array, void> {
  let start: Uint8Array | undefined = new Uint8Array(0);
  for await (const part of parts) {
    if (start) {
      start = concat([start, part]);
      if (start.length < n) continue;
      yield start;
      start = undefined;
    } else yield part;
  }
  if (start?.length) yield start;
}

async function* after(start: Uint8Array, rest: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  yield start;
  yield* rest;
}

export async function pack(bytes: Uint8Array): Promise<Uint8Array> {
  const plain = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  return new Uint8Array(await new Response(plain.pipeThrough(new CompressionStream('gzip'))).arrayBuffer());
}

/** The size of the whole file, by its header. Throws DataError if it is too large, or not the size the file has. */
function promisedLength(start: Uint8Array, what: string, maxBytes: number, size?: number): number | undefined {
  if (start.length < headerLength(start, what)) return undefined;
  const shape = sizes(start, what);
  const promised = fileLength(shape);
  if (size !== undefined) checkLength(what, size, shape);
  if (promised > maxBytes) fail(what, 4, `at most ${maxBytes} bytes`, `${promised}`);
  return promised;
}

function checkLength(what: string, found: number, shape: readonly number[], each = 1): void {
  const end = fileLength(shape, each);
  if (found !== end) fail(what, Math.min(found, end), `${end} bytes for shape [${shape}]`, `${found} bytes`);
}

/** The file of an array. Throws DataError for a value that is no byte. */
export function formatIdx({ shape, data }: Npy, what: string): Uint8Array<ArrayBuffer> {
  const at = firstWhere(data as ArrayLike<number>, (value) => value !== (value & 255));
  if (at >= 0) throw new DataError(`${what}[${at}]: expected an integer from 0 to 255, found ${showValue(data[at])}`);
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  bytes.set([0, 0, UINT8, shape.length]);
  for (const [i, size] of shape.entries()) new DataView(bytes.buffer).setUint32(4 + 4 * i, size);
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

/** What the header of an IDX file says, whose values are read later. */
export interface IdxHeader {
  readonly shape: readonly number[];
  readonly type: 'uint8' | 'float32';
  /** Where the values begin, in bytes. */
  readonly start: number;
}

/** The most bytes that a header has. */
export const LONGEST_HEADER = 4 + 4 * 255;

/** The header of a file of `size` bytes, which has to have that size. Values may be bytes, or f32 with the last byte last. */
export function parseIdxHeader(bytes: Uint8Array, what: string, size: number): IdxHeader {
  const start = headerLength(bytes, what, [UINT8, FLOAT32]);
  if (bytes.length < start) fail(what, bytes.length, `a header of ${start} bytes`, 'the end of the file');
  const shape = sizes(bytes, what);
  const type = bytes[2] === UINT8 ? 'uint8' : 'float32';
  checkLength(what, size, shape, type === 'uint8' ? 1 : 4);
  return { shape, type, start };
}

/** Types of values, as the third byte of a file says. */
const UINT8 = 0x08;
const FLOAT32 = 0x0d;

/** 4 + 4 dims, after a look at the magic number; 4 while that is not there. */
function headerLength(bytes: Uint8Array, what: string, types = [UINT8]): number {
  if (bytes.length < 4) return 4;
  const [zero, zeroToo, type, dims] = bytes as unknown as [number, number, number, number];
  if (zero || zeroToo || !types.includes(type) || !dims) {
    const expected = types.map((type) => `00 00 ${hex(Uint8Array.of(type))} (dims)`).join(' or ');
    fail(what, 0, `IDX magic ${expected}`, hex(bytes.subarray(0, 4), ' '));
  }
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

/** Bytes of a whole file with this shape, `each` for a value. */
const fileLength = (shape: readonly number[], each = 1): number =>
  4 + 4 * shape.length + each * shape.reduce((a, b) => a * b, 1);

function fail(what: string, offset: number, expected: string, found: string): never {
  throw new DataError(`${what}: byte ${offset}: expected ${expected}, found ${found}`);
}
