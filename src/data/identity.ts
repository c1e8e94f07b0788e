/** Identifies a data set in files that outlive it. */
import { digest } from '../base/digest.ts';
import { isObject } from '../base/json.ts';
import type { Dataset, DatasetIdentity, Field } from './dataset.ts';
import { fieldsOf } from './fields.ts';
import type { StreamedDataset } from './streamed.ts';

/** Of what a file says. */
export function isIdentity(value: unknown): value is DatasetIdentity {
  if (!isObject(value)) return false;
  const { name, count, digest, ...more } = value;
  const isCount = Number.isSafeInteger(count) && (count as number) >= 0;
  return typeof name === 'string' && typeof digest === 'string' && isCount && Object.keys(more).length === 0;
}

const known = new WeakMap<Dataset, DatasetIdentity>();

/** What a data set is recognised by: itself, or what was written down of it. */
export type Known = Dataset | StreamedDataset | DatasetIdentity;

/** Computed when first asked for, in about a tenth of a second for MNIST. */
export function identityOf(dataset: Known): DatasetIdentity {
  if (!('inputs' in dataset)) return dataset;
  if ('identity' in dataset) return dataset.identity;
  const { name, count, shape } = dataset;
  const identity = known.get(dataset) ?? {
    name,
    count,
    digest: digest(JSON.stringify([shape, ...fieldsOf(dataset).map(([, field]) => describe(field))])),
  };
  known.set(dataset, identity);
  return identity;
}

/** Identities that say no more than a name: of sources that were given none. Those of files are told by their samples. */
export const unidentified = new WeakSet<DatasetIdentity>();

/** Two live data sets without an identity of their own are the same only as the same object. */
export function sameDataset(a: Known, b: Known): boolean {
  if (a === b || ('inputs' in a && 'inputs' in b && a.name === b.name && sameFields(a, b))) return true;
  const [one, other] = [identityOf(a), identityOf(b)];
  if (unidentified.has(one) && unidentified.has(other)) return one === other;
  return one.name === other.name && one.count === other.count && one.digest === other.digest;
}

/** Without a look at the numbers. */
export const sameFields = (a: Dataset | StreamedDataset, b: Dataset | StreamedDataset): boolean =>
  a.inputs === b.inputs &&
  a.targets === b.targets &&
  a.sampleWeights === b.sampleWeights &&
  `${a.shape}` === `${b.shape}`;

const describe = ({ kind, size, scale, data, parts }: Field) => [
  ...[kind, size, scale, data.BYTES_PER_ELEMENT, ...checksum(data)],
  ...(parts ?? []).map(({ name, kind, size }) => [name, kind, size]),
];

/** Two FNV-1a sums over 32-bit words, with a multiplier each: any word that changes alone changes both. */
export function checksum(data: Uint8Array | Float32Array): [number, number] {
  const words = new Uint32Array(Math.ceil(data.byteLength / 4));
  new Uint8Array(words.buffer).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  let [a, b] = [0x811c9dc5, 0x2f0b4a27];
  for (let i = 0; i < words.length; i++) {
    a = Math.imul(a ^ words[i], 0x01000193);
    b = Math.imul(b ^ words[i], 0x85ebca6b);
  }
  return [a, b];
}
