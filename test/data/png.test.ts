/** PNG files of every kind: the same pixels in Node and in a browser. */
import { describe, expect, test } from 'vitest';
import { decode, openImage } from '../../src/data/read-image.ts';
import { readImage } from '../../src/data.node.ts';
import { platform } from '../../src/platform/platform.ts';
import { channelsOf, chunk, writePng } from '../support/png.ts';

const pixelsOf = async (bytes: Uint8Array) => decode(await openImage(bytes, 'some.png', {}), 'some.png');

/** Numbers that look random, each below `limit`. */
function numbers(count: number, limit: number, seed = 1): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  });
}

const kinds = Object.entries({ 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] }).flatMap(
  ([colourType, depths]) =>
    depths.flatMap((depth) =>
      [false, true].map((isInterlaced) => ({ colourType: Number(colourType), depth, isInterlaced })),
    ),
);

describe.each(kinds)('colour type $colourType, $depth bits, interlaced: $isInterlaced', (kind) => {
  const { colourType, depth } = kind;
  const channels = channelsOf[colourType];
  test.each([
    [13, 11],
    [1, 1],
    [3, 5],
    [1, 9],
  ])('%i × %i', async (width, height) => {
    const samples = numbers(width * height * channels, 2 ** depth);
    const palette = numbers(3 * 2 ** depth, 256, 7);
    const before = colourType === 3 ? [chunk('PLTE', Uint8Array.from(palette))] : [];
    const { data, ...size } = await pixelsOf(await writePng({ width, height, samples, before, ...kind }));
    expect(size).toEqual({ width, height });
    const most = 2 ** depth - 1;
    const expected = Array.from({ length: width * height }, (_, i) => {
      const pixel = samples.slice(i * channels, (i + 1) * channels).map((v) => Math.round((255 * v) / most));
      if (colourType === 3) return [...palette.slice(3 * samples[i], 3 * samples[i] + 3), 255];
      return [0, 1, 2, 3].map((c) =>
        c === 3 ? (channels % 2 ? 255 : pixel[channels - 1]) : pixel[channels < 3 ? 0 : c],
      );
    });
    const onWhite = (rgba: ArrayLike<number>): number[] =>
      Array.from({ length: 3 * width * height }, (_, i) => {
        const at = 4 * Math.floor(i / 3);
        return Math.round((rgba[at + (i % 3)] * rgba[at + 3]) / 255) + 255 - rgba[at + 3];
      });
    const differences = onWhite(expected.flat()).map((value, i) => Math.abs(value - onWhite(data)[i]));
    // Chromium takes 16 bits through floats of 16 bits, and rounds again where it multiplies by alpha.
    expect(Math.max(...differences)).toBeLessThanOrEqual(depth < 16 || platform.files ? 0 : colourType < 4 ? 1 : 2);
  });
});

test('a colour, or entries of a palette, may be transparent', async () => {
  const of = async (colourType: number, samples: number[], ...before: Uint8Array[]) => {
    const bytes = await writePng({ width: 2, height: 1, depth: 8, colourType, samples, before });
    return [...(await readImage(bytes, { size: [1, 2] }))];
  };
  expect(await of(0, [7, 8], chunk('tRNS', Uint8Array.of(0, 7)))).toEqual([255, 8, 255, 8, 255, 8]);
  const colour = Uint8Array.of(0, 1, 0, 2, 0, 3);
  expect(await of(2, [1, 2, 3, 1, 2, 4], chunk('tRNS', colour))).toEqual([255, 1, 255, 2, 255, 4]);
  const palette = chunk('PLTE', Uint8Array.of(10, 20, 30, 40, 50, 60));
  expect(await of(3, [0, 1], palette, chunk('tRNS', Uint8Array.of(0)))).toEqual([255, 40, 255, 50, 255, 60]);
});

test('gamma and animations are left alone: values are those of the file', async () => {
  const before = [chunk('gAMA', Uint8Array.of(0, 1, 0x86, 0xa0)), chunk('acTL', Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0))];
  const bytes = await writePng({ width: 2, height: 1, depth: 8, colourType: 0, samples: [50, 100], before });
  expect([...(await readImage(bytes, { size: [1, 2], channels: 1 }))]).toEqual([50, 100]);
});
