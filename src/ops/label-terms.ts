/**
 * The terms of a loss of labels, where those that hold have weights p: (1 − y) c(a, 0) + p y c(a, 1), times the weight of the
 * column. The cross-entropies are linear in y, so for p = 1 this is c(a, y).
 */
import labelTermWgsl from '../../shaders/pointwise/label_term.wgsl';
import { TINY, U } from '../base/float32.ts';
import { type Attributes, append, type Node } from '../graph/graph.ts';
import { tensors } from '../graph/leaf.ts';
import type { Case, PointwiseOp, ShaderFile } from '../graph/op.ts';
import { callOf, lossOf, shadersOf, weigh, weight, weighted } from './loss.ts';
import { losses } from './loss-table.ts';
import { broadcast, equalShapes } from './shared/shapes.ts';

type Cost = (a: number, y: number) => number;

const termOf = (cost: Cost, [a, y, p]: readonly number[]): number => (1 - y) * cost(a, 0) + p * y * cost(a, 1);

/** Rounding of the term: that of both costs, of the products and of their sum, and what is flushed to 0. */
function termError(cost: Cost, error: Cost, [a, y, p]: readonly number[]): number {
  const product = (factor: number, at: number) => Math.abs(factor) * (error(a, at) + 2 * U * Math.abs(cost(a, at)));
  const flushed = TINY * (3 + (2 + p) * Math.abs(cost(a, 1)));
  return product(1 - y, 0) + product(p * y, 1) + U * Math.abs(termOf(cost, [a, y, p])) + flushed;
}

function shapeOf(op: string, inputs: readonly Node[]): Node['shape'] {
  const [a, y, p] = tensors(inputs);
  equalShapes(op, [a, y]);
  return broadcast(op, [a, p]);
}

const shaders = (attributes: Attributes): ShaderFile[] => [labelTermWgsl, ...shadersOf(attributes)];
const call = (suffix: '' | '_gradient', [a, y, p]: readonly string[], attributes: Attributes): string => {
  const [no, yes] = ['0.0', '1.0'].map((at) => callOf(suffix, [a, at], attributes));
  return weigh(`label_term(${no}, ${yes}, ${y}, ${p})`, attributes);
};

/** Attributes: `term`, linear in y, `factor` and `mean`, as those of `lossTerms`. Inputs: a, y, p [K, 1], step. */
export const labelTerms: PointwiseOp = {
  kind: 'pointwise',
  name: 'labelTerms',
  shape: (inputs) => shapeOf('labelTerms', inputs),
  lossGradient: (graph, node) => [() => append(graph, labelGradient, node.inputs, node.attributes)],
  title: ({ term }) => `weighted ${term}`,
  f: (args, place) => termOf(lossOf(place.attributes).term, args) * weight(place),
  rounding: (args, _result, place) => {
    const { term, rounding } = lossOf(place.attributes);
    return weighted(termError(term, rounding, args), termOf(term, args), weight(place));
  },
  shaders,
  call: (args, attributes) => call('', args, attributes),
};

export const labelTermsCases = (): readonly Case[] => everyLoss();

export const labelGradient: PointwiseOp = {
  kind: 'pointwise',
  name: 'labelGradient',
  shape: (inputs) => shapeOf('labelGradient', inputs),
  title: ({ term }) => `weighted ${term}′`,
  f: (args, place) => termOf(lossOf(place.attributes).gradient, args) * weight(place),
  rounding: (args, _result, place) => {
    const { gradient, gradientRounding } = lossOf(place.attributes);
    return weighted(termError(gradient, gradientRounding, args), termOf(gradient, args), weight(place));
  },
  shaders,
  call: (args, attributes) => call('_gradient', args, attributes),
};

export const labelGradientCases = (): readonly Case[] => everyLoss();

function everyLoss(): Case[] {
  const { sigmoidCrossEntropy, binaryCrossEntropy } = losses;
  const targets = [
    [0, 1],
    [0, 3],
    [0, 1],
  ] as const;
  return [
    [7, 33],
    [3, 2, 5],
  ].flatMap((shape) => [
    {
      shapes: [shape, shape, [shape[0], 1], null],
      attributes: { term: sigmoidCrossEntropy, factor: 1, mean: true },
      domain: [[-50, 50], ...targets],
    },
    {
      shapes: [shape, shape, [shape[0], 1], null],
      attributes: { term: binaryCrossEntropy, factor: 0.5, mean: false },
      domain: [[0.001, 0.999], ...targets],
    },
  ]);
}
