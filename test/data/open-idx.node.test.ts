/** IDX files on disk: one larger than the memory that is read, files that change, and handles that are closed. */
import { mkdir, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import '../../src/platform/platform.node.ts';
import { DataError } from '../../src/base/errors.ts';
import { openIdx } from '../../src/data/index.ts';
import { platform } from '../../src/platform/platform.ts';
import { range, readPass } from '../support/streamed.ts';

let folder: string;
const path = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retrograd-open-idx-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Files that are open, and bytes that were read of them. */
const seen = { open: 0, opened: 0, bytes: 0 };
beforeEach(() => {
  Object.assign(seen, { open: 0, opened: 0, bytes: 0 });
  const original = platform.files!.openSlices;
  vi.spyOn(platform.files!, 'openSlices').mockImplementation(async (path) => {
    const slices = await original(path);
    if (!slices) return undefined;
    seen.open++;
    seen.opened++;
    return {
      ...slices,
      read(at, into) {
        seen.bytes += into.length;
        return slices.read(at, into);
      },
      async close() {
        await slices.close();
        seen.open--;
      },
    };
  });
});
afterEach(() => vi.restoreAllMocks());

const images = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6);
const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 2, 0, 1);

async function small() {
  await writeFile(path('images'), images);
  await writeFile(path('labels'), labels);
  return openIdx({ x: path('images'), y: pathToFileURL(path('labels')) });
}

test('paths and file URLs are read, and every pass opens the files once and closes them', async () => {
  const set = await small();
  expect(set.name).toBe('images');
  expect(seen.open).toBe(0);
  seen.opened = 0;
  for (const pass of [1, 2]) {
    const [first, second] = await readPass(set, [Uint32Array.of(2, 0), range(1, 2)]);
    expect([...first.x, ...second.x]).toEqual([5, 6, 1, 2, 3, 4]);
    expect([...first.y, ...second.y]).toEqual([1, 2, 0]);
    expect(seen).toMatchObject({ open: 0, opened: 2 * pass });
  }
});

test('the files are closed after a pass that ends early, and after one that fails', async () => {
  const set = await small();
  const request = { samples: range(0, 1), x: new Uint8Array(2), y: new Uint8Array(1) };
  const pass = set.read([request, request]);
  await pass.next();
  expect(seen.open).toBe(2);
  await pass.return();
  expect(seen.open).toBe(0);

  await writeFile(path('labels'), labels.with(9, 7));
  await expect(readPass(set, [range(0, 3)])).rejects.toThrow(
    /labels: byte 9: expected a class from 0 to 2, found 7 in/,
  );
  expect(seen.open).toBe(0);

  await rm(path('labels'));
  await expect(readPass(set, [range(0, 3)])).rejects.toThrow(/labels: no such file/);
  expect(seen.open).toBe(0);
});

test('a file that was cut since is a DataError', async () => {
  const set = await small();
  await truncate(path('images'), 14);
  await expect(readPass(set, [range(0, 1)])).resolves.toHaveLength(1);
  const failure = readPass(set, [range(0, 3)]);
  await expect(failure).rejects.toThrow(DataError);
  await expect(failure).rejects.toThrow(/images: expected 18 bytes or more, found 14: it is no longer the file/);
});

test('what is no file is named', async () => {
  await small();
  await mkdir(path('folder'), { recursive: true });
  for (const [x, message] of [
    [path('absent'), /absent: no such file/],
    [path('folder'), /folder: cannot be read: not a regular file/],
    ['/dev/zero', /\/dev\/zero: cannot be read: not a regular file/],
  ] as const) {
    if (process.platform === 'win32' && x.startsWith('/dev')) continue;
    const failure = openIdx({ x, y: path('labels') });
    await expect(failure).rejects.toThrow(DataError);
    await expect(failure).rejects.toThrow(message);
  }
  expect(seen.open).toBe(0);
});

test('threads read the same once the disk was slow, and nobody looks at the clock meanwhile', async () => {
  const count = 50;
  const spread = 2 ** 15; // bytes of a sample, so that no read fills two
  const x = new Uint8Array(12 + count * spread).fill(5);
  x.set([0, 0, 8, 2, 0, 0, 0, count, 0, 0, spread >> 8, 0]);
  for (let i = 0; i < count; i++) x[12 + i * spread] = i;
  await writeFile(path('spread'), x);
  const set = await openIdx({
    x: path('spread'),
    y: Uint8Array.of(0, 0, 8, 1, 0, 0, 0, count, ...new Uint8Array(count)),
  });
  let time = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => time++);
  const samples = Uint32Array.from({ length: count }, (_, i) => (i * 7) % count);
  const [read] = await readPass(set, [samples]);
  expect(clock.mock.calls.length).toBeLessThan(10);
  expect(Array.from(samples, (_, i) => read.x[i * spread])).toEqual([...samples]);
  expect(read.x.filter((value) => value === 5).length).toBe(count * (spread - 1) + 1);
});

test('of a file of 4 GB only the samples asked for are read', async () => {
  const count = 5_000_000;
  const header = Buffer.alloc(16);
  header.set([0, 0, 8, 3]);
  [count, 28, 28].forEach((size, i) => {
    header.writeUInt32BE(size, 4 + 4 * i);
  });
  const file = await open(path('huge'), 'w');
  await file.write(header, 0, 16, 0);
  await file.write(Uint8Array.of(7, 8, 9), 0, 3, 16 + 784 * (count - 1)); // holes before it, which take no disk
  await file.truncate(16 + 784 * count);
  await file.close();
  await writeFile(path('many'), Buffer.concat([Buffer.of(0, 0, 8, 1), header.subarray(4, 8), Buffer.alloc(count)]));

  const set = await openIdx({ x: path('huge'), y: path('many'), classes: 10 });
  expect(set.count).toBe(count);
  const spread = Uint32Array.from({ length: 1000 }, (_, i) => count - 1 - 4999 * i);
  const [{ x }] = await readPass(set, [spread]);
  expect([...x.subarray(0, 4)]).toEqual([7, 8, 9, 0]);
  expect(x.subarray(4).every((byte) => byte === 0)).toBe(true);
  expect(seen.bytes).toBeLessThan(2 ** 23);
});
