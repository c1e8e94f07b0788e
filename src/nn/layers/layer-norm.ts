/** Layer normalisation: each sample brought to mean 0 and variance 1 over its features, then scaled and shifted. */
import { rows } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { bias, scale } from '../../ops/arithmetic.ts';
import { momentsOf } from '../../ops/moments.ts';
import { standardize } from '../../ops/standardize.ts';
import { ones, zeros } from '../initialisers.ts';
import { checkOptions, type LayerKind } from './layer.ts';

export interface LayerNormOptions {
  /** Added to the variance under the root; 1e-5 unless given. */
  epsilon?: number;
}

export interface LayerNorm {
  readonly layer: 'layerNorm';
  readonly epsilon: number;
}

/**
 * γ ⊙ (x − mean) / √(variance + ε) + β, with mean and variance over all numbers of a sample, and γ and β of its shape (Ba et
 * al. 2016). Keys `weight` γ and `bias` β. Throws ArgumentError unless `epsilon` > 0.
 */
export function layerNorm(options: LayerNormOptions = {}): LayerNorm {
  return { layer: 'layerNorm', ...checkOptions('layerNorm', options, { epsilon: 1e-5 }) };
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

  check: ({ epsilon }) => void layerNorm({ epsilon }),

  describe: () => 'layerNorm',
};
