/** Where a layer of Keras becomes layers of this library, with weights. */
import { transpose } from '../base/row-major.ts';
import { type Shape, show } from '../base/tensor.ts';
import type { Layer } from '../nn/layers/index.ts';
import type { Config } from './config.ts';
import type { Value } from './values.ts';

/** Applies a layer of Keras to values. Throws Unsupported for their shapes. */
export type Apply = (values: readonly Value[], site: Site) => Value;
/** Reads the options of a layer. */
export type Convert = (config: Config) => Apply;

/** What a layer of Keras is called. */
export interface KerasLayer {
  readonly name: string;
  readonly className: string;
  readonly trainable: boolean;
}

/** A parameter, and where its numbers come from. */
export interface Assigned {
  readonly of: KerasLayer;
  readonly layer: Layer;
  /** 'weight': what follows the number of the layer in the key. */
  readonly key: string;
  readonly shape: Shape;
  /** A weight of the Keras layer by its name there; absent where Keras has none, and all numbers are `value`. */
  readonly from?: { readonly name: string; readonly shape: Shape; arrange(data: Float32Array): Float32Array };
  readonly value?: number;
}

/** Shapes that a layer cannot be applied to, in the words of a message. */
export class Unsupported extends Error {}

/** Throws Unsupported where a shape is not `ok`. */
export function expectShapes(values: readonly Value[], ok: (shape: Shape) => boolean, expected: string): void {
  if (values.every(({ shape }) => ok(shape))) return;
  throw new Unsupported(`expected ${expected}, found ${values.map(({ shape }) => show(shape)).join(' and ')}`);
}

/** One layer of Keras, however often it is applied. */
export class Site {
  /** Whether it is applied several times, so that its weights have to be the same wherever that is. */
  readonly isShared: boolean;
  readonly #of: KerasLayer;
  readonly #made = new Map<string, Layer>();
  readonly assigned: Assigned[] = [];

  constructor(of: KerasLayer, isShared: boolean) {
    this.#of = of;
    this.isShared = isShared;
  }

  /** The layer that it becomes, or one of them. `assign` gives it its weights. */
  layer<L extends Layer>(what: string, make: () => L, assign?: (layer: L) => void): L {
    const known = this.#made.get(what) as L | undefined;
    if (known) return known;
    const made = make();
    this.#made.set(what, made);
    assign?.(made);
    return made;
  }

  /** A parameter of `shape` is the weight `name` of Keras, which has the shape `from`; by default with its numbers in the same order. */
  weight(
    layer: Layer,
    key: string,
    shape: Shape,
    name: string,
    from: Shape = shape,
    arrange: (data: Float32Array) => Float32Array = (data) => data,
  ): void {
    this.assigned.push({ of: this.#of, layer, key, shape, from: { name, shape: from, arrange } });
  }

  /** A parameter that Keras does not have, or has as an option. */
  constant(layer: Layer, key: string, shape: Shape, value: number): void {
    this.assigned.push({ of: this.#of, layer, key, shape, value });
  }
}

/** Numbers of a shape with its axes in another order: axis i of the result is axis `axes[i]`. */
export const transposing =
  (shape: Shape, axes: readonly number[]) =>
  (data: Float32Array): Float32Array =>
    transpose(data, shape, axes);
