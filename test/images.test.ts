/** Layers on images: what shapes they make, what they call their parameters, and what they say of shapes that do not suit. */
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  avgPool2d,
  conv2d,
  dense,
  flatten,
  type Layer,
  maxPool2d,
  relu,
  ShapeError,
  sequential,
  softmaxCrossEntropy,
} from '../src/index.ts';
import { lenet } from '../src/lenet.ts';
import { countParameters, describeModel } from '../src/model.ts';
import { trainingNetwork } from '../src/network.ts';

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
    ['average pool', [6, 6, 6], avgPool2d([3, 2], { stride: 3 }), [6, 2, 2]],
    ['flatten', [6, 2, 3], flatten(), [36]],
    ['dense', [6, 2, 3], dense(4), [4]],
  ])('%s', (_name, input, layer, expected) => expect(shapeOf(input, layer)).toEqual(expected));
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
    const { parameters } = trainingNetwork({ model, loss: softmaxCrossEntropy(), batch: 2 });
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
    ['option of windows', () => maxPool2d(2, { strides: 1 } as never), /maxPool2d: expected { stride }, found strides/],
    [
      'stride for windows that are not square',
      () => avgPool2d([3, 2]),
      /avgPool2d: expected a stride .* 3×2, found none/,
    ],
    ['window', () => maxPool2d(0), /maxPool2d: size must be a positive integer, found 0/],
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
      'windows too large',
      [1, 4, 1],
      avgPool2d(2),
      /avgPool2d: expected images with room for a window of 2×2, found \[1, 4, 1\]/,
    ],
  ])('%s', (_name, input, layer, message) => {
    expect(() => sequential(input, [layer])).toThrow(ShapeError);
    expect(() => sequential(input, [layer])).toThrow(message);
  });
});
