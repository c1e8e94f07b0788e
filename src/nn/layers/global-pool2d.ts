/** Global pooling: one number for each channel of an image, its mean or its largest value. */
import { ArgumentError } from '../../base/errors.ts';
import { columns } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { maxPool } from '../../ops/max-pool.ts';
import { mean } from '../../ops/moments.ts';
import { axesOf, reshape } from '../../ops/reshape.ts';
import { checkedImage } from './image.ts';
import { type LayerCase, type LayerKind, ofKind } from './layer.ts';

/** A global pooling layer as plain data; made by {@link globalAveragePool2d} and {@link globalMaxPool2d}. */
export interface GlobalPool2d {
  /** Kind of layer. */
  readonly layer: 'globalPool2d';
  /** What is taken of a channel: its maximum or its mean. */
  readonly pool: 'max' | 'average';
}

/**
 * The mean of each channel (Lin et al. 2014): images `[C, H, W]` of any size come out as `[C]`, as of PyTorch's
 * `AdaptiveAvgPool2d(1)` and `Flatten`.
 */
export const globalAveragePool2d = (): GlobalPool2d =>
  ofKind(globalPool2dKind, { layer: 'globalPool2d', pool: 'average' });

/**
 * The largest value of each channel: images `[C, H, W]` of any size come out as `[C]`, as of PyTorch's `AdaptiveMaxPool2d(1)` and
 * `Flatten`. Among equal values the first one gets the gradient.
 */
export const globalMaxPool2d = (): GlobalPool2d => ofKind(globalPool2dKind, { layer: 'globalPool2d', pool: 'max' });

const makers = { average: globalAveragePool2d, max: globalMaxPool2d };
const titles = { average: 'globalAveragePool2d', max: 'globalMaxPool2d' };

export const globalPool2dKind: LayerKind<GlobalPool2d> = {
  shape: ({ pool }, [image]) => [checkedImage(titles[pool], image)[0]],

  append({ pool }, { graph, index }, [x]) {
    const [C, height, width] = x.shape;
    if (pool === 'average') return append(graph, mean, [x], { per: 'sample', groups: C }, `a${index}`);
    const largest = append(graph, maxPool, [x], { height, width });
    return append(graph, reshape, [largest], axesOf([C, columns(x.shape)]), `a${index}`);
  },

  remade: ({ pool }) => {
    if (!Object.hasOwn(makers, pool))
      throw new ArgumentError(
        'globalPool2d: expected one of globalAveragePool2d() or globalMaxPool2d(), found another',
      );
    return makers[pool]();
  },

  describe: ({ pool }) => `global ${pool} pool`,
};

export const globalPool2dCases = (): readonly LayerCase[] =>
  [globalAveragePool2d(), globalMaxPool2d()].map((layer) => ({ layer, inputs: [[3, 5, 4]] }));
