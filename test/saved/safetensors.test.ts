/** The safetensors format: what is written is read back, and of what is damaged nothing but a DataError comes out. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { repeatedName } from '../../src/base/json.ts';
import { ArgumentError, DataError, formatSafetensors, parseSafetensors } from '../../src/index.ts';

const random = (shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i) * 10 ** (i % 9)),
});

/** A file by hand: size, header as given, data. */
function file(header: string, data = 0, headerBytes = BigInt(new TextEncoder().encode(header).length)): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, headerBytes, true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (begin: number, end: number, more = {}) => ({
  dtype: 'F32',
  shape: [(end - begin) / 4],
  data_offsets: [begin, end],
  ...more,
});
const booleans = (byte: number) => {
  const bytes = described({ a: entry(0, 1, { dtype: 'BOOL', shape: [1] }) }, 1);
  bytes[bytes.length - 1] = byte;
  return bytes;
};
const described = (header: object, data = 0) => file(JSON.stringify(header), data);

test('a file, byte by byte', () => {
  const bytes = formatSafetensors({ b: { shape: [2], data: new Float32Array([1, -2]) } }, { by: 'hand' });
  const header = '{"__metadata__":{"by":"hand"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8, ' ');
  const size = [padded.length, 0, 0, 0, 0, 0, 0, 0];
  const data = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]; // 1 and −2 as little-endian f32
  expect([...bytes]).toEqual([...size, ...new TextEncoder().encode(padded), ...data]);
});

test('tensors and metadata come back bit by bit, in their order, from anywhere in a larger buffer', () => {
  const view = { shape: [3], data: new Float32Array([9, 1 / 3, -0, 1e-40, 9]).subarray(1, 4) };
  const odd = { shape: [2], data: new Float32Array(new Uint32Array([0x7fc00001, 0xff800000]).buffer) };
  const tensors = {
    z: random([10, 7, 3]),
    'layers.0.bias': random([7]),
    scalar: random([]),
    none: random([0, 4]),
    view,
    odd,
  };
  const metadata = { note: 'ünï "quoted" \\ ', empty: '' };
  const bytes = formatSafetensors(tensors, metadata);
  for (const offset of [0, 1, 3]) {
    const larger = new Uint8Array(bytes.length + 8);
    larger.set(bytes, offset);
    const found = parseSafetensors(larger.subarray(offset, offset + bytes.length));
    expect(found.metadata).toEqual(metadata);
    expect(Object.keys(found.tensors)).toEqual(Object.keys(tensors));
    for (const [name, { shape, data }] of Object.entries(found.tensors)) {
      const expected = tensors[name as keyof typeof tensors];
      expect(shape).toEqual(expected.shape);
      expect([...new Uint32Array(data.buffer)]).toEqual([...new Uint32Array(Float32Array.from(expected.data).buffer)]);
    }
  }
  expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  expect(parseSafetensors(formatSafetensors({}))).toEqual({ tensors: {}, metadata: {}, rounded: [] });
});

test('names of every kind, except the one that is reserved', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 5 }), (names) => {
      fc.pre(!names.includes('__metadata__'));
      const tensors = Object.fromEntries(names.map((name, i) => [name, { shape: [1], data: new Float32Array([i]) }]));
      expect(parseSafetensors(formatSafetensors(tensors)).tensors).toEqual(tensors);
    }),
  );
  const own = Object.fromEntries([['__proto__', random([1])]]);
  expect(Object.keys(parseSafetensors(formatSafetensors(own)).tensors)).toEqual(['__proto__']);
  expect(() => formatSafetensors({ __metadata__: random([1]) })).toThrow(ArgumentError);
});

describe('each damage has its own words', () => {
  const a = entry(0, 4);
  const cases: [title: string, bytes: Uint8Array, words: RegExp][] = [
    ['no bytes', new Uint8Array(0), /size of a header in the first 8 bytes, found 0/],
    ['a header longer than the file', file('{}', 0, 3n), /byte 0: .* at most 2 bytes, as the file has 10, found 3/],
    ['a header of petabytes', file('{}', 0, 2n ** 52n), /at most 2 bytes, .* found 4503599627370496/],
    ['a header of 2⁶⁴ − 1 bytes', file('{}', 0, 2n ** 64n - 1n), /found 18446744073709551615/],
    ['no header', file(''), /byte 8: expected a header in JSON: Unexpected end/],
    ['bytes that are no UTF-8', new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 0xff]), /byte 8: expected a header in UTF-8/],
    ['no JSON', file('{"a":'), /byte 8: expected a header in JSON: Unexpected end/],
    ['an array', file('[]'), /byte 8: expected a JSON object, found an array/],
    [
      'a name twice',
      file(`{"a":${JSON.stringify(a)},"a":${JSON.stringify(a)}}`, 4),
      /byte 62: .* once, found "a" twice/,
    ],
    ['a name twice, once escaped', file('{"é":1,"\\u00e9":2}'), /byte 16: .* found "é" twice/],
    ['a field twice', file('{"a":{"dtype":"F32","dtype":"F32"}}'), /byte 28: .* found "dtype" twice/],
    ['an entry that is none', described({ a: 1 }), /: a: expected \{ dtype, shape, data_offsets \}, found 1/],
    [
      'a dtype that is not read',
      described({ a: entry(0, 4, { dtype: 'F8_E4M3' }) }, 4),
      /a\.dtype: expected F64, F32, .*, U8, BOOL, found "F8_E4M3"/,
    ],
    ['a name of Object', described({ a: entry(0, 4, { dtype: 'toString' }) }, 4), /a\.dtype: .* found "toString"/],
    ['too many bytes of halves', described({ a: entry(0, 4, { dtype: 'F16' }) }, 4), /2 bytes of F16 for shape \[1\]/],
    ['a boolean of 2', booleans(2), /: a: value 0: expected 0 or 1, found 2/],
    ['no shape', described({ a: entry(0, 4, { shape: undefined }) }, 4), /a\.shape: .* found undefined/],
    ['a shape of fractions', described({ a: entry(0, 4, { shape: [0.5, 2] }) }, 4), /a\.shape: .* found \[0.5, 2\]/],
    ['a negative shape', described({ a: entry(0, 4, { shape: [-1, -1] }) }, 4), /a\.shape: expected integers ≥ 0/],
    [
      'offsets past the end',
      described({ a: entry(0, 8) }, 4),
      /a\.data_offsets: .* the 4 bytes of data, found \[0, 8\]/,
    ],
    ['offsets that run back', described({ a: entry(0, 4, { data_offsets: [4, 0] }) }, 4), /found \[4, 0\]/],
    ['one offset', described({ a: entry(0, 4, { data_offsets: [0] }) }, 4), /\[begin, end\] .* found \[0\]/],
    [
      'petabytes of a tensor',
      described({ a: entry(0, 2 ** 52) }, 4),
      /the 4 bytes of data, found \[0, 4503599627370496\]/,
    ],
    [
      'more values than bytes',
      described({ a: entry(0, 4, { shape: [2 ** 50] }) }, 4),
      /4503599627370496 bytes of F32 for shape/,
    ],
    [
      'a shape beyond numbers',
      described({ a: entry(0, 4, { shape: [...Array(40).fill(2 ** 52), 0] }) }, 4),
      /NaN bytes of F32/,
    ],
    ['a shared byte', described({ a, b: entry(0, 4) }, 4), /b to begin at byte \d+, after a, found an overlap/],
    ['a hole', described({ a, b: entry(8, 12) }, 12), /b to begin at byte (\d+), after a, found a gap/],
    ['a hole at the beginning', described({ b: entry(4, 8) }, 8), /b to begin .* after the header, found a gap/],
    ['bytes that belong to none', described({ a }, 5), /expected the file to end after a, found 1 more byte/],
    [
      'a dtype that is made to mislead',
      described({ a: entry(0, 4, { dtype: { constructor: { name: { toString: 0 } } } }) }, 4),
      /found an object/,
    ],
    ['metadata that are none', described({ __metadata__: [] }), /__metadata__: .* object of strings, found an array/],
    [
      'metadata of numbers',
      described({ __metadata__: { n: 1 } }),
      /__metadata__\.n: expected a string, found a number/,
    ],
  ];
  test.each(cases)('%s', (_title, bytes, words) => {
    expect(() => parseSafetensors(bytes, 'mine.safetensors')).toThrow(DataError);
    expect(() => parseSafetensors(bytes, 'mine.safetensors')).toThrow(words);
    expect(() => parseSafetensors(bytes, 'mine.safetensors')).toThrow(/^mine\.safetensors: /);
  });
});

test.each<[string, () => unknown, RegExp]>([
  [
    'fewer values than its shape',
    () => formatSafetensors({ a: { shape: [3], data: new Float32Array(2) } }),
    /2 values/,
  ],
  [
    'doubles',
    () => formatSafetensors({ a: { shape: [2], data: new Float64Array(2) } } as never),
    /a\.data: .* found a Float64Array/,
  ],
  ['a bare array', () => formatSafetensors({ a: new Float32Array(2) } as never), /a: .* found a Float32Array/],
  ['metadata of numbers', () => formatSafetensors({}, { n: 3 } as never), /metadata\.n must be a string, found 3/],
  ['no tensors', () => formatSafetensors(undefined as never), /tensors by name, found undefined/],
  [
    'a list of numbers',
    () => parseSafetensors([8, 0, 0, 0, 0, 0, 0, 0] as never),
    /expected bytes, found \[8, 0, 0, 0, 0, 0, 0, 0\]/,
  ],
])('%s is an ArgumentError', (_title, call, words) => {
  expect(call).toThrow(ArgumentError);
  expect(call).toThrow(words);
});

test('no byte of a file, flipped or cut off, brings forth anything but a DataError', () => {
  const bytes = formatSafetensors({ a: random([2, 3]), b: random([4]) }, { note: 'x' });
  let refused = 0;
  const attempt = (damaged: Uint8Array) => {
    try {
      parseSafetensors(damaged);
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
      refused++;
    }
  };
  for (let at = 0; at < bytes.length; at++) {
    attempt(bytes.subarray(0, at));
    expect(refused).toBe(at + 1);
  }
  for (let at = 0; at < bytes.length; at++)
    for (let bit = 0; bit < 8; bit++) attempt(bytes.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte)));
  expect(refused).toBeGreaterThan(2 * bytes.length);
});

test('nests as deep, and names as long, as a file can hold bring down nothing', () => {
  const depth = 2_000_000;
  expect(() => parseSafetensors(file(`{"a":${'['.repeat(depth)}`))).toThrow(DataError);
  expect(() => parseSafetensors(file(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`))).toThrow(DataError);
  const name = '\\"'.repeat(depth);
  expect(() => parseSafetensors(file(`{"${name}":1,"${name}":1}`))).toThrow(/ twice$/);
});

test('a repeated name is found where it is a name, and nowhere else', () => {
  expect(repeatedName('{"a":{"a":"a"},"b":["a","a",{"a":"\\\\"}]}')).toBeUndefined();
  expect(repeatedName('[{"a":1},{"a":1,"b":2,"a" :3}]')).toEqual({ name: 'a', at: 22 });
  expect(repeatedName('{"a\\"b":"}","c":1,"a\\"b":2}')).toEqual({ name: 'a"b', at: 18 });
});
