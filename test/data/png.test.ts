/** PNG files of every kind: the same pixels in Node and in a browser. */
import { describe, expect, test } from 'vitest';
import '../../src/data.node.ts';
import { decode, openImage } from '../../src/data/read-image.ts';
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
