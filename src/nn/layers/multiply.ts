/** The product of values, number by number: gates, and the channel weights of squeeze-and-excitation (Hu et al. 2018). */
import { ShapeError } from '../../base/errors.ts';
import { type Shape, sameShape, show } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { hadamard, scale } from '../../ops/arithmetic.ts';
import { type LayerCase, type LayerKind, ofKind } from './layer.ts';

/** A multiplication layer as plain data; made by {@link multiply}. */
export interface Multiply {
  /** Kind of layer. */
  readonly layer: 'multiply';
}

/**
 * Multiplies two or more values of one shape, number by number: `apply(multiply(), a, b)`. After the first value, a value `[C]`
 * may also stand for all of `[C, H, W]`: it weighs each channel of each sample.
 */
export const multiply = (): Multiply => ofKind(multiplyKind, { layer: 'multiply' });

/** Whether it has a number for each channel of the other. */
const isPerChannel = (shape: Shape, [channels]: Shape): boolean => sameShape(shape, [channels]);

export const multiplyKind: LayerKind<Multiply> = {
  takes: { least: 2, most: Number.POSITIVE_INFINITY },

  shape(_layer, [first, ...others]) {
    if (others.every((shape) => sameShape(shape, first) || isPerChannel(shape, first))) return first;
    const found = [first, ...others].map(show).join(' and ');
    throw new ShapeError(`multiply: expected values of one shape, or of [${first[0]}] after the first, found ${found}`);
  },

  append(_layer, { graph, index }, [first, ...others]) {
    return others.reduce((product, x, i) => {
      const name = i === others.length - 1 ? `a${index}` : '';
      return append(graph, sameShape(x.shape, product.shape) ? hadamard : scale, [product, x], {}, name);
    }, first);
  },

  remade: multiply,

  describe: () => 'multiply',
};

export const multiplyCases = (): readonly LayerCase[] => [
  { layer: multiply(), inputs: [[5], [5]] },
  {
    layer: multiply(),
    inputs: [
      [2, 3, 2],
      [2, 3, 2],
      [2, 3, 2],
    ],
  },
];
