/** The axes of a sample in another order. */
import { isList } from '../../base/arguments.ts';
import { ArgumentError, ShapeError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';
import { show } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { orderOf, permute as permuteOp } from '../../ops/rows.ts';
import { type LayerCase, type LayerKind, ofKind } from './layer.ts';

/** A permutation layer as plain data; made by {@link permute}. */
export interface Permute {
  /** Kind of layer. */
  readonly layer: 'permute';
  /** For each axis that comes out, the number of the axis that it is. */
  readonly axes: readonly number[];
}

/**
 * Puts the axes of samples into another order: axis i of what comes out is axis `axes[i]`, as PyTorch's `permute`, but counted
 * without the batch. `permute([1, 0])` turns a sequence `[L, features]` into a signal `[features, L]`, which `conv1d` takes.
 *
 * @param axes The numbers of all axes of a sample, from 0, each once.
 * @throws {ArgumentError} For anything else.
 */
export function permute(axes: readonly number[]): Permute {
  if (!isOrder(axes))
    throw new ArgumentError(
      `permute: axes must be the numbers of all axes, each once, such as [1, 0], found ${showValue(axes)}`,
    );
  return ofKind(permuteKind, { layer: 'permute', axes: [...axes] });
}

function isOrder(axes: unknown): boolean {
  if (!isList(axes) || axes.length === 0) return false;
  for (const axis of axes) if (!Number.isInteger(axis)) return false; // as in isShape
  return axes.every((_, i) => axes.includes(i));
}

export const permuteKind: LayerKind<Permute> = {
  rearranges: true,

  shape({ axes }, [x]) {
    if (axes.length === x.length) return axes.map((axis) => x[axis]);
    throw new ShapeError(`permute: expected samples of ${axes.length} axes, found ${show(x)}`);
  },

  append: ({ axes }, { graph, index }, [x]) => append(graph, permuteOp, [x], orderOf(axes), `a${index}`),

  remade: ({ axes }) => permute(axes),

  describe: ({ axes }) => `permute ${axes.join(' ')}`,
};

export const permuteCases = (): readonly LayerCase[] => [
  { layer: permute([1, 0]), inputs: [[4, 3]] },
  { layer: permute([2, 0, 1]), inputs: [[2, 3, 4]] },
];
