/**
 * NumPy's files of one array, versions 1 to 3: the magic 93 "NUMPY", a version, the length of the header, the header as a Python
 * dictionary with descr, fortran_order and shape, then the values. The sizes of a header are not trusted: they have to be those of
 * the file.
 */
import { DataError } from '../base/errors.ts';
import { halfOf } from '../base/half.ts';
import { rowMajor } from '../base/row-major.ts';
import { showValue } from '../base/show-value.ts';
import { size as sizeOf } from '../base/tensor.ts';
import { hex, MOST, nameOf, type Source } from './bytes.ts';
import { checkLimits, type ReadLimits } from './read-options.ts';
import { readUnpacked } from './read-unpacked.ts';

/** The values of an array: booleans as 0 and 1, halves as 32-bit floats, integers of 64 bits as those of 32. */
export type NpyData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** An array of NumPy. */
export interface Npy {
  /** `[60000, 28, 28]`; `[]` for a single value. */
  readonly shape: readonly number[];
  /** The values, row-major, whatever their order in the file. */
  readonly data: NpyData;
}

/**
 * Reads an array that `numpy.save` wrote: of booleans, integers of 8 to 64 bits, or floats of 16 to 64 bits, in either byte order
 * and in C or Fortran order. {@link fromArrays} makes a data set of such arrays.
 *
 * @param source The file, plain or gzip: bytes, a Blob, a URL or, in Node, a path.
 * @throws {ArgumentError} For an invalid source or limit.
 * @throws {DataError} For a file that is missing, too long, damaged or of another type, with the byte, and for an integer that does
 * not fit in 32 bits.
 */
export async function npy(source: Source, limits: ReadLimits = {}): Promise<Npy> {
  checkLimits('npy', limits);
  return parseNpy(await readUnpacked(source, { maxBytes: MOST, ...limits }), nameOf(source));
}

/** The array in a file in memory. */
export function parseNpy(bytes: Uint8Array, what: string): Npy {
  const { text, start } = headerOf(bytes, what);
  const { descr, isFortran, shape } = parsed(text, what);
  const [, order, type] = /^([<>|=])(\w+)$/.exec(descr) ?? [];
  const read = Object.hasOwn(readers, type ?? '') ? readers[type] : undefined;
  if (!read) fail(what, HEADER, 'a type of booleans, integers or floats', showValue(descr));
  const each = type === 'b1' ? 1 : Number(type.slice(1));
  const end = start + each * sizeOf(shape);
  if (bytes.length !== end)
    fail(what, Math.min(bytes.length, end), `${end} bytes for shape [${shape}] of ${descr}`, `${bytes.length} bytes`);
  const values = inOrderOfMachine(bytes.slice(start), each, order === '>');
  const data = read(values, (at, expected, found) => {
    throw new DataError(`${what}: value ${at}: expected ${expected}, found ${found}`);
  });
  return { shape, data: isFortran ? rowMajor(data, shape, fortranStrides(shape), data.slice()) : data };
}

/** Where the header begins in a file of version 1. */
const HEADER = 10;
/** Longer ones describe records of many fields. */
const LONGEST_HEADER = 2 ** 16;

function headerOf(bytes: Uint8Array, what: string): { text: string; start: number } {
  if (hex(bytes.subarray(0, 6)) !== '934e554d5059')
    fail(what, 0, 'the magic 93 4e 55 4d 50 59 of NumPy', hex(bytes.subarray(0, 6), ' ') || 'an empty file');
  const major = bytes[6];
  if (!(major >= 1 && major <= 3)) fail(what, 6, 'version 1, 2 or 3', `${major ?? 'the end of the file'}`);
  const from = major === 1 ? HEADER : HEADER + 2;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < from) fail(what, bytes.length, 'the length of the header', 'the end of the file');
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LONGEST_HEADER || from + length > bytes.length)
    fail(what, 8, `a header of at most ${Math.min(LONGEST_HEADER, bytes.length - from)} bytes`, `${length}`);
  return { text: new TextDecoder().decode(bytes.subarray(from, from + length)), start: from + length };
}

/** The three entries of a header, in any order. */
function parsed(text: string, what: string): { descr: string; isFortran: boolean; shape: readonly number[] } {
  const entries = new Map<string, string>();
  const entry = /\s*'(descr|fortran_order|shape)':\s*('[^']*'|\[.*\]|True|False|\([\d, L]*\))\s*,?/y;
  const body = /^\{(.*)\}\s*$/s.exec(text)?.[1] ?? fail(what, HEADER, 'a header in braces', showValue(text));
  while (entry.lastIndex < body.trimEnd().length) {
    const at = entry.lastIndex;
    const [, key, value] =
      entry.exec(body) ?? fail(what, HEADER, 'descr, fortran_order and shape', showValue(body.slice(at)));
    entries.set(key, value);
  }
  const [descr, order, sizes] = ['descr', 'fortran_order', 'shape'].map(
    (key) => entries.get(key) ?? fail(what, HEADER, `an entry ${key}`, showValue(text)),
  );
  const shape = (sizes.match(/\d+/g) ?? []).map(Number);
  if (
    !sizes.startsWith('(') ||
    !/^(True|False)$/.test(order) ||
    shape.length > 64 ||
    !shape.every(Number.isSafeInteger)
  )
    fail(what, HEADER, 'an order of True or False and a shape of at most 64 sizes', showValue(text));
  return { descr: descr.startsWith("'") ? descr.slice(1, -1) : descr, isFortran: order === 'True', shape };
}

type Refuse = (at: number, expected: string, found: unknown) => never;

/** By type, without the byte order. */
const readers: Readonly<Record<string, (bytes: Uint8Array<ArrayBuffer>, refuse: Refuse) => NpyData>> = {
  b1: (bytes) => bytes.map((byte) => Number(byte !== 0)),
  u1: (bytes) => bytes,
  i1: ({ buffer }) => new Int8Array(buffer),
  u2: ({ buffer }) => new Uint16Array(buffer),
  i2: ({ buffer }) => new Int16Array(buffer),
  u4: ({ buffer }) => new Uint32Array(buffer),
  i4: ({ buffer }) => new Int32Array(buffer),
  u8: ({ buffer }, refuse) => narrowed(new Uint32Array(buffer), refuse),
  i8: ({ buffer }, refuse) => narrowed(new Int32Array(buffer), refuse),
  f2: ({ buffer }) => Float32Array.from(new Uint16Array(buffer), halfOf),
  f4: ({ buffer }) => new Float32Array(buffer),
  f8: ({ buffer }) => new Float64Array(buffer),
};

/** Integers of 64 bits, given as low and high halves, in 32 bits. */
function narrowed<Data extends Int32Array | Uint32Array>(halves: Data, refuse: Refuse): Data {
  const data = halves.slice(halves.length / 2) as Data;
  for (let i = 0; i < data.length; i++) {
    data[i] = halves[2 * i];
    const high = halves[2 * i + 1];
    if (high === (data[i] < 0 ? -1 : 0)) continue;
    refuse(i, 'an integer that fits in 32 bits', (BigInt(high) << 32n) + BigInt(halves[2 * i] >>> 0));
  }
  return data;
}

/** Turns the bytes of each value round if they are big-endian. All machines with WebGPU are little-endian. */
function inOrderOfMachine(bytes: Uint8Array<ArrayBuffer>, each: number, isBig: boolean): Uint8Array<ArrayBuffer> {
  if (isBig && each > 1) for (let at = 0; at < bytes.length; at += each) bytes.subarray(at, at + each).reverse();
  return bytes;
}

/** Steps between places of each axis of an array in Fortran order, first axis fastest. */
const fortranStrides = (shape: readonly number[]): number[] => shape.map((_, axis) => sizeOf(shape.slice(0, axis)));

function fail(what: string, byte: number, expected: string, found: string): never {
  throw new DataError(`${what}: byte ${byte}: expected ${expected}, found ${found}`);
}
