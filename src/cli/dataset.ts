/** Opens the data set that --data names. */
import { type DatasetPair, digits, fashionMnist, mnist } from '../data.node.ts';
import { ArgumentError, DataError } from '../index.node.ts';
import { isFolder } from './files.ts';
import type { Output } from './output.ts';
import { downloadBar } from './progress.ts';

/** Throws DataError where the set is not to be had or damaged. Unless one is named, `digits` stands in for MNIST. */
export async function openData(name: string | undefined, output: Output): Promise<DatasetPair> {
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

async function mnistOrDigits(options: Parameters<typeof mnist>[0], { warn }: Output): Promise<DatasetPair> {
  try {
    return await mnist(options);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    warn(`${error.message}\nUsing generated digits instead.\n`);
    return digits();
  }
}

/** Throws DataError unless there is such a folder; a URL is for the library to find out. */
function existing(name: string): string {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(name) || isFolder(name)) return name;
  throw new DataError(
    `--data: expected mnist, fashion-mnist, digits or a folder with IDX files, found no folder ${name}`,
  );
}

/** Throws ArgumentError for a batch that the data could never fill. */
export function checkBatch(batch: number, { train }: DatasetPair): void {
  if (batch <= train.count) return;
  throw new ArgumentError(
    `--batch: expected at most ${train.count}, the number of samples in ${train.name}, found ${batch}`,
  );
}
