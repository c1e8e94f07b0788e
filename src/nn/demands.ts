/** What the layers of a model demand of its inputs, such as whole numbers: checked before anything reaches a device. */
import { DataError } from '../base/errors.ts';
import { placeOf } from '../base/place-of.ts';
import { showValue } from '../base/show-value.ts';
import { kindOf } from './layers/layer.ts';
import { features, type Model } from './model.ts';

/** Numbers of samples [count][features]: as a net sees them, or to be multiplied by a scale. */
export interface Inputs {
  readonly data: ArrayLike<number>;
  readonly scale?: number;
  /** The numbers of the samples, where these are others than 0, 1, 2, ... */
  readonly samples?: ArrayLike<number>;
}

/** Throws DataError for the first number that a layer cannot take. */
export function checkInputs(model: Model, { data, scale = 1, samples }: Inputs, what: string): void {
  for (const [i, layer] of model.layers.entries()) {
    const demand = kindOf(layer).demands?.(layer);
    if (!demand) continue;
    for (const part of model.wiring[i].flatMap((value) => partsOf(model, value))) {
      const at = firstIn(data, features(model), part, (x) => !demand.ok(x * scale));
      if (at < 0) continue;
      const place = placeOf(at, features(model), samples);
      throw new DataError(`${what}: ${place} must be ${demand.expected}, found ${showValue(data[at] * scale)}`);
    }
  }
}

/**
 * The kind of layer that takes the inputs of a model as whole numbers, where none takes them otherwise: the loss has no gradient
 * with respect to them then.
 */
export function takerOfWhole(model: Model): string | undefined {
  const isInput = [true]; // of each value: whether it holds numbers of the input
  let taker: string | undefined;
  for (const [i, layer] of model.layers.entries()) {
    const { demands, rearranges = false } = kindOf(layer);
    const takes = model.wiring[i].some((value) => isInput[value]);
    if (takes && demands) taker ??= layer.layer;
    else if (takes && !rearranges) return undefined;
    isInput.push(takes && rearranges);
  }
  return isInput[model.layers.length] ? undefined : taker;
}

/** The numbers of a sample, from the first to before the last, that a value has in other places. */
function partsOf(model: Model, value: number): readonly (readonly [number, number])[] {
  if (value === 0) return [[0, features(model)]];
  const layer = model.layers[value - 1];
  const part = kindOf(layer).part?.(layer);
  return part ? [part] : model.wiring[value - 1].flatMap((of) => partsOf(model, of));
}

/** The first of these numbers of each sample that is so, or -1. */
function firstIn(
  data: ArrayLike<number>,
  width: number,
  [first, end]: readonly [number, number],
  is: (x: number) => boolean,
): number {
  for (let sample = 0; sample < data.length; sample += width)
    for (let at = sample + first; at < sample + end; at++) if (is(data[at])) return at;
  return -1;
}
