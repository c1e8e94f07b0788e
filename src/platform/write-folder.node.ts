/** Writes a folder of files whole or not at all: first beside its place, under a name that ends in .part, then moved. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataError } from '../base/errors.ts';
import { beginPart, messageOf, parts, targetOf } from './write-file.node.ts';

/** Whether there is something at a path that a new folder would not leave as it is: a file, or a folder with files. */
export function isTaken(path: string): boolean {
  return existsSync(path) && (!statSync(path).isDirectory() || readdirSync(path).length > 0);
}

/** Files by their names in the folder, such as `data/x.npy`. Throws DataError for a place that is taken, and where a file cannot be written. */
export async function writeFolder(where: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  let part: string | undefined;
  const moved: string[] = [];
  try {
    const target = targetOf(where);
    if (isTaken(target)) throw new DataError(`${where}: expected a folder that is empty or not there yet, found files`);
    part = beginPart(target);
    for (const [name, content] of Object.entries(files)) await writeNew(join(part, name), content);
    // Whoever stands in an empty folder stays in it.
    if (!existsSync(target)) return await rename(part, target);
    for (const name of await readdir(part)) {
      await rename(join(part, name), join(target, name));
      moved.push(join(target, name));
    }
    await rm(part, { recursive: true });
  } catch (cause) {
    const removed = [...moved, ...(part ? [part] : [])];
    for (const path of removed) await rm(path, { recursive: true, force: true }).catch(() => {});
    if (cause instanceof DataError) throw cause;
    throw new DataError(`${where}: cannot be written: ${messageOf(cause)}`, { cause });
  } finally {
    if (part) parts.delete(part);
  }
}

async function writeNew(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}
