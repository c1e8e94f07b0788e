/**
 * The convolution of neural networks, which does not flip its filters: filters [O, C·KH·KW] over an image [C, H, W, N] give
 * z[o, y, x] = Σ over c, i, j of W[o, (c, i, j)] a[c, y·s + i − top, x·s + j − left], with zeros outside: [O, OH, OW, N].
 */
import { columns, rows, size } from '../base/tensor.ts';
import { append, type Node } from '../graph/graph.ts';
import { batch, leaf } from '../graph/leaf.ts';
import type { Case, KernelOp } from '../graph/op.ts';
import { conv2dFilterGradient, splitOf } from './conv2d-filter-gradient.ts';
import { conv2dInputGradient } from './conv2d-input-gradient.ts';
import { partialSum } from './partial-sum.ts';
import { axesOf, reshape } from './reshape.ts';
import { type Convolution, contractWeights, convolving, probing, summing } from './shared/convolution.ts';
import { all, selection } from './shared/selection.ts';
import { mismatch } from './shared/shapes.ts';
import { checkedGeometry, geometryOf } from './shared/window.ts';

function layout(node: Node): Convolution {
  const [filters, image] = node.inputs;
  const geometry = geometryOf(image.shape, node.attributes);
  const work = size(filters.shape) * geometry.OH * geometry.OW;
  return { filters, image, geometry, M: filters.shape[0], spread: 1, flipped: false, work };
}

/**
 * Images and filters that leave nothing over, that do, and that reach over the edges; columns of pixels; one with 57,600
 * products in each sum of the filter gradient, as the first layer of LeNet-5 has it in batches of 100; and so many filters that
 * this gradient has few parts, or a single one.
 */
const cases = [
  { image: [1, 5, 5, 4], filters: 1, window: { height: 3, width: 3 } },
  { image: [3, 7, 9, 5], filters: 4, window: { height: 3, width: 2 } },
  { image: [2, 6, 5, 7], filters: 18, window: { height: 3, width: 3, top: 1, left: 1, bottom: 1, right: 1 } },
  {
    image: [2, 9, 8, 33],
    filters: 5,
    window: { height: 3, width: 4, stride: 2, top: 1, left: 2, bottom: 0, right: 1 },
  },
  { image: [3, 8, 11, 3], filters: 7, window: { height: 2, width: 3, stride: 3 } },
  { image: [2, 3, 4, 6], filters: 3, window: { height: 5, width: 6, top: 2, left: 3, bottom: 2, right: 2 } },
  { image: [3, 11, 1, 5], filters: 4, window: { height: 3, width: 1, stride: 2, top: 2, bottom: 1 } },
  { image: [2, 9, 1, 6], filters: 3, window: { height: 4, width: 2, top: 1, left: 1 } },
  { image: [4, 1, 1, 9], filters: 6, window: { height: 1, width: 1 } },
  { image: [2, 4, 3, 6], filters: 3, window: { height: 1, width: 2, top: 1, left: 3, bottom: 2, right: 2 } },
  { image: [2, 5, 5, 6], filters: 3, window: { height: 2, width: 2, stride: 3, top: 3, left: 2, bottom: 3, right: 2 } },
  { image: [6, 12, 12, 5], filters: 16, window: { height: 5, width: 5 } },
  { image: [1, 28, 28, 3], filters: 6, window: { height: 5, width: 5, top: 2, left: 2, bottom: 2, right: 2 } },
  { image: [1, 28, 28, 100], filters: 6, window: { height: 5, width: 5 } },
  { image: [64, 3, 3, 20], filters: 128, window: { height: 3, width: 3 } },
  { image: [1024, 1, 1, 2], filters: 1025, window: { height: 1, width: 1 } },
] as const;

export const conv2d: KernelOp = {
  kind: 'kernel',
  name: 'conv2d',

  shape(inputs, attributes) {
    const [filters, image] = inputs;
    const { C, N, OH, OW, KH, KW } = checkedGeometry('conv2d', image, inputs, attributes);
    if (filters.shape.length !== 2 || filters.shape[1] !== C * KH * KW) {
      mismatch('conv2d', `filters of ${C}·${KH}·${KW} = ${C * KH * KW} weights each`, inputs);
    }
    return [filters.shape[0], OH, OW, N];
  },

  gradient(graph, node, upstream) {
    const [filters, image] = node.inputs;
    const { attributes } = node;
    const [, H, W] = image.shape;
    const split = splitOf(filters.shape[0], geometryOf(image.shape, attributes));
    const appendFilterGradient = (): Node => {
      const parts = append(graph, conv2dFilterGradient, [upstream, image], { ...attributes, ...split });
      return parts.shape[0] > 1
        ? append(graph, partialSum, [parts])
        : append(graph, reshape, [parts], axesOf(filters.shape));
    };
    return [
      appendFilterGradient,
      () => append(graph, conv2dInputGradient, [filters, upstream], { ...attributes, H, W }),
    ];
  },

  ...summing(
    (node) => contractWeights(node, node.shape[0], layout(node).geometry, (pixel, result) => [pixel, result]),
    (node) => size(node.inputs[0].shape) / node.shape[0],
  ),

  ...convolving(layout),

  probe: probing([5, 6], (graph) => {
    const [filters, image] = [leaf(graph, batch, 'filters', [5, 12]), leaf(graph, batch, 'image', [2, 4, 5, 35])];
    append(graph, conv2d, [filters, image], { height: 2, width: 3, top: 1, right: 3 }, 'convolution');
  }),

  patch(node, some) {
    const { filters, image, geometry, M } = layout(node);
    const { N, OH, OW } = geometry;
    const [m, n] = [some(M), some(N)];
    return {
      rows: m.flatMap((o) => all(OH * OW).map((place) => o * OH * OW + place)),
      columns: n,
      height: M * OH * OW,
      shape: [m.length, OH, OW, n.length],
      attributes: node.attributes,
      operands: [
        selection(m, all(columns(filters.shape))),
        selection(all(rows(image.shape)), n, image.shape.slice(0, -1)),
      ],
    };
  },
};

export const conv2dCases = (): readonly Case[] =>
  cases.map(({ image, filters, window }) => ({
    shapes: [[filters, image[0] * window.height * window.width], image],
    attributes: window,
  }));
