/** Collects bytes that arrive in parts, in memory that grows with them, up to a limit. */
import { DataError } from './errors.ts';

/** Where bytes come from, before they are read. */
export interface Opened {
  /** What it is called in messages. */
  readonly where: string;
  /** In all, where that is known beforehand; a server may be wrong about it. */
  readonly size?: number;
  readonly parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Throws DataError for more bytes than may be taken. */
export function checkSize(where: string, size: number | undefined, maxBytes: number): void {
  if (size === undefined || size <= maxBytes) return;
  throw new DataError(`${where}: expected at most ${maxBytes} bytes, found ${size}`);
}

/** The same, which throws DataError once there are more bytes: at once where that is known. */
export function limited({ where, size, parts }: Opened, maxBytes: number): Opened {
  checkSize(where, size, maxBytes);
  async function* counted(): AsyncGenerator<Uint8Array, void> {
    let length = 0;
    for await (const part of parts) {
      length += part.length;
      if (length > maxBytes) checkSize(where, length, maxBytes);
      yield part;
    }
  }
  return { where, size, parts: counted() };
}

/** All bytes. */
export async function collect({ where, size, parts }: Opened): Promise<Uint8Array<ArrayBuffer>> {
  const read = growing(where);
  for await (const part of parts) read.push(part, size);
  return read.bytes;
}

/** Of a Blob: a file that was dropped on a page may be gone, or another, by the time it is read. */
export async function* blobParts(blob: Blob, where: string): AsyncGenerator<Uint8Array, void> {
  try {
    yield* chunks(blob.stream());
  } catch (cause) {
    throw new DataError(`${where}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/**
 * An array that grows by doubling. Where the length it is to have in the end is given it goes no further, and then takes at
 * most one and a half times that while it grows.
 */
export function growing(where: string) {
  let memory = new Uint8Array(0);
  let length = 0;
  return {
    get length(): number {
      return length;
    },
    /** What has come so far: of its own memory once that is full, as it is at the end that was given. */
    get bytes(): Uint8Array<ArrayBuffer> {
      return length === memory.length ? memory : memory.slice(0, length);
    },
    push(part: Uint8Array, end = Number.POSITIVE_INFINITY): void {
      const needed = length + part.length;
      if (needed > memory.length) {
        const larger = allocate(Math.max(needed, Math.min(2 * memory.length, end)), where);
        larger.set(memory.subarray(0, length));
        memory = larger;
      }
      memory.set(part, length);
      length = needed;
    },
  };
}

function allocate(length: number, where: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    throw new DataError(`${where}: expected bytes that fit in memory, found ${length} bytes`, { cause });
  }
}

/** Bytes unpacked at a time: no more than a thousand times as many come of them before the next look. */
export const PIECE = 2 ** 14;

/** Of a size, but for the last of each part: so what is made of one, or done before a look at it, is bounded. */
export async function* pieces(parts: Opened['parts'], size: number): AsyncGenerator<Uint8Array, void> {
  for await (const part of parts) {
    for (let at = 0; at < part.length; at += size) yield part.subarray(at, at + size);
  }
}

export async function* chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * Unpacks compressed bytes. A part is asked for once the one before has been taken in: pipeThrough would let thousands wait in
 * Node. Throws what the parts throw, else what the browser says of damage.
 */
export async function* decompress(
  parts: AsyncGenerator<Uint8Array, void>,
  format: CompressionFormat,
): AsyncGenerator<Uint8Array, void> {
  const { readable, writable } = new DecompressionStream(format);
  const writer = writable.getWriter();
  let failure: unknown;
  const feed = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await parts.next().catch((cause) => {
        failure = cause;
        throw cause;
      });
      if (done) return writer.close();
      await writer.write(value as Uint8Array<ArrayBuffer>);
    }
  };
  feed().catch((cause) => writer.abort(cause).catch(() => {}));
  try {
    yield* chunks(readable);
  } catch (cause) {
    throw failure ?? cause;
  }
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
