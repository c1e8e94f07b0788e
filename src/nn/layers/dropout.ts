/** Dropout: in training each number is 0 with probability `rate`, and the others are scaled so that the mean stays. */
import { ArgumentError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';
import { append } from '../../graph/graph.ts';
import { stepOf } from '../../graph/leaf.ts';
import { dropout as dropoutOp } from '../../ops/dropout.ts';
import type { LayerKind } from './layer.ts';

export interface Dropout {
  readonly layer: 'dropout';
  readonly rate: number;
}

/**
 * x / (1 − rate) or, with probability `rate`, 0, drawn for every number of every sample anew in each step (Srivastava et
 * al. 2014); x itself where nothing is learnt. Throws ArgumentError unless `rate` is a number in [0, 1).
 */
export function dropout(rate: number): Dropout {
  if (typeof rate !== 'number' || !(rate >= 0 && rate < 1)) {
    throw new ArgumentError(`dropout: rate must be a number in [0, 1), found ${showValue(rate)}`);
  }
  return { layer: 'dropout', rate };
}

export const dropoutKind: LayerKind<Dropout> = {
  shape: (_layer, [x]) => x,

  append({ rate }, { graph, index, training }, [x]) {
    if (!training || rate === 0) return x;
    return append(graph, dropoutOp, [x, stepOf(graph)], { rate, layer: index }, `a${index}`);
  },

  check: ({ rate }) => void dropout(rate),

  describe: ({ rate }) => `dropout ${rate}`,
};
