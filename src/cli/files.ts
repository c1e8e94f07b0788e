/** Checks paths before work that a wrong path would waste. */
import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataError } from '../index.node.ts';
import { messageOf, partOf, replaceable, targetOf } from '../platform/write-file.node.ts';

export const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();
export const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/** Whether there is a file. Throws DataError where it may not be replaced, or one, and the folders it needs, cannot be written. */
export function checkWritable(path: string): boolean {
  if (isFolder(path) || /[\\/]$/.test(path)) throw new DataError(`${path}: expected a file to write, found a folder`);
  try {
    const target = targetOf(path);
    let folder = dirname(target);
    while (!existsSync(folder)) folder = dirname(folder);
    if (!isFolder(folder)) throw new DataError(`${path}: expected a folder above it, found the file ${folder}`);
    const exists = replaceable(path, target) !== undefined;
    // Permissions alone do not tell: a disk may be read-only, and a folder none that takes files.
    const trial = partOf(folder === dirname(target) ? target : `${folder}/retrograd`);
    closeSync(openSync(trial, 'wx'));
    rmSync(trial);
    return exists;
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(`${path}: cannot be written: ${messageOf(cause)}`, { cause });
  }
}

/** Whether two paths lead to one file. */
export const isSameFile = (one: string, other: string): boolean => targetOf(one) === targetOf(other);
