/** The four IDX files of a data set: in a folder, behind a URL, as files given one by one, or as arrays in a file of NumPy. */
import { member } from '../base/arguments.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { indented, showValue } from '../base/show-value.ts';
import { isBlob, isUrl, MOST, nameOf, open, type Source } from './bytes.ts';
import { formatIdx, readPlain } from './idx.ts';
import { npz } from './npz.ts';
import type { OpenOptions } from './read-options.ts';

/** How the names of files end, with the number of dimensions. */
const endings = {
  trainImages: 'idx3-ubyte',
  trainLabels: 'idx1-ubyte',
  testImages: 'idx3-ubyte',
  testLabels: 'idx1-ubyte',
} as const;

export type Role = keyof typeof endings;
export type Four<T> = Record<Role, T>;
export const roles = Object.keys(endings) as Role[];

/** Four IDX files, in a folder or elsewhere. */
export interface IdxSet {
  name: string;
  /** Its folder in RETROGRAD_DATA and in the cache. */
  folder: string;
  /** What the names of its files begin with: 'train-images' of `train-images-idx3-ubyte`, which some call `train-images.idx3-ubyte`. */
  stems: Four<string>;
}

/** A plain IDX file and where it came from. */
export interface IdxFile {
  bytes: Uint8Array;
  where: string;
}

/** The files, and where they came from. */
export interface IdxFiles {
  source: string;
  files: Four<IdxFile>;
}

/** A folder or base URL, files, or one that `npz` reads, with Keras' names of its arrays. */
export type From = string | URL | Blob | Iterable<File> | Four<Source>;

/** Finds the files of a set where a caller says that they are. */
export async function filesFrom(set: IdxSet, from: From, options: OpenOptions): Promise<IdxFiles> {
  const npz = npzOf(from);
  if (npz) return { source: nameOf(npz), files: await openNpz(npz, options) };
  if (typeof from !== 'string' && !isUrl(from)) {
    if (typeof from !== 'object' || from === null) {
      const expected = 'a folder, a URL, files, or a file for each role';
      throw new ArgumentError(`${set.name}: from must be ${expected}, found ${showValue(from)}`);
    }
    const files = from as Exclude<From, string | URL | Blob>;
    return { source: 'files given', files: await each((role) => openGiven(set, role, files, options)) };
  }
  const folders = [String(from), within(String(from), set.folder)];
  for (const folder of folders) {
    const files = await openFolder(set, folder, options);
    if (files) return { source: folder, files };
  }
  throw notFound(set, folders.map(noneIn));
}

/** The source, if it ends in .npz or is a single file. */
const npzOf = (from: From): string | URL | Blob | undefined =>
  isBlob(from) || ((typeof from === 'string' || isUrl(from)) && /\.npz$/.test(nameOf(from).replace(/[?#].*/, '')))
    ? (from as Blob | string | URL)
    : undefined;

/** The arrays as the files that they would be. */
async function openNpz(source: string | URL | Blob, { maxBytes, timeout }: OpenOptions): Promise<Four<IdxFile>> {
  const limits = { ...(maxBytes !== undefined && { maxBytes }), ...(timeout !== undefined && { timeout }) };
  const arrays = await npz(source, limits);
  return each(async (role) => {
    const where = `${nameOf(source)}: ${keras[role]}`;
    const array = Object.hasOwn(arrays, keras[role]) ? arrays[keras[role]] : undefined;
    if (!array)
      throw new DataError(
        `${nameOf(source)}: expected an array ${keras[role]}, found ${showValue(Object.keys(arrays))}`,
      );
    return { where, bytes: formatIdx(array, where) };
  });
}

const keras: Four<string> = {
  trainImages: 'x_train',
  trainLabels: 'y_train',
  testImages: 'x_test',
  testLabels: 'y_test',
};

async function openGiven(
  set: IdxSet,
  role: Role,
  given: Exclude<From, string | URL | Blob>,
  options: OpenOptions,
): Promise<IdxFile> {
  const names = namesOf(set, role);
  const isNamed = (file: File): boolean => names.some((name) => String(member(file, 'name')).startsWith(name));
  const file = Symbol.iterator in given ? [...given].find(isNamed) : given[role];
  if (!file) throw new DataError(`files given: expected ${names[0]}, plain or .gz, as ${role}, found none`);
  const where = `${role} (${nameOf(file)})`;
  const opened = await open(file, options);
  if (!opened) throw new DataError(`${where}: no such file`);
  return { where, bytes: await readPlain(opened, where, options.maxBytes ?? MOST) };
}

/** The four files of a folder or base URL; undefined where there is none. Throws DataError for one to three. */
export async function openFolder(
  set: IdxSet,
  folder: string,
  options: OpenOptions,
  sizes?: Four<number>,
): Promise<Four<IdxFile> | undefined> {
  const files = await each(async (role) => {
    const maxBytes = sizes?.[role] ?? options.maxBytes ?? MOST;
    for (const name of namesOf(set, role)) {
      for (const suffix of ['.gz', '']) {
        const where = within(folder, name + suffix);
        const opened = await open(where, { ...options, maxBytes: suffix ? packedAtMost(maxBytes) : maxBytes });
        if (opened) return { where, bytes: await readPlain(opened, where, maxBytes) };
      }
    }
    return undefined;
  });
  const missing = roles.filter((role) => !files[role]).map((role) => namesOf(set, role)[0]);
  if (missing.length === roles.length) return undefined;
  if (missing.length > 0) throw new DataError(`${folder}: expected all four files, found no ${missing.join(', no ')}`);
  return files as Four<IdxFile>;
}

/** The names that a file may have, the usual one first. */
export const namesOf = ({ stems }: IdxSet, role: Role): string[] =>
  ['-', '.'].map((mark) => stems[role] + mark + endings[role]);

export const noneIn = (folder: string): string => `${folder}: none of the four files`;

/** What gzip cannot make smaller it makes a little larger. */
export const packedAtMost = (bytes: number): number => Math.ceil(bytes * 1.001) + 1024;

export const within = (folder: string, name: string): string => `${folder.replace(/[\\/]+$/, '')}/${name}`;

export const each = async <T>(open: (role: Role) => Promise<T>): Promise<Four<T>> =>
  Object.fromEntries(await Promise.all(roles.map(async (role) => [role, await open(role)]))) as Four<T>;

export function notFound(set: IdxSet, looked: readonly string[]): DataError {
  return new DataError([
    `${set.name}: not found. Looked in`,
    ...indented(looked),
    'Name a folder or a URL (--data on the command line, { from } in JavaScript, which also takes files),',
    `or set RETROGRAD_DATA to a folder that holds ${set.folder}/, or train on digits, which need no files.`,
  ]);
}
