/**
 * Finds the four files of a known set: where the caller says, in RETROGRAD_DATA, in the cache folder, on the network.
 * Files found without being named by the caller must have the SHA-256 of the original, taken over the unpacked bytes.
 */
import { DataError } from '../errors.ts';
import { platform } from '../platform.ts';
import { hex, isUrl, nameOf, type OnProgress, readBytes, type Source } from './bytes.ts';
import { pack, unpack } from './idx.ts';

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

type From = string | URL | readonly File[] | Four<Source>;

export async function locate(
  set: KnownSet,
  { from, keep: wanted, onProgress }: { from?: From; keep?: boolean; onProgress?: OnProgress } = {},
): Promise<Located> {
  if (from !== undefined) {
    const given = await fromCaller(set, from, onProgress);
    if (wanted && given.name === set.name) await keep(set, given.files);
    return given;
  }
  const looked: string[] = [];
  const data = platform.files?.dataFolder();
  if (data) {
    const source = within(data, set.folder);
    const files = await openFolder(source);
    if (files) return { name: set.name, source, files: await each((role) => verified(set, role, files[role])) };
    looked.push(`${source}: none of the four files`);
  } else if (platform.files) looked.push('RETROGRAD_DATA: not set');
  return download(set, looked, onProgress);
}

async function fromCaller(set: KnownSet, from: From, onProgress?: OnProgress): Promise<Located> {
  if (typeof from !== 'string' && !isUrl(from)) {
    return named(set, 'files given', await each((role) => openGiven(role, from)));
  }
  const folders = [String(from), within(String(from), set.folder)];
  for (const folder of folders) {
    const files = await openFolder(folder, onProgress);
    if (files) return named(set, folder, files);
  }
  const looked = folders.map((folder) => `${folder}: none of the four files`);
  throw notFound(set, looked);
}

async function named(set: KnownSet, source: string, files: Four<IdxFile>): Promise<Located> {
  const sums = await each((role) => sha256(files[role].bytes));
  const original = roles.every((role) => sums[role] === set.sums[role]);
  const other = sums.trainImages ? `own IDX set (not ${set.name})` : `${set.name} (not verified)`;
  return { name: original ? set.name : other, source, files };
}

async function openGiven(role: Role, given: readonly File[] | Four<Source>): Promise<IdxFile> {
  const file = Array.isArray(given)
    ? (given as readonly File[]).find(({ name }) => name.startsWith(fileNames[role]))
    : (given as Four<Source>)[role];
  if (!file) throw new DataError(`files given: expected ${fileNames[role]}, plain or .gz, as ${role}, found none`);
  const where = `${role} (${nameOf(file)})`;
  const bytes = await readBytes(file);
  if (!bytes) throw new DataError(`${where}: no such file`);
  return { where, bytes: await unpack(bytes, where) };
}

/** The four files of a folder or base URL; undefined where there is none. Throws DataError for one to three. */
async function openFolder(folder: string, onProgress?: OnProgress): Promise<Four<IdxFile> | undefined> {
  const files = await each(async (role) => {
    for (const suffix of ['.gz', '']) {
      const where = within(folder, fileNames[role] + suffix);
      const bytes = await readBytes(where, onProgress);
      if (bytes) return { where, bytes: await unpack(bytes, where) };
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
  read(file: string): Promise<Uint8Array | undefined>;
}

const fileOf = (role: Role): string => `${fileNames[role]}.gz`;

/** Each file from the cache where it is whole, else from the first mirror that has it, and then into the cache. */
async function download(set: KnownSet, looked: readonly string[], onProgress?: OnProgress): Promise<Located> {
  const cache = platform.cache();
  const kept: Shelf | undefined = cache && {
    where: within(cache.where, set.folder),
    read: (file) => cache.read(within(set.folder, file)),
  };
  const mirrors = set.mirrors.map(
    (where): Shelf => ({ where, read: (file) => readBytes(within(where, file), onProgress) }),
  );
  const files: Partial<Four<IdxFile>> = {};
  for (const role of roles) {
    const { shelf, packed, file } = await firstWhole(set, role, kept ? [kept, ...mirrors] : mirrors, looked);
    if (shelf !== kept) await cache?.write(within(set.folder, fileOf(role)), packed);
    files[role] = file;
  }
  return { name: set.name, source: kept?.where ?? set.mirrors[0], files: files as Four<IdxFile> };
}

async function firstWhole(set: KnownSet, role: Role, shelves: readonly Shelf[], looked: readonly string[]) {
  const failures = [...looked];
  for (const shelf of shelves) {
    const where = within(shelf.where, fileOf(role));
    try {
      const packed = await shelf.read(fileOf(role));
      if (!packed) throw new DataError(`${where}: no such file`);
      const file = await verified(set, role, { where, bytes: await unpack(packed, where) });
      return { shelf, packed, file };
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      failures.push(error.message);
    }
  }
  throw notFound(set, failures);
}

/** Puts the files of a set, which are the originals, where `download` finds them. */
async function keep({ folder }: KnownSet, files: Four<IdxFile>): Promise<void> {
  const cache = platform.cache();
  for (const role of roles) await cache?.write(within(folder, fileOf(role)), await pack(files[role].bytes));
}

async function verified(set: KnownSet, role: Role, file: IdxFile): Promise<IdxFile> {
  const expected = set.sums[role];
  const found = (await sha256(file.bytes)) ?? 'no way to compute it, as the page is not served securely';
  if (found === expected) return file;
  throw new DataError(
    `${file.where}: not the ${set.name} file: expected SHA-256 ${expected} once unpacked, found ${found}`,
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
  return new DataError(
    [
      `${set.name}: not found. Looked in`,
      ...looked.map((line) => `  ${line}`),
      `Pass { from: a folder, URL or files }, or set RETROGRAD_DATA to a folder that holds ${set.folder}/,`,
      'or train on digits(), which needs no files.',
    ].join('\n'),
  );
}
