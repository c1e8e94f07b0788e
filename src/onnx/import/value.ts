/**
 * Values of a graph while it is imported: constants, and data, which depends on the inputs. Data is the output of a step, a layer to
 * be made; or a marker that becomes a step together with the nodes after it.
 */
import type { Shape } from '../../base/tensor.ts';
import type { Layer } from '../../nn/layers/index.ts';
import { type Constant, isBatch } from './constant.ts';

/** A tensor of a layer, whose numbers are read when all else is known. */
export interface Source {
  /** What tells it from others. */
  readonly key: string;
  readonly shape: Shape;
  numbers(): ArrayLike<number>;
}

/** A layer applied to others, or an input where there is none. */
export interface Step {
  readonly layer?: Layer;
  readonly of: readonly Step[];
  /** Shape of one sample. */
  readonly shape: Shape;
  /** Tensors of the layer by their keys. */
  readonly tensors: Readonly<Record<string, Source>>;
}

export interface Data {
  readonly kind: 'data';
  /** Sizes of the axes in the graph, that of the batch among them. */
  readonly dims: Shape;
  /** What computes it. Its sample has the numbers of the data in their order, maybe with other axes. */
  step(): Step;
  /** What it is of others, number by number: the values of a function of theirs at the places of `pointwise.ts`. */
  readonly forms?: ReadonlyMap<Data, Float64Array>;
  /** What it is with zeros around: an operator after it may add these by itself. */
  readonly padded?: { readonly of: Data; readonly pads: readonly (readonly [number, number])[] };
  /** What part it has in a normalisation that is written out. */
  readonly role?: Role;
}

/** The mean of all numbers of a sample of `of`; what is left of it without that; and so on, to the standard deviation. */
export interface Role {
  readonly part: 'mean' | 'centred' | 'square' | 'variance' | 'bounded variance' | 'deviation';
  readonly of: Data;
  readonly epsilon?: number;
}

/** What a node gives whose operator is not supported, and so everything that depends on it. */
export const UNKNOWN = { kind: 'unknown' } as const;

export type Value = (Constant & { readonly kind: 'constant' }) | Data | typeof UNKNOWN;

/** What a node has that is not supported. */
export class Refusal {
  readonly reason: string;
  /** What messages call the node. */
  label?: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Thrown where a value is unknown: the node that made it has said why. */
export class Unknown {}

/** The sizes of a sample: all but that of the batch. */
export const sampleOf = (dims: Shape): Shape => dims.filter((n) => !isBatch(n));

/** Data that a step computes. */
export const dataOf = (dims: Shape, step: Step): Data => ({ kind: 'data', dims, step: () => step });

/** Data whose step is made when it is asked for, if at all. */
export function lazily(dims: Shape, make: () => Step): Data {
  let made: { readonly step: Step } | { readonly error: unknown } | undefined;
  const attempt = () => {
    try {
      return { step: make() };
    } catch (error) {
      return { error };
    }
  };
  const step = (): Step => {
    made ??= attempt();
    if ('error' in made) throw made.error;
    return made.step;
  };
  return { kind: 'data', dims, step };
}
