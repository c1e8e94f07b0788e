/**
 * ZIP files in memory (PKWARE's APPNOTE 6.3): the directory at the end says where each file is and how long. What it promises is
 * checked before anything is unpacked, and what is unpacked against what was promised.
 */
import { decompress, growing, PIECE, pieces } from '../base/byte-stream.ts';
import { crc32 } from '../base/crc32.ts';
import { DataError, RetrogradError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';

/** A file in the directory. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes of the file, once unpacked. */
  readonly size: number;
  /** The bytes. Throws DataError for damage. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

const [END, DIRECTORY, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];
/** What stands in 16 and 32 bits for a number that is in a record of zip64. */
const [BEYOND_16, BEYOND_32] = [0xffff, 0xffffffff];

/** The files. Throws DataError for damage, and for more than `maxBytes` in all. */
export function zipEntries(bytes: Uint8Array, what: string, maxBytes: number): readonly ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = endOf(view, what);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === BEYOND_16 || at === BEYOND_32) fail(what, end, 'a ZIP file of less than 4 GiB', 'zip64');
  let total = 0;
  return Array.from({ length: count }, () => {
    const { entry, size, next } = entryAt(bytes, view, at, end, what);
    at = next;
    total += size;
    if (total > maxBytes) fail(what, at, `at most ${maxBytes} bytes once unpacked`, `${total} or more`);
    return entry;
  });
}

/** Where the record at the end is, which a comment may follow. */
function endOf(view: DataView, what: string): number {
  const first = Math.max(0, view.byteLength - 22 - BEYOND_16);
  for (let at = view.byteLength - 22; at >= first; at--) if (view.getUint32(at, true) === END) return at;
  return fail(what, view.byteLength, 'the end of a ZIP file', 'none: it is no ZIP file, or cut short');
}

function entryAt(bytes: Uint8Array, view: DataView, at: number, end: number, what: string) {
  if (at + 46 > end || view.getUint32(at, true) !== DIRECTORY) fail(what, at, 'an entry of the directory', 'none');
  const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  const [sum, packed, size] = [16, 20, 24].map((offset) => view.getUint32(at + offset, true));
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
  const start = view.getUint32(at + 42, true);
  const next = at + 46 + nameLength + extraLength + commentLength;
  if (next > end) fail(what, at, 'an entry of the directory', 'the end of it');
  const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
  const where = `${what}: ${showValue(name)}`;
  if ([packed, size, start].includes(BEYOND_32)) fail(where, at, 'a file of less than 4 GiB', 'zip64');
  if (flags & 1) fail(where, at + 8, 'a file without a password', 'an encrypted one');
  if (method !== 0 && method !== 8) fail(where, at + 10, 'method 0 (stored) or 8 (deflated)', `${method}`);
  const read = async (): Promise<Uint8Array<ArrayBuffer>> => {
    const content = contentAt(bytes, view, start, packed, where);
    const unpacked = method === 0 ? content.slice() : await inflated(content, size, where);
    if (unpacked.length !== size) fail(where, start, `${size} bytes`, `${unpacked.length}`);
    if (crc32(unpacked) !== sum) fail(where, start, `CRC-32 ${sum}`, `${crc32(unpacked)}`);
    return unpacked;
  };
  return { entry: { name, size, read }, size, next };
}

/** The bytes of a file as they are packed, behind a header whose lengths may differ from those in the directory. */
function contentAt(bytes: Uint8Array, view: DataView, start: number, packed: number, where: string): Uint8Array {
  if (start + 30 > bytes.length || view.getUint32(start, true) !== LOCAL) fail(where, start, 'a file', 'none');
  const from = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
  if (from + packed > bytes.length) fail(where, from, `${packed} bytes`, `${Math.max(0, bytes.length - from)}`);
  return bytes.subarray(from, from + packed);
}

/** Unpacked to one byte more than `size` at most. */
async function inflated(content: Uint8Array, size: number, where: string): Promise<Uint8Array<ArrayBuffer>> {
  const read = growing(where);
  try {
    for await (const part of decompress(pieces([content], PIECE), 'deflate-raw')) {
      read.push(part, size);
      if (read.length > size) throw new DataError(`${where}: expected ${size} unpacked bytes, found more`);
    }
    return read.bytes;
  } catch (cause) {
    if (cause instanceof RetrogradError) throw cause;
    const { message } = cause as Error;
    throw new DataError(`${where}: damaged after ${read.length} unpacked bytes: ${message}`, { cause });
  }
}

function fail(what: string, byte: number, expected: string, found: string): never {
  throw new DataError(`${what}: byte ${byte}: expected ${expected}, found ${found}`);
}
