/** Files that would take more memory or time than they are worth are refused before they do. Memory is that of the process. */
import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { crc32 } from '../../src/base/crc32.ts';
import { DataError } from '../../src/base/errors.ts';
import { pack } from '../../src/data/idx.ts';
import { type CsvOptions, csv, npz } from '../../src/data/index.ts';

const MB = 1e6;

/** What reading throws, and the memory that it took, in bytes. */
async function refusal(read: () => Promise<unknown>): Promise<{ message: string; memory: number }> {
  const before = process.memoryUsage().rss;
  const error = await read().catch((error: unknown) => error);
  const memory = process.memoryUsage().rss - before;
  expect(error).toBeInstanceOf(DataError);
  return { message: (error as DataError).message, memory };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
/** A text over and over, up to so many bytes. */
const repeated = (text: string, bytes: number) => new Uint8Array(Buffer.alloc(bytes, text));

test.each([
  ['commas', ','],
  ['an open quote', '",'],
  ['quoted cells with line breaks', '"\n",'],
])('a CSV file of 100 MB in one line: %s', async (_, text) => {
  const file = repeated(text, 100 * MB);
  const { message, memory } = await refusal(() => csv(file, { target: 0 }));
  expect(message).toMatch(/line \d+: expected a line of at most 16777216 bytes, found a longer one/);
  expect(memory).toBeLessThan(200 * MB); // a copy of the file, and what there is of it
});

test.each<[string, Uint8Array, Partial<CsvOptions>, string]>([
  ['of 4 million columns', repeated(',', 4 * MB), { header: false }, 'line 1: expected at most 262144 columns'],
  [
    'of 100,000 categories',
    bytesOf(`a,b\n${Array.from({ length: 100_000 }, (_, i) => `x${i},1\n`).join('')}`),
    { categorical: [0] },
    'expected at most 268435456 inputs in all, found 10000000000',
  ],
  [
    'of a million missing cells',
    repeated('\n,1', 4 * MB),
    { header: false },
    'line 1: expected a sample, found a blank line',
  ],
])('a CSV file %s', async (_, file, options, words) => {
  const { message, memory } = await refusal(() => csv(file, { target: 1, ...options }));
  expect(message).toContain(words);
  expect(memory).toBeLessThan(300 * MB);
});

test('a CSV file that gzip makes a thousandth of', async () => {
  const bomb = await pack(repeated('1,2\n', 30 * MB));
  const { message } = await refusal(() => csv(bomb, { target: 0, maxBytes: MB }));
  expect(message).toMatch(/expected at most 1000000 bytes, found \d+/);
});

/** A ZIP file of entries that all have the same content, and say that they have `size` bytes. */
function zipOf(content: Uint8Array, size: number, sum: number, count = 1): Uint8Array {
  const name = bytesOf('x.npy');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50);
  local.writeUInt16LE(name.length, 26);
  const entry = (i: number) => {
    const bytes = Buffer.alloc(46);
    bytes.writeUInt32LE(0x02014b50);
    bytes.writeUInt16LE(8, 10);
    for (const [at, value] of [
      [16, sum],
      [20, content.length],
      [24, size],
    ])
      bytes.writeUInt32LE(value, at);
    bytes.writeUInt16LE(name.length + 4, 28);
    return Buffer.concat([bytes, Buffer.from(String(1000 + i)), name]);
  };
  const start = local.length + name.length + content.length;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(start, 16);
  return new Uint8Array(
    Buffer.concat([local, name, content, ...Array.from({ length: count }, (_, i) => entry(i)), end]),
  );
}

test('an npz file that says that it unpacks to too much, in one file or in many', async () => {
  const zeros = deflateRawSync(new Uint8Array(64 * MB));
  const many = await refusal(() => npz(zipOf(zeros, 64 * MB, 0, 500)));
  expect(many.message).toMatch(/expected at most 1073741824 bytes once unpacked, found 1088000000 or more/);
  const one = await refusal(() => npz(zipOf(zeros, 4e9, 0)));
  expect(one.message).toContain('found 4000000000 or more');
  for (const { memory } of [many, one]) expect(memory).toBeLessThan(20 * MB);
});

test('an npz file that unpacks to more than it says is unpacked no further', async () => {
  const zeros = new Uint8Array(256 * MB);
  const bomb = zipOf(deflateRawSync(zeros), 1000, crc32(zeros.subarray(0, 1000)));
  const { message, memory } = await refusal(() => npz(bomb));
  expect(message).toBe('bytes given: "1000x.npy": expected 1000 unpacked bytes, found more');
  expect(memory).toBeLessThan(100 * MB);
});
