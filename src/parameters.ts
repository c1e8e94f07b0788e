/** Tensors that a caller or a file hands over, held against those of the net. */
import { isFinite32 } from './finite.ts';
import { isObject } from './json.ts';
import { shown } from './shown.ts';
import { type Shape, show, size } from './tensor.ts';

export type Values = Readonly<Record<string, { readonly shape: Shape; readonly data: ArrayLike<number> }>>;

export interface Expected {
  readonly key: string;
  readonly shape: Shape;
  /** Whether NaN and infinity are let in. */
  readonly anyNumber?: boolean;
}

/** Every way in which `values` are not the tensors expected, a line each: keys, shapes, counts, numbers. */
export function differences(expected: readonly Expected[], values: Values): string[] {
  if (!isObject(values)) return [`expected tensors by key, found ${shown(values)}`];
  const known = new Set(expected.map(({ key }) => key));
  const wrong = Object.keys(values)
    .filter((key) => !known.has(key))
    .map((key) => `${key}: not in this model`);
  for (const { key, shape, anyNumber } of expected) {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (!value) wrong.push(`${key}: missing`);
    else if (!Array.isArray(value.shape))
      wrong.push(`${key}: expected { shape: ${show(shape)}, data }, found ${shown(value)}`);
    else if (show(value.shape) !== show(shape))
      wrong.push(`${key}: expected ${show(shape)}, found ${show(value.shape)}`);
    else if (value.data?.length !== size(shape))
      wrong.push(`${key}: expected ${size(shape)} values, found ${value.data?.length}`);
    else if (!anyNumber) wrong.push(...notFinite(key, value.data));
  }
  return wrong;
}

function notFinite(key: string, data: ArrayLike<number>): string[] {
  for (let i = 0; i < data.length; i++) {
    if (!isFinite32(data[i])) return [`${key}: value ${i} must be a finite number, found ${shown(data[i])}`];
  }
  return [];
}
