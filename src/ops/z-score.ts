/** z = (x − mean) / deviation, with a mean and a deviation that are given: one per channel or feature, or one for all. */
import zScoreWgsl from '../../shaders/pointwise/z_score.wgsl';
import { DIVISION, TINY, U } from '../base/float32.ts';
import { append } from '../graph/graph.ts';
import type { Case, PointwiseOp, Range } from '../graph/op.ts';
import { broadcast } from './shared/shapes.ts';

/** x / deviation, and 0 where the deviation is 0. */
const quotient = (x: number, deviation: number): number => (deviation > 0 ? x / deviation : 0);

/** (x, mean, deviation) -> z. Only x has a gradient. */
export const zScore: PointwiseOp = {
  kind: 'pointwise',
  name: 'zScore',
  shape: (inputs) => broadcast('zScore', inputs),
  gradient: (graph, { inputs: [, , deviation] }, upstream) => [
    () => append(graph, inDeviations, [upstream, deviation]),
    undefined,
    undefined,
  ],
  f: ([x, mean, deviation]) => quotient(x - mean, deviation),
  // The difference, which may be flushed before it is divided, and the quotient.
  rounding: ([, , deviation], result) => (U + DIVISION) * Math.abs(result) + quotient(TINY, deviation) + TINY,
  shaders: () => [zScoreWgsl],
  call: ([x, mean, deviation]) => `z_score(${x}, ${mean}, ${deviation})`,
};

export const zScoreCases = (): readonly Case[] => [
  ...shapes.map(([x, of]): Case => ({ shapes: [x, of, of], domain: [values, values, deviations] })),
  { shapes: [[7, 33], [7, 1], [7, 1]], domain: [values, values, nothing] }, // biome-ignore format: one case a line
];

/** (x, deviation) -> x / deviation. */
export const inDeviations: PointwiseOp = {
  kind: 'pointwise',
  name: 'inDeviations',
  shape: (inputs) => broadcast('inDeviations', inputs),
  f: ([x, deviation]) => quotient(x, deviation),
  rounding: (_args, result) => DIVISION * Math.abs(result) + TINY,
  shaders: () => [zScoreWgsl],
  call: ([x, deviation]) => `in_deviations(${x}, ${deviation})`,
};

export const inDeviationsCases = (): readonly Case[] => [
  ...shapes.map(([x, of]): Case => ({ shapes: [x, of], domain: [values, deviations] })),
  { shapes: [[7, 33], [7, 1]], domain: [values, nothing] }, // biome-ignore format: one case a line
];

const values: Range = [-2, 2];
const deviations: Range = [0.1, 2];
const nothing: Range = [0, 0];

/** Numbers, and what they are measured by: one per feature, per channel, per number of an image, or for all. */
const shapes = [
  [
    [7, 33],
    [7, 1],
  ],
  [
    [6, 3, 5, 7],
    [6, 1],
  ],
  [
    [6, 3, 5, 7],
    [90, 1],
  ],
  [
    [28, 5, 3],
    [1, 1],
  ],
] as const;
