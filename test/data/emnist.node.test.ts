/** EMNIST under the names of its files: images are turned upright, and classes have names. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import '../../src/platform/platform.node.ts';
import { ArgumentError, DataError } from '../../src/base/errors.ts';
import { formatIdx } from '../../src/data/idx.ts';
import { type EmnistOptions, emnist } from '../../src/data/index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retrograd-emnist-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const idx = (shape: number[], values: number[]) => formatIdx({ shape, data: Uint8Array.from(values) }, 'test');

/** Two images of 2×3 that are stored transposed, as the files of EMNIST hold them, with these labels. */
async function write(subset: string, labels: number[], to = folder): Promise<string> {
  await mkdir(to, { recursive: true });
  const images = idx([2, 3, 2], [1, 4, 2, 5, 3, 6, 10, 40, 20, 50, 30, 60]);
  for (const part of ['train', 'test']) {
    await writeFile(join(to, `emnist-${subset}-${part}-images-idx3-ubyte.gz`), gzipSync(images));
    await writeFile(join(to, `emnist-${subset}-${part}-labels-idx1-ubyte`), idx([2], labels));
  }
  return to;
}

test('images are upright, and the letters are classes from 0', async () => {
  const { train, test, source } = await emnist({ from: await write('letters', [1, 26]), subset: 'letters' });
  expect(train).toMatchObject({ name: 'EMNIST letters train', count: 2, shape: [2, 3] });
  expect([...train.inputs.data]).toEqual([1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60]);
  expect(train.targets).toEqual({ kind: 'labels', data: Uint8Array.of(0, 25), size: 26, scale: 1 });
  expect(train.classNames!.join('')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  expect(test.inputs).toEqual(train.inputs);
  expect(source).toBe(folder);
});

// The classes in the order of emnist-*-mapping.txt, as torchvision.datasets.EMNIST has them.
test.each([
  ['byclass', 62, [10, 61], 'Az'],
  ['bymerge', 47, [36, 46], 'at'],
  ['balanced', 47, [35, 39], 'Ze'],
  ['digits', 10, [0, 9], '09'],
  ['mnist', 10, [3, 4], '34'],
] as const)('%s has %i classes', async (subset, count, labels, names) => {
  vi.stubEnv('RETROGRAD_DATA', folder);
  await write(subset, [...labels], join(folder, 'emnist'));
  const { train } = await emnist({ subset });
  expect(train.classNames!.length).toBe(count);
  expect([...train.targets.data].map((label) => train.classNames![label]).join('')).toBe(names);
});

test('what is wrong is named', async () => {
  vi.stubEnv('RETROGRAD_DATA', '');
  await expect(emnist({ subset: 'letters' })).rejects.toThrow(
    /EMNIST letters: not found\. Looked in\n {2}RETROGRAD_DATA: not set/,
  );
  await expect(emnist({ subset: 'letters', from: folder })).rejects.toThrow(DataError);
  await expect(emnist({ subset: 'letters', from: await write('letters', [0, 1]) })).rejects.toThrow(
    'expected a class from 0 to 25, found -1',
  );
  for (const options of [{}, { subset: 'all' }, { subset: 'letters', keep: true }])
    await expect(emnist(options as EmnistOptions)).rejects.toThrow(ArgumentError);
});
