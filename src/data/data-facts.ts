/** What a net keeps of the data set that it was trained on, so that later it can be given samples in the same form. */
import { isList, isShape } from '../base/arguments.ts';
import { isFinite32 } from '../base/float32.ts';
import { isObject } from '../base/json.ts';
import { size } from '../base/tensor.ts';
import type { Field, FieldPart } from './dataset.ts';
import type { Meaning } from './meaning.ts';

/** How the samples were given that a net was trained on, as plain data. */
export interface DataFacts extends Meaning {
  /** Name of the data set. */
  readonly name: string;
  /** Shape of one sample, which a net may have read as a row of numbers. */
  readonly shape: readonly number[];
  /** How the numbers of a sample were given: integers from 0 to 255, or any numbers. */
  readonly type: 'uint8' | 'float32';
  /** Factor for these numbers: the net sees `x · scale`. */
  readonly scale: number;
  /** What the targets were: classes, or values such as prices. Absent in files of before. */
  readonly targets?: Field['kind'];
  /** How the numbers of each of several inputs were given. Absent for one input. */
  readonly inputs?: readonly Pick<FieldPart, 'name' | 'shape' | 'type' | 'scale'>[];
}

/** What is expected of a value from a file, for messages. */
export const EXPECTED_FACTS = '{ name, shape, type, scale, targets, classNames, columns, inputs }';

/** Checks a value from a file, for a net with this number of features and outputs. */
export function isFacts(value: unknown, features: number, outputs: number): value is DataFacts {
  if (!isObject(value)) return false;
  const { name, shape, type, scale, targets, classNames, columns, inputs, ...more } = value;
  const isType = type === 'uint8' || type === 'float32';
  const isKind = targets === undefined || targets === 'labels' || targets === 'values';
  const isMeaning =
    (classNames === undefined || isNames(classNames, outputs)) && (columns === undefined || isList(columns));
  const isSample = isShape(shape) && size(shape) === features;
  return (
    typeof name === 'string' &&
    isSample &&
    isType &&
    isKind &&
    isFinite32(scale) &&
    isMeaning &&
    (inputs === undefined || (isList(inputs) && inputs.every(isInput))) &&
    Object.keys(more).length === 0
  );
}

function isInput(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { name, shape, type, scale, ...more } = value;
  const isGiven = (type === 'uint8' || type === 'float32') && isFinite32(scale) && Object.keys(more).length === 0;
  return typeof name === 'string' && (shape === undefined || isShape(shape)) && isGiven;
}

const isNames = (names: unknown, count: number): boolean =>
  isList(names) &&
  names.length === count &&
  names.every((name) => typeof name === 'string') &&
  new Set(names).size === count;
