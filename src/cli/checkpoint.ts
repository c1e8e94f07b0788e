/** The files of --save, --resume and eval: a checkpoint of the library plus what the command remembers. */
import { createHash } from 'node:crypto';
import { isObject, parseJson } from '../base/json.ts';
import { printable } from '../base/show-value.ts';
import type { DatasetIdentity } from '../data/dataset.ts';
import { identityOf, isIdentity, sameDataset } from '../data/identity.ts';
import type { Dataset } from '../data.node.ts';
import { ArgumentError, DataError, type Tensor } from '../index.node.ts';
import { platform } from '../platform/platform.ts';
import { parseChecked } from '../saved/checksums.ts';
import { MODEL, RECORD } from '../saved/model-text.ts';
import { joinShards } from '../saved/shards.ts';
import { keptEpochOf } from '../train/checkpoint/metadata.ts';
import type { Output } from './output.ts';
import type { Texts } from './remembered-options.ts';

/**
 * The best epoch so far: that of the highest accuracy or, where there are no classes, of the lowest loss. It is judged by the
 * samples held out or, without them, by the test set.
 */
export type Best = { readonly epoch: number } & (
  | { readonly accuracy: number; readonly loss?: undefined }
  | { readonly loss: number; readonly accuracy?: undefined }
);

export interface Checkpoint {
  readonly path: string;
  /** What was there when it was read. */
  readonly file: File;
  /** Options of the command that wrote it; none in a file of the library, or of others. */
  readonly options: Texts;
  readonly data?: DatasetIdentity;
  readonly best?: Best;
  /** Names of tensors whose numbers 32-bit floats do not hold. */
  readonly rounded: readonly string[];
  /** The text of its model; none in a file of an older version, or of others. */
  readonly model?: string;
  /** The epoch whose parameters it keeps, those of --keep-best so far. */
  readonly keptEpoch?: number;
}

/** Of the metadata of the file. */
const NAME = 'retrograd.cli';

export const metadataOf = (options: Texts, train: Dataset, best: Best | undefined): Record<string, string> => ({
  [NAME]: JSON.stringify({ options, data: identityOf(train), best }),
});

/** Says of a file which numbers became others on the way to 32-bit floats. */
export function warnOfRounded({ path, rounded }: Checkpoint, { warn }: Output): void {
  if (rounded.length === 0) return;
  const more = rounded.length > 3 ? ` and ${rounded.length - 3} more` : '';
  const names = `${rounded.slice(0, 3).map(printable).join(', ')}${more}`;
  warn(`${printable(path)}: 32-bit floats do not hold all numbers of ${names}, which are rounded`);
}

/**
 * A file, or the files that an index names. Throws DataError for one that is not there, or no such file.
 */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const bytes = path.endsWith('.index.json') ? await joinShards(path) : await platform.files!.read(path);
  if (!bytes) throw new DataError(`${path}: no such file`);
  const { metadata, rounded } = parseChecked(bytes, path);
  const { [NAME]: text, [RECORD]: record, [MODEL]: model } = metadata;
  const file = new File([bytes as Uint8Array<ArrayBuffer>], path);
  const keptEpoch = record === undefined ? undefined : keptEpochOf(record);
  return { path, file, rounded, keptEpoch, model, ...(text === undefined ? { options: {} } : parse(text, path)) };
}

function parse(text: string, path: string): Pick<Checkpoint, 'options' | 'data' | 'best'> {
  const found = parseJson(text);
  if (isObject(found) && isTexts(found.options) && isIdentity(found.data) && isBest(found.best)) {
    return { options: found.options, data: found.data, best: found.best };
  }
  throw new DataError(`${path}: metadata ${NAME}: expected what train --save writes, found other text`);
}

/** The sets that a name alone tells. */
const known: Readonly<Record<string, string>> = {
  'MNIST train': 'mnist',
  'Fashion-MNIST train': 'fashion-mnist',
  'digits train': 'digits',
};

/**
 * What --data is where none is given: the set of the file by its name, undefined where the file says nothing. Throws
 * ArgumentError for another set, as no file may name a path or an address.
 */
export function dataOf({ path, data }: Checkpoint): string | undefined {
  return data && knownData(path, data.name, `${data.name} with ${data.count} samples`);
}

/** What --data is for a set by its name. Throws ArgumentError for another set; `found` is what is known of it. */
export function knownData(path: string, name: string, found = name): string {
  if (Object.hasOwn(known, name)) return known[name];
  throw new ArgumentError(
    `--data: expected the file, folder or URL of the data that ${path} was trained on (${found}), found none`,
  );
}

/** Throws DataError where training would go on with other samples. */
export function checkData({ path, data }: Checkpoint, train: Dataset): void {
  if (!data || sameDataset(data, train)) return;
  throw new DataError(
    `${path}: expected ${data.name} with ${data.count} samples, which it was trained on, found ${train.name} with ${train.count}` +
      (data.name === train.name && data.count === train.count ? ' other samples' : ''),
  );
}

/** Of the floats' bytes of all parameters, in the order of their keys. */
export function sha256(parameters: Record<string, Tensor>): string {
  const hash = createHash('sha256');
  for (const { data } of Object.values(parameters)) hash.update(data);
  return hash.digest('hex');
}

const isTexts = (value: unknown): value is Texts =>
  isObject(value) && Object.values(value).every((text) => typeof text === 'string');
const isBest = (value: unknown): value is Best | undefined =>
  value === undefined ||
  (isObject(value) &&
    Number.isSafeInteger(value.epoch) &&
    (value.accuracy === undefined ? Number.isFinite(value.loss) : isShare(value.accuracy)));
const isShare = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;
