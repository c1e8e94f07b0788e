/** Batch normalisation: each channel brought to mean 0 and variance 1 over the batch, then scaled and shifted. */
import { ArgumentError } from '../../base/errors.ts';
import { columns, rows } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { stepOf } from '../../graph/leaf.ts';
import { bias, scale } from '../../ops/arithmetic.ts';
import { momentsOf } from '../../ops/moments.ts';
import { follow, standardize, unbiased } from '../../ops/standardize.ts';
import { ones, zeros } from '../initialisers.ts';
import { checkOptions, type LayerKind } from './layer.ts';

export interface BatchNormOptions {
  /** Share of the newest batch in the running mean and variance; 0.1 unless given. */
  momentum?: number;
  /** Added to the variance under the root; 1e-5 unless given. */
  epsilon?: number;
}

export interface BatchNorm {
  readonly layer: 'batchNorm';
  readonly momentum: number;
  readonly epsilon: number;
}

/**
 * γ (x − mean) / √(variance + ε) + β for each feature of [features] or channel of [channels, ...] (Ioffe & Szegedy 2015). In
 * training, mean and variance are those of the batch, over its samples and all places of a channel; elsewhere the running
 * ones, which every training step moves by `momentum` towards those of its batch, the variance as n / (n − 1) of it. Keys
 * `weight` γ, `bias` β, `running_mean` and `running_var`. Of a single value per feature, as in a last batch of one sample,
 * there is no variance: it becomes β, has a gradient of 0, and moves no running statistics. Throws ArgumentError unless
 * `momentum` is in [0, 1] and `epsilon` > 0; `compile` throws it where every batch would be of one value.
 */
export function batchNorm(options: BatchNormOptions = {}): BatchNorm {
  return { layer: 'batchNorm', ...checkOptions('batchNorm', options, { momentum: 0.1, epsilon: 1e-5 }) };
}

export const batchNormKind: LayerKind<BatchNorm> = {
  shape: (_layer, [x]) => x,

  append({ momentum, epsilon }, { graph, index, training, parameter, update }, [x]) {
    const shape = [x.shape[0]];
    const count = rows(x.shape) / x.shape[0];
    if (training && count * columns(x.shape) === 1) {
      throw new ArgumentError(
        `layer ${index - 1}: batchNorm learns from several values per feature: expected a batch of 2 samples or more, found 1`,
      );
    }
    const gamma = parameter('gamma', { key: 'weight', shape, init: ones() });
    const beta = parameter('beta', { key: 'bias', shape, init: zeros() });
    const running = {
      mean: parameter('runningMean', { key: 'running_mean', shape, init: zeros(), trained: false }),
      variance: parameter('runningVariance', { key: 'running_var', shape, init: ones(), trained: false }),
    };
    const { mean, variance } = training ? momentsOf(graph, x, 'channel') : running;
    if (training) {
      const attributes = { beta: 1 - momentum, count };
      const step = stepOf(graph);
      update(() => append(graph, follow, [running.mean, mean, step], attributes));
      update(() => {
        const estimate = append(graph, unbiased, [variance, step], { count });
        return append(graph, follow, [running.variance, estimate, step], attributes);
      });
    }
    const normalized = append(graph, standardize, [x, mean, variance], { epsilon }, `normalized${index}`);
    return append(graph, bias, [append(graph, scale, [normalized, gamma]), beta], {}, `a${index}`);
  },

  check: ({ momentum, epsilon }) => void batchNorm({ momentum, epsilon }),

  describe: () => 'batchNorm',
};
