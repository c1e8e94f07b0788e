/** The samples to train on: drawn here, found, or handed over. Each set is loaded once. */
import type { DatasetPair, OnProgress } from 'retrograd/data';
import { digits } from 'retrograd/data';
import type { DatasetName } from '../config.ts';
import type { DataSummary } from './protocol.ts';

const fileSets = () => import('./file-sets.ts');

export interface Library {
  load(name: DatasetName): Promise<DatasetPair>;
  /** The four IDX files, told apart by their contents, stand for MNIST from then on. */
  take(files: readonly File[]): Promise<DatasetPair>;
}

interface LibraryOptions {
  /** Where to ask for MNIST first. */
  readonly mnistFrom?: string;
  /** For a machine that trains slowly. */
  few(): boolean;
  readonly onProgress: OnProgress;
}

/** Everything rejects with DataError. */
export function createLibrary({ mnistFrom, few, onProgress }: LibraryOptions): Library {
  const known = new Map<DatasetName, Promise<DatasetPair>>();
  const sources: Record<DatasetName, () => Promise<DatasetPair>> = {
    digits: async () => digits(few() ? { train: 2000, test: 500 } : {}),
    mnist: async () => (await fileSets()).mnist({ ...(mnistFrom && { from: mnistFrom }), onProgress }),
  };
  return {
    load(name) {
      const pair = known.get(name) ?? sources[name]();
      known.set(name, pair);
      pair.catch(() => {
        if (known.get(name) === pair) known.delete(name); // else files were given meanwhile
      });
      return pair;
    },
    async take(files) {
      const { mnist, rolesOf } = await fileSets();
      const pair = await mnist({ from: await rolesOf(files), keep: true });
      known.set('mnist', Promise.resolve(pair));
      return pair;
    },
  };
}

export const summaryOf = ({ train, test, source }: DatasetPair): DataSummary => ({
  name: train.name.replace(/ train$/, ''),
  source,
  train: train.count,
  test: test.count,
});
