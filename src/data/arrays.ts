/** A data set from arrays of your own, with one array of inputs and of targets, or several by name. */
import { checkKeys, keysOf } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { type ArraysOptions, datasetOf, targetField, weightsOf } from './array-fields.ts';
import { made } from './checked-dataset.ts';
import type { Dataset } from './dataset.ts';
import { checkedMeaning, meaningOf } from './meaning.ts';
import { type Joined, joinedFields } from './parts.ts';

export type { ArraysOptions };

/** One of several inputs, with options of its own. */
export type InputArray = Pick<ArraysOptions, 'x' | 'shape' | 'layout' | 'scale'>;

/** One of several targets, with options of its own. */
export type TargetArray = Pick<ArraysOptions, 'y' | 'labelShape' | 'classes' | 'classNames'>;

/** Options of {@link fromArrays} for samples with several inputs, several targets, or both. */
export interface NamedArraysOptions {
  /** The inputs by name, in the order in which `model` has them. */
  inputs?: Readonly<Record<string, ArraysOptions['x'] | InputArray>>;
  /** In place of `inputs`: the only one, as in {@link ArraysOptions}. */
  x?: ArraysOptions['x'];
  /** The targets by name, in any order. */
  targets?: Readonly<Record<string, ArraysOptions['y'] | TargetArray>>;
  /** In place of `targets`: the only ones, as in {@link ArraysOptions}. */
  y?: ArraysOptions['y'];
  /** A factor ≥ 0 for the loss of each sample, of all targets, as in {@link ArraysOptions}. */
  sampleWeights?: ArraysOptions['sampleWeights'];
  /** Shape of one sample of `x`. Default: `[size]`. */
  shape?: readonly number[];
  /** Factor for `x`. Default: 1. */
  scale?: number;
  /** Name of the data set in messages. Default: `'arrays'`. */
  name?: string;
}

/**
 * Makes a data set from arrays of your own. It copies and checks them.
 *
 * Samples may have several inputs or targets, each with options of its own:
 * `fromArrays({ inputs: { image: { x: bytes, shape: [1, 28, 28], scale: 1 / 255 }, facts: rows }, targets: { digit: labels } })`.
 * They are stored one after the other, as bytes if all are bytes with one scale, else as floats. A class takes one number.
 *
 * @throws {ArgumentError} For an unknown option.
 * @throws {DataError} For counts that differ, rows of different lengths, numbers that are not finite in f32, invalid classes,
 * sizes that do not divide, or names that are not one per class, with the array and the index.
 */
export function fromArrays(options: ArraysOptions | NamedArraysOptions): Dataset {
  const isNamed = keysOf(options)?.some((key) => key === 'inputs' || key === 'targets');
  return isNamed ? fromNamedArrays(options as NamedArraysOptions) : datasetOf(options as ArraysOptions);
}

function fromNamedArrays(options: NamedArraysOptions): Dataset {
  const { inputs, targets, name = 'arrays', x, y, shape, scale } = options;
  const either = [...(inputs ? ['inputs'] : ['x', 'shape', 'scale']), targets ? 'targets' : 'y'];
  checkKeys('fromArrays', options, [...either, 'sampleWeights', 'name']);
  const xs = inputs ? entriesOf<InputArray>(inputs, 'x', `${name}.inputs`) : { x: { x: x!, shape, scale } };
  const ys = targets ? entriesOf<TargetArray>(targets, 'y', `${name}.targets`) : { y: { y: y! } };
  for (const [key, one] of Object.entries(xs))
    checkKeys(`${name}.inputs.${key}`, one, ['x', 'shape', 'layout', 'scale']);
  for (const [key, one] of Object.entries(ys))
    checkKeys(`${name}.targets.${key}`, one, ['y', 'labelShape', 'classes', 'classNames']);
  const [first] = Object.values(ys);
  const sets = Object.entries(xs).map(
    ([key, one]) => [key, datasetOf({ ...one, ...first, name: `${name}.${key}` })] as const,
  );
  const [[, whole]] = sets;
  const { count } = whole;
  const parts = sets.map(([name, { inputs: field, shape }]): Joined => ({ name, field, shape }));
  const labels = Object.entries(ys).map(([key, { y, ...one }]): Joined => {
    const field = targetField(y, count, one, `${name}.${key}`);
    const { classNames } = checkedMeaning(one, field.size, `${name}.${key}`);
    return { name: key, field, classNames };
  });
  const joined = inputs ? joinedFields(parts, count, `${name}.inputs`) : whole.inputs;
  return made({
    ...{ name, count, shape: inputs ? [joined.size] : whole.shape, inputs: joined },
    targets: targets ? joinedFields(labels, count, `${name}.targets`) : whole.targets,
    ...weightsOf(options.sampleWeights, count, name),
    ...(targets ? {} : meaningOf(whole)),
  });
}

/** Each entry as options: an array alone is all of them. Throws ArgumentError for what has none. */
function entriesOf<T extends object>(given: unknown, key: 'x' | 'y', what: string): Record<string, T> {
  const names = keysOf(given) ?? [];
  if (names.length === 0 || names.includes('')) {
    throw new ArgumentError(`fromArrays: ${what}: expected arrays by name, found ${showValue(given)}`);
  }
  const entry = (one: unknown): T => (keysOf(one) ? one : { [key]: one }) as T;
  return Object.fromEntries(Object.entries(given as object).map(([name, one]) => [name, entry(one)]));
}
