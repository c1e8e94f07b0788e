/**
 * Targets with label smoothing and class weights: wᵢ ((1 − ε) yᵢ + ε / K). In a loss that is linear in its targets, −Σ yᵢ
 * log pᵢ, they give label smoothing (Szegedy et al. 2016) and weighted classes.
 */
import softTargetWgsl from '../../shaders/pointwise/soft_target.wgsl';
import { literal, TINY, U } from '../base/float32.ts';
import type { Attributes } from '../graph/graph.ts';
import type { Case, PointwiseOp } from '../graph/op.ts';

const weights = ({ weights }: Attributes): number[] =>
  weights === undefined ? [] : (JSON.parse(String(weights)) as number[]);
const weightOf = (attributes: Attributes, row: number): number => Math.fround(weights(attributes)[row] ?? 1);
const f32 = (attributes: Attributes, name: string): number => Math.fround(Number(attributes[name]));
const blend = (y: number, attributes: Attributes): number => f32(attributes, 'keep') * y + f32(attributes, 'floor');

const cases = (): Case[] =>
  [
    { keep: 0.9, floor: 0.1 / 7 },
    { keep: 0.9, floor: 0.1 / 7, weights: '[1,0.3,2,0,5,0.1,1000]' },
  ].map((attributes) => ({ shapes: [[7, 33]], attributes: attributes as Attributes, domain: [0, 1] }));

/** Attributes: `keep` = 1 − ε, `floor` = ε / K, and `weights`, a list with one for each row, where there are any. */
export const softTargets: PointwiseOp = {
  kind: 'pointwise',
  name: 'softTargets',
  shape: ([y]) => y.shape,
  f: ([y], { attributes, row }) => weightOf(attributes, row) * blend(y, attributes),
  rounding: ([y], result, { attributes, row }) => {
    const blended = Math.abs(f32(attributes, 'keep') * y) + Math.abs(blend(y, attributes));
    return U * (weightOf(attributes, row) * blended + Math.abs(result)) + TINY;
  },
  shaders: () => [softTargetWgsl],
  call: ([y], attributes) => {
    const list = weights(attributes);
    const weight = list.length > 0 ? `array<f32, ${list.length}>(${list.map(literal).join(', ')})[row]` : '1.0';
    return `soft_target(${y}, ${literal(Number(attributes.keep))}, ${literal(Number(attributes.floor))}, ${weight})`;
  },
};

export const softTargetsCases = (): readonly Case[] => cases();
