/** Opens the data set that --data names. */
import { resolve } from 'node:path';
import { showValue } from '../base/show-value.ts';
import type { DataFacts } from '../data/data-facts.ts';
import { csv, type DatasetPair, digits, fashionMnist, type ImagesOptions, images, mnist } from '../data.node.ts';
import { ArgumentError, DataError } from '../index.node.ts';
import { local } from '../platform/write-file.node.ts';
import { type DataFlags, delimiterOf, isPictures, isTable, usualTest } from './data-options.ts';
import { isFolder } from './files.ts';
import type { Output } from './output.ts';
import { countBar, downloadBar } from './progress.ts';

/**
 * Throws DataError where the set is not to be had or damaged, ArgumentError for a table without a target. Unless a set is named,
 * `digits` stands in for MNIST. `facts` are those of a net that was trained already: columns and classes mean what they did then.
 */
export async function openData(flags: DataFlags, output: Output, facts?: DataFacts): Promise<DatasetPair> {
  const { data: name } = flags;
  if (isTable(name)) return table(name, flags, facts);
  if (isPictures(name)) return pictures(name, flags, facts);
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

/** A table, split by the seed. Without a test part of its own a file gives a share of its rows. */
async function table(path: string, flags: DataFlags, facts?: DataFacts): Promise<DatasetPair> {
  const { target, columns, categorical, missing, delimiter, test = usualTest, seed } = flags;
  if (!target)
    throw new ArgumentError('--target: expected with a CSV file, to say which column to predict, found none');
  const { scale, type, shape, classNames } = facts ?? {};
  const found = facts?.columns ? { columns: facts.columns, scale, type, shape, classNames } : { columns, categorical };
  const options = { ...found, missing, delimiter: delimiter ?? delimiterOf(path) };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return csv(isUrl(path) ? path : resolve(local(path)), { ...given, target, test, seed });
}

/** Pictures in folders, split by the seed. Throws DataError for other classes than the net was trained on. */
async function pictures(path: string, flags: DataFlags, facts?: DataFacts): Promise<DatasetPair> {
  const { size, channels, test = usualTest, seed } = flags;
  const reading = countBar('pictures');
  const onProgress: ImagesOptions['onProgress'] = ({ read, total }) => reading.show({ done: read, count: total });
  try {
    const data = await images(path, { size, channels, test, seed, onProgress });
    const [found, known] = [data.train.classNames, facts?.classNames];
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

/** Throws DataError unless there is such a folder; a URL is for the library to find out. */
function existing(name: string): string {
  if (isUrl(name) || isFolder(name)) return name;
  throw new DataError(
    `--data: expected mnist, fashion-mnist, digits, a CSV file (.csv or .tsv), a folder of pictures or one of IDX files, found no folder ${name}`,
  );
}

/** Throws ArgumentError for a batch that the data could never fill. */
export function checkBatch(batch: number, { train }: DatasetPair): void {
  if (batch <= train.count) return;
  throw new ArgumentError(
    `--batch: expected at most ${train.count}, the number of samples in ${train.name}, found ${batch}`,
  );
}
