/** Bytes that are read by their places, so that a file may be larger than the memory. */
import { DataError } from './errors.ts';
import { together } from './together.ts';

/** What was opened to be read by places, until it is closed. */
export interface Slices {
  /** What it is called in messages. */
  readonly where: string;
  /** In bytes. */
  readonly size: number;
  /** How it is read fastest. */
  readonly pace: Pace;
  /** Fills `into` with the bytes from `at` on. Throws DataError where there are fewer, or they cannot be read. */
  read(at: number, into: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface Pace {
  /** Bytes that take as long to read as it takes to begin another read. */
  readonly gap: number;
  /** Most bytes of one read. */
  readonly part: number;
  /** Reads under way at a time. Together with `part` it bounds the memory. */
  readonly reads: number;
}

/** Where the bytes from `at` on go. */
export interface Span {
  readonly at: number;
  readonly into: Uint8Array;
}

/** Fills spans, which may be in any order and overlap. Where the gap between two of them is small, one read fills both. */
export async function readSpans(slices: Slices, spans: readonly Span[]): Promise<void> {
  for (const { at, into } of spans) {
    const end = at + into.length;
    if (end > slices.size)
      throw new DataError(
        `${slices.where}: expected ${end} bytes or more, found ${slices.size}: it is no longer the file that was opened`,
      );
  }
  const reads = readsOf(slices, spans);
  // A read that fails ends the generator, and so the others after the reads that are under way.
  const work = async (): Promise<void> => {
    for (const read of reads) await read();
  };
  await together(Array.from({ length: slices.pace.reads }, work));
}

/** The reads in the order of their places, each to be begun by a call. */
function* readsOf(slices: Slices, spans: readonly Span[]): Generator<() => Promise<void>, void> {
  const { gap, part } = slices.pace;
  const sorted = ascending(spans);
  for (let i = 0; i < sorted.length; ) {
    const { at } = sorted[i];
    let end = at + sorted[i].into.length;
    const first = i++;
    for (; i < sorted.length && sorted[i].at <= end + gap; i++) {
      const next = Math.max(end, sorted[i].at + sorted[i].into.length);
      if (next - at > part) break;
      end = next;
    }
    if (i - first === 1) yield* partsOf(slices, sorted[first]);
    else {
      const joined = sorted.slice(first, i);
      yield () => readJoined(slices, at, end, joined);
    }
  }
}

function* partsOf(slices: Slices, { at, into }: Span): Generator<() => Promise<void>, void> {
  const { part } = slices.pace;
  for (let start = 0; start < into.length; start += part) {
    yield () => slices.read(at + start, into.subarray(start, start + part));
  }
}

async function readJoined(slices: Slices, at: number, end: number, spans: readonly Span[]): Promise<void> {
  const bytes = new Uint8Array(end - at);
  await slices.read(at, bytes);
  for (const span of spans) span.into.set(bytes.subarray(span.at - at, span.at - at + span.into.length));
}

function ascending(spans: readonly Span[]): readonly Span[] {
  for (let i = 1; i < spans.length; i++) {
    if (spans[i].at < spans[i - 1].at) return spans.toSorted((a, b) => a.at - b.at);
  }
  return spans;
}
