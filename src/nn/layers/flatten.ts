/** Flattens a sample of several axes into one row of numbers. Where it is fused, it costs nothing. */
import { columns, rows, size } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { axesOf, reshape } from '../../ops/reshape.ts';
import { type LayerCase, type LayerKind, ofKind } from './layer.ts';

/** A flatten layer as plain data; made by {@link flatten}. */
export interface Flatten {
  /** Kind of layer. */
  readonly layer: 'flatten';
}

/** Turns samples `[C, H, W]` into `[C·H·W]`, last axis fastest. It costs nothing, and `dense` does it by itself. */
export const flatten = (): Flatten => ofKind(flattenKind, { layer: 'flatten' });

export const flattenKind: LayerKind<Flatten> = {
  rearranges: true,
  shape: (_layer, [sample]) => [size(sample)],
  append: (_layer, { graph, index }, [x]) =>
    append(graph, reshape, [x], axesOf([rows(x.shape), columns(x.shape)]), `a${index}`),
  remade: flatten,
  describe: () => 'flatten',
};

export const flattenCases = (): readonly LayerCase[] => [{ layer: flatten(), inputs: [[2, 3, 2]] }];
