/**
 * x̂ = (x − mean) / √(variance + ε), with one mean and one variance per channel or per sample, and what goes with it. The
 * gradient takes the three operands apart: where mean and variance are those of x, `moments` leads the rest back to x.
 */
import followWgsl from '../../shaders/pointwise/follow.wgsl';
import standardizeWgsl from '../../shaders/pointwise/standardize.wgsl';
import unbiasedWgsl from '../../shaders/pointwise/unbiased.wgsl';
import { DIVISION, literal, SQRT, TINY, U } from '../base/float32.ts';
import { type Attributes, append, type Node } from '../graph/graph.ts';
import { tensors } from '../graph/leaf.ts';
import type { Case, Place, PointwiseOp, Range } from '../graph/op.ts';
import { hadamard, sumLike, times } from './arithmetic.ts';
import { average } from './optimizer-steps.ts';
import { broadcast, equalShapes } from './shared/shapes.ts';

const epsilonOf = ({ epsilon }: Attributes): number => Math.fround(Number(epsilon));
const deviation = (variance: number, attributes: Attributes): number =>
  Math.sqrt(Math.max(variance, 0) + epsilonOf(attributes));

/** The sum under the root, which halves its error, the root and the quotient; and what came before. */
const rounding = (result: number): number => (2 * U + SQRT + DIVISION) * Math.abs(result) + 2 * TINY;

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
    [7, 33],
    [1, 33],
  ],
  [
    [6, 3, 5, 7],
    [1, 7],
  ],
  [
    [6, 3, 5, 7],
    [2, 7],
  ],
] as const;

/** (x, mean, variance) -> x̂. Attribute `epsilon`. */
export const standardize: PointwiseOp = {
  kind: 'pointwise',
  name: 'standardize',
  shape: (inputs) => broadcast('standardize', inputs),
  // With r = 1/√(variance + ε): ∂/∂x = r, ∂/∂mean = −r, ∂/∂variance = −½ r x̂ r.
  gradient: (graph, node, upstream) => {
    const { attributes, inputs } = node;
    const [, mean, variance] = inputs;
    let known: Node | undefined;
    const scaled = (): Node => {
      known ??= append(graph, perDeviation, [upstream, variance], attributes);
      return known;
    };
    const product = (): Node => sumLike(graph, append(graph, hadamard, [scaled(), node]), variance);
    return [
      scaled,
      () => append(graph, times, [sumLike(graph, scaled(), mean)], { factor: -1 }),
      () => append(graph, times, [append(graph, perDeviation, [product(), variance], attributes)], { factor: -0.5 }),
    ];
  },
  f: ([x, mean, variance], { attributes }) => (x - mean) / deviation(variance, attributes),
  rounding: (_args, result) => rounding(result),
  shaders: () => [standardizeWgsl],
  call: ([x, mean, variance], attributes) =>
    `standardize(${x}, ${mean}, ${variance}, ${literal(epsilonOf(attributes))})`,
};

export const standardizeCases = (): readonly Case[] =>
  shapes.map(([x, of]): Case => ({ shapes: [x, of, of], attributes: { epsilon: 1e-5 }, domain: domain(3) }));

/** (x, variance) -> x / √(variance + ε). Attribute `epsilon`. */
export const perDeviation: PointwiseOp = {
  kind: 'pointwise',
  name: 'perDeviation',
  shape: (inputs) => broadcast('perDeviation', inputs),
  f: ([x, variance], { attributes }) => x / deviation(variance, attributes),
  rounding: (_args, result) => rounding(result),
  shaders: () => [standardizeWgsl],
  call: ([x, variance], attributes) => `per_deviation(${x}, ${variance}, ${literal(epsilonOf(attributes))})`,
};

export const perDeviationCases = (): readonly Case[] =>
  shapes.map(([x, of]): Case => ({ shapes: [x, of], attributes: { epsilon: 1e-5 }, domain: domain(2) }));

/** n = `count` times the valid columns. */
const valuesIn = ({ attributes, step }: Place): number => Number(attributes.count) * step.columns;

/** (variance, step) -> variance · n / (n − 1), n = `count` times the valid columns; of a single value it stays 0. */
export const unbiased: PointwiseOp = {
  kind: 'pointwise',
  name: 'unbiased',
  shape: (inputs) => tensors(inputs)[0].shape,
  f: ([variance], place) => {
    const n = valuesIn(place);
    return variance * (n / Math.max(n - 1, 1));
  },
  rounding: (_args, result) => (U + DIVISION) * Math.abs(result) + TINY,
  shaders: () => [unbiasedWgsl],
  call: ([variance], { count }) => `unbiased(${variance}, ${literal(Number(count))})`,
};

export const unbiasedCases = (): readonly Case[] =>
  [1, 36].map((count) => ({ shapes: [[7, 1], null], attributes: { count }, domain: [0, 2] }));

/** β as f32 holds it, for β and 1 − β that add up to 1: what follows a constant becomes that constant. */
const exactly = ({ beta }: Attributes): Attributes => ({ beta: Math.fround(Number(beta)) });
const addingUp = (place: Place): Place => ({ ...place, attributes: exactly(place.attributes) });

/** running ← β running + (1 − β) of the batch, which one of a single value leaves as it is; inputs running, batch, step. */
export const follow: PointwiseOp = {
  kind: 'pointwise',
  name: 'follow',
  inPlace: 0,
  shape: (inputs) => equalShapes('follow', tensors(inputs)),
  f: (args, place) => (valuesIn(place) > 1 ? average.f(args, addingUp(place)) : args[0]),
  rounding: (args, result, place) => (valuesIn(place) > 1 ? average.rounding(args, result, addingUp(place)) : 0),
  shaders: (attributes) => [followWgsl, ...average.shaders(attributes)],
  call: ([running, x], attributes) =>
    `follow(${running}, ${average.call([running, x], exactly(attributes))}, ${literal(Number(attributes.count))})`,
};

export const followCases = (): readonly Case[] =>
  [1, 2].flatMap((columns) => [
    { shapes: [[7, 1], [7, 1], null], attributes: { beta: 0.9, count: 1 }, step: { columns } },
    { shapes: [[7, 1], [7, 1], null], attributes: { beta: 0.9, count: 36 }, step: { columns } },
  ]);

/** Any number for all operands but the last, which is a variance. */
function domain(operands: number): Range[] {
  return Array.from({ length: operands }, (_, i) => (i === operands - 1 ? [0.1, 2] : [-2, 2]));
}
