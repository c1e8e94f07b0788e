/** Values put together along their first axis, as in DenseNet and U-Net. */
import { ShapeError } from '../../base/errors.ts';
import { sameShape, show } from '../../base/tensor.ts';
import { rename } from '../../graph/graph.ts';
import { concatOf } from '../../ops/concat.ts';
import { type LayerCase, type LayerKind, ofKind } from './layer.ts';

/** A concatenation layer as plain data; made by {@link concat}. */
export interface Concat {
  /** Kind of layer. */
  readonly layer: 'concat';
}

/**
 * Puts two or more values together along their first axis: features of rows, channels of images. `apply(concat(), a, b)` of
 * `[3, H, W]` and `[5, H, W]` is `[8, H, W]`, as PyTorch's `cat([a, b], dim=1)`.
 */
export const concat = (): Concat => ofKind(concatKind, { layer: 'concat' });

export const concatKind: LayerKind<Concat> = {
  rearranges: true,
  takes: { least: 2, most: Number.POSITIVE_INFINITY },

  shape(_layer, inputs) {
    const [[, ...rest]] = inputs;
    if (inputs.every(([, ...axes]) => sameShape(axes, rest))) {
      return [inputs.reduce((sum, [first]) => sum + first, 0), ...rest];
    }
    throw new ShapeError(
      `concat: expected values that differ in their first axis alone, found ${inputs.map(show).join(' and ')}`,
    );
  },

  append(_layer, { graph, index }, inputs) {
    const all = concatOf(graph, inputs);
    rename(graph, all, `a${index}`);
    return all;
  },

  remade: concat,

  describe: () => 'concat',
};

export const concatCases = (): readonly LayerCase[] => [
  { layer: concat(), inputs: [[5], [3], [1]] },
  {
    layer: concat(),
    inputs: [
      [2, 3, 2],
      [1, 3, 2],
    ],
  },
];
