/** CSV files on disk, also those that change while a data set is in use. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import '../../src/platform/platform.node.ts';
import { DataError } from '../../src/base/errors.ts';
import { openCsv } from '../../src/data/index.ts';
import { range, readPass } from '../support/streamed.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retrograd-open-csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(text: string): Promise<string> {
  const path = join(folder, 'flats.csv');
  await writeFile(path, text);
  return path;
}

test('a path is read, and the name is that of the file', async () => {
  const set = await openCsv(await written('area,price\n31,92\n64,310\n'), { target: 'price' });
  expect(set.name).toBe('flats.csv');
  const [{ x, y }] = await readPass(set, [Uint32Array.of(1, 0)]);
  expect([[...x], [...y]]).toEqual([
    [64, 31],
    [310, 92],
  ]);
});

test.each([
  ['another length', '31,92\n64,310\n1,1\n', 'flats.csv: expected 13 bytes, as when it was opened, found 17'],
  ['other columns', '31,92\n64,3,0\n', 'flats.csv: line 2: expected 2 columns, as when it was opened, found 3'],
  ['other lines', '31,92,64,310\n', 'flats.csv: line 1: expected 2 columns, as when it was opened, found 3'],
])('a file that has %s later is a DataError', async (_, later, message) => {
  const set = await openCsv(await written('31,92\n64,310\n'), { target: 1 });
  await written(later);
  const failure = readPass(set, [range(0, 2)]);
  await expect(failure).rejects.toThrow(DataError);
  await expect(failure).rejects.toThrow(message);
});

test('a file that is not there is named', async () => {
  await expect(openCsv(join(folder, 'absent.csv'), { target: 0 })).rejects.toThrow(/absent\.csv: no such file/);
});
