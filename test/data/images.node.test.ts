/** Folders of pictures, as they are on a disk. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { images, readImage } from '../../src/data.node.ts';
import { writeSimplePng } from '../support/png.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'retrograd-images-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), bytes);
}
const grey = (value: number) => writeSimplePng(1, 1, [value]);

test('a folder for each class, with whatever else is in it', async () => {
  put('cat/2.png', await grey(2));
  put('cat/10.png', await grey(1));
  put('cat/old/3.png', await grey(3));
  put('cat/.DS_Store', 'x');
  put('cat/notes.txt', 'x');
  put('bird #1/ä.png', await grey(4));
  put('.git/cat.png', 'x');
  put('__MACOSX/cat.png', 'x');
  put('labels.csv', 'x');
  for (const source of [root, `${root}/`, pathToFileURL(root), pathToFileURL(root).href]) {
    const set = await images(source, { channels: 1, name: 'pets' });
    expect(set).toMatchObject({ count: 4, classNames: ['bird #1', 'cat'] });
    expect([...set.inputs.data]).toEqual([4, 1, 2, 3]);
    expect([...set.targets.data]).toEqual([0, 1, 1, 1]);
  }
  expect((await images(root, { test: 1 })).source).toBe(root);
  expect((await images(`${root}/`)).name).toBe(root.split('/').at(-1));
});

test('links are followed, and do not go round', async () => {
  put('all/cat/1.png', await grey(1));
  mkdirSync(join(root, 'some'));
  symlinkSync(join(root, 'all/cat'), join(root, 'some/cat'));
  symlinkSync(join(root, 'some'), join(root, 'all/cat/again'));
  symlinkSync(join(root, 'nowhere'), join(root, 'all/cat/2.png'));
  expect((await images(join(root, 'some'))).count).toBe(1);
});

test.each<[string, readonly string[], string]>([
  ['that is not there', [], 'pictures: no such folder'],
  ['that is a file', ['pictures'], 'pictures: no such folder'],
  [
    'that is empty',
    ['pictures/'],
    'pictures: expected a folder for each class, with its pictures in it, found no folder',
  ],
  ['of pictures alone', ['pictures/1.png'], 'found pictures such as 1.png and no folder'],
  ['with an empty class', ['pictures/a/1.png', 'pictures/b/'], 'expected pictures of each class, found none of b'],
  ['with a broken picture', ['pictures/a/1.png', 'pictures/b/2.png'], 'pictures/a/1.png: byte 0: expected a PNG or'],
])('a folder %s is refused', async (_, paths, message) => {
  for (const path of paths) path.endsWith('/') ? mkdirSync(join(root, path), { recursive: true }) : put(path, 'x');
  await expect(images(join(root, 'pictures'))).rejects.toThrow(message);
});

test('readImage says which file is not there', async () => {
  await expect(readImage(join(root, 'none.png'), { size: 1 })).rejects.toThrow('none.png: no such file');
});
