/** Questions about paths, asked before work that would be lost on a wrong one. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DataError } from '../index.node.ts';

export const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** Throws DataError where a file, and the folders it needs, cannot be written. */
export function checkWritable(path: string): void {
  if (isFolder(path)) throw new DataError(`${path}: expected a file to write, found a folder`);
  let folder = dirname(resolve(path));
  while (!existsSync(folder)) folder = dirname(folder);
  if (!isFolder(folder)) throw new DataError(`${path}: expected a folder above it, found the file ${folder}`);
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new DataError(`${path}: expected a folder that may be written to, found ${folder}`, { cause });
  }
}
