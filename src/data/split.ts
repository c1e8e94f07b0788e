/** Splits a data set in two. */
import { checkFlag, checkKeys, isCount } from '../base/arguments.ts';
import { isUint8Array } from '../base/as-bytes.ts';
import { ArgumentError } from '../base/errors.ts';
import { allocate } from '../base/numbers.ts';
import { checkSeed, permute, streams, threefry } from '../base/random.ts';
import { showValue } from '../base/show-value.ts';
import { checkedDataset, made } from './checked-dataset.ts';
import type { Dataset, DatasetPair, Field } from './dataset.ts';
import { mapFields } from './fields.ts';
import { stored } from './parts.ts';

/** Options of {@link split}. */
export interface SplitOptions {
  /** Samples of the test part: a share between 0 and 1, or a number of samples. */
  test: number;
  /** Whether each class has the same share in both parts. Default: true if the targets are labels, else false. */
  stratify?: boolean;
  /** Seed of the draw, an integer from 0 to 2³² − 1. Default: 0. */
  seed?: number;
}

/**
 * Splits a data set at random into a part to train on and a part to test on. Every sample goes into one of them, with its target.
 * Both parts keep the order of the samples, and are copies.
 *
 * With `stratify`, the test part gets its share of each class, rounded up or down so that the sum is the number asked for. A class
 * of two or more samples has at least one in each part. If this makes the number impossible, the test part gets the nearest number
 * that is possible.
 *
 * @returns The parts, named after the data set, which is the `source`.
 * @throws {ArgumentError} For a share or a number that leaves a part empty, `stratify` without labels, an invalid seed or option,
 * or a value that is not a data set.
 * @throws {DataError} For an invalid data set made by hand.
 */
export function split(dataset: Dataset, options: SplitOptions): DatasetPair {
  checkKeys('split', options, ['test', 'stratify', 'seed']);
  const { name } = checkedDataset(dataset, 'split', { numbers: false });
  checkFlag('split: stratify', options.stratify);
  checkSeed(options.seed ?? 0, 'split: seed');
  const stem = name.replace(/ train$/, '');
  const expected = 'split: test: expected a share or a number';
  return { ...splitAs(dataset, options, [`${stem} train`, `${stem} test`], expected), source: name };
}

/** The same for options that were checked, with names of the parts, and what a message says was expected. */
export function splitAs(
  dataset: Dataset,
  { test, stratify, seed = 0 }: SplitOptions,
  names: readonly [train: string, test: string],
  expected: string,
): Omit<DatasetPair, 'source'> {
  const whole = checkedDataset(dataset, 'split');
  const { name, count, targets } = whole;
  const isShare = typeof test === 'number' && test > 0 && test < 1;
  const wanted = isShare ? Math.round(test * count) : test;
  if (!isCount(wanted) || wanted >= count)
    throw new ArgumentError(
      `${expected} of 1 to ${count - 1} samples of the ${count} of ${name}, found ${showValue(test)}`,
    );
  const hasLabels = targets.kind === 'labels';
  if (stratify && !hasLabels)
    throw new ArgumentError(`split: stratify: expected class labels, found ${name} with values as targets`);
  const classes = (stratify ?? hasLabels) ? targets.data : undefined;
  const isDrawn = draw(count, wanted, seed, classes);
  const places = Uint32Array.from({ length: count }, (_, i) => i);
  const [train, drawn] = [0, 1].map((part) => places.filter((i) => isDrawn[i] === part));
  return { train: pick(whole, train, names[0]), test: pick(whole, drawn, names[1]) };
}

/** Which samples are drawn: the first ones of a shuffle, as many of each class as it is due. Without classes all are of one. */
function draw(count: number, wanted: number, seed: number, classes?: ArrayLike<number>): Uint8Array {
  const due = quotas(classes ? histogram(classes) : [count], wanted);
  const [key] = threefry(seed, streams.heldOut, 0, 0);
  const isDrawn = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const sample = permute(i, count, key);
    const of = classes?.[sample] ?? 0;
    if (due[of] === 0) continue;
    due[of]--;
    isDrawn[sample] = 1;
  }
  return isDrawn;
}

function histogram(classes: ArrayLike<number>): number[] {
  const sizes: number[] = [];
  for (let i = 0; i < classes.length; i++) sizes[classes[i]] = (sizes[classes[i]] ?? 0) + 1;
  return Array.from(sizes, (size) => size ?? 0);
}

/**
 * How many of each class are drawn: its share q = wanted · size / count, rounded down or up, and at least one in each part where
 * there are two. The largest remainders are rounded up until the sum is the number wanted.
 */
function quotas(sizes: readonly number[], wanted: number): number[] {
  const count = sizes.reduce((a, b) => a + b, 0);
  const shares = sizes.map((size) => (wanted * size) / count);
  const due = shares.map((share, i) => Math.max(Math.floor(share), Number(sizes[i] > 1)));
  const mayGrow = (i: number): boolean => due[i] < Math.min(Math.ceil(shares[i]), sizes[i] - Number(sizes[i] > 1));
  const left = wanted - due.reduce((a, b) => a + b, 0);
  const remainders = [...shares.keys()].filter(mayGrow).sort((a, b) => shares[b] - due[b] - (shares[a] - due[a]));
  for (const i of remainders.slice(0, Math.max(0, left))) due[i]++;
  return due;
}

/** Some samples of a checked data set, as copies. */
export function pick(dataset: Dataset, samples: ArrayLike<number>, name: string): Dataset {
  const of = (field: Field): Field => ({ ...field, data: rows(field, samples, name) });
  return made({ ...dataset, name, count: samples.length, ...mapFields(dataset, of) });
}

function rows(field: Field, samples: ArrayLike<number>, what: string): Field['data'] {
  const { data } = field;
  const width = stored(field);
  const isBytes = isUint8Array(data);
  const picked = allocate(what, samples.length * width, (n) => (isBytes ? new Uint8Array(n) : new Float32Array(n)));
  for (let i = 0; i < samples.length; i++) {
    picked.set(data.subarray(samples[i] * width, (samples[i] + 1) * width), i * width);
  }
  return picked;
}
