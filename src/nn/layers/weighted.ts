/** What layers with weights and biases share: a = σ(z), where z is a weighted sum of the inputs, plus b unless left out. */
import { checkFlag } from '../../base/arguments.ts';
import { append, type Node } from '../../graph/graph.ts';
import { bias } from '../../ops/arithmetic.ts';
import { type Initialiser, zeros } from '../initialisers.ts';
import { appendActivation } from './activation.ts';
import {
  activationIn,
  checkLayer,
  type InitialiserOptions,
  initialiserFor,
  initialiserOptions,
  type LayerActivation,
  type Site,
} from './layer.ts';

/** Options of layers with weights and biases. */
export interface WeightedOptions extends InitialiserOptions {
  /** Whether biases are added to the weighted sums. Default: true. */
  bias?: boolean;
}

/** What a layer with weights and biases has of these. */
export interface Weighted extends LayerActivation {
  /** False for a layer without biases; absent for others. */
  readonly bias?: false;
  /** Initialiser of W. */
  readonly init: Initialiser;
  /** Initialiser of b. */
  readonly biasInit: Initialiser;
}

export const weightedOptions = ['bias', ...initialiserOptions];

/** Throws ArgumentError for a value that is not what the option takes, or not an activation. */
export function weighted(layer: string, activation: LayerActivation, options: WeightedOptions): Weighted {
  const { bias = true, init, biasInit } = options;
  checkFlag(`${layer}: bias`, bias);
  checkLayer(layer, activation, { init, biasInit });
  return {
    ...(bias ? {} : { bias }),
    ...activationIn(activation),
    init: init ?? initialiserFor(activation),
    biasInit: biasInit ?? zeros(),
  };
}

/** The options that make what `weighted` gives. */
export const optionsOf = ({ bias, init, biasInit }: Weighted): WeightedOptions => ({ bias, init, biasInit });

/** a^l = σ(z^l), z^l = product + b^l; `product` appends the weighted sums of so many units or channels under a name. */
export function appendWeighted(layer: Weighted, site: Site, units: number, product: (name: string) => Node): Node {
  const { graph, index, parameter } = site;
  const b = layer.bias === false ? undefined : parameter('b', { key: 'bias', shape: [units], init: layer.biasInit });
  const z = b ? append(graph, bias, [product(''), b], {}, `z${index}`) : product(`z${index}`);
  return appendActivation(graph, layer, z, `a${index}`);
}

/** What the description of a layer says of biases: nothing where it has some. */
export const withoutBias = ({ bias }: Weighted): string[] => (bias === false ? ['no bias'] : []);
