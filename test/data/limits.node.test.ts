/** Local files are read no further than they may be; seen by the parts that were asked for. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import '../../src/platform/platform.node.ts';
import { DataError } from '../../src/base/errors.ts';
import { readIdx } from '../../src/data/idx.ts';
import { mnist } from '../../src/data/index.ts';
import { platform } from '../../src/platform/platform.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retrograd-limits-'));
  for (const [name, size] of [
    ['huge', 3e9],
    ['train-images-idx3-ubyte', 3e9],
  ] as const) {
    const file = await open(join(folder, name), 'w');
    await file.truncate(size); // of holes, which take no disk
    await file.close();
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** The bytes asked of local files while something is done. */
async function bytesRead(work: () => Promise<unknown>): Promise<number> {
  const original = platform.files!.open;
  let bytes = 0;
  vi.spyOn(platform.files!, 'open').mockImplementation(async (path) => {
    const opened = await original(path);
    async function* counted() {
      for await (const part of opened!.parts) {
        bytes += part.length;
        yield part;
      }
    }
    return opened && { ...opened, parts: counted() };
  });
  try {
    await work();
  } finally {
    vi.restoreAllMocks();
  }
  return bytes;
}

test('a file that is known to be too long is not opened', async () => {
  const huge = join(folder, 'huge');
  const bytes = await bytesRead(async () => {
    await expect(readIdx(huge)).rejects.toThrow(DataError);
    await expect(readIdx(huge)).rejects.toThrow('expected at most 1073741824 bytes');
    await expect(mnist({ from: folder })).rejects.toThrow(
      /train-images-idx3-ubyte: expected at most .*found 3000000000/,
    );
  });
  expect(bytes).toBe(0);
});

test('a plain file may be as long as its limit, and no longer', async () => {
  const limits = { from: folder, maxBytes: 2_999_999_999 };
  await expect(mnist(limits)).rejects.toThrow(
    /train-images-idx3-ubyte: expected at most 2999999999 bytes, found 3000000000$/,
  );
});

test('a known file that is allowed for is read no further than its header', async () => {
  const bytes = await bytesRead(async () => {
    await expect(readIdx(join(folder, 'huge'), 'huge', { maxBytes: 4e9 })).rejects.toThrow(/^huge: byte 0: .*magic/);
  });
  expect(bytes).toBeLessThanOrEqual(2 ** 20);
});

test.skipIf(process.platform === 'win32')('a device without an end is read to the limit', async () => {
  const bytes = await bytesRead(async () => {
    await expect(readIdx('/dev/zero')).rejects.toThrow(/byte 0: expected IDX magic/);
  });
  expect(bytes).toBeLessThanOrEqual(2 ** 20);
});
