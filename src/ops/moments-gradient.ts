/**
 * The gradients of `moments`, with u the one of the result: u / n for the mean and 2 (x − mean) u / n for the variance,
 * where n counts the elements that the result is about; 0 for the columns past the end of a batch that is one with it.
 * Attributes: `per` as there, and `count`, those elements of a single column.
 */
import hadamardWgsl from '../../shaders/pointwise/hadamard.wgsl';
import squareGradientWgsl from '../../shaders/pointwise/square_gradient.wgsl';
import weighWgsl from '../../shaders/pointwise/weigh.wgsl';
import { DIVISION, literal, TINY, U } from '../base/float32.ts';
import type { Attributes } from '../graph/graph.ts';
import { tensors } from '../graph/leaf.ts';
import type { Case, Place, PointwiseOp, ShaderFile } from '../graph/op.ts';
import { weight } from './loss.ts';
import { broadcast } from './shared/shapes.ts';

const factor = ({ count }: Attributes): number => Math.fround(1 / Number(count));

/** 1 / n at this place. */
const share = ({ attributes, ...place }: Place): number =>
  attributes.per === 'channel'
    ? weight({ ...place, attributes: { factor: factor(attributes), mean: true } })
    : factor(attributes);

const shaders = ({ per }: Attributes): ShaderFile[] => [per === 'channel' ? weighWgsl : hadamardWgsl];
const times = (value: string, attributes: Attributes): string =>
  attributes.per === 'channel'
    ? `weigh(${value}, col, ${literal(factor(attributes))}, true)`
    : `hadamard(${value}, ${literal(factor(attributes))})`;

/** Of a product with the share: its own quotient and product, and those before it. */
const rounding = (operations: number, result: number): number =>
  ((operations + 2) * U + DIVISION) * Math.abs(result) + TINY;

const cases = (withMean: boolean): Case[] =>
  [
    { x: [7, 33], of: [7, 1], per: 'channel', count: 1 },
    { x: [6, 3, 5, 7], of: [6, 1], per: 'channel', count: 15 },
    { x: [7, 33], of: [1, 33], per: 'sample', count: 7 },
    { x: [6, 3, 5, 7], of: [1, 7], per: 'sample', count: 90 },
    { x: [6, 3, 5, 7], of: [3, 7], per: 'sample', count: 30 },
  ].map(({ x, of, per, count }) => ({
    shapes: [x, ...(withMean ? [of] : []), of, ...(per === 'channel' ? [null] : [])],
    attributes: { per, count },
  }));

/** (x, u, step) -> u / n; x gives its shape. */
export const meanGradient: PointwiseOp = {
  kind: 'pointwise',
  name: 'meanGradient',
  shape: (inputs) => broadcast('meanGradient', tensors(inputs)),
  title: () => 'mean′',
  f: ([, u], place) => u * share(place),
  rounding: (_args, result) => rounding(0, result),
  shaders,
  call: ([, u], attributes) => times(u, attributes),
};

export const meanGradientCases = (): readonly Case[] => cases(false);

/** (x, mean, u, step) -> 2 (x − mean) u / n */
export const varianceGradient: PointwiseOp = {
  kind: 'pointwise',
  name: 'varianceGradient',
  shape: (inputs) => broadcast('varianceGradient', tensors(inputs)),
  title: () => 'variance′',
  f: ([x, mean, u], place) => 2 * (x - mean) * u * share(place),
  rounding: (_args, result) => rounding(2, result),
  shaders: (attributes) => [squareGradientWgsl, ...shaders(attributes)],
  call: ([x, mean, u], attributes) => times(`square_gradient(${x}, ${mean}, ${u})`, attributes),
};

export const varianceGradientCases = (): readonly Case[] => cases(true);
