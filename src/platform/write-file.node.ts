/**
 * Writes files whole or not at all: first beside their place, under a name that ends in .part, then renamed. Links are
 * followed, the mode of a replaced file is kept, and anything that is not a regular file (a FIFO, a device) is refused.
 */
import { accessSync, constants, lstatSync, readlinkSync, realpathSync, rmSync, type Stats, statSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DataError } from '../base/errors.ts';

/** The last write to each place; those to one place are made in the order of the calls. */
const queue = new Map<string, Promise<void>>();

/**
 * Takes its place in the queue at once, also while the bytes are still to come. Throws DataError when the disk or the rights do
 * not allow it; the old file, if any, is then as it was.
 */
export async function writeFile(where: string, bytes: Uint8Array | Promise<Uint8Array>): Promise<void> {
  const place = placeOf(where);
  const before = queue.get(place);
  const work = Promise.all([bytes, before]).then(([bytes]) => replace(where, bytes));
  const done = Promise.allSettled([work, before]).then(() => {
    if (queue.get(place) === done) queue.delete(place);
  });
  queue.set(place, done);
  return work;
}

/** A path, also where it is given as a file URL. */
export const local = (path: string): string => (path.startsWith('file:') ? fileURLToPath(path) : path);

/** As many as Linux follows. */
const MOST_LINKS = 40;

/** The path behind all links, also where nothing is there yet. Throws where links go round. */
export function targetOf(where: string): string {
  let path = resolve(local(where));
  for (let links = 0; links <= MOST_LINKS; links++) {
    path = join(realFolder(dirname(path)), basename(path));
    if (!statOf(path, lstatSync)?.isSymbolicLink()) return path;
    path = resolve(dirname(path), readlinkSync(path));
  }
  throw new Error(`too many links, the last to ${path}`);
}

/** Undefined where there is nothing. */
function statOf(path: string, stat: (path: string) => Stats = statSync): Stats | undefined {
  try {
    return stat(path);
  } catch (error) {
    if (isNothing(error)) return undefined;
    throw error;
  }
}

/** Whether an error says that there is no such file. */
export const isNothing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code));

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return dirname(folder) === folder ? folder : join(realFolder(dirname(folder)), basename(folder));
  }
}

/** One for all the names of a file. */
function placeOf(where: string): string {
  try {
    return targetOf(where);
  } catch {
    return where; // `replace` says why
  }
}

/** What is at the target of a path. Throws DataError for what is no regular file, and as `accessSync` for one not to be changed. */
export function replaceable(where: string, target: string): Stats | undefined {
  const found = statOf(target);
  if (!found) return undefined;
  if (!found.isFile()) throw new DataError(`${where}: expected a file to write, found ${kindOf(found)}`);
  accessSync(target, constants.W_OK);
  return found;
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  return found.isSocket() ? 'a socket' : 'a device';
}

async function replace(where: string, bytes: Uint8Array): Promise<void> {
  let temporary: string | undefined;
  try {
    const target = targetOf(where);
    const old = replaceable(where, target);
    await mkdir(dirname(target), { recursive: true });
    await removeStale(target);
    temporary = beginPart(target);
    // Never open to more people than the old one, not even for a moment: its group may be another than that of a new file.
    const file = await open(temporary, 'wx', old ? old.mode & 0o700 : undefined);
    try {
      await file.writeFile(bytes);
      if (old) await giveRights(file, old);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
    await syncFolder(dirname(target));
  } catch (cause) {
    if (temporary) await rm(temporary, { force: true }).catch(() => {});
    if (cause instanceof DataError) throw cause;
    throw new DataError(`${where}: cannot be written: ${messageOf(cause)}`, { cause });
  } finally {
    if (temporary) parts.delete(temporary);
  }
}

/**
 * Those of the old file: giving files away takes root, then the group alone, which takes being in it, and where that may not
 * be either, nothing to the group that the file has instead. Some file systems have neither owners nor modes.
 */
async function giveRights(file: FileHandle, old: Stats): Promise<void> {
  const give = (uid: number, gid: number) =>
    file.chown(uid, gid).then(
      () => true,
      () => false,
    );
  const { uid, gid } = await file.stat();
  const isInGroup =
    (old.uid === uid && old.gid === gid) || (await give(old.uid, old.gid)) || (await give(uid, old.gid));
  await file.chmod(old.mode & (isInGroup ? 0o777 : 0o707)).catch(() => {});
}

/** So that the new name outlives a loss of power. Windows and some file systems cannot, and need not know of it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}

/** What has been begun under a name that ends in .part. A process that exits meanwhile removes it. */
export const parts = new Set<string>();

function removeParts(): void {
  for (const path of parts) rmSync(path, { recursive: true, force: true });
}

/** A name for the beginning of a file: it tells which process is to rename it. */
export const partOf = (target: string): string =>
  `${target}.${process.pid}.${Math.random().toString(36).slice(2)}.part`;

/** The same, for what is removed where the process exits before it is taken from `parts`. */
export function beginPart(target: string): string {
  const part = partOf(target);
  process.off('exit', removeParts).on('exit', removeParts);
  parts.add(part);
  return part;
}

/**
 * What processes that are no more have left of this file. A number tells nothing of the processes of another machine or
 * container that writes to the same folder, which are at work on what is young. A folder may take files and list none.
 */
async function removeStale(target: string): Promise<void> {
  const [folder, name] = [dirname(target), `${basename(target)}.`];
  for (const found of await readdir(folder).catch(() => [])) {
    const owner = found.startsWith(name) && /^(\d+)\.[0-9a-z]+\.part$/.exec(found.slice(name.length));
    const path = join(folder, found);
    if (owner && modified(path) < Date.now() - STALE && isGone(Number(owner[1]), path)) {
      await rm(path, { force: true }).catch(() => {});
    }
  }
}

/** An hour, in milliseconds: longer than any file is being written. */
const STALE = 3_600_000;

function isGone(pid: number, path: string): boolean {
  // The first process of a container has the number that the first one of the container before had.
  if (pid === process.pid) return modified(path) < Date.now() - 1000 * process.uptime();
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

const modified = (path: string): number => statOf(path)?.mtimeMs ?? Number.POSITIVE_INFINITY;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
