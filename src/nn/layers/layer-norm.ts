/** Layer normalisation: each sample brought to mean 0 and variance 1 over its features, then scaled and shifted. */
import { rows } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { bias, scale } from '../../ops/arithmetic.ts';
import { momentsOf } from '../../ops/moments.ts';
import { standardize } from '../../ops/standardize.ts';
import { ones, zeros } from '../initialisers.ts';
import { checkOptions, type LayerCase, type LayerKind, ofKind } from './layer.ts';

/** Options of {@link layerNorm}. */
export interface LayerNormOptions {
  /** ε, added to the variance under the root, at least 1e-30. Default: 1e-5. */
  epsilon?: number;
}

/** A layer normalisation layer as plain data; made by {@link layerNorm}. */
export interface LayerNorm {
  /** Kind of layer. */
  readonly layer: 'layerNorm';
  /** ε, added to the variance under the root. */
  readonly epsilon: number;
}

/**
 * Layer normalisation: `γ ⊙ (x − mean) / √(variance + ε) + β` (Ba et al. 2016), as PyTorch's `LayerNorm` over all axes of a
 * sample.
 *
 * Mean and variance are over all numbers of each sample, in training and elsewhere. Parameters: `layers.i.weight` (γ) and
 * `layers.i.bias` (β), each of the shape of a sample.
 *
 * @throws {ArgumentError} For an `epsilon` below 1e-30 or an unknown option.
 */
export function layerNorm(options: LayerNormOptions = {}): LayerNorm {
  return ofKind(layerNormKind, { layer: 'layerNorm', ...checkOptions('layerNorm', options, { epsilon: 1e-5 }) });
}

export const layerNormKind: LayerKind<LayerNorm> = {
  shape: (_layer, [x]) => x,

  append({ epsilon }, { graph, index, parameter }, [x]) {
    const [shape, memory] = [x.shape.slice(0, -1), [rows(x.shape), 1]];
    const gamma = parameter('gamma', { key: 'weight', shape, memory, init: ones(), decays: false });
    const beta = parameter('beta', { key: 'bias', shape, memory, init: zeros(), decays: false });
    const { mean, variance } = momentsOf(graph, x, 'sample');
    const normalized = append(graph, standardize, [x, mean, variance], { epsilon }, `normalized${index}`);
    return append(graph, bias, [append(graph, scale, [normalized, gamma]), beta], {}, `a${index}`);
  },

  remade: ({ epsilon }) => layerNorm({ epsilon }),

  describe: () => 'layerNorm',
};

export const layerNormCases = (): readonly LayerCase[] => [
  { layer: layerNorm(), inputs: [[7]] },
  { layer: layerNorm({ epsilon: 0.01 }), inputs: [[3, 4, 2]] },
];
