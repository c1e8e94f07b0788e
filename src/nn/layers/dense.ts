/** A fully connected layer: a = σ(W x + b). */
import { checkCount, checkKeys } from '../../base/arguments.ts';
import { size } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { bias } from '../../ops/arithmetic.ts';
import { matmul } from '../../ops/matmul.ts';
import { type Initialiser, zeros } from '../initialisers.ts';
import { appendActivation, linear } from './activation.ts';
import {
  checkLayer,
  type InitialiserOptions,
  initialiserFor,
  initialiserOptions,
  type LayerActivation,
  type LayerKind,
} from './layer.ts';

export interface Dense {
  readonly layer: 'dense';
  readonly units: number;
  readonly activation: LayerActivation['activation'];
  readonly init: Initialiser;
  readonly biasInit: Initialiser;
}

/**
 * a = σ(W x + b), W of shape [units, inputs]; samples of several axes are taken as one row of numbers after another. Throws
 * ArgumentError unless `units` is a positive integer, `activation` one such as relu, the initialisers such as he(), and no
 * other option is given.
 */
export function dense(units: number, activation: LayerActivation = linear, options: InitialiserOptions = {}): Dense {
  checkKeys('dense', options, initialiserOptions);
  checkCount('dense: units', units);
  checkLayer('dense', activation, { init: options.init, biasInit: options.biasInit });
  const { init = initialiserFor(activation), biasInit = zeros() } = options;
  return { layer: 'dense', units, activation: activation.activation, init, biasInit };
}

export const denseKind: LayerKind<Dense> = {
  shape: ({ units }) => [units],

  // z^l = W^l a^(l−1) + b^l, a^l = σ(z^l)
  append({ units, activation, init, biasInit }, { graph, index, parameter }, [x]) {
    const inputs = size(x.shape.slice(0, -1));
    const W = parameter('W', { key: 'weight', shape: [units, inputs], init });
    const b = parameter('b', { key: 'bias', shape: [units], init: biasInit });
    const z = append(graph, bias, [append(graph, matmul, [W, x]), b], {}, `z${index}`);
    return appendActivation(graph, activation, z, `a${index}`);
  },

  check: (layer) => void dense(layer.units, layer, { init: layer.init, biasInit: layer.biasInit }),

  describe: ({ units, activation }) => `${units} ${activation}`,
};
