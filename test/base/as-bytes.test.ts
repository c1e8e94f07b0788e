/** Bytes and arrays as they come from elsewhere: views, other realms, shared, resizable and detached memory. */
import { describe, expect, test } from 'vitest';
import {
  asBytes,
  copyBytes,
  isFloat32Array,
  isFloats,
  isTypedArray,
  isUint8Array,
  tagOf,
} from '../../src/base/as-bytes.ts';
import { ArgumentError } from '../../src/base/errors.ts';
import { realm, SharedMemory } from '../support/realm.ts';

const foreign = await realm();
const content = Uint8Array.of(9, 1, 2, 3, 4, 9);
const shared = new Uint8Array(new SharedMemory(6));
shared.set(content);

describe('the bytes of', () => {
  test.each<[string, unknown]>([
    ['a view with an odd offset', content.subarray(1, 5)],
    ['floats', new Float32Array(content.slice(1, 5).buffer)],
    ['a DataView', new DataView(content.buffer, 1, 4)],
    ['an ArrayBuffer', content.slice(1, 5).buffer],
    ['shared memory', shared.subarray(1, 5)],
    ['a SharedArrayBuffer', shared.slice(1, 5).buffer],
    ['an array of another realm', new foreign.Uint8Array(content).subarray(1, 5)],
    ['a DataView of another realm', new foreign.DataView(content.buffer, 1, 4)],
    ['an ArrayBuffer of another realm', new foreign.Uint8Array(content.subarray(1, 5)).buffer],
  ])('%s', (_title, value) => {
    const bytes = asBytes(value)!;
    expect([...bytes]).toEqual([1, 2, 3, 4]);
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
    const copy = copyBytes(value)!;
    bytes[0] = 7; // the same memory, and the copy is not
    expect(new Uint8Array((value as Uint8Array).buffer ?? value)).toContain(7);
    expect([...copy]).toEqual([1, 2, 3, 4]);
    expect(copy.buffer).toBeInstanceOf(ArrayBuffer);
    expect(copy.byteLength).toBe(copy.buffer.byteLength);
    bytes[0] = 1;
  });

  test.each<[unknown]>([[undefined], [null], ['abcd'], [4], [[1, 2]], [{ byteLength: 4 }], [new Blob(['abcd'])]])(
    '%o are none',
    (value) => {
      expect(asBytes(value)).toBeUndefined();
      expect(copyBytes(value)).toBeUndefined();
    },
  );

  test('a buffer that has been transferred, or is shorter than its view, is an ArgumentError', () => {
    const gone = new ArrayBuffer(8);
    const views = [gone, new Uint8Array(gone), new DataView(gone)];
    structuredClone(gone, { transfer: [gone] });
    for (const value of views) {
      expect(() => asBytes(value, 'load')).toThrow(ArgumentError);
      expect(() => asBytes(value, 'load')).toThrow('load: expected bytes, found a buffer that is detached');
    }
    const shrinking = new (ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer)(8, {
      maxByteLength: 8,
    });
    const beyond = new DataView(shrinking, 4, 4);
    (shrinking as unknown as { resize(size: number): void }).resize(2);
    expect(() => asBytes(beyond)).toThrow(ArgumentError);
  });
});

test('the kind of an array is its own, in whatever realm it was made and whatever it claims', () => {
  const of = (Type: 'Float32Array' | 'Float64Array' | 'Uint8Array' | 'Int32Array') => [
    new globalThis[Type](1),
    new foreign[Type](1),
  ];
  for (const value of of('Float32Array')) {
    expect([isFloat32Array(value), isFloats(value), isTypedArray(value), isUint8Array(value)]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  }
  for (const value of of('Float64Array')) expect([isFloat32Array(value), isFloats(value)]).toEqual([false, true]);
  for (const value of of('Uint8Array')) expect([isUint8Array(value), isFloats(value)]).toEqual([true, false]);
  for (const value of of('Int32Array')) expect([isTypedArray(value), isFloats(value)]).toEqual([true, false]);
  expect(isUint8Array(new Uint8ClampedArray(1))).toBe(true);
  const others = [[1], new DataView(new ArrayBuffer(4)), { [Symbol.toStringTag]: 'Float32Array' }, null, 'text', 1];
  for (const value of others) expect(isTypedArray(value)).toBe(false);
  expect([new Blob([]), new URL('http://a'), new ArrayBuffer(1), new File([], 'a')].map(tagOf)).toEqual([
    'Blob',
    'URL',
    'ArrayBuffer',
    'File',
  ]);
});
