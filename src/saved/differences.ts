/** Compares tensors from a caller or a file with those of the net. */
import { isList, keysOf, member } from '../base/arguments.ts';
import { firstOdd, foundInstead, isNumbers } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import { type Shape, sameShape, show, size } from '../base/tensor.ts';

/** Tensors by key, with their numbers in any kind of array. */
export type Values = Readonly<
  Record<
    string,
    {
      /** Sizes of the axes. */
      readonly shape: Shape;
      /** The numbers, row-major. */
      readonly data: ArrayLike<number>;
    }
  >
>;

export interface Expected {
  readonly key: string;
  readonly shape: Shape;
  /** Whether NaN and infinity are let in. */
  readonly anyNumber?: boolean;
}

/** Every way in which `values` are not the tensors expected, a line each: keys, shapes, counts, numbers. */
export function differences(expected: readonly Expected[], values: Values, place = 'in this model'): string[] {
  const keys = keysOf(values);
  if (!keys) return [`expected tensors by key, found ${showValue(values)}`];
  const known = new Set(expected.map(({ key }) => key));
  const wrong = keys.filter((key) => !known.has(key)).map((key) => `${key}: not ${place}`);
  for (const { key, shape, anyNumber } of expected) {
    const value = keys.includes(key) ? member(values, key) : undefined;
    const [found, data] = [member(value, 'shape'), member(value, 'data')];
    if (!value) wrong.push(`${key}: missing`);
    else if (!isList(found)) wrong.push(`${key}: expected { shape: ${show(shape)}, data }, found ${showValue(value)}`);
    else if (!sameShape(found as Shape, shape))
      wrong.push(`${key}: expected ${show(shape)}, found ${showValue(found)}`);
    else if (!isNumbers(data)) wrong.push(`${key}: expected ${size(shape)} values, ${foundInstead(data)}`);
    else if (data.length !== size(shape)) wrong.push(`${key}: expected ${size(shape)} values, found ${data.length}`);
    else if (!anyNumber) wrong.push(...notFinite(key, data));
  }
  return wrong;
}

function notFinite(key: string, data: ArrayLike<number>): string[] {
  const odd = firstOdd(data);
  return odd < 0 ? [] : [`${key}: value ${odd} must be a finite number, found ${showValue(data[odd])}`];
}
