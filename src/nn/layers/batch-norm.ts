/** Batch normalisation: each channel brought to mean 0 and variance 1 over the batch, then scaled and shifted. */
import { ArgumentError } from '../../base/errors.ts';
import { columns, rows } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { stepOf } from '../../graph/leaf.ts';
import { bias, scale } from '../../ops/arithmetic.ts';
import { momentsOf } from '../../ops/moments.ts';
import { follow, standardize, unbiased } from '../../ops/standardize.ts';
import { ones, zeros } from '../initialisers.ts';
import { checkOptions, type LayerCase, type LayerKind, ofKind } from './layer.ts';

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  /** Weight of the newest batch in the running mean and variance, in [0, 1]. Default: 0.1. */
  momentum?: number;
  /** ε, added to the variance under the root, at least 1e-30. Default: 1e-5. */
  epsilon?: number;
}

/** A batch normalisation layer as plain data; made by {@link batchNorm}. */
export interface BatchNorm {
  /** Kind of layer. */
  readonly layer: 'batchNorm';
  /** Weight of the newest batch in the running mean and variance. */
  readonly momentum: number;
  /** ε, added to the variance under the root. */
  readonly epsilon: number;
}

/**
 * Batch normalisation: `γ (x − mean) / √(variance + ε) + β` (Ioffe & Szegedy 2015), as PyTorch's `BatchNorm1d` and
 * `BatchNorm2d`.
 *
 * Samples are `[features]`, normalised per feature, or `[channels, ...]`, normalised per channel. Training uses the mean and
 * variance of the batch, over its samples and all pixels of a channel; `evaluate` and `predict` use the running ones. Every
 * training step moves these by `momentum` towards those of its batch, with the unbiased variance (n − 1). Parameters:
 * `layers.i.weight` (γ), `layers.i.bias` (β), `layers.i.running_mean` and `layers.i.running_var`, each `[features]` or
 * `[channels]`.
 *
 * Where `running_mean` or `running_var` is frozen, as all of a frozen layer is, training uses the running statistics too and
 * leaves them as they are.
 *
 * A single value has no variance. In a last batch of one sample it becomes β, has a gradient of 0 and leaves the running
 * statistics alone; {@link compile} throws an ArgumentError if every batch would be like that.
 *
 * @throws {ArgumentError} For a `momentum` outside [0, 1], an `epsilon` below 1e-30 or an unknown option.
 */
export function batchNorm(options: BatchNormOptions = {}): BatchNorm {
  return ofKind(batchNormKind, {
    layer: 'batchNorm',
    ...checkOptions('batchNorm', options, { momentum: 0.1, epsilon: 1e-5 }),
  });
}

export const batchNormKind: LayerKind<BatchNorm> = {
  shape: (_layer, [x]) => x,

  append({ momentum, epsilon }, { graph, index, training, isFrozen, parameter, update }, [x]) {
    const shape = [x.shape[0]];
    const count = rows(x.shape) / x.shape[0];
    const isLearning = training && !isFrozen('running_mean') && !isFrozen('running_var');
    if (isLearning && count * columns(x.shape) === 1) {
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
    const { mean, variance } = isLearning ? momentsOf(graph, x, 'channel') : running;
    if (isLearning) {
      const attributes = { beta: 1 - momentum, count };
      const step = stepOf(graph);
      update(running.mean, (latest) => append(graph, follow, [latest, mean, step], attributes));
      update(running.variance, (latest) => {
        const estimate = append(graph, unbiased, [variance, step], { count });
        return append(graph, follow, [latest, estimate, step], attributes);
      });
    }
    const normalized = append(graph, standardize, [x, mean, variance], { epsilon }, `normalized${index}`);
    return append(graph, bias, [append(graph, scale, [normalized, gamma]), beta], {}, `a${index}`);
  },

  remade: ({ momentum, epsilon }) => batchNorm({ momentum, epsilon }),

  describe: () => 'batchNorm',
};

export const batchNormCases = (): readonly LayerCase[] => [
  { layer: batchNorm(), inputs: [[7]] },
  { layer: batchNorm({ momentum: 0.3, epsilon: 0.01 }), inputs: [[3, 4, 2]] },
];
