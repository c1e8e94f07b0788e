/**
 * Downloads a file. It must start and continue within seconds, finish within the given time and stay within the given size.
 * If the server announces a larger size, it is refused at once.
 */
import { checkSize, type Opened } from '../base/byte-stream.ts';
import { DataError } from '../base/errors.ts';
import type { OpenOptions } from './read-options.ts';

/** Milliseconds without a byte. */
const SILENCE = 5000;
/** Unless told, a download may take a minute, and a second more for every 64 KiB that have come. */
const USUAL = 60_000;
const SLOWEST = 65_536 / 1000; // bytes per ms

/** Undefined where there is no such file. Throws DataError, also later, while its parts are asked for. */
export async function download(
  url: string,
  maxBytes: number,
  { onProgress, timeout }: OpenOptions,
): Promise<Opened | undefined> {
  const ending = new AbortController();
  let received = 0;
  let waited = 0;
  /** Only waiting counts: what is done with a part between two of them may take long. */
  const wait = async <T>(answer: Promise<T>): Promise<T> => {
    const left = Math.max(0, (timeout ?? USUAL + received / SLOWEST) - waited);
    const since = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      const seconds = (ms: number) => `${Number((ms / 1000).toPrecision(3))} s`;
      const reason = new Error(
        left > SILENCE
          ? `no answer within ${seconds(SILENCE)}`
          : `found only ${received} bytes within ${seconds(waited + left)}; set a longer timeout`,
      );
      timer = setTimeout(() => reject(reason), Math.min(left, SILENCE));
    });
    try {
      return await Promise.race([answer, tooLong]);
    } finally {
      clearTimeout(timer);
      waited += performance.now() - since;
    }
  };
  const failure = (cause: unknown): DataError => {
    ending.abort();
    return cause instanceof DataError ? cause : new DataError(`${url}: ${reason(cause)}`, { cause });
  };
  async function* parts(body: ReadableStream<Uint8Array>, total?: number): AsyncGenerator<Uint8Array, void> {
    const reader = body.getReader();
    try {
      for (;;) {
        const { done, value } = await wait(reader.read());
        if (done) return;
        received += value.length;
        onProgress?.({ file: url, received, total });
        yield value;
      }
    } catch (cause) {
      throw failure(cause);
    } finally {
      reader.cancel().catch(() => {});
      ending.abort();
    }
  }
  try {
    const response = await wait(fetch(url, { signal: ending.signal }));
    if (response.status === 404 || isPage(response)) {
      ending.abort();
      return undefined;
    }
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status} ${response.statusText}`);
    const size = lengthOf(response);
    checkSize(url, size, maxBytes);
    return { where: url, size, parts: parts(response.body, size) };
  } catch (cause) {
    throw failure(cause);
  }
}

/** Development servers answer with their front page for what is not there. */
const isPage = (response: Response): boolean => !!response.headers.get('content-type')?.startsWith('text/html');

function lengthOf({ headers }: Response): number | undefined {
  const length = Number(headers.get('content-length'));
  return length > 0 && !headers.has('content-encoding') ? length : undefined;
}

/** fetch says only 'fetch failed' and keeps why in `cause`. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
