/**
 * Finds the four files of a known set: where the caller says, in RETROGRAD_DATA, in the cache folder, or on the network.
 * Files that the caller did not name must have the SHA-256 of the originals, taken over the unpacked bytes.
 */
import { concat, limited, type Opened } from '../base/byte-stream.ts';
import { DataError } from '../base/errors.ts';
import { platform } from '../platform/platform.ts';
import { hex, open } from './bytes.ts';
import { pack, readPlain } from './idx.ts';
import {
  each,
  type Four,
  type From,
  filesFrom,
  type IdxFile,
  type IdxFiles,
  type IdxSet,
  namesOf,
  noneIn,
  notFound,
  openFolder,
  packedAtMost,
  type Role,
  roles,
  within,
} from './idx-files.ts';
import type { OpenOptions } from './read-options.ts';

export interface KnownSet extends IdxSet {
  /** Base URLs of the .gz files. */
  mirrors: readonly string[];
  /** Bytes of the unpacked files. */
  sizes: Four<number>;
  /** SHA-256 of the unpacked files, hexadecimal. */
  sums: Four<string>;
}

export interface Located extends IdxFiles {
  /** The set's own name where its sums are right, else one that does not claim to be it. */
  name: string;
}

/** Finds the files of a set. Its known sizes limit what is read of them; files that the caller names have no known size. */
export async function locate(
  set: KnownSet,
  { from, keep: wanted, ...options }: OpenOptions & { from?: From; keep?: boolean } = {},
): Promise<Located> {
  if (from !== undefined) {
    const given = await named(set, await filesFrom(set, from, options));
    if (wanted && given.name === set.name) await keep(set, given.files);
    return given;
  }
  const looked: string[] = [];
  const data = platform.files?.dataFolder();
  if (data) {
    const source = within(data, set.folder);
    const files = await openFolder(set, source, options, set.sizes);
    if (files) return { name: set.name, source, files: await each((role) => verified(set, role, files[role])) };
    looked.push(noneIn(source));
  } else if (platform.files) looked.push('RETROGRAD_DATA: not set');
  return download(set, looked, options);
}

/** The name of a set whose sums are known is right only for files that have them. */
async function named(set: KnownSet, { source, files }: IdxFiles): Promise<Located> {
  const sums = await each((role) => sha256(files[role].bytes));
  const original = roles.every((role) => sums[role] === set.sums[role]);
  const other = sums.trainImages ? `custom IDX set (not ${set.name})` : `${set.name} (not verified)`;
  return { name: original ? set.name : other, source, files };
}

/** A place that may hold the packed files of a set. */
interface Shelf {
  readonly where: string;
  open(file: string, maxBytes: number): Promise<Opened | undefined>;
}

const fileOf = (set: IdxSet, role: Role): string => `${namesOf(set, role)[0]}.gz`;

/** Each file from the cache where it is whole, else from the first mirror that has it, and then into the cache. */
async function download(set: KnownSet, looked: readonly string[], options: OpenOptions): Promise<Located> {
  const cache = platform.cache();
  const kept: Shelf | undefined = cache && {
    where: within(cache.where, set.folder),
    async open(file, maxBytes) {
      const opened = await cache.open(within(set.folder, file));
      return opened && limited(opened, maxBytes);
    },
  };
  const mirrors = set.mirrors.map(
    (where): Shelf => ({ where, open: (file, maxBytes) => open(within(where, file), { ...options, maxBytes }) }),
  );
  const files: Partial<Four<IdxFile>> = {};
  for (const role of roles) {
    const { shelf, packed, file } = await firstWhole(set, role, kept ? [kept, ...mirrors] : mirrors, looked);
    if (shelf !== kept) await cache?.write(within(set.folder, fileOf(set, role)), concat(packed));
    files[role] = file;
  }
  return { name: set.name, source: kept?.where ?? set.mirrors[0], files: files as Four<IdxFile> };
}

async function firstWhole(set: KnownSet, role: Role, shelves: readonly Shelf[], looked: readonly string[]) {
  const failures = [...looked];
  for (const shelf of shelves) {
    const where = within(shelf.where, fileOf(set, role));
    try {
      const opened = await shelf.open(fileOf(set, role), packedAtMost(set.sizes[role]));
      if (!opened) throw new DataError(`${where}: no such file`);
      const packed: Uint8Array[] = [];
      const noted = { ...opened, parts: eachNoted(opened.parts, packed) };
      const file = await verified(set, role, { where, bytes: await readPlain(noted, where, set.sizes[role]) });
      return { shelf, packed, file };
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      failures.push(error.message);
    }
  }
  throw notFound(set, failures);
}

async function* eachNoted(parts: Opened['parts'], into: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    into.push(part);
    yield part;
  }
}

/** Puts the files of a set, which are the originals, where `download` finds them. */
async function keep(set: KnownSet, files: Four<IdxFile>): Promise<void> {
  const cache = platform.cache();
  for (const role of roles) await cache?.write(within(set.folder, fileOf(set, role)), await pack(files[role].bytes));
}

async function verified(set: KnownSet, role: Role, file: IdxFile): Promise<IdxFile> {
  const expected = set.sums[role];
  const found = (await sha256(file.bytes)) ?? 'no way to compute it, because the page is not in a secure context';
  if (found === expected) return file;
  throw new DataError(
    `${file.where}: not the ${set.name} file: expected SHA-256 ${expected} of the unpacked file, found ${found}`,
  );
}

/** Undefined where the browser offers no hashing: on a page that is not served securely. */
async function sha256(bytes: Uint8Array): Promise<string | undefined> {
  const digest = await globalThis.crypto?.subtle?.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return digest && hex(new Uint8Array(digest));
}
