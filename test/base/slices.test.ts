/** Reading by places: what is read is right, and how many reads of what lengths it takes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DataError } from '../../src/base/errors.ts';
import { readSpans, type Slices } from '../../src/base/slices.ts';

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 31) % 251);
const pace = { gap: 8, part: 64, reads: 3 };

/** Of `bytes`, with a list of its reads, and the most that were under way at a time. */
function memory(failAt = Number.POSITIVE_INFINITY) {
  const seen = { reads: [] as [number, number][], most: 0, now: 0 };
  const slices: Slices = {
    where: 'memory',
    size: bytes.length,
    pace,
    async read(at, into) {
      seen.reads.push([at, into.length]);
      seen.most = Math.max(seen.most, ++seen.now);
      await new Promise((resolve) => setTimeout(resolve));
      seen.now--;
      if (at >= failAt) throw new DataError(`memory: byte ${at}`);
      into.set(bytes.subarray(at, at + into.length));
    },
    async close() {},
  };
  return { slices, seen };
}

const spansOf = (places: readonly (readonly [number, number])[]) =>
  places.map(([at, length]) => ({ at, into: new Uint8Array(length) }));

test('any spans are filled, by reads of bounded length, a bounded number at a time', async () => {
  const place = fc.tuple(fc.integer({ min: 0, max: 800 }), fc.integer({ min: 1, max: 200 }));
  await fc.assert(
    fc.asyncProperty(fc.array(place, { maxLength: 30 }), async (places) => {
      const { slices, seen } = memory();
      const spans = spansOf(places);
      await readSpans(slices, spans);
      for (const { at, into } of spans) expect(into).toEqual(bytes.subarray(at, at + into.length));
      for (const [, length] of seen.reads) expect(length).toBeLessThanOrEqual(pace.part);
      expect(seen.most).toBeLessThanOrEqual(pace.reads);
    }),
    { numRuns: 60 },
  );
});

test('spans near each other take one read, in whatever order they are given', async () => {
  const { slices, seen } = memory();
  await readSpans(
    slices,
    spansOf([
      [30, 4],
      [0, 10],
      [18, 4],
      [100, 4],
      [113, 4],
      [300, 150],
    ]),
  );
  expect(seen.reads).toEqual([
    [0, 34],
    [100, 4],
    [113, 4],
    [300, 64],
    [364, 64],
    [428, 22],
  ]);
});

test('nothing is under way any more once a read has failed, and no further one begins', async () => {
  const { slices, seen } = memory(400);
  const far = Array.from({ length: 40 }, (_, i) => [i * 20, 4] as const);
  await expect(readSpans(slices, spansOf(far))).rejects.toThrow(/memory: byte 4[024]0/);
  expect(seen.now).toBe(0);
  expect(seen.reads.length).toBeLessThan(26);
});

test('a place beyond the end is not read', async () => {
  const { slices, seen } = memory();
  const failure = readSpans(
    slices,
    spansOf([
      [0, 4],
      [990, 11],
    ]),
  );
  await expect(failure).rejects.toThrow(DataError);
  await expect(failure).rejects.toThrow('memory: expected 1001 bytes or more, found 1000');
  expect(seen.reads).toEqual([]);
});
