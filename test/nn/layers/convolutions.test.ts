/** Convolutional layers beyond the plain one: groups, pairs, signals, transposed. Their numbers are those of PyTorch in test/oracle. */
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  conv1d,
  conv2d,
  conv2dTranspose,
  dense,
  type Layer,
  relu,
  ShapeError,
  sequential,
  sigmoid,
  summary,
} from '../../../src/index.node.ts';
import { capped } from '../../../src/nn/model.ts';

const of = (input: readonly number[], layer: Layer) => summary(sequential(input, [layer])).layers[0];

describe('a layer', () => {
  // Shapes and parameters are those of PyTorch's Conv2d, Conv1d and ConvTranspose2d; multiply-adds by hand.
  test.each<[string, readonly number[], Layer, object]>([
    [
      'conv 3x5x3 /2x1 pad 0x2 linear',
      [2, 11, 9],
      conv2d(3, [3, 5], undefined, { stride: [2, 1], padding: [0, 2] }),
      { shape: [3, 5, 9], parameters: 93, multiplyAdds: 3 * 2 * 15 * 45 },
    ],
    [
      'conv 3x3x8 same groups 4 no bias relu',
      [4, 9, 8],
      conv2d(8, 3, relu, { padding: 'same', groups: 4, bias: false }),
      { shape: [8, 9, 8], parameters: 72, multiplyAdds: 8 * 9 * 72 },
    ],
    [
      'conv 3x3x2 /2x3 same linear',
      [1, 7, 7],
      conv2d(2, 3, undefined, { stride: [2, 3], padding: 'same' }),
      { shape: [2, 4, 3], parameters: 20, multiplyAdds: 2 * 9 * 12 },
    ],
    [
      'conv 4x5 /3 linear',
      [2, 23],
      conv1d(5, 4, undefined, { stride: 3 }),
      { shape: [5, 7], parameters: 45, multiplyAdds: 5 * 8 * 7 },
    ],
    [
      'conv 5x4 pad 2 groups 2 relu',
      [6, 17],
      conv1d(4, 5, relu, { padding: 2, groups: 2 }),
      { shape: [4, 17], parameters: 64, multiplyAdds: 4 * 15 * 17 },
    ],
    [
      'transposed conv 3x3x4 /2 pad 1 output pad 1 linear',
      [3, 5, 4],
      conv2dTranspose(4, 3, undefined, { stride: 2, padding: 1, outputPadding: 1 }),
      { shape: [4, 10, 8], parameters: 112, multiplyAdds: 3 * 4 * 9 * 20 },
    ],
    [
      'transposed conv 2x3x6 /3x1 groups 2 no bias sigmoid',
      [4, 5, 4],
      conv2dTranspose(6, [2, 3], sigmoid, { stride: [3, 1], groups: 2, bias: false }),
      { shape: [6, 14, 6], parameters: 72, multiplyAdds: 4 * 3 * 6 * 20 },
    ],
    ['3 no bias linear', [5], dense(3, undefined, { bias: false }), { shape: [3], parameters: 15, multiplyAdds: 15 }],
  ])('%s', (description, input, layer, expected) => {
    expect(of(input, layer)).toMatchObject({ description, ...expected });
  });

  test('has one number for two that are equal', () => {
    expect(conv2d(2, 3, relu, { stride: [2, 2], padding: [1, 1] })).toMatchObject({ stride: 2, padding: 1 });
  });
});

describe('a cap on the filters', () => {
  test.each([1, 2, 3, 5, 7, 16, 64])('of %d leaves groups that divide filters and channels', (most) => {
    const net = sequential(
      [3, 8, 8],
      [
        conv2d(12, 3, relu, { groups: 3 }),
        conv2d(24, 3, relu, { groups: 12 }),
        conv2dTranspose(18, 3, relu, { groups: 6 }),
        dense(2),
      ],
    );
    const { shapes, layers } = capped(net, most);
    for (const [channels] of shapes.slice(1)) expect(channels).toBeLessThanOrEqual(most);
    if (most >= 24) expect(layers).toMatchObject([{ groups: 3 }, { groups: 12 }, { groups: 6 }, {}]);
  });

  test('keeps a depthwise convolution depthwise', () => {
    const net = sequential([1, 8, 8], [conv2d(32, 3), conv2d(32, 3, relu, { groups: 32 })]);
    expect(capped(net, 10).layers[1]).toMatchObject({ filters: 10, groups: 10 });
  });
});

describe('mistakes', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['filters', () => conv2d(5, 3, relu, { groups: 2 }), /conv2d: groups must divide the 5 filters evenly, found 2/],
    ['half a group', () => conv1d(5, 3, relu, { groups: 0.5 }), /conv1d: groups must be a positive integer, found 0.5/],
    [
      'three steps',
      () => conv2d(5, 3, relu, { stride: [1, 2, 3] as never }),
      /conv2d: stride must be a number or \[down, across\], found \[1, 2, 3\]/,
    ],
    ['a step of 0', () => conv2d(5, 3, relu, { stride: [1, 0] }), /conv2d: stride must be a positive integer, found 0/],
    [
      'a rule for one direction',
      () => conv2d(5, 3, relu, { padding: ['same', 1] as never }),
      /conv2d: padding must be 'same', 'valid' or an integer ≥ 0, found "same"/,
    ],
    ['bias', () => dense(5, relu, { bias: 0 as never }), /dense: bias must be true or false, found 0/],
    ['kernel', () => conv1d(5, [3, 3] as never), /conv1d: kernel must be a positive integer, found \[3, 3\]/],
    [
      'output padding',
      () => conv2dTranspose(5, 3, relu, { stride: [2, 3], outputPadding: [2, 1] }),
      /conv2dTranspose: outputPadding must be less than the stride 2x3, found 2x1/,
    ],
    [
      'a rule',
      () => conv2dTranspose(5, 3, relu, { padding: 'same' as never }),
      /conv2dTranspose: padding must be an integer ≥ 0, found "same"/,
    ],
  ])('%s', (_name, make, message) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(message);
  });

  test.each<[string, readonly number[], Layer, RegExp]>([
    [
      'channels',
      [3, 8, 8],
      conv2d(4, 3, relu, { groups: 2 }),
      /layer 0: conv2d: expected channels that 2 groups divide evenly, found 3/,
    ],
    ['no channels', [100], conv1d(4, 3), /conv1d: expected signals \[channels, length\], .* channels are \[1, 100\]/],
    ['images', [1, 8, 8], conv1d(4, 3), /conv1d: expected signals \[channels, length\], found \[1, 8, 8\]$/],
    ['short', [2, 4], conv1d(4, 5), /conv1d: expected signals with room for a filter of 5, .*found \[2, 4\]/],
    [
      'nothing left',
      [1, 2, 5],
      conv2dTranspose(1, 2, relu, { padding: 2 }),
      /conv2dTranspose: expected images with more pixels than the padding of 2 cuts off, found \[1, 2, 5\]/,
    ],
  ])('%s', (_name, input, layer, message) => {
    expect(() => sequential(input, [layer])).toThrow(ShapeError);
    expect(() => sequential(input, [layer])).toThrow(message);
  });
});
