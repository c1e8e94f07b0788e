/**
 * The largest value in each window: [C, H, W, N] -> [C, OH, OW, N], NaN where the window holds one. The gradient goes to where
 * that is, to the first of equals in reading order, which is found again from the input.
 */
import maxPoolWgsl from '../../shaders/max_pool.wgsl';
import maxPoolGradientWgsl from '../../shaders/max_pool_gradient.wgsl';
import { TINY, U } from '../base/float32.ts';
import { columns, rows, size, stride } from '../base/tensor.ts';
import { append } from '../graph/graph.ts';
import type { Case, KernelOp, Value } from '../graph/op.ts';
import { grid } from './shared/grid.ts';
import { cells, eachWindow, invocations, poolCases, poolConstants } from './shared/pooling.ts';
import { mismatch } from './shared/shapes.ts';
import { checkedGeometry, geometryOf } from './shared/window.ts';

/** Places of x that could be the largest of a window, given the errors of all: one, unless it is close. */
function candidates({ data, error }: Value, places: readonly number[]): readonly number[] {
  const e = (at: number): number => (error?.[at] ?? 0) + (Math.abs(data[at]) < TINY ? Math.abs(data[at]) : 0);
  const least = Math.max(...places.map((at) => data[at] - e(at)));
  const first = largest(data, places);
  return places.filter((at) => at === first || (data[at] + e(at) >= least && e(at) + e(first) > 0));
}

/** The first of the largest; NaN counts as larger than any number. */
const largest = (data: Value['data'], places: readonly number[]): number =>
  places.reduce((best, at) => (Number.isNaN(data[best]) || data[at] <= data[best] ? best : at));

export const maxPool: KernelOp = {
  kind: 'kernel',
  name: 'maxPool',
  shape(inputs, attributes) {
    const { C, OH, OW, N } = checkedGeometry('maxPool', inputs[0], inputs, attributes);
    return [C, OH, OW, N];
  },
  gradient: (graph, { inputs: [x], attributes }, upstream) => [
    () => append(graph, maxPoolGradient, [upstream, x], attributes),
  ],
  reference([x], node) {
    const out = new Float64Array(size(node.shape));
    eachWindow(node, x.shape, (at, places) => {
      out[at] = x.data[largest(x.data, places)];
    });
    return out;
  },
  error([x], _data, node) {
    const out = new Float64Array(size(node.shape));
    eachWindow(node, x.shape, (at, places) => {
      out[at] = TINY + Math.max(...places.map((place) => x.error?.[place] ?? 0));
    });
    return out;
  },
  body(node, { lanes = 64 } = {}) {
    const [x] = node.inputs;
    return {
      shaders: [maxPoolWgsl],
      constants: poolConstants(geometryOf(x.shape, node.attributes), x),
      operands: { X: x },
      epilogues: { finish: node.shape },
      lanes,
      workgroups: grid(invocations(rows(node.shape), columns(node.shape)), lanes),
    };
  },
};

export const maxPoolCases = (): readonly Case[] => poolCases;

/** (upstream, x) -> the gradient with respect to x. */
export const maxPoolGradient: KernelOp = {
  kind: 'kernel',
  name: 'maxPoolGradient',
  shape(inputs, attributes) {
    const [upstream, x] = inputs;
    const { C, OH, OW, N } = checkedGeometry('maxPoolGradient', x, inputs, attributes);
    const expected = [C, OH, OW, N];
    if (String(upstream.shape) !== String(expected)) {
      mismatch('maxPoolGradient', `an upstream gradient of shape [${expected.join(', ')}]`, inputs);
    }
    return x.shape;
  },
  reference([g, x], node) {
    const out = new Float64Array(size(node.shape));
    eachWindow(node, x.shape, (at, places) => {
      out[largest(x.data, places)] += g.data[at];
    });
    return out;
  },
  // Where it is too close to say which is the largest, the whole of a gradient may be in either place.
  error([g, x], _data, node) {
    const out = new Float64Array(size(node.shape));
    const { KH, KW } = geometryOf(x.shape, node.attributes);
    eachWindow(node, x.shape, (at, places) => {
      const close = candidates(x, places);
      const [size, error] = [Math.abs(g.data[at]), g.error?.[at] ?? 0];
      for (const place of close) {
        out[place] += TINY + error + (close.length > 1 ? size : 0) + KH * KW * U * (size + error);
      }
    });
    return out;
  },
  body(node, { lanes = 64 } = {}) {
    const [g, x] = node.inputs;
    const geometry = geometryOf(x.shape, node.attributes);
    return {
      shaders: [maxPoolGradientWgsl],
      constants: { ...poolConstants(geometry, x), G_STRIDE: stride(g.shape) },
      operands: { G: g, X: x },
      epilogues: { finish: node.shape },
      lanes,
      workgroups: grid(invocations(cells(geometry), geometry.N), lanes),
    };
  },
};

export const maxPoolGradientCases = (): readonly Case[] => [
  ...poolCases.map(({ shapes: [shape], attributes }) => {
    const { C, OH, OW, N } = geometryOf(shape!, attributes!);
    return { shapes: [[C, OH, OW, N], shape], attributes };
  }),
  // All equal: the first of each window gets the gradient.
  {
    shapes: [
      [2, 3, 2, 5],
      [2, 7, 5, 5],
    ],
    attributes: { height: 3, width: 2, stride: 2 },
    domain: [
      [-2, 2],
      [1, 1],
    ],
  },
];
