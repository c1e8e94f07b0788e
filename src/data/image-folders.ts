/** Finds the pictures of each class: in folders, among files with their folders, or as they are given. */
import { keysOf, member } from '../base/arguments.ts';
import { tagOf } from '../base/as-bytes.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { type Folder, platform } from '../platform/platform.ts';
import { isUrl, nameOf, type Source } from './bytes.ts';

/**
 * Pictures with their classes: a folder with a folder per class, in Node, as a path or a file URL; the `File`s of
 * `<input type="file" webkitdirectory>`, whose classes are the folders in it; or the pictures of each class by its name.
 */
export type ImagesSource =
  | string
  | URL
  | Iterable<File>
  | ArrayLike<File>
  | Readonly<Record<string, Iterable<Source> | ArrayLike<Source>>>;

/** A picture of a class. */
export interface Found {
  /** What it is called in messages. */
  readonly where: string;
  readonly source: Source;
  /** The index of its class. */
  readonly label: number;
}

/** All pictures, by class and then by path. */
export interface Classes {
  /** The folder of all classes, as it was named, or what the source is called. */
  readonly where: string;
  readonly classNames: readonly string[];
  readonly found: readonly Found[];
}

/** A picture and the folders that it is in, below the one of all classes. */
interface Placed {
  readonly where: string;
  readonly source: Source;
  /** Its name is the last of them. */
  readonly path: readonly string[];
}

/** Throws ArgumentError for a source of another kind, and DataError where the classes are not to be seen. */
export async function classesIn(source: ImagesSource): Promise<Classes> {
  if (typeof source === 'string' || isUrl(source)) return inFolder(nameOf(source));
  if (isListed(source)) return amongFiles(Array.from(source as ArrayLike<File>));
  const classNames = keysOf(source)?.sort();
  if (classNames) return given(source as Record<string, ArrayLike<Source>>, classNames);
  const expected = 'a folder, Files with their folders, or { className: pictures }';
  throw new ArgumentError(`images: expected ${expected}, found ${showValue(source)}`);
}

/** Whether it is a list of any kind: an array, a Set, a FileList. Bytes are none. */
const isListed = (value: unknown): boolean =>
  !ArrayBuffer.isView(value) && typeof value === 'object' && typeof member(value, Symbol.iterator) === 'function';

/** What pictures are called: the formats that are read, and others, which are refused rather than left out. */
const PICTURE = /\.(?:png|jpe?g|jfif|gif|webp|bmp|tiff?|heic|heif|avif|jxl|ppm|pgm)$/i;

/** Files of systems and editors: .DS_Store, ._cat.png, .ipynb_checkpoints, and what macOS adds to archives. */
const isHidden = (name: string): boolean => name.startsWith('.') || name === '__MACOSX';

const isPicture = (name: string): boolean => PICTURE.test(name) && !isHidden(name);

async function inFolder(where: string): Promise<Classes> {
  const { files } = platform;
  if (!files) {
    const hint = "a browser has no folders; give the files of <input type='file' webkitdirectory>";
    throw new DataError(`${where}: ${hint}, or { className: pictures }`);
  }
  const root = await files.list(where);
  if (!root) throw new DataError(`${where}: no such folder`);
  const folders = root.folders.filter((name) => !isHidden(name));
  const pictures = await allIn(root, files.list, files.join);
  return classesOf(where, folders, pictures);
}

/** The paths of all pictures below a folder, in Node. Throws DataError where there is no such folder or no picture. */
export async function picturesIn(where: string): Promise<readonly string[]> {
  const { list, join } = platform.files!;
  const root = await list(where);
  if (!root) throw new DataError(`${where}: no such folder`);
  const found = (await allIn(root, list, join)).map(({ where }) => where);
  if (found.length === 0) throw new DataError(`${where}: expected pictures, found none`);
  return found;
}

/** Every picture below a folder. One that links to a folder above it is entered once. */
async function allIn(
  folder: Folder,
  list: (path: string) => Promise<Folder | undefined>,
  join: (...parts: string[]) => string,
  path: readonly string[] = [],
  above: readonly string[] = [],
): Promise<Placed[]> {
  if (above.includes(folder.real)) return [];
  const here = folder.files.filter(isPicture).map((name) => {
    const where = join(folder.path, name);
    return { where, source: where, path: [...path, name] };
  });
  const below: Placed[][] = [];
  for (const name of folder.folders.filter((name) => !isHidden(name))) {
    const next = await list(join(folder.path, name));
    if (next) below.push(await allIn(next, list, join, [...path, name], [...above, folder.real]));
  }
  return [...here, ...below.flat()];
}

function amongFiles(files: readonly File[]): Classes {
  const placed = files.map((file): Placed => {
    const path = String(member(file, 'webkitRelativePath') ?? '');
    if (tagOf(file) !== 'File') throw new ArgumentError(`images: expected Files, found ${showValue(file)}`);
    if (path) return { where: path, source: file, path: path.split('/') };
    const hint = "take them from <input type='file' webkitdirectory>, or give { className: pictures }";
    throw new DataError(`${file.name}: expected a File with its folder (webkitRelativePath), found none; ${hint}`);
  });
  const seen = placed.filter(({ path }) => path.slice(1).every((name) => !isHidden(name)));
  const root = placed[0]?.path[0] ?? 'files given';
  const other = placed.find(({ path }) => path[0] !== root);
  if (other) throw new DataError(`${other.where}: expected files of one folder, ${root}, found another`);
  const below = seen.map((file) => ({ ...file, path: file.path.slice(1) }));
  const folders = new Set(below.flatMap(({ path }) => (path.length > 1 ? [path[0]] : [])));
  const pictures = below.filter(({ path }) => isPicture(path.at(-1)!));
  return classesOf(root, [...folders].sort(), pictures.sort(byPath));
}

const byPath = (a: Placed, b: Placed): number => (a.path.join('/') < b.path.join('/') ? -1 : 1);

function classesOf(where: string, classNames: readonly string[], pictures: readonly Placed[]): Classes {
  const stray = pictures.find(({ path }) => path.length === 1);
  if (classNames.length === 0) {
    const found = stray ? `pictures such as ${stray.path[0]} and no folder` : 'no folder in it';
    throw new DataError(`${where}: expected a folder for each class, with its pictures in it, found ${found}`);
  }
  if (stray) throw new DataError(`${stray.where}: expected pictures in the folders of classes only, found one beside`);
  const labels = new Map(classNames.map((name, label) => [name, label]));
  const found = pictures.map(({ where, source, path }) => ({ where, source, label: labels.get(path[0])! }));
  checkEach(where, classNames, found);
  return { where, classNames, found };
}

function given(source: Readonly<Record<string, ArrayLike<Source>>>, classNames: readonly string[]): Classes {
  const found = classNames.flatMap((className, label) => {
    const pictures = source[className];
    if (!isListed(pictures)) {
      throw new ArgumentError(`images: expected a list of pictures for ${className}, found ${showValue(pictures)}`);
    }
    return Array.from(pictures, (picture, i): Found => {
      const name = typeof picture === 'string' || isUrl(picture) || tagOf(picture) === 'File' ? nameOf(picture) : '';
      return { where: name || `${className}[${i}]`, source: picture, label };
    });
  });
  if (classNames.length === 0) throw new DataError('images: expected one class or more, found none');
  checkEach('images', classNames, found);
  return { where: 'images', classNames, found };
}

/** Throws DataError for a class without pictures: its name would stand for nothing that a net has seen. */
function checkEach(where: string, classNames: readonly string[], found: readonly Found[]): void {
  const present = new Set(found.map(({ label }) => label));
  const empty = classNames.find((_, label) => !present.has(label));
  if (empty !== undefined) throw new DataError(`${where}: expected pictures of each class, found none of ${empty}`);
}
