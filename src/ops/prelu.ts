/** a = x for x > 0, else α x, with one α per channel or feature; and its gradients with respect to both. */
import preluWgsl from '../../shaders/pointwise/prelu.wgsl';
import { U } from '../base/float32.ts';
import { append } from '../graph/graph.ts';
import type { Case, PointwiseOp } from '../graph/op.ts';
import { sumLike } from './arithmetic.ts';
import { broadcast, equalShapes } from './shared/shapes.ts';

const shapes = [
  [
    [1, 1],
    [1, 1],
  ],
  [
    [7, 33],
    [7, 1],
  ],
  [
    [6, 3, 5, 7],
    [6, 1],
  ],
] as const;

/** (x, α) -> a */
export const prelu: PointwiseOp = {
  kind: 'pointwise',
  name: 'prelu',
  shape: (inputs) => broadcast('prelu', inputs),
  gradient: (graph, { inputs: [x, alpha] }, upstream) => [
    () => append(graph, preluGradient, [upstream, x, alpha]),
    () => sumLike(graph, append(graph, preluSlopeGradient, [upstream, x]), alpha),
  ],
  f: ([x, alpha]) => (x > 0 ? x : alpha * x),
  rounding: ([x], result) => (x > 0 ? 0 : U * Math.abs(result)),
  shaders: () => [preluWgsl],
  call: ([x, alpha]) => `prelu(${x}, ${alpha})`,
};

export const preluCases = (): readonly Case[] => shapes.map((of) => ({ shapes: of }));

/** (g, x, α) -> g for x > 0, else α g */
export const preluGradient: PointwiseOp = {
  kind: 'pointwise',
  name: 'preluGradient',
  shape([g, x, alpha]) {
    equalShapes('preluGradient', [g, x]);
    return broadcast('preluGradient', [x, alpha]);
  },
  title: () => 'prelu′',
  f: ([g, x, alpha]) => (x > 0 ? g : alpha * g),
  rounding: ([, x], result) => (x > 0 ? 0 : U * Math.abs(result)),
  shaders: () => [preluWgsl],
  call: ([g, x, alpha]) => `prelu_gradient(${g}, ${x}, ${alpha})`,
};

export const preluGradientCases = (): readonly Case[] => shapes.map(([x, alpha]) => ({ shapes: [x, x, alpha] }));

/** (g, x) -> 0 for x > 0, else g x: the part of each place in the gradient of α. */
export const preluSlopeGradient: PointwiseOp = {
  kind: 'pointwise',
  name: 'preluSlopeGradient',
  shape: (inputs) => equalShapes('preluSlopeGradient', inputs),
  title: () => 'prelu ∂α',
  f: ([g, x]) => (x > 0 ? 0 : g * x),
  rounding: (_args, result) => U * Math.abs(result),
  shaders: () => [preluWgsl],
  call: ([g, x]) => `prelu_slope_gradient(${g}, ${x})`,
};

export const preluSlopeGradientCases = (): readonly Case[] => shapes.map(([x]) => ({ shapes: [x, x] }));
