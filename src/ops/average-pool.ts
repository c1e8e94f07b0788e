/** The mean of each window: [C, H, W, N] -> [C, OH, OW, N]. Each pixel of a window gets an equal share of its gradient. */
import averagePoolWgsl from '../../shaders/average_pool.wgsl';
import averagePoolGradientWgsl from '../../shaders/average_pool_gradient.wgsl';
import { literal, TINY, U } from '../base/float32.ts';
import { size, stride } from '../base/tensor.ts';
import { append, type Node } from '../graph/graph.ts';
import type { Case, KernelOp } from '../graph/op.ts';
import { grid } from './shared/grid.ts';
import { eachWindow, poolCases, poolConstants } from './shared/pooling.ts';
import { mismatch } from './shared/shapes.ts';
import { checkedGeometry, geometryOf } from './shared/window.ts';

const area = ({ attributes }: Node): number => (attributes.height as number) * (attributes.width as number);

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
      out[at] = places.reduce((sum, place) => sum + x.data[place], 0) / places.length;
    });
    return out;
  },
  // The additions, the factor 1 / area, which is rounded, and the product with it.
  error([x], _data, node) {
    const out = new Float64Array(size(node.shape));
    const n = area(node);
    eachWindow(node, x.shape, (at, places) => {
      const sum = places.reduce((total, place) => total + Math.abs(x.data[place]), 0);
      const carried = places.reduce((total, place) => total + (x.error?.[place] ?? 0), 0);
      out[at] = ((n + 3) * U * (sum + carried) + carried) / n + 3 * n * TINY;
    });
    return out;
  },
  body(node, { lanes = 64 } = {}) {
    const [x] = node.inputs;
    return {
      shaders: [averagePoolWgsl],
      constants: {
        ...poolConstants(geometryOf(x.shape, node.attributes)),
        SCALE: literal(1 / area(node)),
        X_STRIDE: stride(x.shape),
      },
      operands: { X: x },
      epilogues: { finish: node.shape },
      lanes,
      workgroups: grid(size(node.shape), lanes),
    };
  },
};

export const averagePoolCases = (): readonly Case[] => poolCases;

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
      for (const place of places) out[place] += g.data[at] / places.length;
    });
    return out;
  },
  error([g], _data, node) {
    const out = new Float64Array(size(node.shape));
    const n = area(node);
    eachWindow(node, node.shape, (at, places) => {
      const error = g.error?.[at] ?? 0;
      const bound = ((n + 3) * U * (Math.abs(g.data[at]) + error) + error) / n + 3 * TINY;
      for (const place of places) out[place] += bound;
    });
    return out;
  },
  body(node, { lanes = 64 } = {}) {
    const [g] = node.inputs;
    return {
      shaders: [averagePoolGradientWgsl],
      constants: {
        ...poolConstants(geometryOf(node.shape, node.attributes)),
        SCALE: literal(1 / area(node)),
        G_STRIDE: stride(g.shape),
      },
      operands: { G: g },
      epilogues: { finish: node.shape },
      lanes,
      workgroups: grid(size(node.shape), lanes),
    };
  },
};

export const averagePoolGradientCases = (): readonly Case[] =>
  poolCases.map(({ shapes: [shape], attributes }) => {
    const { C, H, W, OH, OW, N } = geometryOf(shape!, attributes!);
    return { shapes: [[C, OH, OW, N]], attributes: { ...attributes, H, W } };
  });
