/**
 * The safetensors format (github.com/huggingface/safetensors): header size N as a little-endian u64, N bytes of JSON with the
 * dtype, shape and place of each tensor, then the data of all of them without a gap, row-major. Numbers of every type are read
 * as 32-bit floats. A file is checked whole before any tensor is made of it, and no two may claim the same bytes, so memory
 * stays within four times its size.
 */
import { checkKeys } from '../base/arguments.ts';
import { asBytes, type Bytes, copyBytes, isFloat32Array } from '../base/as-bytes.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { isObject, repeatedName, tooDeep } from '../base/json.ts';
import { showValue, typeName } from '../base/show-value.ts';
import { type Shape, size, type Tensor } from '../base/tensor.ts';
import {
  bytesEach,
  isNumberType,
  isShort,
  NUMBER_TYPES,
  type NumberType,
  numbersOf,
  type StoredType,
  storedAs,
} from './number-types.ts';

/** Contents of a safetensors file. */
export interface TensorFile {
  /** Tensors by name, in the order of the file. */
  readonly tensors: Record<string, Tensor>;
  /** Strings by name. */
  readonly metadata: Record<string, string>;
  /**
   * Names of tensors with numbers that 32-bit floats do not hold, such as most of F64 and integers beyond 2²⁴: they have the
   * nearest that these hold.
   */
  readonly rounded: readonly string[];
}

/** Options of {@link formatSafetensors}. */
export interface FormatOptions {
  /** The type of the numbers in the file: F16 and BF16 take half the bytes, and round. Default: `'F32'`. */
  type?: StoredType;
}

/** A tensor as it is in a file. */
export interface StoredTensor {
  readonly dtype: NumberType;
  readonly shape: Shape;
  readonly bytes: Uint8Array;
}

/** Contents of a file as they are in it. */
export interface StoredFile {
  readonly stored: Readonly<Record<string, StoredTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const METADATA = '__metadata__';
const SIZE_BYTES = 8;
/** Bytes of a header; the limit of the format's own implementation. */
const LARGEST_HEADER = 100_000_000;
/** Brackets in brackets of a header: twice what the format has, so that there is a word for what else a file holds. */
const DEEPEST = 6;
/** What the data is aligned to, by spaces behind the header. */
const ALIGNMENT = 8;

/**
 * Writes a file in the [safetensors](https://github.com/huggingface/safetensors) format.
 *
 * @param tensors Tensors by name; the file keeps their order.
 * @param metadata Strings by name. Default: none.
 * @returns The bytes of the file.
 * @throws {ArgumentError} For data that is not a Float32Array of its shape, a number that does not fit in the type, metadata
 * that is not strings, or a tensor named `__metadata__`.
 */
export function formatSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
  options: FormatOptions = {},
): Uint8Array<ArrayBuffer> {
  checkKeys('safetensors', options, ['type']);
  return formatStored({ stored: storedIn('safetensors', tensors, options.type), metadata });
}

/** Tensors as they are to be in a file. Throws ArgumentError, beginning with `what`. */
export function storedIn(
  what: string,
  tensors: Readonly<Record<string, Tensor>>,
  type: StoredType = 'F32',
): Record<string, StoredTensor> {
  if (!isObject(tensors)) throw new ArgumentError(`${what}: expected tensors by name, found ${showValue(tensors)}`);
  if (type !== 'F32' && !isShort(type))
    throw new ArgumentError(`${what}: type must be 'F32', 'F16' or 'BF16', found ${showValue(type)}`);
  const entries = Object.entries(tensors).map(([name, tensor]) => {
    checkTensor(name, tensor);
    const { shape, data } = tensor;
    const bytes = asBytes(
      storedAs(type, data, (at, expected, found) => {
        throw new ArgumentError(`${what}: ${name}.data[${at}]: expected ${expected}, found ${showValue(found)}`);
      }),
    )!;
    return [name, { dtype: type, shape, bytes }] as const;
  });
  return Object.fromEntries(entries);
}

/** Writes a file. Throws ArgumentError for texts that are none, and for a tensor named `__metadata__`. */
export function formatStored({ stored, metadata }: StoredFile): Uint8Array<ArrayBuffer> {
  checkTexts('safetensors: metadata', metadata);
  if (Object.hasOwn(stored, METADATA)) throw new ArgumentError(`safetensors: no tensor may be named ${METADATA}`);
  let end = 0;
  const described = Object.entries(stored).map(([name, { dtype, shape, bytes }]) => {
    const begin = end;
    end += bytes.length;
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const texts = Object.keys(metadata).length > 0 ? [[METADATA, metadata] as const] : [];
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...texts, ...described])));
  const headerBytes = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(SIZE_BYTES + headerBytes + end).fill(0x20, SIZE_BYTES, SIZE_BYTES + headerBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(text, SIZE_BYTES);
  let at = SIZE_BYTES + headerBytes;
  // Every platform with WebGPU, and Node nearly everywhere, is little-endian.
  for (const { bytes } of Object.values(stored)) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/** Throws ArgumentError unless the value is an object of texts. */
export function checkTexts(what: string, value: unknown): void {
  if (!isObject(value)) throw new ArgumentError(`${what} must be strings by name, found ${showValue(value)}`);
  const bad = Object.entries(value).find(([, text]) => typeof text !== 'string');
  if (bad) throw new ArgumentError(`${what}.${bad[0]} must be a string, found ${showValue(bad[1])}`);
}

function checkTensor(name: string, tensor: Tensor): void {
  if (!isObject(tensor) || tensor.data === undefined)
    throw new ArgumentError(`safetensors: ${name}: expected { shape, data }, found ${showValue(tensor)}`);
  const { shape, data } = tensor;
  if (isFloat32Array(data) && isCounts(shape) && data.length === size(shape)) return;
  const found = isFloat32Array(data) ? `${data.length} values for shape ${showValue(shape)}` : showValue(data);
  throw new ArgumentError(`safetensors: ${name}.data: expected a Float32Array that fills its shape, found ${found}`);
}

/**
 * Reads a file in the [safetensors](https://github.com/huggingface/safetensors) format. Floats of 16 and 64 bits, integers and
 * booleans become 32-bit floats.
 *
 * @param source The bytes of the file.
 * @param where Name of the file in messages. Default: `'safetensors'`.
 * @throws {ArgumentError} For a source that is not bytes.
 * @throws {DataError} For an invalid file, floats of 8 bits and other types, or a number too large for a 32-bit float, with the
 * byte or tensor, what was expected and what was found.
 */
export const parseSafetensors = (source: Bytes, where = 'safetensors'): TensorFile =>
  tensorsOf(parseStored(source, where), where);

/** Reads a file, with its tensors as they are in it: parts of the same memory. Throws as `parseSafetensors`. */
export function parseStored(source: Bytes, where: string): StoredFile {
  const bytes = asBytes(source, where);
  if (!bytes) throw new ArgumentError(`${where}: expected bytes, found ${showValue(source)}`);
  const start = SIZE_BYTES + headerSize(bytes, where);
  const { [METADATA]: metadata = {}, ...described } = parseHeader(copyBytes(bytes.subarray(SIZE_BYTES, start))!, where);
  const data = bytes.subarray(start);
  const places = Object.entries(described).map(([name, entry]) => placeOf(name, entry, data.length, where));
  checkTiling(places, data.length, start, where);
  const stored = places.map(({ name, dtype, shape, begin, end }) => {
    return [name, { dtype, shape, bytes: data.subarray(begin, end) }] as const;
  });
  return { stored: Object.fromEntries(stored), metadata: textsOf(metadata, where) };
}

/** The tensors of a file as 32-bit floats. Throws DataError for a number that these cannot be near to. */
export function tensorsOf({ stored, metadata }: StoredFile, where: string): TensorFile {
  const rounded: string[] = [];
  const tensors = Object.entries(stored).map(([name, { dtype, shape, bytes }]) => {
    const { data, isRounded } = numbersOf(dtype, copyBytes(bytes)!, (at, expected, found) => {
      throw new DataError(`${where}: ${name}: value ${at}: expected ${expected}, found ${showValue(found)}`);
    });
    if (isRounded) rounded.push(name);
    return [name, { shape, data }] as const;
  });
  return { tensors: Object.fromEntries(tensors), metadata, rounded };
}

function headerSize(bytes: Uint8Array, where: string): number {
  if (bytes.length < SIZE_BYTES) {
    throw new DataError(
      `${where}: expected the size of a header in the first ${SIZE_BYTES} bytes, found ${bytes.length}`,
    );
  }
  const found = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const most = Math.min(bytes.length - SIZE_BYTES, LARGEST_HEADER);
  if (found <= BigInt(most)) return Number(found);
  const limit = most === LARGEST_HEADER ? 'the largest allowed' : `as the file has ${bytes.length}`;
  const expected = `the size of a safetensors header, at most ${most} bytes, ${limit}`;
  const hint = bytes[0] === 0x7b ? '; this looks like JSON: joinShards reads the index of a file in parts' : ''; // {
  throw new DataError(`${where}: byte 0: expected ${expected}, found ${found}${hint}`);
}

function parseHeader(bytes: Uint8Array, where: string): Record<string, unknown> {
  const text = attempt(
    () => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
    'in UTF-8',
    where,
  );
  const byteOf = (at: number) => SIZE_BYTES + new TextEncoder().encode(text.slice(0, at)).length;
  const deep = tooDeep(text, DEEPEST);
  if (deep !== undefined) {
    throw new DataError(`${where}: byte ${byteOf(deep)}: expected a header nested at most ${DEEPEST} deep, found more`);
  }
  const header = attempt((): unknown => JSON.parse(text), 'in JSON', where);
  if (!isObject(header)) {
    throw new DataError(`${where}: byte ${SIZE_BYTES}: expected a JSON object, found ${typeName(header)}`);
  }
  const repeated = repeatedName(text);
  if (!repeated) return header;
  throw new DataError(
    `${where}: byte ${byteOf(repeated.at)}: expected every name once, found ${showValue(repeated.name)} twice`,
  );
}

function attempt<T>(read: () => T, expected: string, where: string): T {
  try {
    return read();
  } catch (cause) {
    const { message } = cause as Error;
    throw new DataError(`${where}: byte ${SIZE_BYTES}: expected a header ${expected}: ${message}`, { cause });
  }
}

interface Place {
  readonly name: string;
  readonly dtype: NumberType;
  readonly shape: Shape;
  /** Bytes, from the beginning of the data. */
  readonly begin: number;
  readonly end: number;
}

function placeOf(name: string, entry: unknown, length: number, where: string): Place {
  const fail = (what: string, expected: string, found: unknown): never => {
    throw new DataError(`${where}: ${name}${what}: expected ${expected}, found ${showValue(found)}`);
  };
  if (!isObject(entry)) return fail('', '{ dtype, shape, data_offsets }', entry);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isNumberType(dtype)) return fail('.dtype', NUMBER_TYPES.join(', '), dtype);
  if (!isCounts(shape)) return fail('.shape', 'integers ≥ 0', shape);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1] || offsets[1] > length) {
    return fail('.data_offsets', `[begin, end] within the ${length} bytes of data`, offsets);
  }
  const [begin, end] = offsets;
  const bytes = bytesEach(dtype) * size(shape);
  if (end - begin !== bytes)
    return fail('.data_offsets', `${bytes} bytes of ${dtype} for shape [${shape}]`, end - begin);
  return { name, dtype, shape, begin, end };
}

/** Throws DataError unless the places follow each other from the first byte of the data to the last. */
function checkTiling(places: readonly Place[], length: number, start: number, where: string): void {
  const inOrder = places.toSorted((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  let before = 'the header';
  for (const place of inOrder) {
    if (place.begin !== end) {
      const expected = `${place.name} to begin at byte ${start + end}, after ${before}`;
      const found = `${place.begin < end ? 'an overlap' : 'a gap'}: it begins at byte ${start + place.begin}`;
      throw new DataError(`${where}: expected ${expected}, found ${found}`);
    }
    end = place.end;
    before = place.name;
  }
  if (end !== length) {
    throw new DataError(
      `${where}: byte ${start + end}: expected the file to end after ${before}, found ${length - end} more bytes`,
    );
  }
}

function textsOf(metadata: unknown, where: string): Record<string, string> {
  if (!isObject(metadata)) {
    throw new DataError(`${where}: ${METADATA}: expected an object of strings, found ${typeName(metadata)}`);
  }
  for (const [name, text] of Object.entries(metadata)) {
    if (typeof text === 'string') continue;
    throw new DataError(`${where}: ${METADATA}.${name}: expected a string, found ${typeName(text)}`);
  }
  return metadata as Record<string, string>;
}

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
