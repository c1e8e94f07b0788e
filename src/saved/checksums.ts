/**
 * Checksums in the metadata of a tensor file detect bits that a disk or a network has flipped: the CRC-32 of the bytes of
 * each tensor and, in UTF-8, of each text. Files without checksums, such as those of other libraries, are accepted as they
 * are.
 */
import type { Bytes } from '../base/as-bytes.ts';
import { crc32 } from '../base/crc32.ts';
import { DataError } from '../base/errors.ts';
import { isObject, parseJson } from '../base/json.ts';
import { showValue } from '../base/show-value.ts';
import { show } from '../base/tensor.ts';
import { parseStored, type StoredFile, type TensorFile, tensorsOf } from './safetensors.ts';

/** Of the metadata of the file. */
export const CHECKSUMS = 'retrograd.crc32';

const hex = (crc: number): string => crc.toString(16).padStart(8, '0');
/** By kind and name. With the shape of a tensor, and its type unless it is F32, as the same bytes may also be of another. */
const sumsOf = ({ stored, metadata }: StoredFile): Record<string, Record<string, string>> => ({
  tensors: mapped(stored, ({ dtype, shape, bytes }) =>
    [hex(crc32(bytes)), ...(dtype === 'F32' ? [] : [dtype]), show(shape)].join(' '),
  ),
  metadata: mapped(metadata, (text) => hex(crc32(text))),
});
const mapped = <T>(values: Readonly<Record<string, T>>, sum: (value: T) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, sum(value)]));

/** The metadata, with checksums of them and of the tensors. */
export const withChecksums = (file: StoredFile): Record<string, string> => ({
  ...file.metadata,
  [CHECKSUMS]: JSON.stringify(sumsOf(file)),
});

/** As `parseSafetensors`; throws DataError also where a checksum does not hold. */
export const parseChecked = (bytes: Bytes, where: string): TensorFile =>
  tensorsOf(parseCheckedStored(bytes, where), where);

/** The same with the tensors as they are in the file. */
export function parseCheckedStored(bytes: Bytes, where: string): StoredFile {
  const file = parseStored(bytes, where);
  check(file, where);
  return file;
}

/**
 * Throws DataError naming file, tensor, expected and found: a checksum that does not hold, one that is of nothing there, a
 * tensor without one. A text may have been added.
 */
function check({ stored, metadata: { [CHECKSUMS]: text, ...metadata } }: StoredFile, where: string): void {
  if (text === undefined) return;
  const failure = (what: string, expected: string, found: string) =>
    new DataError(`${where}: ${what}: expected ${expected}, found ${found}: the file is damaged, or was changed`);
  const written = parseJson(text);
  if (!isObject(written)) throw failure(CHECKSUMS, 'checksums in JSON', showValue(text));
  for (const [kind, actual] of Object.entries(sumsOf({ stored, metadata }))) {
    const sums = written[kind];
    if (!isObject(sums)) throw failure(`${CHECKSUMS}: ${kind}`, 'checksums by name', showValue(sums));
    for (const name of Object.keys(kind === 'tensors' ? { ...sums, ...actual } : sums)) {
      const [expected, found] = [sums, actual].map((of) => (Object.hasOwn(of, name) ? showValue(of[name]) : 'none'));
      if (expected !== found) throw failure(name, `the checksum ${expected}`, found);
    }
  }
}
