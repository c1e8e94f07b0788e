/** What a caller says of samples that are read later: `fit` checks shapes before the first of them is there. */
import { checkFlag, checkKeys, isCount, isShape } from '../base/arguments.ts';
import { digest } from '../base/digest.ts';
import { DataError } from '../base/errors.ts';
import { isFinite32 } from '../base/float32.ts';
import { showValue } from '../base/show-value.ts';
import { size as sizeOf } from '../base/tensor.ts';
import { checkScale, MOST_CLASSES } from './checked-dataset.ts';
import { fieldsOf } from './fields.ts';
import { unidentified } from './identity.ts';
import { checkedMeaning } from './meaning.ts';
import type { StreamedDataset, StreamedField } from './streamed.ts';

/** What the samples of a source of your own are. */
export interface SourceOptions {
  /** Number of samples. */
  count: number;
  /** Shape of one sample: `[28, 28]`. */
  shape: readonly number[];
  /** Number of classes, if `y` has a class index per sample. Either this or `outputs` is needed. */
  classes?: number;
  /** Number of values per sample in `y`, if it has target values. */
  outputs?: number;
  /** Whether batches have `sampleWeights`, too. Default: false. */
  sampleWeights?: boolean;
  /** Names of the classes, in the order of their index; of the outputs if `y` has target values. */
  classNames?: readonly string[];
  /**
   * How `x` is stored. `'uint8'` is for integers from 0 to 255, such as pixels: they stay bytes on the device, in a quarter of
   * the memory. Default: `'float32'`.
   */
  type?: 'uint8' | 'float32';
  /** Factor for `x`: the net sees `x · scale`, so 1/255 turns bytes into 0 to 1. Default: 1. */
  scale?: number;
  /** Name of the data set in messages. */
  name?: string;
  /**
   * Says which data this is. Training that was left off within an epoch, or saved, goes on where the next data set has the same
   * `name`, `count`, `shape` and `id`. Without an `id` it is the same only as the same object, or after a load by its name.
   */
  id?: string;
}

/** The samples, but for what reads them. Throws ArgumentError for an unknown option and DataError for an invalid one. */
export function described(
  where: string,
  options: SourceOptions,
  usualName: string,
): Omit<StreamedDataset, 'shuffles' | 'read'> {
  const ofTargets = ['classes', 'outputs', 'classNames', 'sampleWeights'];
  checkKeys(where, options, ['count', 'shape', ...ofTargets, 'type', 'scale', 'name', 'id']);
  checkFlag(`${where}: sampleWeights`, options.sampleWeights);
  const { count, shape, type, scale, name = usualName, id = name } = options;
  for (const [key, text] of Object.entries({ name, id })) {
    if (typeof text !== 'string') throw new DataError(`${where}: ${key}: expected a string, found ${showValue(text)}`);
  }
  if (!isCount(count)) throw new DataError(`${name}.count: expected a positive integer, found ${showValue(count)}`);
  if (!isShape(shape)) throw new DataError(`${name}.shape: expected positive integers, found ${showValue(shape)}`);
  const inputs = valuesField(name, sizeOf(shape), type, scale);
  const targets = targetField(name, options);
  const weights = options.sampleWeights ? { sampleWeights: valuesField(name, 1) } : {};
  const fields = fieldsOf({ inputs, targets, ...weights }).map(([, field]) => field);
  const identity = { name, count, digest: digest(JSON.stringify([shape, ...fields, id])) };
  if (options.id === undefined) unidentified.add(identity);
  const meaning = checkedMeaning(options, targets.size, name);
  return { name, count, shape: Object.freeze([...shape]), inputs, targets, ...weights, ...meaning, identity };
}

/** Numbers `[size]` per sample. Throws DataError for an unknown type, or a scale that they cannot have. */
export function valuesField(name: string, size: number, type: unknown = 'float32', scale: unknown = 1): StreamedField {
  if (type !== 'uint8' && type !== 'float32')
    throw new DataError(`${name}.type: expected 'uint8' or 'float32', found ${showValue(type)}`);
  checkScale(scale, `${name}.scale`);
  if (type === 'uint8' && !isFinite32(255 * scale))
    throw new DataError(`${name}.scale: expected a number that times 255 fits in a 32-bit float, found ${scale}`);
  return Object.freeze({ kind: 'values', size, scale, type });
}

/** A class per sample, in bytes where they fit. Throws DataError for a number of classes that is none. */
export function labelsField(name: string, classes: unknown): StreamedField {
  if (!isCount(classes) || classes > MOST_CLASSES)
    throw new DataError(
      `${name}.classes: expected a positive integer up to ${MOST_CLASSES}, found ${showValue(classes)}`,
    );
  return Object.freeze({ kind: 'labels', size: classes, scale: 1, type: classes > 256 ? 'float32' : 'uint8' });
}

function targetField(name: string, { classes, outputs }: SourceOptions): StreamedField {
  if ((classes === undefined) === (outputs === undefined)) {
    const found = classes === undefined ? 'neither' : 'both';
    throw new DataError(`${name}: expected classes for class indices in y, or outputs for values in y, found ${found}`);
  }
  if (classes !== undefined) return labelsField(name, classes);
  if (!isCount(outputs))
    throw new DataError(`${name}.outputs: expected a positive integer, found ${showValue(outputs)}`);
  return valuesField(name, outputs);
}
