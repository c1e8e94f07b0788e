/** Group normalisation: groups of channels brought to mean 0 and variance 1 in each sample, then scaled and shifted. */
import { checkCount } from '../../base/arguments.ts';
import { ShapeError } from '../../base/errors.ts';
import { show } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { bias, scale } from '../../ops/arithmetic.ts';
import { momentsOf } from '../../ops/moments.ts';
import { standardize } from '../../ops/standardize.ts';
import { ones, zeros } from '../initialisers.ts';
import { checkOptions, type LayerCase, type LayerKind, ofKind } from './layer.ts';

/** Options of {@link groupNorm}. */
export interface GroupNormOptions {
  /** ε, added to the variance under the root, at least 1e-30. Default: 1e-5. */
  epsilon?: number;
}

/** A group normalisation layer as plain data; made by {@link groupNorm}. */
export interface GroupNorm {
  /** Kind of layer. */
  readonly layer: 'groupNorm';
  /** Groups that the channels are divided into. */
  readonly groups: number;
  /** ε, added to the variance under the root. */
  readonly epsilon: number;
}

/**
 * Group normalisation: `γ (x − mean) / √(variance + ε) + β` (Wu & He 2018), as PyTorch's `GroupNorm`.
 *
 * Samples are `[features]` or `[channels, ...]`. Mean and variance are over the numbers of each group of channels in each sample, in
 * training and elsewhere: so it does not depend on the size of the batch. One group normalises the whole sample, as many groups as
 * channels normalise each channel of it. Parameters: `layers.i.weight` (γ) and `layers.i.bias` (β), each `[channels]`.
 *
 * @param groups Groups of neighbouring channels, a positive integer that divides the channels.
 * @throws {ArgumentError} For an invalid number of groups, an `epsilon` below 1e-30 or an unknown option.
 */
export function groupNorm(groups: number, options: GroupNormOptions = {}): GroupNorm {
  checkCount('groupNorm: groups', groups);
  return ofKind(groupNormKind, {
    layer: 'groupNorm',
    groups,
    ...checkOptions('groupNorm', options, { epsilon: 1e-5 }),
  });
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

export const groupNormKind: LayerKind<GroupNorm> = {
  shape({ groups }, [x]) {
    if (x[0] % groups === 0) return x;
    throw new ShapeError(
      `groupNorm: expected channels that ${groups} groups divide, found ${x[0]} in samples ${show(x)}`,
    );
  },

  append({ groups, epsilon }, { graph, index, parameter }, [x]) {
    const shape = [x.shape[0]];
    const gamma = parameter('gamma', { key: 'weight', shape, init: ones() });
    const beta = parameter('beta', { key: 'bias', shape, init: zeros() });
    const { mean, variance } = momentsOf(graph, x, 'sample', { groups });
    const normalized = append(graph, standardize, [x, mean, variance], { epsilon }, `normalized${index}`);
    return append(graph, bias, [append(graph, scale, [normalized, gamma]), beta], {}, `a${index}`);
  },

  narrowed: ({ groups, epsilon }, [x]) => groupNorm(greatestCommonDivisor(groups, x[0]), { epsilon }),

  remade: ({ groups, epsilon }) => groupNorm(groups, { epsilon }),

  describe: ({ groups }) => `groupNorm ${groups}`,
};

export const groupNormCases = (): readonly LayerCase[] => [
  { layer: groupNorm(2), inputs: [[6, 3, 2]] },
  { layer: groupNorm(3, { epsilon: 0.01 }), inputs: [[6]] },
];
