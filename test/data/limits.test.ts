/** What comes from outside is read no further than it may be, and is waited for no longer; seen by what was asked for. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { concat } from '../../src/base/byte-stream.ts';
import { parseJson } from '../../src/base/json.ts';
import { pack, readIdx } from '../../src/data/idx.ts';
import { mnist } from '../../src/data/index.ts';
import {
  ArgumentError,
  compile,
  DataError,
  dense,
  formatSafetensors,
  parseSafetensors,
  sequential,
  sgd,
  squared,
} from '../../src/index.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const PART = 2 ** 16;
const part = new Uint8Array(PART);

/** An IDX file that promises so many bytes of data; only the beginning of it. */
const header = (bytes: number): Uint8Array =>
  Uint8Array.of(0, 0, 8, 1, bytes >>> 24, bytes >>> 16, bytes >>> 8, bytes & 255);

/** A server that answers with `first` and then with `rest` for ever; what it has sent. */
function serve(first: Uint8Array, { rest = part, headers = {}, wait = async () => {} } = {}) {
  const sent = { bytes: 0, stopped: false };
  const parts = [first];
  const answer = (signal: AbortSignal) =>
    new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          await wait();
          const next = parts.shift() ?? rest;
          sent.bytes += next.length;
          controller.enqueue(next);
        },
        start: (controller) =>
          signal.addEventListener('abort', () => {
            sent.stopped = true;
            controller.error(signal.reason);
          }),
      },
      { highWaterMark: 0 },
    );
  vi.stubGlobal(
    'fetch',
    async (_url: string, { signal }: { signal: AbortSignal }) => new Response(answer(signal), { headers }),
  );
  return sent;
}
const url = 'https://somewhere/file';

/** The message of the DataError that a promise has to end in. */
async function failureOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => 'no error',
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(DataError);
  return (error as DataError).message;
}

const make = () =>
  compile(sequential([2], [dense(1)]), {
    device: 'cpu',
    batch: 2,
    loss: squared(),
    optimizer: sgd({ learningRate: 0.1 }),
  });
/** Of that net, without a limit of the caller's. */
const LOAD_LIMIT = 2 ** 24 + 8 * 4 * 3;

describe('a download', () => {
  test('that is known to be too long is not begun', async () => {
    const sent = serve(header(4), { headers: { 'content-length': '3000000000' } });
    expect(await failureOf(readIdx(url))).toBe(`${url}: expected at most 1073741824 bytes, found 3000000000`);
    expect(sent).toEqual({ bytes: 0, stopped: true });
    const net = await make();
    expect(await failureOf(net.load(url))).toContain(`expected at most ${LOAD_LIMIT} bytes`);
    expect(sent.bytes).toBe(0);
    net.destroy();
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['without a magic number', part, /byte 0: expected IDX magic/],
    ['with a header that promises too much', header(2 ** 31), /byte 4: expected at most 1073741824 .*found 2147483656/],
    ['that goes on past what it promised', header(3 * PART), /byte 196616: expected 196616 bytes, found more/],
  ])('of an IDX file %s ends there', async (_title, first, words) => {
    const sent = serve(first);
    expect(await failureOf(readIdx(url))).toMatch(words);
    expect(sent.bytes).toBeLessThanOrEqual(5 * PART);
    await vi.waitFor(() => expect(sent.stopped).toBe(true));
  });

  test('of another size than its header says is refused by the header', async () => {
    const sent = serve(header(3 * PART), { headers: { 'content-length': '900000' } });
    expect(await failureOf(readIdx(url))).toContain('expected 196616 bytes for shape [196608], found 900000 bytes');
    expect(sent.bytes).toBeLessThanOrEqual(2 * PART);
  });

  test('for load ends where no file of the net could go on, and elsewhere for maxBytes', async () => {
    const net = await make();
    const sent = serve(part);
    expect(await failureOf(net.load(url))).toContain(`expected at most ${LOAD_LIMIT} bytes`);
    expect(sent.bytes).toBeLessThanOrEqual(LOAD_LIMIT + 2 * PART);
    const { bytes } = sent;
    expect(await failureOf(net.load(url, { maxBytes: 3 * PART }))).toContain(`expected at most ${3 * PART} bytes`);
    expect(sent.bytes - bytes).toBeLessThanOrEqual(5 * PART);
    net.destroy();
  });

  test('of a byte a second is given up, after a minute or the timeout', async () => {
    const second = () => new Promise<void>((done) => void setTimeout(done, 1000));
    for (const [options, most] of [[{}, 62] as const, [{ timeout: 9500 }, 10] as const]) {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
      const sent = serve(header(5000), { rest: Uint8Array.of(1), wait: second });
      let message: string | undefined;
      void failureOf(readIdx(url, 'slow', options)).then((text) => {
        message = text;
      });
      for (let seconds = 0; seconds < 300 && message === undefined; seconds++) await vi.advanceTimersByTimeAsync(1000);
      expect(message).toMatch(/found only \d+ bytes within (60|9\.5) s; set a longer timeout/);
      expect(sent.bytes).toBeLessThanOrEqual(most + 8);
      expect(sent.bytes).toBeGreaterThan(most / 2);
      expect(sent.stopped).toBe(true);
      vi.useRealTimers();
    }
  });

  test('that falls silent is given up within 5 s, also by a server that hears of nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    vi.stubGlobal('fetch', async () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })));
    const failure = failureOf(readIdx(url));
    await vi.advanceTimersByTimeAsync(5000);
    expect(await failure).toBe(`${url}: no answer within 5 s`);
  });

  test('that takes long but does not dawdle is waited for', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const parts = [header(40 * PART), ...Array.from({ length: 40 }, () => part)];
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise<void>((done) => void setTimeout(done, 2000)); // 84 s in all
        const next = parts.shift();
        if (next) controller.enqueue(next);
        else controller.close();
      },
    });
    vi.stubGlobal('fetch', async () => new Response(body));
    const read = readIdx(url);
    for (let seconds = 0; seconds < 110; seconds++) await vi.advanceTimersByTimeAsync(1000);
    expect((await read).data.length).toBe(40 * PART);
  });
});

describe('a gzip file', () => {
  test('that unpacks to as much as it promises, which is too much, is read no further than its header', async () => {
    const bomb = new Uint8Array(await pack(concat([header(2 ** 24), new Uint8Array(2 ** 24)])));
    const limits = { maxBytes: 2 ** 20 };
    const words = 'byte 4: expected at most 1048576 bytes, found 16777224';
    expect(await failureOf(readIdx(bomb, 'bomb', limits))).toBe(`bomb: ${words}`);
    expect(await failureOf(readIdx(new Blob([bomb]), 'bomb', limits))).toBe(`bomb: ${words}`);
    const sent = serve(bomb.subarray(0, 1000), { rest: bomb.subarray(1000, 2000) });
    expect(await failureOf(readIdx(url, 'bomb', limits))).toBe(`bomb: ${words}`);
    expect(sent.bytes).toBeLessThan(2 ** 17); // what the streams in between hold: 66 kB in Node 22
    await vi.waitFor(() => expect(sent.stopped).toBe(true));
  });

  test('with rubbish behind its end for ever is not read for ever', async () => {
    const sent = serve(await pack(concat([header(4), Uint8Array.of(1, 2, 3, 4)])));
    // Node takes what is before the rubbish, as gunzip does; a browser takes nothing.
    const read = await readIdx(url, 'some', { maxBytes: 2 ** 20 }).catch((error: unknown) => error);
    if (!(read instanceof DataError)) expect(read).toEqual({ shape: [4], data: Uint8Array.of(1, 2, 3, 4) });
    expect(sent.bytes).toBeLessThan(2 ** 20 + 4 * PART);
  });

  test('of which the network loses the end says that, and not that it is damaged', async () => {
    const packed = await pack(concat([header(9000), new Uint8Array(9000)]));
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) =>
        pulls++ === 0 ? controller.enqueue(packed.subarray(0, 20)) : controller.error(Error('lost')),
    });
    vi.stubGlobal('fetch', async () => new Response(body));
    expect(await failureOf(readIdx(url))).toBe(`${url}: lost`);
  });
});

test('a Blob, and bytes, that are too long are not read', async () => {
  const blob = new Blob([part]);
  const stream = vi.spyOn(blob, 'stream');
  for (const source of [blob, part]) {
    expect(await failureOf(readIdx(source, 'some', { maxBytes: 1000 }))).toContain('at most 1000 bytes');
  }
  expect(stream).not.toHaveBeenCalled();
  const net = await make();
  expect(await failureOf(net.load(new Blob([new Uint8Array(LOAD_LIMIT + 1)])))).toContain(`found ${LOAD_LIMIT + 1}`);
  net.destroy();
});

test('a Blob that is gone when it is read is a DataError', async () => {
  const blob = new Blob([part]);
  const gone = () => new ReadableStream({ start: (controller) => controller.error(new DOMException('gone')) });
  vi.spyOn(blob, 'stream').mockImplementation(gone as typeof blob.stream);
  expect(await failureOf(readIdx(blob, 'some'))).toBe('bytes given: cannot be read: gone');
});

test.each([[{ maxBytes: 0 }], [{ maxBytes: '1' }], [{ timeout: -1 }], [{ timeout: Number.NaN }], [{ most: 1 }]])(
  'limits that are none are refused: %o',
  async (wrong) => {
    const net = await make();
    const calls = [
      () => readIdx(part, 'some', wrong as never),
      () => mnist(wrong as never),
      () => net.load(part, wrong as never),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(ArgumentError);
    net.destroy();
  },
);

describe('JSON that is nested deeper than any that is read here', () => {
  /** What is refused by a look at it costs no parsing. */
  const withoutParsing = (work: () => void) => {
    const parse = vi.spyOn(JSON, 'parse');
    work();
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  };
  const file = (text: string): Uint8Array => {
    const bytes = new Uint8Array(8 + text.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(new TextEncoder().encode(text), 8);
    return bytes;
  };
  const deep = '['.repeat(100_000);

  test.each([
    ['open to its end', `{"a":${deep}`],
    ['closed', `{"a":${deep}${']'.repeat(100_000)}}`],
    ['of objects', `{"[":"[","\\"":${'{"a":'.repeat(9)}`],
  ])('is no header of safetensors: %s', (_title, text) => {
    withoutParsing(() => {
      expect(() => parseSafetensors(file(text))).toThrow(DataError);
      expect(() => parseSafetensors(file(text))).toThrow(/byte \d+: expected a header nested at most 6 deep/);
    });
  });

  test('brackets in names and texts do not count', () => {
    const metadata = { '[[[[[[[[{{{{{{{{': `\\"${deep}` };
    expect(parseSafetensors(formatSafetensors({}, metadata)).metadata).toEqual(metadata);
  });

  test('is nothing', () => {
    withoutParsing(() => expect(parseJson(deep)).toBeUndefined());
    withoutParsing(() => expect(parseJson(`"${deep}" [[${deep}`)).toBeUndefined());
    expect(parseJson('{"a":[{"b":"[[["}]}')).toEqual({ a: [{ b: '[[[' }] });
    expect(parseJson('"unfinished')).toBeUndefined();
  });

  test('is no record of a checkpoint', async () => {
    const net = await make();
    const { tensors, metadata } = parseSafetensors(await net.save());
    const rate = `${'{"schedule":"warmUp","steps":1,"rate":'.repeat(3000)}0.1${'}'.repeat(3000)}`;
    const retrograd = metadata.retrograd.replace(/"learningRate":0\.1/, `"learningRate":${rate}`);
    expect(retrograd.length).toBeGreaterThan(rate.length);
    expect(await failureOf(net.load(formatSafetensors(tensors, { retrograd })))).toContain('retrograd: expected');
    net.destroy();
  });
});
