/** Pictures by class: of folders that were chosen or dropped, or as they are given class by class. */
import { classesIn } from '../../../../src/data/image-folders.ts';

export interface PictureClass {
  readonly name: string;
  readonly files: readonly File[];
}

/** Of files with the folders that they are in. Throws DataError where the classes are not to be seen. */
export async function classesOf(files: readonly File[]): Promise<PictureClass[]> {
  const { classNames, found } = await classesIn(files);
  return classNames.map((name, at) => ({
    name,
    files: found.filter(({ label }) => label === at).map(({ source }) => source as File),
  }));
}

/** Files of a class by its name; those of one name are one class, and one without files is none yet. */
export function byName(classes: readonly PictureClass[]): Record<string, readonly File[]> {
  const all: Record<string, readonly File[]> = {};
  for (const [i, { name, files }] of classes.entries()) {
    const key = name.trim() || `class ${i + 1}`;
    if (files.length > 0) all[key] = [...(all[key] ?? []), ...files];
  }
  return all;
}

/** All files in what was dropped, each with its path. Several folders count as if they were in one. */
export async function filesIn(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const root = entries.length > 1 ? '/dropped' : '';
  const files = await Promise.all(entries.map((entry) => below(entry, root)));
  return files.flat();
}

async function below(entry: FileSystemEntry, root: string): Promise<File[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [Object.defineProperty(file, 'webkitRelativePath', { value: `${root}${entry.fullPath}`.slice(1) })];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: File[] = [];
  for (;;) {
    // A hundred entries at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...(await Promise.all(some.map((next) => below(next, root)))).flat());
  }
}
