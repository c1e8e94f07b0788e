/** A fully connected layer: a = σ(W x + b). */
import { checkCount, checkKeys } from '../../base/arguments.ts';
import { size } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { bias } from '../../ops/arithmetic.ts';
import { matmul } from '../../ops/matmul.ts';
import { type Initialiser, zeros } from '../initialisers.ts';
import { appendActivation, linear } from './activation.ts';
import {
  activationIn,
  checkLayer,
  type InitialiserOptions,
  initialiserFor,
  initialiserOptions,
  type LayerActivation,
  type LayerKind,
  ofKind,
} from './layer.ts';

/** A fully connected layer as plain data; made by {@link dense}. */
export interface Dense {
  /** Kind of layer. */
  readonly layer: 'dense';
  /** Outputs per sample. */
  readonly units: number;
  /** Name of σ, or an activation of your own. */
  readonly activation: LayerActivation['activation'];
  /** Initialiser of W. */
  readonly init: Initialiser;
  /** Initialiser of b. */
  readonly biasInit: Initialiser;
}

/**
 * A fully connected layer: `a = σ(W x + b)`, with W `[units, inputs]` and b `[units]`.
 *
 * A sample of several axes is read as one row of numbers, last axis fastest. Parameters: `layers.i.weight` (W) and
 * `layers.i.bias` (b), as in PyTorch's `Linear`.
 *
 * @param units Outputs per sample, a positive integer.
 * @param activation σ, such as {@link relu}. Default: {@link linear}.
 * @throws {ArgumentError} For an invalid number of units, activation, initialiser or option.
 */
export function dense(units: number, activation: LayerActivation = linear, options: InitialiserOptions = {}): Dense {
  checkKeys('dense', options, initialiserOptions);
  checkCount('dense: units', units);
  checkLayer('dense', activation, { init: options.init, biasInit: options.biasInit });
  const { init = initialiserFor(activation), biasInit = zeros() } = options;
  return ofKind(denseKind, { layer: 'dense', units, ...activationIn(activation), init, biasInit });
}

export const denseKind: LayerKind<Dense> = {
  width: 'units',

  shape: ({ units }) => [units],

  // z^l = W^l a^(l−1) + b^l, a^l = σ(z^l)
  append(layer, { graph, index, parameter }, [x]) {
    const { units, init, biasInit } = layer;
    const inputs = size(x.shape.slice(0, -1));
    const W = parameter('W', { key: 'weight', shape: [units, inputs], init });
    const b = parameter('b', { key: 'bias', shape: [units], init: biasInit });
    const z = append(graph, bias, [append(graph, matmul, [W, x]), b], {}, `z${index}`);
    return appendActivation(graph, layer, z, `a${index}`);
  },

  remade: (layer) => dense(layer.units, layer, { init: layer.init, biasInit: layer.biasInit }),

  describe: ({ units, activation }) => `${units} ${activation}`,
};
