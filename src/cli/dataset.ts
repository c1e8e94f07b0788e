/** Opens the data set that --data names. */
import { resolve } from 'node:path';
import { showValue } from '../base/show-value.ts';
import type { DataFacts } from '../data/data-facts.ts';
import type { DatasetIdentity } from '../data/dataset.ts';
import { sameDataset } from '../data/identity.ts';
import {
  csv,
  type Dataset,
  type DatasetPair,
  digits,
  fashionMnist,
  type ImagesOptions,
  images,
  mnist,
  type SplitOptions,
  split,
} from '../data.node.ts';
import { ArgumentError, DataError } from '../index.node.ts';
import { local } from '../platform/write-file.node.ts';
import { type DataFlags, delimiterOf, isPictures, isTable, usualTest } from './data-options.ts';
import { isFile, isFolder } from './files.ts';
import { holdOut } from './held-out.ts';
import type { Output } from './output.ts';
import { countBar, downloadBar } from './progress.ts';

/** What a file of a net says of the data. */
export interface SavedData {
  /** Columns and classes mean what they did in training. */
  readonly facts?: DataFacts;
  /** The samples that it was trained on. */
  readonly trainedOn?: DatasetIdentity;
  /** Share of the training data that was held out. */
  readonly validation?: number;
}

/**
 * Throws DataError where the set is not to be had or damaged, ArgumentError for a table without a target. Unless a set is named,
 * `digits` stands in for MNIST. For a saved net, a table or pictures are there to test on: all of them, unless the file says that
 * it was trained on a part.
 */
export async function openData(flags: DataFlags, output: Output, saved?: SavedData): Promise<DatasetPair> {
  const { data: name, test = usualTest, seed } = flags;
  const open = isTable(name) ? table : isPictures(name) ? pictures : undefined;
  if (open)
    return saved ? testOn(await open(flags, saved.facts), flags, saved) : open(flags, undefined, { test, seed });
  const download = downloadBar();
  const options = { onProgress: download.show };
  try {
    if (name === undefined) return await mnistOrDigits(options, output);
    if (name === 'digits') return digits();
    if (name === 'mnist') return await mnist(options);
    if (name === 'fashion-mnist') return await fashionMnist(options);
    return await mnist({ ...options, from: existing(name) });
  } finally {
    download.clear();
  }
}

/** The part that was not trained on, drawn as `train` draws it, where the rest is what the net was trained on; else all samples. */
function testOn(
  all: Dataset,
  { test = usualTest, seed }: DataFlags,
  { trainedOn, validation }: SavedData,
): DatasetPair {
  const everything = { train: all, test: all, source: all.name };
  if (!trainedOn || !leavesBoth(test, all)) return everything;
  const parts = split(all, { test, seed });
  if (validation !== undefined && !leavesBoth(validation, parts.train)) return everything;
  const { train } = validation === undefined ? parts : holdOut(parts, validation, seed);
  return sameDataset(trainedOn, train) ? parts : everything;
}

/** Whether a share of the samples is one or more of them, and not all. */
function leavesBoth(share: number, { count }: Dataset): boolean {
  const drawn = Math.round(share * count);
  return drawn > 0 && drawn < count;
}

/** Whether all samples are there to test on. */
export const isWhole = ({ train, test }: DatasetPair): boolean => train === test;

/** A table. Without a test part of its own a file gives a share of its rows. */
function table(flags: DataFlags, facts?: DataFacts): Promise<Dataset>;
function table(flags: DataFlags, facts: DataFacts | undefined, parts: SplitOptions): Promise<DatasetPair>;
async function table(flags: DataFlags, facts?: DataFacts, parts?: SplitOptions): Promise<Dataset | DatasetPair> {
  const { data, sampleWeights, columns, categorical, missing, delimiter } = flags;
  const path = data!;
  const { scale, type, shape, classNames, targets } = facts ?? {};
  // Values are named by their columns.
  const target = flags.target ?? (targets === 'values' ? classNames : undefined);
  if (!target)
    throw new ArgumentError('--target: expected with a CSV file, to say which column to predict, found none');
  const found = facts?.columns ? { columns: facts.columns, scale, type, shape, classNames } : { columns, categorical };
  const options = { ...found, sampleWeights, missing, delimiter: delimiter ?? delimiterOf(path) };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const source = isUrl(path) ? path : resolve(local(path));
  return parts ? csv(source, { ...given, target, ...parts }) : csv(source, { ...given, target });
}

/** Pictures in folders. Throws DataError for other classes than the net was trained on. */
function pictures(flags: DataFlags, facts?: DataFacts): Promise<Dataset>;
function pictures(flags: DataFlags, facts: DataFacts | undefined, parts: SplitOptions): Promise<DatasetPair>;
async function pictures(flags: DataFlags, facts?: DataFacts, parts?: SplitOptions): Promise<Dataset | DatasetPair> {
  const { size, channels } = flags;
  const path = flags.data!;
  const reading = countBar('pictures');
  const onProgress: ImagesOptions['onProgress'] = ({ read, total }) => reading.show({ done: read, count: total });
  try {
    const options = { size, channels, onProgress };
    const data = parts ? await images(path, { ...options, ...parts }) : await images(path, options);
    const [found, known] = [('train' in data ? data.train : data).classNames, facts?.classNames];
    if (known && String(found) !== String(known))
      throw new DataError(`${path}: expected a folder for each of ${showValue(known)}, found ${showValue(found)}`);
    return data;
  } finally {
    reading.clear();
  }
}

async function mnistOrDigits(options: Parameters<typeof mnist>[0], { warn }: Output): Promise<DatasetPair> {
  try {
    return await mnist(options);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    warn(`${error.message}\nUsing generated digits instead.\n`);
    return digits();
  }
}

const isUrl = (name: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(name);

/** Throws DataError unless there is such a folder or file; a URL is for the library to find out. */
function existing(name: string): string {
  if (isUrl(name) || isFolder(name) || (/\.npz$/.test(name) && isFile(name))) return name;
  const expected = 'mnist, fashion-mnist, digits, a CSV file (.csv or .tsv), a folder of pictures or one of IDX files';
  throw new DataError(`--data: expected ${expected}, found no folder ${name}`);
}

/** Throws ArgumentError for a batch that the data could never fill. */
export function checkBatch(batch: number, { train }: DatasetPair): void {
  if (batch <= train.count) return;
  throw new ArgumentError(
    `--batch: expected at most ${train.count}, the number of samples in ${train.name}, found ${batch}`,
  );
}
