/** Folders are written whole or not at all. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DataError } from '../../src/index.node.ts';
import { isTaken, writeFolder } from '../../src/platform/write-folder.node.ts';

const folder = mkdtempSync(join(tmpdir(), 'retrograd-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

const files = { 'a.txt': 'α', 'data/b.bin': Uint8Array.of(1, 2) };
const contents = (at: string) => [readFileSync(join(at, 'a.txt'), 'utf8'), [...readFileSync(join(at, 'data/b.bin'))]];

test('a folder that is not there is made, with the folders above it', async () => {
  const at = join(folder, 'new', 'one');
  await writeFolder(at, files);
  expect(contents(at)).toEqual(['α', [1, 2]]);
  expect(readdirSync(join(folder, 'new'))).toEqual(['one']);
});

test('an empty folder stays the same folder', async () => {
  const at = join(folder, 'empty');
  mkdirSync(at);
  const { ino } = statSync(at);
  await writeFolder(at, files);
  expect(contents(at)).toEqual(['α', [1, 2]]);
  expect(statSync(at).ino).toBe(ino);
});

test('what is there stays as it is', async () => {
  const at = join(folder, 'taken');
  mkdirSync(at);
  writeFileSync(join(at, 'mine'), '');
  expect(isTaken(at)).toBe(true);
  await expect(writeFolder(at, files)).rejects.toThrow(/expected a folder that is empty or not there yet, found files/);
  expect(readdirSync(at)).toEqual(['mine']);
  await expect(writeFolder(join(at, 'mine'), files)).rejects.toThrow(DataError);
});

test.each([true, false])(
  'a file that cannot be written leaves nothing, in a folder that was there: %s',
  async (isThere) => {
    const above = mkdtempSync(join(folder, 'failing-'));
    const at = join(above, 'folder');
    if (isThere) mkdirSync(at);
    await expect(writeFolder(at, { ...files, 'a.txt/c': '' })).rejects.toThrow(/cannot be written/);
    expect(existsSync(at)).toBe(isThere);
    expect(readdirSync(above, { recursive: true })).toEqual(isThere ? ['folder'] : []);
  },
);
