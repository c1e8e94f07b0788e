/** Layers on images: what shapes they make, what they call their parameters, and what they say of shapes that do not suit. */
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  avgPool1d,
  avgPool2d,
  compile,
  conv2d,
  dense,
  flatten,
  globalAveragePool2d,
  globalMaxPool2d,
  groupNorm,
  type Layer,
  linear,
  maxPool1d,
  maxPool2d,
  permute,
  prelu,
  relu,
  reshape,
  ShapeError,
  sequential,
  sgd,
  softmaxCrossEntropy,
  squared,
  upsample2d,
} from '../../src/index.ts';
import { lenet } from '../../src/nn/lenet.ts';
import { countParameters, describeModel } from '../../src/nn/model.ts';
import { trainingGraph } from '../../src/train/graphs.ts';

const shapeOf = (input: readonly number[], layer: Layer) => sequential(input, [layer]).shapes[1];

describe('shapes of one sample', () => {
  test.each<[string, readonly number[], Layer, readonly number[]]>([
    ['valid', [1, 28, 28], conv2d(6, 5), [6, 24, 24]],
    ['padding', [3, 28, 20], conv2d(6, 5, relu, { padding: 2 }), [6, 28, 20]],
    ['kernel of two sizes', [3, 9, 9], conv2d(2, [3, 1]), [2, 7, 9]],
    ['stride', [1, 8, 7], conv2d(2, 3, relu, { stride: 2 }), [2, 3, 3]],
    ['same', [1, 7, 6], conv2d(2, 4, relu, { padding: 'same' }), [2, 7, 6]],
    ['same with a stride', [1, 7, 6], conv2d(2, 3, relu, { padding: 'same', stride: 2 }), [2, 4, 3]],
    [
      'same with a stride that steps over pixels',
      [1, 9, 9],
      conv2d(2, 1, relu, { padding: 'same', stride: 4 }),
      [2, 3, 3],
    ],
    ['max pool', [6, 24, 24], maxPool2d(2), [6, 12, 12]],
    ['a rest', [6, 5, 7], maxPool2d(2), [6, 2, 3]],
    ['overlap', [6, 5, 7], maxPool2d(3, { stride: 2 }), [6, 2, 3]],
    ['max pool with padding', [6, 5, 7], maxPool2d(3, { stride: 2, padding: 1 }), [6, 3, 4]],
    ['windows that are not square', [6, 6, 8], maxPool2d([2, 4]), [6, 3, 2]],
    ['two strides and paddings', [6, 6, 8], avgPool2d([2, 4], { stride: [1, 3], padding: [0, 2] }), [6, 5, 3]],
    ['max pool of signals', [6, 9], maxPool1d(2), [6, 4]],
    ['average pool of signals', [6, 9], avgPool1d(3, { stride: 2, padding: 1 }), [6, 5]],
    ['average pool', [6, 6, 6], avgPool2d([3, 2], { stride: 3 }), [6, 2, 2]],
    ['global average pool', [6, 5, 7], globalAveragePool2d(), [6]],
    ['global max pool', [6, 1, 7], globalMaxPool2d(), [6]],
    ['upsample', [6, 5, 7], upsample2d(2), [6, 10, 14]],
    ['upsample in one direction', [6, 5, 7], upsample2d([1, 3]), [6, 5, 21]],
    ['groupNorm', [6, 5, 7], groupNorm(3), [6, 5, 7]],
    ['reshape', [6, 2, 3], reshape([4, 9]), [4, 9]],
    ['reshape to what is left over', [6, 2, 3], reshape([2, -1, 2]), [2, 9, 2]],
    ['permute', [6, 2, 3], permute([2, 0, 1]), [3, 6, 2]],
    ['permute of two axes', [6, 2], permute([1, 0]), [2, 6]],
    ['flatten', [6, 2, 3], flatten(), [36]],
    ['dense', [6, 2, 3], dense(4), [4]],
  ])('%s', (_name, input, layer, expected) => expect(shapeOf(input, layer)).toEqual(expected));
});

describe("'same' puts the odd zero below and to the right", () => {
  const counting = (n: number) => Float32Array.from({ length: n }, (_, i) => i + 1);

  // Image and filter are 1, 2, 3, ...; the results are those of PyTorch: conv2d(x, w, padding='same'), and of
  // conv2d(pad(x, [left, right, top, bottom]), w, stride=2) with the zeros that TensorFlow's 'SAME' puts around.
  test.each<[string, readonly [number, number], readonly [number, number], number, readonly number[]]>([
    ['2×2', [3, 4], [2, 2], 1, [44, 54, 64, 28, 84, 94, 104, 44, 29, 32, 35, 12]],
    ['1×4', [3, 4], [1, 4], 1, [20, 30, 20, 11, 56, 70, 44, 23, 92, 110, 68, 35]],
    ['4×3', [3, 4], [4, 3], 1, [330, 510, 582, 387, 231, 348, 393, 252, 133, 190, 211, 127]],
    ['3×3 with a stride, [0, 1, 0, 1]', [4, 4], [3, 3], 2, [348, 252, 274, 175]],
    ['3×3 with a stride, [0, 1, 1, 1]', [3, 4], [3, 3], 2, [178, 145, 190, 127]],
  ])('%s', async (_name, image, kernel, stride, expected) => {
    const layer = conv2d(1, kernel, linear, { padding: 'same', stride });
    const optimizer = sgd({ learningRate: 0 });
    const net = await compile(sequential([1, ...image], [layer]), {
      device: 'cpu',
      batch: 1,
      loss: squared(),
      optimizer,
    });
    net.setParameters({
      'layers.0.weight': { shape: [1, 1, ...kernel], data: counting(kernel[0] * kernel[1]) },
      'layers.0.bias': { shape: [1], data: new Float32Array(1) },
    });
    expect([...(await net.predict(counting(image[0] * image[1])))]).toEqual(expected);
    net.destroy();
  });
});

describe('padding of windows is never the largest, and counts in a mean unless told otherwise', () => {
  const image = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const signal = [-4, -2, 6];
  // By hand: the windows of [3, 3] are {1}, {2, 3}, {4, 7} and {5, 6, 8, 9}, those of [3] are {-4}, {-2, 6}.
  test.each<[string, readonly number[], readonly number[], Layer, readonly number[]]>([
    ['maximum', [1, 3, 3], image, maxPool2d(2, { padding: 1 }), [1, 3, 7, 9]],
    ['maximum of negative numbers', [1, 3, 3], image.map((x) => -x), maxPool2d(2, { padding: 1 }), [-1, -2, -4, -5]],
    ['mean', [1, 3, 3], image, avgPool2d(2, { padding: 1 }), [1 / 4, 5 / 4, 11 / 4, 28 / 4]],
    ['mean of pixels', [1, 3, 3], image, avgPool2d(2, { padding: 1, countPadding: false }), [1, 5 / 2, 11 / 2, 28 / 4]],
    ['maximum of a signal', [1, 3], signal, maxPool1d(2, { padding: 1 }), [-4, 6]],
    ['mean of a signal', [1, 3], signal, avgPool1d(2, { padding: 1 }), [-2, 2]],
    ['mean of places', [1, 3], signal, avgPool1d(2, { padding: 1, countPadding: false }), [-4, 2]],
  ])('%s', async (_name, shape, x, layer, expected) => {
    const weights = { shape: [1], data: [1] };
    const model = sequential(shape, [prelu(), layer]);
    const net = await compile(model, { device: 'cpu', batch: 1, loss: squared(), optimizer: sgd({ learningRate: 0 }) });
    net.setParameters({ 'layers.0.weight': weights });
    expect([...(await net.predict(x))]).toEqual(expected);
    net.destroy();
  });
});

describe('LeNet-5', () => {
  const model = lenet([1, 28, 28], 10, { padding: 0 });

  test('has the sizes of the literature', () => {
    expect(countParameters(lenet([1, 28, 28], 10))).toBe(61_706);
    expect(countParameters(model)).toBe(44_426);
    expect(model.shapes.slice(1, 6).map(String)).toEqual(['6,24,24', '6,12,12', '16,8,8', '16,4,4', '256']);
    expect(describeModel(model)).toBe(
      '1x28x28 -> conv 5x5x6 relu -> max pool 2x2 -> conv 5x5x16 relu -> max pool 2x2 -> flatten -> 120 relu -> 84 relu -> 10 linear',
    );
  });

  test('gives its filters as [out, in, height, width]', () => {
    const { parameters } = trainingGraph({ model, loss: softmaxCrossEntropy(), batch: 2 });
    const shapes = Object.fromEntries(parameters.map(({ key, shape }) => [key, shape]));
    expect(shapes).toMatchObject({
      'layers.0.weight': [6, 1, 5, 5],
      'layers.0.bias': [6],
      'layers.2.weight': [16, 6, 5, 5],
      'layers.5.weight': [120, 256],
    });
  });
});

describe('mistakes', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['no filters', () => conv2d(0, 3), /conv2d: filters must be a positive integer, found 0/],
    ['half a pixel', () => conv2d(2, 2.5), /conv2d: kernel must be a positive integer, found 2.5/],
    [
      'three sizes',
      () => conv2d(2, [1, 2, 3] as never),
      /conv2d: kernel must be a size or \[height, width\], found \[1, 2, 3\]/,
    ],
    ['stride', () => conv2d(2, 3, relu, { stride: 0 }), /conv2d: stride must be a positive integer, found 0/],
    ['padding', () => conv2d(2, 3, relu, { padding: -1 }), /conv2d: padding must be .*found -1/],
    ['padding by name', () => conv2d(2, 3, relu, { padding: 'full' as never }), /padding must be .*found "full"/],
    ['initialiser', () => conv2d(2, 3, relu, { init: 1 as never }), /conv2d: init must be an initialiser/],
    ['no kernel', () => conv2d(2, null as never), /conv2d: kernel must be a positive integer, found null/],
    ['option', () => conv2d(2, 3, relu, { strides: 2 } as never), /conv2d: expected { stride, .* }, found strides/],
    ['no options', () => conv2d(2, 3, relu, null as never), /conv2d: expected { stride, .* }, found null/],
    [
      'option of windows',
      () => maxPool2d(2, { strides: 1 } as never),
      /maxPool2d: expected { stride, padding }, found strides/,
    ],
    [
      'padding of half a pixel',
      () => maxPool2d(2, { padding: 0.5 }),
      /maxPool2d: padding must be .same. or an integer ≥ 0, found 0.5/,
    ],
    [
      'padding of more than half a window',
      () => avgPool2d([4, 3], { padding: 2 }),
      /avgPool2d: padding must be at most half the size of a window, 1 of 3, found 2/,
    ],
    [
      'padding that a maximum counts',
      () => maxPool2d(2, { countPadding: true } as never),
      /maxPool2d: .*found countPadding/,
    ],
    [
      'whether padding counts',
      () => avgPool2d(2, { countPadding: 1 as never }),
      /avgPool2d: countPadding must be true or/,
    ],
    ['three strides', () => maxPool2d(2, { stride: [1, 2, 3] as never }), /maxPool2d: stride must be .*\[1, 2, 3\]/],
    ['window of a signal', () => maxPool1d(0), /maxPool1d: size must be a positive integer, found 0/],
    [
      'padding of a signal',
      () => avgPool1d(3, { padding: 2 }),
      /avgPool1d: padding must be at most half .* 1 of 3, found 2/,
    ],
    ['window', () => maxPool2d(0), /maxPool2d: size must be a positive integer, found 0/],
    ['window of no height', () => maxPool2d([0, 2]), /maxPool2d: size must be a positive integer, found 0/],
    ['window of no width', () => avgPool2d([2, 0]), /avgPool2d: size must be a positive integer, found 0/],
    ['half a row', () => conv2d(2, [0.5, 3]), /conv2d: kernel must be a positive integer, found 0.5/],
    [
      'stride of windows',
      () => avgPool2d(2, { stride: 1.5 }),
      /avgPool2d: stride must be a positive integer, found 1.5/,
    ],
  ])('%s', (_name, make, message) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(message);
  });

  test.each<[string, readonly number[], Layer, RegExp]>([
    ['no channels', [28, 28], conv2d(2, 3), /conv2d: expected images .*found \[28, 28\]; .* are \[1, 28, 28\]/],
    ['no image', [784], maxPool2d(2), /maxPool2d: expected images \[channels, height, width\], found \[784\]$/],
    [
      'filters too large',
      [1, 4, 9],
      conv2d(2, 5),
      /conv2d: expected images with room for a filter of 5×5.*\[1, 4, 9\]/,
    ],
    [
      'groups that do not divide',
      [4, 2, 2],
      groupNorm(3),
      /groupNorm: expected channels that 3 groups divide, found 4/,
    ],
    ['no image to enlarge', [4], upsample2d(2), /upsample2d: expected images .* found \[4\]/],
    ['no signal', [6, 5, 7], maxPool1d(2), /maxPool1d: expected signals \[channels, length\], found \[6, 5, 7\]/],
    ['signals too short', [6, 2], avgPool1d(3), /avgPool1d: .* window of 1×3.*, found \[6, 2\]/],
    [
      'windows too large',
      [1, 4, 1],
      avgPool2d(2),
      /avgPool2d: expected images with room for a window of 2×2, padding included, found \[1, 4, 1\]/,
    ],
  ])('%s', (_name, input, layer, message) => {
    expect(() => sequential(input, [layer])).toThrow(ShapeError);
    expect(() => sequential(input, [layer])).toThrow(message);
  });
});
