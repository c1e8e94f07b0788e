/** Dropout: in training each number is 0 with probability `rate`, and the others are scaled so that the mean stays. */
import { ArgumentError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';
import { append } from '../../graph/graph.ts';
import { stepOf } from '../../graph/leaf.ts';
import { dropout as dropoutOp } from '../../ops/dropout.ts';
import { type LayerCase, type LayerKind, ofKind } from './layer.ts';

/** A dropout layer as plain data; made by {@link dropout}. */
export interface Dropout {
  /** Kind of layer. */
  readonly layer: 'dropout';
  /** Probability that a number becomes 0. */
  readonly rate: number;
}

/**
 * Drops random numbers of every sample during training (Srivastava et al. 2014).
 *
 * Each number becomes 0 with probability `rate`, else `x / (1 − rate)`, drawn again in every step from the seed of the net.
 * `evaluate` and `predict` change nothing.
 *
 * @param rate Probability that a number becomes 0, in [0, 1).
 * @throws {ArgumentError} For a rate outside [0, 1).
 */
export function dropout(rate: number): Dropout {
  if (typeof rate !== 'number' || !(rate >= 0 && rate < 1)) {
    throw new ArgumentError(`dropout: rate must be a number in [0, 1), found ${showValue(rate)}`);
  }
  return ofKind(dropoutKind, { layer: 'dropout', rate });
}

export const dropoutKind: LayerKind<Dropout> = {
  shape: (_layer, [x]) => x,

  append({ rate }, { graph, index, training }, [x]) {
    if (!training || rate === 0) return x;
    return append(graph, dropoutOp, [x, stepOf(graph)], { rate, layer: index }, `a${index}`);
  },

  remade: ({ rate }) => dropout(rate),

  describe: ({ rate }) => `dropout ${rate}`,
};

export const dropoutCases = (): readonly LayerCase[] => [
  { layer: dropout(0.3), inputs: [[33]] },
  { layer: dropout(0), inputs: [[2, 3, 2]] },
];
