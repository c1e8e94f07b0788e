/** A fully connected layer: a = σ(W x + b). */
import { checkCount, checkKeys } from '../../base/arguments.ts';
import { size } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { matmul } from '../../ops/matmul.ts';
import { linear, tanh } from './activation.ts';
import { type LayerActivation, type LayerCase, type LayerKind, ofKind } from './layer.ts';
import {
  appendWeighted,
  optionsOf,
  type Weighted,
  type WeightedOptions,
  weighted,
  weightedOptions,
  withoutBias,
} from './weighted.ts';

/** A fully connected layer as plain data; made by {@link dense}. */
export interface Dense extends Weighted {
  /** Kind of layer. */
  readonly layer: 'dense';
  /** Outputs per sample. */
  readonly units: number;
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
export function dense(units: number, activation: LayerActivation = linear, options: WeightedOptions = {}): Dense {
  checkKeys('dense', options, weightedOptions);
  checkCount('dense: units', units);
  return ofKind(denseKind, { layer: 'dense', units, ...weighted('dense', activation, options) });
}

export const denseKind: LayerKind<Dense> = {
  width: 'units',

  shape: ({ units }) => [units],

  // z^l = W^l a^(l−1) + b^l, a^l = σ(z^l)
  append(layer, site, [x]) {
    const { units, init } = layer;
    const W = site.parameter('W', { key: 'weight', shape: [units, size(x.shape.slice(0, -1))], init });
    return appendWeighted(layer, site, units, (name) => append(site.graph, matmul, [W, x], {}, name));
  },

  remade: (layer) => dense(layer.units, layer, optionsOf(layer)),

  describe: (layer) => [layer.units, ...withoutBias(layer), layer.activation].join(' '),
};

export const denseCases = (): readonly LayerCase[] => [
  { layer: dense(5, tanh), inputs: [[7]] },
  { layer: dense(3, linear, { bias: false }), inputs: [[2, 3, 2]] },
];
