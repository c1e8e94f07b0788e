import { blobParts, type Opened } from '../base/byte-stream.ts';

/** Files kept between runs by a name such as 'mnist/t10k-labels-idx1-ubyte.gz'. */
export interface Cache {
  /** Its folder, for people. */
  readonly where: string;
  /** Undefined where there is no such file. */
  open(name: string): Promise<Opened | undefined>;
  /** Whole or not at all. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

const NAME = 'retrograd';

/** The cache of the browser for the site of a page or worker; undefined on a page that is not served securely. */
export function pageCache(): Cache | undefined {
  if (typeof caches === 'undefined') return undefined;
  // Kept under addresses that nothing is fetched from. Where a browser keeps nothing (private windows, a full disk), a
  // file is downloaded again next time, and that is all.
  const on = <T>(work: (cache: globalThis.Cache, address: (name: string) => string) => Promise<T>) =>
    caches
      .open(NAME)
      .then((cache) => work(cache, (name) => `/${NAME}/${name}`))
      .catch(() => undefined);
  return {
    where: 'browser cache',
    open: (name) =>
      on(async (cache, address) => {
        const blob = await (await cache.match(address(name)))?.blob();
        return blob && { where: name, size: blob.size, parts: blobParts(blob, name) };
      }),
    write: (name, bytes) =>
      on((cache, address) => cache.put(address(name), new Response(bytes as Uint8Array<ArrayBuffer>))),
  };
}
