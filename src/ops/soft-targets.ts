/**
 * Targets with label smoothing: (1 − ε) yᵢ + ε / K (Szegedy et al. 2016), for a loss that is linear in its targets, −Σ yᵢ log
 * pᵢ.
 */
import softTargetWgsl from '../../shaders/pointwise/soft_target.wgsl';
import { literal, TINY, U } from '../base/float32.ts';
import type { Attributes } from '../graph/graph.ts';
import type { Case, PointwiseOp } from '../graph/op.ts';

const f32 = (attributes: Attributes, name: string): number => Math.fround(Number(attributes[name]));

/** Attributes: `keep` = 1 − ε and `floor` = ε / K. */
export const softTargets: PointwiseOp = {
  kind: 'pointwise',
  name: 'softTargets',
  shape: ([y]) => y.shape,
  f: ([y], { attributes }) => f32(attributes, 'keep') * y + f32(attributes, 'floor'),
  rounding: ([y], result, { attributes }) => U * (Math.abs(f32(attributes, 'keep') * y) + Math.abs(result)) + TINY,
  shaders: () => [softTargetWgsl],
  call: ([y], { keep, floor }) => `soft_target(${y}, ${literal(Number(keep))}, ${literal(Number(floor))})`,
};

export const softTargetsCases = (): readonly Case[] => [
  { shapes: [[7, 33]], attributes: { keep: 0.9, floor: 0.1 / 7 }, domain: [0, 1] },
];
