/**
 * The gradient of a convolution by its input: (filters, δ) -> ∂C/∂a[c, h, w] = Σ of W[o, (c, i, j)] δ[o, y, x] over the
 * places where tap (c, i, j) meets pixel (h, w). This is a convolution of δ, spread out by the stride, with the filters
 * rotated by 180°.
 */
import { rows, size } from '../base/tensor.ts';
import { append, type Node } from '../graph/graph.ts';
import { batch, leaf } from '../graph/leaf.ts';
import type { Case, KernelOp } from '../graph/op.ts';
import { type Convolution, contractWeights, convolving, probing, summing } from './shared/convolution.ts';
import { all, selection } from './shared/selection.ts';
import { mismatch } from './shared/shapes.ts';
import { type Geometry, geometryOf, windowOf } from './shared/window.ts';

/** Of the convolution whose gradient it is. */
function forward({ shape, attributes }: Pick<Node, 'shape' | 'attributes'>): Geometry {
  return geometryOf(shape, attributes);
}

function layout(node: Node): Convolution {
  const [filters, image] = node.inputs;
  const { C, H, W, N, OH, OW, KH, KW, stride, top, left } = forward(node);
  return {
    filters,
    image,
    M: C,
    spread: stride,
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

export const conv2dInputGradient: KernelOp = {
  kind: 'kernel',
  name: 'conv2dInputGradient',

  shape(inputs, attributes) {
    const [filters, delta] = inputs;
    const { height, width } = windowOf(attributes);
    const { H, W } = attributes as Record<string, number>;
    const C = size(filters.shape) / filters.shape[0] / (height * width);
    const [O, OH, OW, N] = delta.shape;
    const expected = geometryOf([C, H, W, N], attributes);
    if (O !== filters.shape[0] || OH !== expected.OH || OW !== expected.OW || !Number.isInteger(C)) {
      mismatch('conv2dInputGradient', `δ of a convolution of images ${H}×${W} with these filters`, inputs);
    }
    return [C, H, W, N];
  },

  ...summing(
    (node) => contractWeights(node, node.inputs[0].shape[0], forward(node), (pixel, result) => [result, pixel]),
    (node) => size(node.inputs[0].shape) / node.shape[0],
  ),

  ...convolving(layout),

  probe: probing([2, 5], (graph) => {
    const [filters, delta] = [leaf(graph, batch, 'filters', [5, 12]), leaf(graph, batch, 'delta', [5, 4, 6, 35])];
    const attributes = { height: 2, width: 3, top: 1, right: 3, H: 4, W: 5 };
    append(graph, conv2dInputGradient, [filters, delta], attributes, 'gradient');
  }),

  patch(node, some) {
    const { filters, image, geometry, M } = layout(node);
    const { N, OH: H, OW: W, KH, KW } = geometry;
    const [m, n] = [some(M), some(N)];
    return {
      rows: m.flatMap((c) => all(H * W).map((place) => c * H * W + place)),
      columns: n,
      height: M * H * W,
      shape: [m.length, H, W, n.length],
      attributes: node.attributes,
      operands: [
        selection(
          all(rows(filters.shape)),
          m.flatMap((c) => all(KH * KW).map((tap) => c * KH * KW + tap)),
        ),
        selection(all(rows(image.shape)), n, image.shape.slice(0, -1)),
      ],
    };
  },
};

export const conv2dInputGradientCases = (): readonly Case[] => [
  {
    shapes: [
      [4, 18],
      [4, 5, 8, 5],
    ],
    attributes: { height: 3, width: 2, H: 7, W: 9 },
  },
];
