/** What recurrent layers share: their options, weights as PyTorch has them, and the steps of a sequence side by side. */
import { checkCount, checkFlag, checkKeys } from '../../base/arguments.ts';
import { ArgumentError, ShapeError } from '../../base/errors.ts';
import { type Shape, show } from '../../base/tensor.ts';
import { append, type Node, rename } from '../../graph/graph.ts';
import type { KernelOp } from '../../graph/op.ts';
import { bias } from '../../ops/arithmetic.ts';
import { matmul } from '../../ops/matmul.ts';
import { axesOf, reshape } from '../../ops/reshape.ts';
import { MOST_UNITS } from '../../ops/shared/recurrence.ts';
import { inSteps, keepSteps, sideBySide, stepMask } from '../../ops/steps.ts';
import { type Initialiser, uniform } from '../initialisers.ts';
import { linear } from './activation.ts';
import {
  checkLayer,
  type InitialiserOptions,
  initialiserOptions,
  type LayerCase,
  type LayerKind,
  type Site,
} from './layer.ts';

/** Options of {@link gru} and {@link lstm}. */
export interface RecurrentOptions extends InitialiserOptions {
  /** Whether the states of all steps come out, `[L, units]`, and not the last one alone, `[units]`. Default: false. */
  sequence?: boolean;
  /**
   * Whether steps whose numbers are all 0 are left out, as those of the padding of {@link embedding}: the state stays as it is, and in
   * a whole sequence they are 0. So samples may be of different lengths. Default: false.
   */
  mask?: boolean;
  /** Initialiser of both weights. Default: uniform within ±1/√units, as in PyTorch. */
  init?: Initialiser;
  /** Initialiser of both biases. Default: that of PyTorch, as for the weights. */
  biasInit?: Initialiser;
}

/** What `gru` and `lstm` have in common, as plain data. */
export interface Recurrent {
  /** Units: numbers in a state. */
  readonly units: number;
  /** Whether the states of all steps come out. */
  readonly sequence: boolean;
  /** Whether steps of zeros are left out. */
  readonly mask: boolean;
  /** Initialiser of the weights. */
  readonly init: Initialiser;
  /** Initialiser of the biases. */
  readonly biasInit: Initialiser;
}

/** Throws ArgumentError for an invalid number of units or option. */
export function recurrent(layer: string, units: number, options: RecurrentOptions): Recurrent {
  checkKeys(layer, options, ['sequence', 'mask', ...initialiserOptions]);
  checkCount(`${layer}: units`, units);
  if (units > MOST_UNITS) throw new ArgumentError(`${layer}: units must be at most ${MOST_UNITS}, found ${units}`);
  const { sequence = false, mask = false, init, biasInit } = options;
  checkFlag(`${layer}: sequence`, sequence);
  checkFlag(`${layer}: mask`, mask);
  checkLayer(layer, linear, { init, biasInit });
  const usual = uniform(1 / Math.sqrt(units));
  return { units, sequence, mask, init: init ?? usual, biasInit: biasInit ?? usual };
}

/** The kind of a layer that runs an op with so many gates over the steps of a sequence. */
export function recurrentKind<L extends Recurrent & { readonly layer: string }>(
  op: KernelOp,
  gates: number,
  make: (units: number, options: RecurrentOptions) => L,
): LayerKind<L> {
  return {
    width: 'units' as keyof L & string,

    shape({ layer, units, sequence }, [x]) {
      if (x.length !== 2) throw new ShapeError(`${layer}: expected sequences [L, features], found ${show(x)}`);
      return sequence ? [x[0], units] : [units];
    },

    append(layer, site, [x]) {
      const { graph, index } = site;
      const [steps, , N] = x.shape;
      const columns = append(graph, sideBySide, [x], { first: 0, steps });
      const mask = layer.mask ? [append(graph, stepMask, [columns])] : [];
      const states = append(graph, op, [...weighted(layer, site, gates, columns), ...mask], { steps });
      const rest = layer.sequence ? { first: 0, count: steps } : { first: steps - 1, count: 1 };
      const kept = layer.sequence && layer.mask ? append(graph, keepSteps, [states, ...mask]) : states;
      const out = append(graph, inSteps, [kept], { ...rest, steps });
      if (!layer.sequence) return append(graph, reshape, [out], axesOf([layer.units, N]), `a${index}`);
      rename(graph, out, `a${index}`);
      return out;
    },

    remade: ({ units, sequence, mask, init, biasInit }) => make(units, { sequence, mask, init, biasInit }),

    describe: ({ layer, units, sequence, mask }) =>
      [`${layer} ${units}`, ...(sequence ? ['sequence'] : []), ...(mask ? ['masked'] : [])].join(' '),
  };
}

/** What the inputs give to the gates, W_ih x + b_ih of all steps; W_hh; and b_hh. */
function weighted({ units, init, biasInit }: Recurrent, { graph, parameter }: Site, gates: number, x: Node): Node[] {
  const of = (letter: string, key: string, shape: Shape, init: Initialiser): Node =>
    parameter(letter, { key, shape, init });
  const Wx = of('Wx', 'weight_ih_l0', [gates * units, x.shape[0]], init);
  const Wh = of('Wh', 'weight_hh_l0', [gates * units, units], init);
  const bx = of('bx', 'bias_ih_l0', [gates * units], biasInit);
  const bh = of('bh', 'bias_hh_l0', [gates * units], biasInit);
  return [append(graph, bias, [append(graph, matmul, [Wx, x]), bx]), Wh, bh];
}

/** What the tests of layers try of such a layer. */
export const casesOfRecurrent = (
  make: (units: number, options?: RecurrentOptions) => LayerCase['layer'],
): readonly LayerCase[] => [
  { layer: make(3), inputs: [[4, 2]] },
  { layer: make(2, { sequence: true, mask: true }), inputs: [[3, 5]] },
];
