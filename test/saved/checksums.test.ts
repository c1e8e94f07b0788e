/** A bit that a disk or a network turns in a saved file is noticed, wherever it is. */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { crc32 } from '../../src/base/crc32.ts';
import { fromArrays } from '../../src/data/index.ts';
import {
  adam,
  compile,
  DataError,
  dense,
  formatSafetensors,
  parseSafetensors,
  sequential,
  squared,
  tanh,
} from '../../src/index.ts';
import { CHECKSUMS, parseChecked, withChecksums } from '../../src/saved/checksums.ts';
import { storedIn } from '../../src/saved/safetensors.ts';

test('CRC-32 is that of zlib, at every length and place in memory', () => {
  // Values of zlib.crc32 of Python 3.
  expect(crc32('123456789')).toBe(0xcbf43926);
  expect(crc32('')).toBe(0);
  expect(crc32('aé')).toBe(0xf989e7c4);
  const bytes = Uint8Array.from({ length: 40 }, (_, i) => (i * 37) % 256);
  /** The definition, a bit at a time. */
  const slow = (part: Uint8Array) => {
    let crc = 0xffffffff;
    for (const byte of part) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    return ~crc >>> 0;
  };
  expect(crc32(Float32Array.of(1, -2, 0.5))).toBe(slow(new Uint8Array(Float32Array.of(1, -2, 0.5).buffer)));
  for (let begin = 0; begin < 9; begin++) {
    for (let end = begin; end <= bytes.length; end++) {
      expect(crc32(bytes.subarray(begin, end)), `${begin} to ${end}`).toBe(slow(bytes.subarray(begin, end)));
    }
  }
});

const net = await compile(sequential([3], [dense(5, tanh), dense(2)]), {
  device: 'cpu',
  batch: 4,
  loss: squared(),
  optimizer: adam(),
});
afterAll(() => net.destroy());
const samples = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i));
await net.fit(fromArrays({ x: samples(30), y: samples(20), shape: [3] }), { steps: 2 });
const files = {
  'a checkpoint': await net.save(undefined, { metadata: { note: 'mine' } }),
  weights: await net.save(undefined, { weightsOnly: true }),
};

describe.each(Object.entries(files))('%s', (_title, file) => {
  const dataBegins = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
  const names = Object.keys(parseSafetensors(file).tensors);

  test('with a bit turned in a tensor is refused, by its name, and changes nothing', async () => {
    const before = await net.save();
    const ownerOfByte = Object.entries(parseSafetensors(file).tensors).flatMap(([name, { data }]) =>
      new Array<string>(data.byteLength).fill(name),
    );
    const seen = new Set<string>();
    const options = fc.record({ weightsOnly: fc.boolean() });
    // One for each tensor at least, and many more.
    const places = fc.integer({ min: dataBegins, max: file.length - 1 });
    await fc.assert(
      fc.asyncProperty(places, fc.nat(7), options, async (at, bit, options) => {
        const damaged = file.slice();
        damaged[at] ^= 1 << bit;
        const error = await net.load(damaged, options).catch((error: unknown) => error);
        expect(error).toBeInstanceOf(DataError);
        const name = ownerOfByte[at - dataBegins];
        expect((error as DataError).message).toMatch(
          /^bytes given: \S+: expected the checksum "[0-9a-f]{8} \[.+\]", found "[0-9a-f]{8} \[.+\]"/,
        );
        expect((error as DataError).message).toContain(`: ${name}: `);
        seen.add(name);
      }),
      { numRuns: 400, seed: 1 },
    );
    for (const name of names) seen.delete(name);
    expect(seen.size).toBe(0);
    expect(await net.save()).toEqual(before);
  });

  test('with a bit turned anywhere never gives other tensors or texts of its own', () => {
    const whole = parseSafetensors(file);
    for (let at = 0; at < dataBegins; at++) {
      for (const bit of [0, 5]) {
        const damaged = file.slice();
        damaged[at] ^= 1 << bit;
        let read: ReturnType<typeof parseChecked>;
        try {
          read = parseChecked(damaged, 'some');
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          continue;
        }
        // What is left: the name of the checksums themselves, an escape, a space.
        expect(read.tensors, `byte ${at}, bit ${bit}`).toEqual(whole.tensors);
        expect(read.metadata).toMatchObject(
          Object.fromEntries(Object.entries(whole.metadata).filter(([name]) => name !== CHECKSUMS)),
        );
      }
    }
  });

  test('comes back whole', async () => {
    expect(parseChecked(file, 'some')).toEqual(parseSafetensors(file));
    await net.load(file);
  });

  test('is taken with a text more, and without any checksums, as those of other libraries', async () => {
    const { tensors, metadata } = parseSafetensors(file);
    await net.load(formatSafetensors(tensors, { ...metadata, more: 'text' }));
    const { [CHECKSUMS]: _, ...others } = metadata;
    await net.load(formatSafetensors(tensors, others));
  });

  test.each<[string, (sums: Record<string, Record<string, unknown>>) => unknown, RegExp]>([
    [
      'a tensor without one',
      ({ tensors: { 'layers.0.bias': _, ...tensors }, ...rest }) => ({ ...rest, tensors }),
      /: layers\.0\.bias: expected the checksum none, found "[0-9a-f]{8} \[5\]"/,
    ],
    [
      'one of no tensor',
      (sums) => ({ ...sums, tensors: { ...sums.tensors, x: '0' } }),
      /: x: expected the checksum "0", found none/,
    ],
    ['one of no text', (sums) => ({ ...sums, metadata: { x: '0' } }), /: x: expected the checksum "0", found none/],
    ['none for tensors', ({ metadata }) => ({ metadata }), /: tensors: expected checksums by name, found undefined/],
    ['something else', () => 7, /retrograd\.crc32: expected checksums in JSON, found "7"/],
  ])('is refused where the checksums hold %s', (_what, change, words) => {
    const { tensors, metadata } = parseSafetensors(file);
    const changed = { ...metadata, [CHECKSUMS]: JSON.stringify(change(JSON.parse(metadata[CHECKSUMS]))) };
    const bytes = formatSafetensors(tensors, changed);
    expect(() => parseChecked(bytes, 'some')).toThrow(DataError);
    expect(() => parseChecked(bytes, 'some')).toThrow(words);
  });
});

test('the same bytes in another shape are not the same', () => {
  const tensors = { a: { shape: [2, 3], data: samples(6) } };
  const metadata = withChecksums({ stored: storedIn('some', tensors), metadata: {} });
  const turned = formatSafetensors({ a: { shape: [3, 2], data: samples(6) } }, metadata);
  expect(() => parseChecked(turned, 'some')).toThrow(/: a: expected the checksum "\w+ \[2, 3\]", found "\w+ \[3, 2\]"/);
});
