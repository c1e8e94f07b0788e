/**
 * The largest value in each window: [C, H, W, N] -> [C, OH, OW, N], NaN where the window holds one. The gradient goes to where
 * that is, to the first of equals in reading order: its place is stored by the same kernel, for steps that want a gradient.
 */
import maxPoolWgsl from '../../shaders/max_pool.wgsl';
import maxPoolGradientWgsl from '../../shaders/max_pool_gradient.wgsl';
import { TINY, U } from '../base/float32.ts';
import { columns, rows, type Shape, size, stride } from '../base/tensor.ts';
import { type Attributes, append, type Node } from '../graph/graph.ts';
import type { Body, Case, KernelOp, Value } from '../graph/op.ts';
import { grid } from './shared/grid.ts';
import { eachWindow, invocations, poolCases, poolConstants, tileOf, tiles } from './shared/pooling.ts';
import { equalShapes, mismatch } from './shared/shapes.ts';
import { checkedGeometry, geometryOf, windowOf } from './shared/window.ts';

/** Places of x that could be the largest of a window, given the errors of all: one, unless it is close. */
function candidates({ data, error }: Value, places: readonly number[]): readonly number[] {
  const e = (at: number): number => (error?.[at] ?? 0) + (Math.abs(data[at]) < TINY ? Math.abs(data[at]) : 0);
  const least = places.reduce((most, at) => Math.max(most, data[at] - e(at)), Number.NEGATIVE_INFINITY);
  const first = largest(data, places);
  return places.filter((at) => at === first || (data[at] + e(at) >= least && e(at) + e(first) > 0));
}

/** The first of the largest; NaN counts as larger than any number. */
const largest = (data: Value['data'], places: readonly number[]): number =>
  places.reduce((best, at) => (Number.isNaN(data[best]) || data[at] <= data[best] ? best : at));

/** Index of a pixel in its window, in reading order, which f32 holds exactly. */
const MOST_PIXELS = 2 ** 24;

/** [C, OH, OW, N] of x. */
function shape(op: string, inputs: readonly Node[], attributes: Attributes): Shape {
  const { C, OH, OW, N, KH, KW } = checkedGeometry(op, inputs[0], inputs, attributes);
  if (KH * KW > MOST_PIXELS) mismatch(op, `a window of at most ${MOST_PIXELS} pixels`, inputs);
  return [C, OH, OW, N];
}

/** Both ops, in either order: whichever comes first owns the kernel, the other is carried. */
function body(node: Node, own: 'finish' | 'finish_place', lanes = 64): Body {
  const [x] = node.inputs;
  const { shape, attributes } = node;
  const windows = (of: Attributes) => String(Object.values(windowOf(of)));
  const same = (other: Node) => other.inputs[0] === x && windows(other.attributes) === windows(attributes);
  return {
    shaders: [maxPoolWgsl],
    constants: { ...poolConstants(geometryOf(x.shape, attributes)), X_STRIDE: stride(x.shape) },
    operands: { X: x },
    epilogues: own === 'finish' ? { finish: shape, finish_place: shape } : { finish_place: shape, finish: shape },
    carries: (other) => {
      if (other.op === maxPool && same(other)) return 'finish';
      return other.op === maxPoolPlace && same(other) ? 'finish_place' : undefined;
    },
    lanes,
    workgroups: grid(invocations(rows(shape), columns(shape)), lanes),
  };
}

export const maxPool: KernelOp = {
  kind: 'kernel',
  name: 'maxPool',
  shape: (inputs, attributes) => shape('maxPool', inputs, attributes),
  gradient: (graph, { inputs: [x], attributes }, upstream) => [
    () => {
      const [, H, W] = x.shape;
      const place = append(graph, maxPoolPlace, [x], attributes);
      return append(graph, maxPoolGradient, [upstream, place], { ...attributes, H, W });
    },
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
      out[at] = TINY + places.reduce((most, place) => Math.max(most, x.error?.[place] ?? 0), 0);
    });
    return out;
  },
  body: (node, { lanes } = {}) => body(node, 'finish', lanes),
};

export const maxPoolCases = (): readonly Case[] => poolCases;

/** x -> where in each window the first of its largest values is, ky · KW + kx: [C, OH, OW, N]. */
export const maxPoolPlace: KernelOp = {
  kind: 'kernel',
  name: 'maxPoolPlace',
  shape: (inputs, attributes) => shape('maxPoolPlace', inputs, attributes),
  reference([x], node) {
    const out = new Float64Array(size(node.shape));
    eachWindow(node, x.shape, (at, places, numbers) => {
      out[at] = numbers[places.indexOf(largest(x.data, places))];
    });
    return out;
  },
  // Where it is too close to say which is the largest, it may be any of those that are close.
  error([x], data, node) {
    const out = new Float64Array(size(node.shape));
    eachWindow(node, x.shape, (at, places, numbers) => {
      for (const close of candidates(x, places))
        out[at] = Math.max(out[at], Math.abs(numbers[places.indexOf(close)] - data[at]));
    });
    return out;
  },
  body: (node, { lanes } = {}) => body(node, 'finish_place', lanes),
};

export const maxPoolPlaceCases = (): readonly Case[] => [
  ...poolCases,
  // All equal: the first of each window.
  { shapes: [[2, 7, 5, 5]], attributes: { height: 3, width: 2, stride: 2 }, domain: [1, 1] },
];

/**
 * (upstream, place) -> the gradient with respect to the image, whose H and W are attributes; `place` as `maxPoolPlace` makes
 * it.
 */
export const maxPoolGradient: KernelOp = {
  kind: 'kernel',
  name: 'maxPoolGradient',
  shape(inputs, attributes) {
    const [C, OH, OW, N] = equalShapes('maxPoolGradient', inputs);
    const { H, W } = attributes as Record<string, number>;
    const expected = geometryOf([C, H, W, N], attributes);
    if (OH !== expected.OH || OW !== expected.OW) {
      mismatch('maxPoolGradient', `an upstream gradient of shape [C, ${expected.OH}, ${expected.OW}, N]`, inputs);
    }
    return [C, H, W, N];
  },
  reference([g, place], node) {
    const out = new Float64Array(size(node.shape));
    eachWindow(node, node.shape, (at, places, numbers) => {
      const pixel = places[numbers.indexOf(Math.floor(place.data[at]))];
      if (pixel !== undefined) out[pixel] += g.data[at];
    });
    return out;
  },
  // Where the place is not sure, the whole of a gradient may be in any of those that it can be.
  error([g, place], _data, node) {
    const out = new Float64Array(size(node.shape));
    const { KH, KW } = geometryOf(node.shape, node.attributes);
    eachWindow(node, node.shape, (at, places, numbers) => {
      const doubt = place.error?.[at] ?? 0;
      const first = Math.floor(place.data[at]);
      const [size, error] = [Math.abs(g.data[at]), g.error?.[at] ?? 0];
      for (const pixel of places.filter((_, i) => Math.abs(numbers[i] - first) <= doubt)) {
        out[pixel] += TINY + error + (doubt > 0 ? size : 0) + KH * KW * U * (size + error);
      }
    });
    return out;
  },
  body(node, { lanes = 64 } = {}) {
    const [g, place] = node.inputs;
    const geometry = geometryOf(node.shape, node.attributes);
    const tile = tileOf(geometry);
    return {
      shaders: [maxPoolGradientWgsl],
      constants: { ...poolConstants(geometry), TILE: tile, G_STRIDE: stride(g.shape) },
      operands: { G: g, PLACE: place },
      epilogues: { finish: node.shape },
      lanes,
      workgroups: grid(invocations(tiles(geometry, tile), geometry.N), lanes),
    };
  },
};

export const maxPoolGradientCases = (): readonly Case[] =>
  poolCases.map(({ shapes: [shape], attributes }) => {
    const { C, H, W, OH, OW, N, KH, KW } = geometryOf(shape!, attributes!);
    const windows = [C, OH, OW, N];
    return {
      shapes: [windows, windows],
      attributes: { ...attributes, H, W },
      domain: [
        [-2, 2],
        [0, KH * KW - 0.001],
      ],
    };
  });
