/** Identifies a data set by some of its samples, however many it has. */
import { digest } from '../base/digest.ts';
import type { DatasetIdentity } from './dataset.ts';
import { fieldsOf } from './fields.ts';
import { checksum } from './identity.ts';
import { room } from './stream-of.ts';
import type { StreamedDataset } from './streamed.ts';

/** Samples that are looked at, spread evenly from the first to the last. */
const SAMPLES = 64;

/** Reads the samples. Throws what reading them throws. */
export async function identityOfSome(set: Omit<StreamedDataset, 'identity'>): Promise<DatasetIdentity> {
  const { name, count, shape } = set;
  const n = Math.min(SAMPLES, count);
  const samples = Uint32Array.from({ length: n }, (_, i) => (n === 1 ? 0 : Math.round((i * (count - 1)) / (n - 1))));
  const request = room(samples, set);
  for await (const _ of set.read([request]));
  const fields = fieldsOf(set);
  const sums = fields.map(([letter]) => checksum(request[letter]!));
  return {
    name,
    count,
    digest: digest(JSON.stringify([shape, ...fields.map(([, field]) => field), ...sums])),
  };
}
