/** The operations of a forward and a backward pass and an update, one page each, derived from the net and the tensors that it names. */
import type { Config } from '../../../config.ts';
import { backwardPages } from './backward-pages.ts';
import { forwardPages } from './forward-pages.ts';
import { type NetLayer, type Values, valuesOf } from './net-layers.ts';
import { updatePages } from './update-pages.ts';

/** A piece of an equation: a tensor, e to the power of something, or text that stands between. */
export type Part = string | TensorPart | { readonly power: string | TensorPart };
export interface TensorPart {
  readonly tensor: string;
  readonly transposed?: boolean;
  /** One element of it: δ²₃. */
  readonly index?: readonly (number | string)[];
}

export type Kind =
  | 'sum'
  | 'convolution'
  | 'activation'
  | 'pooling'
  | 'dropout'
  | 'normalisation'
  | 'rescaling'
  | 'skip'
  | 'probabilities'
  | 'loss'
  | 'outputError'
  | 'hiddenError'
  | 'weightGradient'
  | 'filterGradient'
  | 'biasGradient'
  | 'gammaGradient'
  | 'average'
  | 'update';

/** In the order of a step. */
export const directions = { forward: 'Forward', backward: 'Backward', update: 'Update' } as const;
export type Direction = keyof typeof directions;

export interface Page {
  readonly kind: Kind;
  readonly direction: Direction;
  /** What textbooks call the equation. */
  readonly equationName?: 'BP1' | 'BP2' | 'BP3' | 'BP4';
  readonly layer: number;
  readonly title: string;
  /** What happens, in a sentence or two. */
  readonly about: string;
  readonly equation: readonly Part[];
  readonly operands: readonly string[];
  readonly result: string;
}

export type Given = Pick<Config, 'loss' | 'optimizer' | 'learningRate' | 'batch'> & {
  readonly layers: readonly NetLayer[];
  /** Pictures in the pass: more than one where what comes of one depends on the others. */
  readonly pictures?: number;
};

/** A net, and what its tensors are called. */
export interface Net extends Given {
  readonly last: number;
  readonly values: Values;
  has(name: string): boolean;
}

/** In the order of a pass. `names` are those of the tensors that are there; where σ is linear there is no a and no σ′. */
export function pagesOf(given: Given, names: Iterable<string>): Page[] {
  const known = new Set(names);
  const net: Net = {
    ...given,
    last: given.layers.length,
    values: valuesOf(given.layers, known),
    has: (name) => known.has(name),
  };
  return [...forwardPages(net), ...backwardPages(net), ...updatePages(net)];
}

export const t = (tensor: string): TensorPart => ({ tensor });

/** The tensors of an equation, each once, without what it defines. */
export const operandsOf = (equation: readonly Part[], result: string): string[] => [
  ...new Set(
    equation.flatMap((part) => {
      const of = typeof part === 'object' && 'power' in part ? part.power : part;
      return typeof of === 'object' && of.tensor !== result ? [of.tensor] : [];
    }),
  ),
];
