/** What a net keeps of the data set that it was trained on, so that later it can be given samples in the same form. */
import { isFinite32 } from '../base/float32.ts';
import { isObject } from '../base/json.ts';
import { typeOf } from './stream-of.ts';
import type { AnyDataset } from './streamed.ts';

/** How the samples were given that a net was trained on, as plain data. */
export interface DataFacts {
  /** Name of the data set. */
  readonly name: string;
  /** How the numbers of a sample were given: integers from 0 to 255, or any numbers. */
  readonly type: 'uint8' | 'float32';
  /** Factor for these numbers: the net sees `x · scale`. */
  readonly scale: number;
}

export const factsOf = ({ name, inputs }: AnyDataset): DataFacts => ({
  name,
  type: typeOf(inputs),
  scale: inputs.scale,
});

/** What is expected of a value from a file, for messages. */
export const EXPECTED_FACTS = '{ name, type, scale }';

export function isFacts(value: unknown): value is DataFacts {
  if (!isObject(value)) return false;
  const { name, type, scale, ...more } = value;
  const isType = type === 'uint8' || type === 'float32';
  return typeof name === 'string' && isType && isFinite32(scale) && Object.keys(more).length === 0;
}
