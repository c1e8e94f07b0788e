/** Questions about paths, asked before work that would be lost on a wrong one. */
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DataError } from '../index.node.ts';

export const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** Throws DataError where a file, and the folders it needs, cannot be written. */
export function checkWritable(path: string): void {
  if (isFolder(path) || /[\\/]$/.test(path)) throw new DataError(`${path}: expected a file to write, found a folder`);
  let folder = dirname(resolve(path));
  while (!existsSync(folder)) folder = dirname(folder);
  if (!isFolder(folder)) throw new DataError(`${path}: expected a folder above it, found the file ${folder}`);
  const trial = join(folder, `.retrograd.${randomUUID()}.part`);
  try {
    // Permissions alone do not tell: a disk may be read-only, and a folder none that takes files.
    closeSync(openSync(trial, 'wx'));
    rmSync(trial);
  } catch (cause) {
    throw new DataError(`${path}: expected a folder that may be written to, found ${folder}`, { cause });
  }
}
