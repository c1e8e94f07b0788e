/**
 * Finds the four files of a known set: where the caller says, in RETROGRAD_DATA, in the cache folder, or on the network.
 * Files that the caller did not name must have the SHA-256 of the originals, taken over the unpacked bytes.
 */
import { member } from '../base/arguments.ts';
import { concat, limited, type Opened } from '../base/byte-stream.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { indented, showValue } from '../base/show-value.ts';
import { platform } from '../platform/platform.ts';
import { hex, isUrl, MOST, nameOf, open, type Source } from './bytes.ts';
import { pack, readPlain } from './idx.ts';
import type { OpenOptions } from './read-options.ts';

const fileNames = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;

export type Role = keyof typeof fileNames;
export type Four<T> = Record<Role, T>;
const roles = Object.keys(fileNames) as Role[];

export interface KnownSet {
  name: string;
  /** Its folder in RETROGRAD_DATA and in the cache. */
  folder: string;
  /** Base URLs of the .gz files. */
  mirrors: readonly string[];
  /** Bytes of the unpacked files. */
  sizes: Four<number>;
  /** SHA-256 of the unpacked files, hexadecimal. */
  sums: Four<string>;
}

/** A plain IDX file and where it came from. */
export interface IdxFile {
  bytes: Uint8Array;
  where: string;
}

export interface Located {
  /** The set's own name where its sums are right, else one that does not claim to be it. */
  name: string;
  source: string;
  files: Four<IdxFile>;
}

type From = string | URL | Iterable<File> | Four<Source>;

/** Finds the files of a set. Its known sizes limit what is read of them; files that the caller names have no known size. */
export async function locate(
  set: KnownSet,
  { from, keep: wanted, ...options }: OpenOptions & { from?: From; keep?: boolean } = {},
): Promise<Located> {
  if (from !== undefined) {
    const given = await fromCaller(set, from, options);
    if (wanted && given.name === set.name) await keep(set, given.files);
    return given;
  }
  const looked: string[] = [];
  const data = platform.files?.dataFolder();
  if (data) {
    const source = within(data, set.folder);
    const files = await openFolder(source, options, set.sizes);
    if (files) return { name: set.name, source, files: await each((role) => verified(set, role, files[role])) };
    looked.push(`${source}: none of the four files`);
  } else if (platform.files) looked.push('RETROGRAD_DATA: not set');
  return download(set, looked, options);
}

async function fromCaller(set: KnownSet, from: From, options: OpenOptions): Promise<Located> {
  if (typeof from !== 'string' && !isUrl(from)) {
    if (typeof from !== 'object' || from === null) {
      const expected = 'a folder, a URL, files, or a file for each role';
      throw new ArgumentError(`${set.name}: from must be ${expected}, found ${showValue(from)}`);
    }
    return named(set, 'files given', await each((role) => openGiven(role, from, options)));
  }
  const folders = [String(from), within(String(from), set.folder)];
  for (const folder of folders) {
    const files = await openFolder(folder, options);
    if (files) return named(set, folder, files);
  }
  const looked = folders.map((folder) => `${folder}: none of the four files`);
  throw notFound(set, looked);
}

async function named(set: KnownSet, source: string, files: Four<IdxFile>): Promise<Located> {
  const sums = await each((role) => sha256(files[role].bytes));
  const original = roles.every((role) => sums[role] === set.sums[role]);
  const other = sums.trainImages ? `custom IDX set (not ${set.name})` : `${set.name} (not verified)`;
  return { name: original ? set.name : other, source, files };
}

async function openGiven(role: Role, given: Exclude<From, string | URL>, options: OpenOptions): Promise<IdxFile> {
  const file =
    Symbol.iterator in given
      ? [...given].find((file) => String(member(file, 'name')).startsWith(fileNames[role]))
      : given[role];
  if (!file) throw new DataError(`files given: expected ${fileNames[role]}, plain or .gz, as ${role}, found none`);
  const where = `${role} (${nameOf(file)})`;
  const opened = await open(file, options);
  if (!opened) throw new DataError(`${where}: no such file`);
  return { where, bytes: await readPlain(opened, where, options.maxBytes ?? MOST) };
}

/** The four files of a folder or base URL; undefined where there is none. Throws DataError for one to three. */
async function openFolder(
  folder: string,
  options: OpenOptions,
  sizes?: Four<number>,
): Promise<Four<IdxFile> | undefined> {
  const files = await each(async (role) => {
    for (const suffix of ['.gz', '']) {
      const where = within(folder, fileNames[role] + suffix);
      const maxBytes = sizes?.[role] ?? options.maxBytes ?? MOST;
      const opened = await open(where, { ...options, maxBytes: suffix ? packedAtMost(maxBytes) : maxBytes });
      if (opened) return { where, bytes: await readPlain(opened, where, maxBytes) };
    }
    return undefined;
  });
  const missing = roles.filter((role) => !files[role]).map((role) => fileNames[role]);
  if (missing.length === roles.length) return undefined;
  if (missing.length > 0) throw new DataError(`${folder}: expected all four files, found no ${missing.join(', no ')}`);
  return files as Four<IdxFile>;
}

/** A place that may hold the packed files of a set. */
interface Shelf {
  readonly where: string;
  open(file: string, maxBytes: number): Promise<Opened | undefined>;
}

/** What gzip cannot make smaller it makes a little larger. */
const packedAtMost = (bytes: number): number => Math.ceil(bytes * 1.001) + 1024;

const fileOf = (role: Role): string => `${fileNames[role]}.gz`;

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
    if (shelf !== kept) await cache?.write(within(set.folder, fileOf(role)), concat(packed));
    files[role] = file;
  }
  return { name: set.name, source: kept?.where ?? set.mirrors[0], files: files as Four<IdxFile> };
}

async function firstWhole(set: KnownSet, role: Role, shelves: readonly Shelf[], looked: readonly string[]) {
  const failures = [...looked];
  for (const shelf of shelves) {
    const where = within(shelf.where, fileOf(role));
    try {
      const opened = await shelf.open(fileOf(role), packedAtMost(set.sizes[role]));
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
async function keep({ folder }: KnownSet, files: Four<IdxFile>): Promise<void> {
  const cache = platform.cache();
  for (const role of roles) await cache?.write(within(folder, fileOf(role)), await pack(files[role].bytes));
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

const within = (folder: string, name: string): string => `${folder.replace(/[\\/]+$/, '')}/${name}`;

const each = async <T>(open: (role: Role) => Promise<T>): Promise<Four<T>> =>
  Object.fromEntries(await Promise.all(roles.map(async (role) => [role, await open(role)]))) as Four<T>;

function notFound(set: KnownSet, looked: readonly string[]): DataError {
  return new DataError([
    `${set.name}: not found. Looked in`,
    ...indented(looked),
    'Name a folder or a URL (--data on the command line, { from } in JavaScript, which also takes files),',
    `or set RETROGRAD_DATA to a folder that holds ${set.folder}/, or train on digits, which need no files.`,
  ]);
}
