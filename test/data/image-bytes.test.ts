/** Pictures as the bytes of a net: resized by area, grey, on white. */
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/base/errors.ts';
import { readImage } from '../../src/data/index.ts';

/** Pixels from red, green and blue of each. */
function picture(width: number, height: number, rgb: readonly number[], alpha = 255) {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < data.length; i++) data[i] = i % 4 === 3 ? alpha : rgb[3 * Math.floor(i / 4) + (i % 4)];
  return { width, height, data } as ImageData;
}
const grey = (width: number, height: number, values: readonly number[], alpha?: number) =>
  picture(
    width,
    height,
    values.flatMap((value) => [value, value, value]),
    alpha,
  );

// biome-ignore format: a table
const pixels = [
  207, 21, 45, 60, 46, 205, 222, 149, 10, 24, 85, 110, 159, 122, 67, 40, 177, 188, 8, 29, 115, 100, 227, 132, 107, 110, 170, 150,
  44, 188, 193, 244, 201, 72, 81, 166, 166, 178, 222, 74, 240, 0, 19, 249, 241, 76, 35, 80, 11, 228, 169, 149, 62, 120, 48, 197,
  121, 7, 65, 180, 133, 95, 64, 23, 155, 169, 133, 238, 237, 53, 155, 161, 63, 76, 124, 189, 74, 184, 167, 55, 99, 212, 215, 168,
  1, 174, 57, 209, 233, 109, 244, 194, 83, 224, 98, 26, 151, 217, 168, 100, 230, 122, 98, 37, 54,
];

describe('readImage of an ImageData', () => {
  // By OpenCV 5.0: resize of these pixels as float64 with INTER_AREA, and 0.299 R + 0.587 G + 0.114 B of that.
  test.each([
    {
      size: [3, 4],
      red: [127.6, 147.829, 110.057, 58.4, 60.686, 80.514, 96.571, 108.629, 82.143, 166.886, 158.686, 136.4],
      green: [89.771, 113.829, 128.143, 140.829, 167.857, 142.771, 126.4, 121.257, 195.8, 161.0, 139.657, 130.4],
      blue: [127.457, 115.514, 131.543, 125.829, 172.486, 155.457, 145.229, 114.943, 126.829, 106.771, 134.4, 105.257],
      grey: [
        105.378, 124.187, 123.123, 114.472, 136.341, 125.603, 119.628, 116.761, 153.954, 156.578, 144.747, 129.328,
      ],
    },
    { size: 1, red: [111.2], green: [138.143], blue: [130.143], grey: [129.175] },
    {
      size: [2, 7],
      red: [126.6, 82.0, 151.0, 116.6, 102.0, 83.8, 59.4, 13.4, 152.0, 121.0, 144.6, 145.6, 108.2, 150.6],
      green: [149.0, 69.4, 122.8, 144.0, 120.6, 155.0, 126.6, 181.4, 195.4, 185.2, 82.0, 155.8, 127.0, 119.8],
      blue: [119.0, 166.0, 113.0, 148.4, 117.4, 200.0, 58.8, 138.6, 154.4, 131.4, 84.0, 165.0, 124.4, 101.6],
      grey: [
        138.882, 84.18, 130.115, 136.309, 114.674, 138.841, 98.778, 126.289, 177.749, 159.871, 100.945, 153.799,
        121.082, 126.934,
      ],
    },
  ])('averages over areas as OpenCV does, to $size', async ({ size, red, green, blue, grey }) => {
    const options = { size: size as number | [number, number] };
    const rounded = (values: readonly number[]) => values.map(Math.round);
    expect([...(await readImage(picture(7, 5, pixels), options))]).toEqual(rounded([...red, ...green, ...blue]));
    expect([...(await readImage(picture(7, 5, pixels), { ...options, channels: 1 }))]).toEqual(rounded(grey));
  });

  test('leaves a picture of that size alone, and lays it out by channels', async () => {
    const channels = [0, 1, 2].map((c) => pixels.filter((_, i) => i % 3 === c));
    expect([...(await readImage(picture(7, 5, pixels), { size: [5, 7] }))]).toEqual(channels.flat());
  });

  test('takes grey for what it is', async () => {
    const all = Array.from({ length: 256 }, (_, i) => i);
    expect([...(await readImage(grey(16, 16, all), { size: 16, channels: 1 }))]).toEqual(all);
  });

  test('rounds half up', async () => {
    expect([...(await readImage(grey(2, 1, [4, 5]), { size: 1, channels: 1 }))]).toEqual([5]);
    expect([...(await readImage(grey(2, 2, [0, 0, 1, 1]), { size: 1, channels: 1 }))]).toEqual([1]);
  });

  test('repeats pixels to enlarge, and mixes them at their borders', async () => {
    const enlarged = (size: [number, number]) => readImage(grey(2, 1, [10, 250]), { size, channels: 1 });
    expect([...(await enlarged([2, 4]))]).toEqual([10, 10, 250, 250, 10, 10, 250, 250]);
    expect([...(await enlarged([1, 3]))]).toEqual([10, 130, 250]);
    expect([...(await enlarged([1, 5]))]).toEqual([10, 10, 130, 250, 250]);
  });

  test('lays what is transparent on white', async () => {
    const through = (alpha: number) => readImage(grey(2, 1, [0, 100], alpha), { size: [1, 2], channels: 1 });
    expect([...(await through(0))]).toEqual([255, 255]);
    expect([...(await through(51))]).toEqual([204, 224]);
    expect([...(await through(255))]).toEqual([0, 100]);
  });

  test.each([
    [{}, 'size must be a positive integer or [height, width], found undefined'],
    [{ size: 0 }, 'size must be'],
    [{ size: [28] }, 'size must be'],
    [{ size: [28, 28, 3] }, 'size must be'],
    [{ size: 28, channels: 4 }, 'channels must be 1 or 3, found 4'],
    [{ size: 28, maxPixels: 0 }, 'maxPixels must be a positive integer'],
    [{ size: 28, chanels: 1 }, 'did you mean channels?'],
  ])('refuses %o', async (options, message) => {
    const failure = readImage(grey(1, 1, [0]), options as never);
    await expect(failure).rejects.toThrow(ArgumentError);
    await expect(failure).rejects.toThrow(message);
  });

  test('refuses what is no picture', async () => {
    const wrong = { width: 2, height: 2, data: new Uint8Array(15) };
    await expect(readImage(wrong as never, { size: 2 })).rejects.toThrow(ArgumentError);
    await expect(readImage(null as never, { size: 2 })).rejects.toThrow(ArgumentError);
  });
});
