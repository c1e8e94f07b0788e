/**
 * The convolution of neural networks, which does not flip its filters: filters [O, C·KH·KW] over an image [C, H, W, N] give
 * z[o, y, x] = Σ over c, i, j of W[o, (c, i, j)] a[c, y·s + i − top, x·s + j − left], with zeros outside: [O, OH, OW, N]. A
 * signal [C, L, N] gives [O, OL, N]. With attribute `groups`, filters and channels fall into so many groups: filters
 * [O, C/groups·KH·KW], each over the channels of its own group.
 *
 * Also its gradient by its input, conv2dInputGradient: each is the other's gradient.
 */
import { columns, size } from '../base/tensor.ts';
import { append, type Graph, type Node } from '../graph/graph.ts';
import { batch, leaf } from '../graph/leaf.ts';
import type { Append, Attributes, Case, KernelOp } from '../graph/op.ts';
import { conv2dFilterGradient, splitOf } from './conv2d-filter-gradient.ts';
import { partialSum } from './partial-sum.ts';
import { axesOf, reshape } from './reshape.ts';
import {
  type Convolution,
  contractWeights,
  convolving,
  groupsOf,
  patchOf,
  probing,
  summing,
} from './shared/convolution.ts';
import { mismatch } from './shared/shapes.ts';
import { axesLike, checkedGeometry, geometryOf, windowOf } from './shared/window.ts';

/** What appends the gradient by the filters, for the image and the δ of a convolution. */
const byFilters =
  (graph: Graph, filters: Node, delta: Node, image: Node, attributes: Attributes): Append =>
  () => {
    const split = splitOf(filters.shape[0], groupsOf(attributes), geometryOf(image.shape, attributes));
    const parts = append(graph, conv2dFilterGradient, [delta, image], { ...attributes, ...split });
    return parts.shape[0] > 1
      ? append(graph, partialSum, [parts])
      : append(graph, reshape, [parts], axesOf(filters.shape));
  };

function layout(node: Node): Convolution {
  const [filters, image] = node.inputs;
  const geometry = geometryOf(image.shape, node.attributes);
  const work = size(filters.shape) * geometry.OH * geometry.OW;
  return { filters, image, geometry, M: filters.shape[0], spread: [1, 1], flipped: false, work };
}

/**
 * Images and filters that leave nothing over, that do, and that reach over the edges; columns of pixels, and signals; strides
 * that differ; groups of filters, down to one channel each; one with 57,600 products in each sum of the filter gradient, as the
 * first layer of LeNet-5 has it in batches of 100; and so many filters that this gradient has few parts, or a single one.
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
  { image: [2, 11, 9, 5], filters: 3, window: { height: 3, width: 5, stride: 2, across: 1, left: 2, right: 2 } },
  {
    image: [3, 7, 11, 6],
    filters: 4,
    window: { height: 2, width: 3, stride: 1, across: 4, top: 1, left: 3, right: 1 },
  },
  { image: [6, 7, 5, 9], filters: 9, groups: 3, window: { height: 3, width: 3, top: 1, left: 1, bottom: 1, right: 1 } },
  { image: [8, 6, 7, 5], filters: 38, groups: 2, window: { height: 2, width: 2, stride: 2, left: 1 } },
  { image: [4, 9, 8, 35], filters: 8, groups: 4, window: { height: 3, width: 3, stride: 2 } },
  {
    image: [7, 10, 13, 6],
    filters: 7,
    groups: 7,
    window: { height: 3, width: 3, top: 1, left: 1, bottom: 1, right: 1 },
  },
  { image: [5, 1, 7, 33], filters: 5, groups: 5, window: { height: 1, width: 2 } },
  { image: [3, 17, 9], filters: 4, window: { height: 1, width: 5, left: 2, right: 2 } },
  { image: [2, 23, 5], filters: 5, window: { height: 1, width: 4, stride: 3 } },
  { image: [6, 300, 3], filters: 4, groups: 2, window: { height: 1, width: 7, stride: 2, left: 3, right: 3 } },
] as const;

export const conv2d: KernelOp = {
  kind: 'kernel',
  name: 'conv2d',

  shape(inputs, attributes) {
    const [filters, image] = inputs;
    const { C, N, OH, OW, KH, KW } = checkedGeometry('conv2d', image, inputs, attributes);
    const groups = groupsOf(attributes);
    const [O, weights] = filters.shape;
    if (C % groups > 0 || O % groups > 0) {
      mismatch('conv2d', `filters and channels that ${groups} groups divide evenly`, inputs);
    }
    const channels = C / groups;
    if (filters.shape.length !== 2 || weights !== channels * KH * KW) {
      mismatch('conv2d', `filters of ${channels}·${KH}·${KW} = ${channels * KH * KW} weights each`, inputs);
    }
    return axesLike(image.shape, O, [OH, OW, N]);
  },

  gradient(graph, { inputs: [filters, image], attributes }, upstream) {
    const { H, W } = geometryOf(image.shape, attributes);
    return [
      byFilters(graph, filters, upstream, image, attributes),
      () => append(graph, conv2dInputGradient, [filters, upstream], { ...attributes, H, W }),
    ];
  },

  ...summing(
    (node) => contractWeights(node, layout(node).geometry, (pixel, result) => [pixel, result]),
    (node) => size(node.inputs[0].shape) / node.shape[0],
  ),

  ...convolving(layout),

  probe: probing([5, 6], (graph) => {
    const [filters, image] = [leaf(graph, batch, 'filters', [5, 12]), leaf(graph, batch, 'image', [2, 4, 5, 35])];
    append(graph, conv2d, [filters, image], { height: 2, width: 3, top: 1, right: 3 }, 'convolution');
  }),

  patch: (node, some) => patchOf(node, layout(node), some),
};

export const conv2dCases = (): readonly Case[] =>
  cases.map(({ image, filters, window, ...groups }) => ({
    shapes: [[filters, (image[0] / groupsOf(groups)) * window.height * window.width], image],
    attributes: { ...window, ...groups },
  }));

/** As of an input gradient: that of the convolution whose gradient it is. */
function gradientLayout(node: Node): Convolution {
  const [filters, image] = node.inputs;
  const { C, H, W, N, OH, OW, KH, KW, stride, across, top, left } = geometryOf(node.shape, node.attributes);
  return {
    filters,
    image,
    M: C,
    spread: [stride, across],
    flipped: true,
    work: size(filters.shape) * OH * OW,
    geometry: {
      C: filters.shape[0],
      H: OH,
      W: OW,
      N,
      OH: H,
      OW: W,
      KH,
      KW,
      stride: 1,
      across: 1,
      top: KH - 1 - top,
      left: KW - 1 - left,
    },
  };
}

/**
 * (filters, δ) -> ∂C/∂a[c, h, w] = Σ of W[o, (c, i, j)] δ[o, y, x] over the places where tap (c, i, j) meets pixel (h, w), of
 * an image whose H and W are attributes. This is a convolution of δ, spread out by the stride, with the filters rotated by 180°.
 */
export const conv2dInputGradient: KernelOp = {
  kind: 'kernel',
  name: 'conv2dInputGradient',

  shape(inputs, attributes) {
    const [filters, delta] = inputs;
    const { height, width } = windowOf(attributes);
    const { H, W } = attributes as Record<string, number>;
    const groups = groupsOf(attributes);
    const [O, weights] = filters.shape;
    const C = (groups * weights) / (height * width);
    const image = axesLike(delta.shape, C, [H, W, columns(delta.shape)]);
    const expected = geometryOf(image, attributes);
    if (
      O % groups > 0 ||
      !Number.isInteger(C / groups) ||
      String(delta.shape) !== String(axesLike(delta.shape, O, [expected.OH, expected.OW, expected.N]))
    ) {
      mismatch('conv2dInputGradient', `δ of a convolution of images ${H}×${W} with these filters`, inputs);
    }
    return image;
  },

  gradient: (graph, { inputs: [filters, delta], attributes: { H, W, ...attributes } }, upstream) => [
    byFilters(graph, filters, delta, upstream, attributes),
    () => append(graph, conv2d, [filters, upstream], attributes),
  ],

  ...summing(
    (node) => contractWeights(node, geometryOf(node.shape, node.attributes), (pixel, result) => [result, pixel]),
    (node) => size(node.inputs[0].shape) / node.shape[0],
  ),

  ...convolving(gradientLayout),

  probe: probing([2, 5], (graph) => {
    const [filters, delta] = [leaf(graph, batch, 'filters', [5, 12]), leaf(graph, batch, 'delta', [5, 4, 6, 35])];
    const attributes = { height: 2, width: 3, top: 1, right: 3, H: 4, W: 5 };
    append(graph, conv2dInputGradient, [filters, delta], attributes, 'gradient');
  }),

  patch: (node, some) => patchOf(node, gradientLayout(node), some),
};

/** The gradients of convolutions, with zeros that reach beyond the filters, and pixels that no filter meets. */
export const conv2dInputGradientCases = (): readonly Case[] => [
  {
    shapes: [
      [4, 18],
      [4, 5, 8, 5],
    ],
    attributes: { height: 3, width: 2, H: 7, W: 9 },
  },
  {
    shapes: [
      [3, 36],
      [3, 5, 4, 6],
    ],
    attributes: { height: 3, width: 3, stride: 2, top: 1, left: 1, bottom: 1, right: 1, H: 10, W: 8 },
  },
  {
    shapes: [
      [3, 10],
      [3, 4, 5, 9],
    ],
    attributes: { height: 1, width: 5, stride: 3, across: 2, left: 3, H: 11, W: 10 },
  },
  {
    shapes: [
      [2, 4],
      [2, 4, 3, 5],
    ],
    attributes: { height: 2, width: 2, stride: 3, top: 3, left: 2, bottom: 3, right: 2, H: 5, W: 5 },
  },
  {
    shapes: [
      [6, 18],
      [6, 4, 4, 33],
    ],
    attributes: { height: 3, width: 3, stride: 2, top: 1, left: 1, bottom: 1, right: 1, groups: 3, H: 7, W: 8 },
  },
  {
    shapes: [
      [5, 9],
      [5, 4, 6, 6],
    ],
    attributes: { height: 3, width: 3, stride: 2, groups: 5, H: 9, W: 14 },
  },
  {
    shapes: [
      [4, 15],
      [4, 7, 5],
    ],
    attributes: { height: 1, width: 5, stride: 3, left: 1, right: 1, H: 1, W: 21 },
  },
];
