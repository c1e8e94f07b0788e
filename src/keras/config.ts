/** The options of a layer in a model.json: each is read with what it has to be, and every one that is something else is noted. */
import { isCount, isList } from '../base/arguments.ts';
import { showValue } from '../base/show-value.ts';
import {
  elu,
  gelu,
  linear,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from '../nn/layers/activation.ts';
import { exactGelu } from '../nn/layers/exact-gelu.ts';
import type { LayerActivation } from '../nn/layers/layer.ts';

/** σ by the names of Keras. Its hard sigmoid has another slope than that of PyTorch, and so is none of them. */
const activations: Readonly<Record<string, LayerActivation>> = {
  ...{ elu, linear, mish, relu, relu6, selu, sigmoid, silu, softmax, softplus, tanh },
  ...{ swish: silu, gelu: exactGelu, gelu_new: gelu },
};

/** What says nothing about the outputs of a trained layer, or is read elsewhere. */
const IGNORED =
  /^(name|trainable|dtype|seed|batch_input_shape|batch_shape|batch_size|input_shape|sparse|ragged|implementation|unroll|.*_(initializer|regularizer|constraint))$/;

/** What Keras has where an option is left out; options of these values need not be known. */
const isNothing = (value: unknown): boolean => value === undefined || value === null || value === false;

export class Config {
  /** What is not supported, such as 'dilation_rate: expected 1, found 2'. */
  readonly problems: string[] = [];
  readonly #config: Readonly<Record<string, unknown>>;
  readonly #read = new Set<string>();

  constructor(config: Readonly<Record<string, unknown>>) {
    this.#config = config;
  }

  /** Notes what nobody has read and has a value. */
  finish(): void {
    for (const [name, value] of Object.entries(this.#config)) {
      if (!this.#read.has(name) && !IGNORED.test(name) && !isNothing(value))
        this.problems.push(`${name}: expected nothing, found ${showValue(value)}`);
    }
  }

  /** The value of an option that is `ok`, or `usual`; what Keras takes to mean the usual is left out in files, or null. */
  #take<T>(name: string, usual: T, expected: string, ok: (value: unknown) => boolean): T {
    this.#read.add(name);
    const value = Object.hasOwn(this.#config, name) ? this.#config[name] : undefined;
    if (value === undefined || value === null) return usual;
    if (ok(value)) return value as T;
    this.problems.push(`${name}: expected ${expected}, found ${showValue(value)}`);
    return usual;
  }

  count(name: string, usual?: number): number {
    const before = this.problems.length;
    const value = this.#take<number | undefined>(name, usual, 'a positive integer', isCount);
    if (value === undefined && this.problems.length === before)
      this.problems.push(`${name}: expected a positive integer, found nothing`);
    return value ?? 1;
  }

  /** A number, or nothing where that is the usual. */
  number(name: string, usual: number): number;
  number(name: string, usual?: number): number | undefined;
  number(name: string, usual?: number): number | undefined {
    return this.#take(name, usual, 'a finite number', Number.isFinite);
  }

  flag(name: string, usual: boolean): boolean {
    return this.#take(name, usual, 'true or false', (value) => typeof value === 'boolean');
  }

  /** One of some texts, the usual one first. */
  choice<T extends string>(name: string, ...texts: readonly T[]): T {
    return this.#take(name, texts[0], texts.map((text) => `"${text}"`).join(' or '), (value) =>
      texts.includes(value as T),
    );
  }

  /** A size for each of some axes, given as a list or as one number for all; nothing where that is the usual. */
  sizes(name: string, axes: number, usual?: readonly number[]): readonly number[] | undefined {
    const isSizes = (value: unknown) =>
      isCount(value) || (isList(value) && value.length === axes && value.every(isCount));
    const found = this.#take<unknown>(name, usual, `${axes} positive integers`, isSizes);
    return typeof found === 'number' ? Array.from({ length: axes }, () => found) : (found as readonly number[]);
  }

  /** Integers in a list, or one by itself. */
  integers(name: string, usual: readonly number[], least: number): readonly number[] {
    const isInteger = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= least;
    const found = this.#take<number | readonly number[]>(
      name,
      usual,
      `integers ≥ ${least}`,
      (value) => isInteger(value) || (isList(value) && value.every(isInteger)),
    );
    return typeof found === 'number' ? [found] : found;
  }

  /** Zeros before and after each of two axes: one number, one for each axis, or both for each. */
  zeros(name: string): readonly (readonly [number, number])[] {
    const isZeros = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
    const isPair = (value: unknown, ok: (value: unknown) => boolean) =>
      isList(value) && value.length === 2 && value.every(ok);
    const found = this.#take<unknown>(
      name,
      1,
      'zeros before and after both axes',
      (value) => isZeros(value) || isPair(value, (one) => isZeros(one) || isPair(one, isZeros)),
    );
    const axes = isList(found) ? found : [found, found];
    return axes.map((one) => (isList(one) ? one : [one, one]) as [number, number]);
  }

  /** σ, from an option that is the name of one. */
  activation(name = 'activation'): LayerActivation {
    const known = (value: unknown) => typeof value === 'string' && Object.hasOwn(activations, value);
    return activations[this.#take(name, 'linear', `one of ${Object.keys(activations).join(', ')}`, known)];
  }

  /** Notes the channels of images unless they are last. */
  channelsLast(): void {
    this.choice('data_format', 'channels_last');
  }

  /** Notes filters with gaps. */
  undilated(axes: number): void {
    const rate = this.sizes('dilation_rate', axes, [1]);
    if (rate?.some((n) => n !== 1)) this.problems.push(`dilation_rate: expected 1, found ${showValue(rate)}`);
  }
}
