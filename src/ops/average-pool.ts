/**
 * The mean of each window, [C, H, W, N] -> [C, OH, OW, N], and the sum; and what leads their gradients back. The zeros around an
 * image count in the mean, unless attribute `uncounted` says that they do not.
 */
import averagePoolWgsl from '../../shaders/average_pool.wgsl';
import averagePoolGradientWgsl from '../../shaders/average_pool_gradient.wgsl';
import { DIVISION, literal, TINY, U } from '../base/float32.ts';
import { size, stride } from '../base/tensor.ts';
import { type Attributes, append, type Node } from '../graph/graph.ts';
import type { Body, Case, KernelOp } from '../graph/op.ts';
import { grid } from './shared/grid.ts';
import { eachWindow, poolCases, poolConstants } from './shared/pooling.ts';
import { mismatch } from './shared/shapes.ts';
import { checkedGeometry, geometryOf } from './shared/window.ts';

const area = ({ height, width }: Attributes): number => Number(height) * Number(width);

/** What the sum over a window of so many pixels on the image is divided by. */
const divisor = ({ attributes }: Node, pixels: number): number => (attributes.uncounted ? pixels : area(attributes));

const constants = (attributes: Attributes) => ({
  SCALE: attributes.uncounted ? 1 : 1 / area(attributes),
  UNCOUNTED: Boolean(attributes.uncounted),
});

interface Sums {
  /** Factor of every sum. */
  readonly SCALE: number;
  /** Whether the sum over a window is divided by its pixels on the image. */
  readonly UNCOUNTED: boolean;
}

/** Sums over the windows that `attributes` lay on an image. */
export function windowSums(node: Node, attributes: Attributes, { SCALE, UNCOUNTED }: Sums, lanes = 64): Body {
  const [x] = node.inputs;
  const windows = poolConstants(geometryOf(x.shape, attributes));
  return {
    shaders: [averagePoolWgsl],
    constants: { ...windows, SCALE: literal(SCALE), UNCOUNTED, X_STRIDE: stride(x.shape) },
    operands: { X: x },
    epilogues: { finish: node.shape },
    lanes,
    workgroups: grid(size(node.shape), lanes),
  };
}

/** For each pixel of an image, the sum over the windows that reach it. */
export function sumsOfWindows(node: Node, attributes: Attributes, { SCALE, UNCOUNTED }: Sums, lanes = 64): Body {
  const [g] = node.inputs;
  const windows = poolConstants(geometryOf(node.shape, attributes));
  return {
    shaders: [averagePoolGradientWgsl],
    constants: { ...windows, SCALE: literal(SCALE), UNCOUNTED, G_STRIDE: stride(g.shape) },
    operands: { G: g },
    epilogues: { finish: node.shape },
    lanes,
    workgroups: grid(size(node.shape), lanes),
  };
}

export const averagePool: KernelOp = {
  kind: 'kernel',
  name: 'averagePool',
  shape(inputs, attributes) {
    const { C, OH, OW, N } = checkedGeometry('averagePool', inputs[0], inputs, attributes);
    return [C, OH, OW, N];
  },
  gradient: (graph, { inputs: [x], attributes }, upstream) => [
    () => append(graph, averagePoolGradient, [upstream], { ...attributes, H: x.shape[1], W: x.shape[2] }),
  ],
  reference([x], node) {
    const out = new Float64Array(size(node.shape));
    eachWindow(node, x.shape, (at, places) => {
      out[at] = places.reduce((sum, place) => sum + x.data[place], 0) / divisor(node, places.length);
    });
    return out;
  },
  // The additions, and the quotient, or the product with a factor that is rounded.
  error([x], _data, node) {
    const out = new Float64Array(size(node.shape));
    eachWindow(node, x.shape, (at, places) => {
      const n = places.length;
      const sum = places.reduce((total, place) => total + Math.abs(x.data[place]), 0);
      const carried = places.reduce((total, place) => total + (x.error?.[place] ?? 0), 0);
      out[at] = (((n + 3) * U + DIVISION) * (sum + carried) + carried) / divisor(node, n) + 3 * n * TINY;
    });
    return out;
  },
  body: (node, { lanes } = {}) => windowSums(node, node.attributes, constants(node.attributes), lanes),
};

/** Cases with zeros around the image, which count and do not. */
const cases: readonly Case[] = poolCases.flatMap((example) => {
  const isPadded = 'top' in (example.attributes ?? {});
  return isPadded ? [example, { ...example, attributes: { ...example.attributes, uncounted: true } }] : example;
});

export const averagePoolCases = (): readonly Case[] => cases;

/** upstream -> the gradient with respect to the image, whose H and W are attributes. */
export const averagePoolGradient: KernelOp = {
  kind: 'kernel',
  name: 'averagePoolGradient',
  shape(inputs, attributes) {
    const { H, W } = attributes as Record<string, number>;
    const [C, ...place] = inputs[0].shape;
    const image = [C, H, W, place[2]];
    const { OH, OW, N } = geometryOf(image, attributes);
    if (String(place) !== String([OH, OW, N])) {
      mismatch('averagePoolGradient', `an upstream gradient of shape [C, ${OH}, ${OW}, N]`, inputs);
    }
    return image;
  },
  reference([g], node) {
    const out = new Float64Array(size(node.shape));
    eachWindow(node, node.shape, (at, places) => {
      for (const place of places) out[place] += g.data[at] / divisor(node, places.length);
    });
    return out;
  },
  error([g], _data, node) {
    const out = new Float64Array(size(node.shape));
    const n = area(node.attributes);
    eachWindow(node, node.shape, (at, places) => {
      const error = g.error?.[at] ?? 0;
      const rounding = ((n + 3) * U + DIVISION) * (Math.abs(g.data[at]) + error);
      for (const place of places) out[place] += (rounding + error) / divisor(node, places.length) + 3 * TINY;
    });
    return out;
  },
  body: (node, { lanes } = {}) => sumsOfWindows(node, node.attributes, constants(node.attributes), lanes),
};

export const averagePoolGradientCases = (): readonly Case[] =>
  cases.map(({ shapes: [shape], attributes }) => {
    const { C, H, W, OH, OW, N } = geometryOf(shape!, attributes!);
    return { shapes: [[C, OH, OW, N]], attributes: { ...attributes, H, W } };
  });
