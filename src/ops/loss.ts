/**
 * The terms of a loss, weighted by the share of their column in the batch: factor · c(a, y) · (1/n for the mean over the n
 * valid columns, 1 for the sum, 0 for columns past the end). Their sum is the loss C; their gradient is ∂C/∂a.
 */
import weighWgsl from '../../shaders/pointwise/weigh.wgsl';
import { DIVISION, literal, TINY, U } from '../base/float32.ts';
import { type Attributes, append } from '../graph/graph.ts';
import { tensors } from '../graph/leaf.ts';
import type { Case, Place, PointwiseOp, ShaderFile } from '../graph/op.ts';
import { type Loss, type LossTerm, losses } from './loss-table.ts';
import { equalShapes } from './shared/shapes.ts';

/** The weight of a column; attributes `factor` and `mean`. */
export function weight({ attributes, step, column }: Omit<Place, 'row'>): number {
  if (column >= step.columns) return 0;
  const factor = Math.fround(Number(attributes.factor ?? 1));
  return attributes.mean ? factor / step.columns : factor;
}

/** The WGSL of a value times the weight of its column. */
export const weigh = (value: string, { factor = 1, mean }: Attributes): string =>
  `weigh(${value}, col, ${literal(Number(factor))}, ${Boolean(mean)})`;

export const lossOf = ({ term }: Attributes): Loss => term as Loss;
export const shadersOf = (attributes: Attributes): ShaderFile[] => [weighWgsl, ...lossOf(attributes).shaders];
/** The WGSL of c, or of its gradient, for these arguments. */
export const callOf = (suffix: '' | '_gradient', args: readonly string[], attributes: Attributes): string => {
  const { wgsl, constants = [] } = lossOf(attributes);
  return `${wgsl}${suffix}(${[...args, ...constants.map(literal)].join(', ')})`;
};

/** Rounding of a weighted value: the value's own, the quotient and the product of the weight. */
export const weighted = (error: number, value: number, w: number): number =>
  w * error + (2 * U + DIVISION) * Math.abs(w * value) + TINY;

/** Attributes: `term` (such as `squaredError`), `factor`, `mean`. Inputs: a, y, step. */
export const lossTerms: PointwiseOp = {
  kind: 'pointwise',
  name: 'lossTerms',
  shape: (inputs) => equalShapes('lossTerms', tensors(inputs)),
  lossGradient: (graph, node) => [() => append(graph, lossGradient, node.inputs, node.attributes)],
  title: ({ term }) => String(term),
  f: ([a, y], place) => lossOf(place.attributes).term(a, y) * weight(place),
  rounding: ([a, y], _result, place) => {
    const { rounding, term } = lossOf(place.attributes);
    return weighted(rounding(a, y), term(a, y), weight(place));
  },
  shaders: shadersOf,
  call: (args, attributes) => weigh(callOf('', args, attributes), attributes),
};

export const lossTermsCases = (): readonly Case[] => everyLoss();

export const lossGradient: PointwiseOp = {
  kind: 'pointwise',
  name: 'lossGradient',
  shape: (inputs) => equalShapes('lossGradient', tensors(inputs)),
  title: ({ term }) => `${term}′`,
  f: ([a, y], place) => lossOf(place.attributes).gradient(a, y) * weight(place),
  rounding: ([a, y], _result, place) => {
    const { gradientRounding, gradient } = lossOf(place.attributes);
    return weighted(gradientRounding(a, y), gradient(a, y), weight(place));
  },
  shaders: shadersOf,
  call: (args, attributes) => weigh(callOf('_gradient', args, attributes), attributes),
};

export const lossGradientCases = (): readonly Case[] => everyLoss();

function everyLoss(): Case[] {
  const ranges: Record<LossTerm, [number, number]> = {
    squaredError: [-2, 2],
    binaryCrossEntropy: [0.001, 0.999],
    categoricalCrossEntropy: [0.001, 0.999],
    sigmoidCrossEntropy: [-50, 50],
    absoluteError: [-2, 2],
    huber: [-2, 2],
    hinge: [-2, 2],
    focal: [-50, 50],
    focalOfRoot: [-50, 50],
    focalOfNone: [-50, 50],
  };
  return (Object.keys(losses) as LossTerm[]).flatMap((term) =>
    [true, false].map((mean) => ({
      shapes: [[7, 33], [7, 33], null],
      attributes: { term: losses[term], factor: 0.5, mean },
      domain: [ranges[term], [0, 1], [0, 1]] as const,
    })),
  );
}
