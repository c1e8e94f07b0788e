/** Makes one row of numbers of a sample of several axes; where it is fused it costs nothing. */
import { columns, rows, size } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { axesOf, reshape } from '../../ops/reshape.ts';
import type { LayerKind } from './layer.ts';

export interface Flatten {
  readonly layer: 'flatten';
}

/** [C, H, W] -> [C·H·W], the last axis fastest. */
export const flatten = (): Flatten => ({ layer: 'flatten' });

export const flattenKind: LayerKind<Flatten> = {
  shape: (_layer, [sample]) => [size(sample)],
  append: (_layer, { graph, index }, [x]) =>
    append(graph, reshape, [x], axesOf([rows(x.shape), columns(x.shape)]), `a${index}`),
  check: () => {},
  describe: () => 'flatten',
};
