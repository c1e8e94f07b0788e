/** Bytes of messages, as protobuf.dev/programming-guides/encoding has them. */
import { expect, test } from 'vitest';
import { ArgumentError } from '../../../src/index.ts';
import type { Field, Fields, Kind } from '../../../src/onnx/messages.ts';
import { encode } from '../../../src/onnx/protobuf/writer.ts';

const field = (number: number, kind: Kind, repeated = false): Field => ({ number, kind, repeated });
const fields: Fields = {
  a: field(1, 'int'),
  b: field(2, 'text'),
  c: field(3, () => fields),
  d: field(4, 'int', true),
  e: field(5, 'float'),
  f: field(6, 'double'),
  g: field(16, 'bytes', true),
  h: field(7, 'float', true),
};

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
const written = (message: object): string => hex(encode(fields, message, 'test'));

test.each<[string, object, string]>([
  ['a number', { a: 150 }, '08 96 01'],
  ['a text', { b: 'testing' }, '12 07 74 65 73 74 69 6e 67'],
  ['a text that is not ASCII', { b: 'σ' }, '12 02 cf 83'],
  ['a message', { c: { a: 150 } }, '1a 03 08 96 01'],
  ['messages in messages', { c: { c: { b: '' } } }, '1a 04 1a 02 12 00'],
  ['packed numbers', { d: [3, 270, 86942] }, '22 06 03 8e 02 9e a7 05'],
  ['no numbers', { d: [] }, '22 00'],
  ['a negative number', { a: -2 }, '08 fe ff ff ff ff ff ff ff ff 01'],
  ['a number of more than 32 bits', { a: 2 ** 40 }, '08 80 80 80 80 80 20'],
  ['0', { a: 0 }, '08 00'],
  ['a float', { e: 1.5 }, '2d 00 00 c0 3f'],
  ['a double', { f: -2 }, '31 00 00 00 00 00 00 00 c0'],
  ['packed floats', { h: [1, 0] }, '3a 08 00 00 80 3f 00 00 00 00'],
  [
    'bytes, of a field with a number above 15',
    { g: [Uint8Array.of(1), Uint8Array.of(2, 3)] },
    '82 01 01 01 82 01 02 02 03',
  ],
  ['nothing where a value is missing', { a: undefined, b: 'a' }, '12 01 61'],
])('%s', (_title, message, bytes) => {
  expect(written(message)).toBe(bytes);
});

test('a long message has its length', () => {
  const bytes = encode(fields, { c: { g: [new Uint8Array(300).fill(7)] } }, 'test');
  expect(hex(bytes.subarray(0, 8))).toBe('1a b0 02 82 01 ac 02 07');
  expect(bytes.length).toBe(300 + 7);
});

test('2 GiB are refused, before there is room for them', () => {
  const part = new Uint8Array(2 ** 27);
  const call = () => encode(fields, { g: Array<Uint8Array>(16).fill(part) }, 'net.onnx');
  expect(call).toThrow(ArgumentError);
  expect(call).toThrow(/net.onnx: .*2 GiB.*2147483744/);
});
