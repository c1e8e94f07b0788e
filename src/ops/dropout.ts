/**
 * Inverted dropout (Srivastava et al. 2014): y = x / (1 − rate) where the mask keeps an element, else 0. The mask is a
 * function of (key of the step, layer, row, column), so the gradient draws it again instead of keeping it.
 */
import dropoutWgsl from '../../shaders/pointwise/dropout.wgsl';
import { literal, TINY, U } from '../base/float32.ts';
import { elementBits } from '../base/random.ts';
import { type Attributes, append } from '../graph/graph.ts';
import type { Case, Place, PointwiseOp } from '../graph/op.ts';

/** Bits below this are dropped, out of 2³². */
const threshold = ({ rate }: Attributes): number => Math.floor(Number(rate) * 2 ** 32);
const scale = ({ rate }: Attributes): number => Math.fround(1 / (1 - Number(rate)));

const keeps = ({ attributes, step, row, column }: Place): boolean =>
  elementBits(step.random, Number(attributes.layer), row, column) >= threshold(attributes);

/** (x, step) -> y. Attributes: `rate` in [0, 1), and `layer`, which tells the masks of one step apart. */
export const dropout: PointwiseOp = {
  kind: 'pointwise',
  name: 'dropout',
  shape: ([x]) => x.shape,
  // Linear in x, with the mask for a diagonal: its transpose is itself.
  gradient: (graph, { inputs: [, step], attributes }, upstream) => [
    () => append(graph, dropout, [upstream, step], attributes),
  ],
  f: ([x], place) => (keeps(place) ? x * scale(place.attributes) : 0),
  rounding: (_args, result) => U * Math.abs(result) + TINY,
  shaders: () => [dropoutWgsl],
  call: ([x], attributes) =>
    `dropout(${x}, row, col, ${Number(attributes.layer)}u, ${threshold(attributes)}u, ${literal(scale(attributes))})`,
};

export const dropoutCases = (): readonly Case[] => [
  { shapes: [[1, 1], null], attributes: { rate: 0.5, layer: 1 } },
  { shapes: [[7, 33], null], attributes: { rate: 0.2, layer: 2 } },
  { shapes: [[100, 7], null], attributes: { rate: 0.9, layer: 3 } },
  { shapes: [[6, 5, 3, 33], null], attributes: { rate: 0.5, layer: 300 } },
];
