/**
 * Files in parts, as Hugging Face's libraries write large models: `model.safetensors.index.json` has a `weight_map` from the
 * name of each tensor to the file beside it that holds it. The parts are put together as one file.
 */
import { keysOf } from '../base/arguments.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { isObject, parseJson, repeatedName } from '../base/json.ts';
import { indented, showValue } from '../base/show-value.ts';
import { isUrl, MOST, nameOf, readBytes, type Source } from '../data/bytes.ts';
import { checkLimits, type ReadLimits } from '../data/read-options.ts';
import { CHECKSUMS, parseCheckedStored } from './checksums.ts';
import { formatStored, type StoredTensor } from './safetensors.ts';

/** Files by name. */
export type NamedFiles = Readonly<Record<string, Source>>;

/**
 * Reads a model whose tensors are in several safetensors files, and puts them together as one file, which `load` and
 * `parseSafetensors` take.
 *
 * @param index The path or URL of the index, such as `model.safetensors.index.json`: the files are beside it. Or all files by
 * name, the index among them.
 * @param options Limits; `maxBytes` is for all files together.
 * @returns The bytes of one safetensors file, with the tensors in the order of the index.
 * @throws {ArgumentError} For an invalid argument.
 * @throws {DataError} For a file that is missing or invalid, a name that leads out of the folder of the index, or tensors
 * that are not where the index says.
 */
export async function joinShards(
  index: string | URL | NamedFiles,
  options: ReadLimits = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkLimits('joinShards', options);
  const { maxBytes = MOST, timeout } = options;
  const { where, source, beside } = placesOf(index);
  let left = maxBytes;
  const read = async (from: Source) => {
    const bytes = await readBytes(from, { maxBytes: left, timeout });
    left -= bytes.length;
    return bytes;
  };
  const map = mapIn(new TextDecoder().decode(await read(source)), where);
  const metadata: Record<string, string> = {};
  const found = new Map<string, StoredTensor>();
  const wrong: string[] = [];
  for (const shard of new Set(map.values())) {
    const from = beside(shard);
    if (left <= 0) throw new DataError(`${where}: expected files of at most ${maxBytes} bytes in all, found more`);
    const { stored, metadata: texts } = parseCheckedStored(await read(from), shard);
    Object.assign(metadata, texts);
    for (const [name, tensor] of Object.entries(stored)) {
      if (map.get(name) === shard) found.set(name, tensor);
      else wrong.push(`${name}: in ${shard}, which the index has ${map.has(name) ? `in ${map.get(name)}` : 'nowhere'}`);
    }
  }
  for (const [name, shard] of map) if (!found.has(name)) wrong.push(`${name}: not in ${shard}`);
  if (wrong.length > 0) throw new DataError([`${where}: expected tensors where the index says:`, ...indented(wrong)]);
  const { [CHECKSUMS]: _, ...others } = metadata; // each was of a part
  return formatStored({
    stored: Object.fromEntries([...map.keys()].map((name) => [name, found.get(name)!])),
    metadata: others,
  });
}

/** The files by the names of the tensors. Throws DataError for an index that is none. */
function mapIn(text: string, where: string): ReadonlyMap<string, string> {
  const fail = (what: string, expected: string, found: unknown): never => {
    throw new DataError(`${where}: ${what}expected ${expected}, found ${showValue(found)}`);
  };
  const json = parseJson(text);
  if (!isObject(json)) return fail('', 'the index of a file in parts, in JSON', text);
  const repeated = repeatedName(text);
  if (repeated) return fail('', 'every name once', repeated.name);
  const { weight_map: map } = json;
  if (!isObject(map) || Object.keys(map).length === 0) return fail('weight_map: ', 'files by tensor', map);
  for (const [name, shard] of Object.entries(map)) {
    if (!isInside(shard)) fail(`weight_map: ${name}: `, 'the name of a file in the folder of the index', shard);
  }
  return new Map(Object.entries(map as Record<string, string>));
}

/** Whether it is the name of a file in the folder or below it, on every system. */
const isInside = (name: unknown): boolean =>
  typeof name === 'string' &&
  !/[\\:\0]/.test(name) &&
  name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

/** The index, what it is called, and what reads the files beside it. Throws ArgumentError. */
function placesOf(index: unknown): { where: string; source: Source; beside(name: string): Source } {
  if (typeof index === 'string' || isUrl(index)) {
    const where = nameOf(index);
    return { where, source: index, beside: (name) => besides(where, name) };
  }
  const names = keysOf(index) ?? [];
  const indices = names.filter((name) => name.endsWith('.json'));
  if (indices.length !== 1) {
    const found = names.length > 0 ? `${indices.length} of ${names.length} files` : showValue(index);
    throw new ArgumentError(
      `joinShards: expected a path, a URL, or files by name of which one ends in .json, found ${found}`,
    );
  }
  const files = index as NamedFiles;
  return {
    where: indices[0],
    source: files[indices[0]],
    beside(name) {
      if (names.includes(name)) return files[name];
      throw new DataError(`${indices[0]}: expected ${showValue(name)} among the files, found only ${names.join(', ')}`);
    },
  };
}

/** A file in the folder of another one. */
function besides(where: string, name: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(where)) return where.replace(/[^/\\]*$/, () => name);
  const path = name.split('/').map(encodeURIComponent).join('/');
  return where.replace(/[?#].*$/, '').replace(/[^/]*$/, () => path);
}
