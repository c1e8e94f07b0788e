/** What a browser keeps between visits: texts in IndexedDB, downloads in its cache. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { collect } from '../../src/base/byte-stream.ts';
import { mnist } from '../../src/data/index.ts';
import { DataError } from '../../src/index.ts';
import { pageCache } from '../../src/platform/cache.ts';
import { databaseStore } from '../../src/platform/store.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  await caches.delete('retrograd');
  await new Promise((done, failed) => {
    Object.assign(indexedDB.deleteDatabase('retrograd'), { onsuccess: done, onerror: failed, onblocked: failed });
  });
});

describe('a store in IndexedDB', () => {
  it('gives back what was written, to others as well, and undefined for what was not', async () => {
    const store = databaseStore()!;
    expect(await store.read('a')).toBeUndefined();
    await store.write('a', 'text');
    await Promise.all([store.write('b', ''), store.write('a', 'changed')]);
    const another = databaseStore()!;
    expect(await Promise.all(['a', 'b', 'c'].map((key) => another.read(key)))).toEqual(['changed', '', undefined]);
  });

  it('counts a value that is no text as none', async () => {
    await databaseStore()!.write('a', 7 as never);
    expect(await databaseStore()!.read('a')).toBeUndefined();
  });
});

/** The file of a name in the cache. */
async function read(name: string): Promise<Uint8Array | undefined> {
  const opened = await pageCache()!.open(name);
  return opened && collect(opened);
}

describe('the cache of the browser', () => {
  it('gives back the bytes written under a name, and undefined for another', async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) % 251);
    const cache = pageCache()!;
    expect(await read('mnist/some.gz')).toBeUndefined();
    await cache.write('mnist/some.gz', bytes);
    await cache.write('mnist/part.gz', bytes.subarray(7, 9));
    expect(await read('mnist/some.gz')).toEqual(bytes);
    expect(await read('mnist/part.gz')).toEqual(bytes.slice(7, 9));
    expect(await read('some.gz')).toBeUndefined();
  });

  it('reads as empty where the browser keeps nothing', async () => {
    vi.spyOn(CacheStorage.prototype, 'open').mockRejectedValue(new DOMException('not here', 'SecurityError'));
    await pageCache()!.write('a', Uint8Array.of(1));
    expect(await read('a')).toBeUndefined();
  });

  it('is where MNIST is looked for, and what is not MNIST there is not taken for it', async () => {
    await pageCache()!.write('mnist/train-images-idx3-ubyte.gz', Uint8Array.of(1, 2, 3));
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('no network'));
    const failure = await mnist().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DataError);
    expect((failure as DataError).message).toMatch(/browser cache.*no network/s);
  });
});
