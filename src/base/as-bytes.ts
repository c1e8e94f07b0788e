/**
 * Arrays and bytes of any realm. `instanceof` fails for arrays of an iframe or of node:vm, and a Buffer overrides methods of
 * Uint8Array (its `slice` copies nothing). So the kind is read from the array itself, and bytes are read through a
 * Uint8Array of our own.
 */
import { ArgumentError } from './errors.ts';

/** Bytes in memory: any array buffer, typed array, DataView or Node Buffer. */
export type Bytes = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/** What the %TypedArray% of every realm answers from the array's own slot; undefined for anything else. */
const { get: nameIn } = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
) as { get(this: unknown): string | undefined };

/** 'Float32Array', 'Uint8Array' also for a Buffer; undefined for what is no typed array, DataView included. */
export const typedArrayName = (value: unknown): string | undefined => nameIn.call(value);

export const isTypedArray = (value: unknown): value is ArrayBufferView & ArrayLike<number | bigint> =>
  typedArrayName(value) !== undefined;

export const isFloat32Array = (value: unknown): value is Float32Array => typedArrayName(value) === 'Float32Array';

/** Of any width. */
export const isFloats = (value: unknown): value is Float32Array | Float64Array =>
  /^Float\d+Array$/.test(typedArrayName(value) ?? '');

/** A Uint8Array, a Buffer, or the clamped bytes of an ImageData. */
export const isUint8Array = (value: unknown): value is Uint8Array =>
  /^Uint8(Clamped)?Array$/.test(typedArrayName(value) ?? '');

/** 'Blob', 'ArrayBuffer', 'URL': what an object of the platform calls itself, in whatever realm it was made. */
export function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice('[object '.length, -1);
  } catch {
    return ''; // a Proxy that was revoked
  }
}

/**
 * The memory of an ArrayBuffer, a SharedArrayBuffer, a typed array or a DataView, as a plain Uint8Array on the same
 * memory; undefined for anything else. Throws ArgumentError where the buffer has gone elsewhere, as by postMessage.
 */
export function asBytes(value: unknown, what = 'bytes'): Uint8Array | undefined {
  try {
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    if (['ArrayBuffer', 'SharedArrayBuffer'].includes(tagOf(value))) return new Uint8Array(value as ArrayBuffer);
  } catch (cause) {
    // Of what is left in reach, a detached buffer or a view that ends past a buffer made smaller.
    throw new ArgumentError(`${what}: expected bytes, found a buffer that is detached or shorter than its view`, {
      cause,
    });
  }
  return undefined;
}

/**
 * The same as a copy, in memory that is nobody else's: neither shared with a thread nor resizable, which web APIs refuse,
 * and not changed by a later write.
 */
export function copyBytes(value: unknown, what?: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = asBytes(value, what);
  return bytes && new Uint8Array(bytes);
}
