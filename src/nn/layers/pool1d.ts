/** Pooling layers of signals: the largest value or the mean of each stretch, channel by channel. */
import { checkCount, checkKeys } from '../../base/arguments.ts';
import { ShapeError } from '../../base/errors.ts';
import { columns, type Shape, show } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { axesOf, reshape } from '../../ops/reshape.ts';
import { type LayerCase, type LayerKind, ofKind } from './layer.ts';
import {
  appendPooling,
  checkedCount,
  checkPadding,
  checkPool,
  checkReach,
  type Pool,
  type Pooling,
  windowsIn,
} from './pooling.ts';

/** A pooling layer of signals as plain data; made by {@link maxPool1d} and {@link avgPool1d}. */
export interface Pool1d {
  /** Kind of layer. */
  readonly layer: 'pool1d';
  /** What is taken of a window: its maximum or its mean. */
  readonly pool: 'max' | 'average';
  /** Places in a window. */
  readonly size: number;
  /** Places between neighbouring windows. */
  readonly stride: number;
  /** Places added at each end of the signal, if any, or a rule; see {@link Pool1dOptions}. */
  readonly padding?: number | 'same';
  /** False where they do not count in a mean. */
  readonly countPadding?: false;
}

/** Options of {@link maxPool1d}. */
export interface Pool1dOptions {
  /** Places between neighbouring windows. Default: the size of a window. */
  stride?: number;
  /**
   * Places added at each end, at most half the size of a window. `'same'` adds as many as give ⌈length / stride⌉ windows, an odd one
   * at the end, as in Keras. They are never the largest of a window. Default: 0.
   */
  padding?: number | 'same';
}

/** Options of {@link avgPool1d}. */
export interface AvgPool1dOptions extends Pool1dOptions {
  /** Whether padding counts in the means, as zeros; PyTorch's `count_include_pad`. Default: `true`. */
  countPadding?: boolean;
}

/**
 * The maximum of each window, on signals `[C, L]`, which come out as `[C, ⌊(L + 2·padding − size) / stride⌋ + 1]`, as of PyTorch's
 * `MaxPool1d`. Among equal values the first one gets the gradient.
 *
 * @param size Places in a window.
 * @throws {ArgumentError} For an invalid size, stride or padding, or an unknown option.
 */
export const maxPool1d = (size: number, options: Pool1dOptions = {}): Pool1d => {
  checkKeys('maxPool1d', options, ['stride', 'padding']);
  return pool1d('max', size, options);
};

/**
 * The mean of each window, on signals `[C, L]`, as PyTorch's `AvgPool1d`. Shapes are those of {@link maxPool1d}.
 *
 * @param size Places in a window.
 * @throws {ArgumentError} For an invalid size, stride, padding or `countPadding`, or an unknown option.
 */
export const avgPool1d = (size: number, options: AvgPool1dOptions = {}): Pool1d => {
  checkKeys('avgPool1d', options, ['stride', 'padding', 'countPadding']);
  return pool1d('average', size, options);
};

const titles = { max: 'maxPool1d', average: 'avgPool1d' };

function pool1d(pool: Pool, size: number, options: AvgPool1dOptions): Pool1d {
  const title = titles[pool];
  const { stride = size, padding = 0, countPadding } = options;
  checkCount(`${title}: size`, size);
  checkCount(`${title}: stride`, stride);
  if (padding !== 'same') checkPadding(`${title}: padding`, padding);
  checkReach(title, [size], padding);
  return ofKind(pool1dKind, {
    ...{ layer: 'pool1d', pool, size, stride },
    ...(padding === 0 ? {} : { padding }),
    ...checkedCount(title, countPadding),
  });
}

const poolingOf = ({ pool, size, stride, padding = 0, countPadding }: Pool1d): Pooling => ({
  ...{ title: titles[pool], pool, countPadding: countPadding !== false },
  ...{ size: [1, size], stride: [1, stride], padding: padding === 'same' ? padding : [0, padding] },
});

export const pool1dKind: LayerKind<Pool1d> = {
  shape(layer, [signal]): Shape {
    if (signal.length !== 2)
      throw new ShapeError(`${titles[layer.pool]}: expected signals [channels, length], found ${show(signal)}`);
    const [C, L] = signal;
    return [C, windowsIn(poolingOf(layer), [1, L], signal)[1]];
  },

  append(layer, { graph, index }, [x]) {
    const [C, L] = x.shape;
    const image = append(graph, reshape, [x], axesOf([C, 1, L, columns(x.shape)]));
    const pooled = appendPooling(graph, poolingOf(layer), image, '');
    return append(graph, reshape, [pooled], axesOf([C, ...pooled.shape.slice(2)]), `a${index}`);
  },

  remade: ({ pool, size, stride, padding, countPadding }) => {
    checkPool('pool1d', pool);
    return pool1d(pool, size, { stride, padding, countPadding });
  },

  describe: ({ pool, size, stride, padding }) =>
    [
      `${pool} pool ${size}`,
      ...(stride === size ? [] : [`/${stride}`]),
      ...(padding === undefined ? [] : [padding === 'same' ? padding : `pad ${padding}`]),
    ].join(' '),
};

export const pool1dCases = (): readonly LayerCase[] => [
  { layer: maxPool1d(2), inputs: [[3, 7]] },
  { layer: maxPool1d(3, { stride: 2, padding: 1 }), inputs: [[2, 8]] },
  { layer: avgPool1d(3, { stride: 2, padding: 1 }), inputs: [[2, 8]] },
  { layer: maxPool1d(3, { stride: 2, padding: 'same' }), inputs: [[2, 8]] },
  { layer: avgPool1d(2, { padding: 'same', countPadding: false }), inputs: [[2, 7]] },
];
