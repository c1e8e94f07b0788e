/** JPEG files of every kind: near the pixels that libjpeg-turbo reads, in Node and in a browser. */
import { describe, expect, test } from 'vitest';
import { concat } from '../../src/base/byte-stream.ts';
import { decode, openImage } from '../../src/data/read-image.ts';
import { readImage } from '../../src/data.node.ts';
import { platform } from '../../src/platform/platform.ts';
import { jpegs, size } from '../support/jpegs.ts';
import { chunk, writePng } from '../support/png.ts';

const pixelsOf = async (bytes: Uint8Array) => decode(await openImage(bytes, 'some.jpg', {}), 'some.jpg');

/** Red, green, blue of each pixel as an ImageData. */
const rgba = (rgb: Uint8Array) => ({
  ...size,
  data: Uint8Array.from({ length: (rgb.length / 3) * 4 }, (_, i) => (i % 4 === 3 ? 255 : rgb[3 * (i >> 2) + (i % 4)])),
});

function differences(a: Uint8Array, b: Uint8Array) {
  const all = Array.from(a, (value, i) => Math.abs(value - b[i]));
  return { most: Math.max(...all), mean: all.reduce((sum, value) => sum + value) / all.length };
}

describe.each(Object.entries(jpegs))('%s', (name, { file, rgb }) => {
  const isExact = !platform.files; // browsers decode by libjpeg-turbo
  const isHalved = /half|progressive/.test(name);

  test('has the pixels of libjpeg-turbo', async () => {
    const { data, ...found } = await pixelsOf(file);
    expect(found).toEqual(size);
    const { most } = differences(rgba(rgb).data, data as Uint8Array);
    // jpeg-js repeats colours that are stored at half the resolution; libjpeg-turbo smoothes them.
    expect(most).toBeLessThanOrEqual(isExact ? 0 : isHalved ? 60 : 2);
  });

  test('is near that once it is made smaller', async () => {
    const small = { size: [7, 10] as const };
    const expected = await readImage(rgba(rgb), small);
    const { most, mean } = differences(expected, await readImage(file, small));
    expect(most).toBeLessThanOrEqual(isExact ? 0 : isHalved ? 30 : 1);
    expect(mean).toBeLessThan(isExact ? 0.001 : isHalved ? 4.5 : 0.5);
  });
});

/** EXIF data that say how a picture is turned, in either order of bytes. */
function exif(orientation: number, isLittle: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(26));
  view.setUint16(0, isLittle ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, isLittle);
  view.setUint32(4, 8, isLittle);
  view.setUint16(8, 1, isLittle);
  view.setUint16(10, 0x0112, isLittle);
  view.setUint16(12, 3, isLittle);
  view.setUint32(14, 1, isLittle);
  view.setUint16(18, orientation, isLittle);
  return new Uint8Array(view.buffer);
}

const text = (value: string) => new TextEncoder().encode(value);

function withExif(jpeg: Uint8Array, data: Uint8Array): Uint8Array {
  const segment = concat([text('Exif\0\0'), data]);
  const length = segment.length + 2;
  return concat([jpeg.subarray(0, 2), Uint8Array.of(0xff, 0xe1, length >> 8, length), segment, jpeg.subarray(2)]);
}

describe('EXIF orientation', () => {
  const { width, height } = size;
  /** Where the pixel (x, y) of the picture as it is seen is stored, by TIFF 6.0, page 36. */
  const stored: Readonly<Record<number, (x: number, y: number) => [x: number, y: number]>> = {
    1: (x, y) => [x, y],
    2: (x, y) => [width - 1 - x, y],
    3: (x, y) => [width - 1 - x, height - 1 - y],
    4: (x, y) => [x, height - 1 - y],
    5: (x, y) => [y, x],
    6: (x, y) => [y, height - 1 - x],
    7: (x, y) => [width - 1 - y, height - 1 - x],
    8: (x, y) => [width - 1 - y, x],
    9: (x, y) => [x, y],
  };

  test.each(Object.keys(stored).map(Number))('%i', async (orientation) => {
    const { file } = jpegs.baseline;
    const plain = await pixelsOf(file);
    const turned = await pixelsOf(withExif(file, exif(orientation, orientation % 2 === 0)));
    const isSwapped = orientation > 4 && orientation < 9;
    expect([turned.width, turned.height]).toEqual(isSwapped ? [height, width] : [width, height]);
    const expected = Array.from({ length: width * height }, (_, i) => {
      const [x, y] = stored[orientation](i % turned.width, Math.floor(i / turned.width));
      return plain.data[4 * (y * width + x)];
    });
    expect(Array.from(expected, (_, i) => turned.data[4 * i])).toEqual(expected);
  });

  test('of a PNG is left alone, as browsers do', async () => {
    const picture = { width: 2, height: 1, depth: 8, colourType: 0, samples: [10, 200] };
    const file = await writePng({ ...picture, before: [chunk('eXIf', exif(3, false))] });
    expect([...(await readImage(file, { size: [1, 2], channels: 1 }))]).toEqual([10, 200]);
  });
});
