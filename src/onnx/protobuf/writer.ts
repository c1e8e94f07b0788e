/**
 * Writes protobuf messages (protobuf.dev/programming-guides/encoding): each field is its number and wire type as one varint, then
 * the value. Lists of numbers are packed. The bytes of a tensor are copied once, into the file.
 */
import { ArgumentError } from '../../base/errors.ts';
import type { Field, Fields } from '../messages.ts';

/** What programs that read protobuf take. */
const LARGEST = 2 ** 31 - 1;

/** Wire types. */
const [VARINT, LENGTH, FIXED_32, FIXED_64] = [0, 2, 5, 1];

/**
 * The bytes of a message. What is undefined in it is left out.
 *
 * @throws {ArgumentError} For one of 2 GiB or more.
 */
export function encode(fields: Fields, message: object, what: string): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const size = write(parts, fields, message);
  if (size > LARGEST)
    throw new ArgumentError(`${what}: expected a file of less than 2 GiB, as protobuf allows, found ${size} bytes`);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Appends a message to the parts of a file -> its size. */
function write(parts: Uint8Array[], fields: Fields, message: object): number {
  let size = 0;
  const put = (part: Uint8Array): void => {
    parts.push(part);
    size += part.length;
  };
  const putLong = (number: number, inner: readonly Uint8Array[], length: number): void => {
    put(concat([varint(8 * number + LENGTH), varint(length)]));
    parts.push(...inner);
    size += length;
  };
  for (const [name, value] of Object.entries(message)) {
    if (value === undefined) continue;
    const { number, kind, repeated } = fields[name];
    const values: readonly unknown[] = repeated ? value : [value];
    if (isNumber(kind)) {
      const numbers = concat(values.map((one) => scalar(kind, one as number)));
      if (repeated) putLong(number, [numbers], numbers.length);
      else put(concat([varint(8 * number + wireType[kind]), numbers]));
      continue;
    }
    for (const one of values) {
      const inner: Uint8Array[] = [];
      if (typeof kind === 'function') putLong(number, inner, write(inner, kind(), one as object));
      else {
        const bytes = kind === 'text' ? new TextEncoder().encode(one as string) : (one as Uint8Array);
        putLong(number, [bytes], bytes.length);
      }
    }
  }
  return size;
}

const wireType = { int: VARINT, float: FIXED_32, double: FIXED_64 };

const isNumber = (kind: Field['kind']): kind is keyof typeof wireType =>
  typeof kind === 'string' && Object.hasOwn(wireType, kind);

function scalar(kind: keyof typeof wireType, value: number): Uint8Array {
  if (kind === 'int') return varint(value);
  const bytes = new DataView(new ArrayBuffer(kind === 'float' ? 4 : 8));
  if (kind === 'float') bytes.setFloat32(0, value, true);
  else bytes.setFloat64(0, value, true);
  return new Uint8Array(bytes.buffer);
}

/** Seven bits a byte, the lowest first; negative numbers in 64 bits. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.of(...bytes, Number(rest));
}

const concat = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
