import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import '../src/platform.node.ts';
import { type Idx, readIdx } from '../src/data/idx.ts';
import { ArgumentError, DataError } from '../src/errors.ts';

const plain = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
const idx = { shape: [2, 2, 3], data: plain.slice(16) };
const gzip = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));

/** What reading `bytes` throws, which must be a DataError that names the file. */
async function failureOf(bytes: Uint8Array): Promise<string> {
  const error = await readIdx(bytes, 'some.idx').then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).message).toMatch(/^some\.idx: /);
  return (error as DataError).message;
}

describe('readIdx', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retrograd-idx-'));
    await writeFile(join(folder, 'plain'), plain);
    await writeFile(join(folder, 'packed.gz'), gzip(plain));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each(['plain', 'packed.gz'])('reads %s from a path and a file URL', async (name) => {
    expect(await readIdx(join(folder, name))).toEqual(idx);
    expect(await readIdx(pathToFileURL(join(folder, name)))).toEqual(idx);
  });

  test.each([
    ['plain', plain],
    ['packed', gzip(plain)],
  ])('reads %s bytes, an ArrayBuffer and a Blob', async (_, bytes) => {
    expect(await readIdx(bytes)).toEqual(idx);
    expect(await readIdx(bytes.slice().buffer)).toEqual(idx);
    expect(await readIdx(new Blob([bytes]))).toEqual(idx);
  });

  test('copies: changing the bytes given changes nothing', async () => {
    const given = Buffer.from(plain);
    const read = await readIdx(given);
    given.fill(0);
    expect(read).toEqual(idx);
  });

  test('says which file is not there, and what a source may be', async () => {
    await expect(readIdx(join(folder, 'absent'))).rejects.toThrow(/absent: no such file/);
    await expect(readIdx(undefined as never)).rejects.toThrow(ArgumentError);
  });
});

describe('a damaged IDX file', () => {
  test('cut short anywhere gives a DataError', async () => {
    for (let length = 0; length < plain.length; length++) await failureOf(plain.subarray(0, length));
  });

  test('cut short anywhere within gzip gives a DataError', async () => {
    const packed = gzip(plain);
    for (let length = 0; length < packed.length; length++) await failureOf(packed.subarray(0, length));
  });

  test('packed whole after being cut short anywhere gives a DataError', async () => {
    for (let length = 0; length < plain.length; length++) await failureOf(gzip(plain.subarray(0, length)));
  });

  test('is named with the byte, what was expected there and what was found', async () => {
    const changed = (at: number, value: number) => plain.map((byte, i) => (i === at ? value : byte));
    const longer = Uint8Array.of(...plain, 0);
    expect(await failureOf(plain.subarray(0, 20))).toBe(
      'some.idx: byte 20: expected 28 bytes for shape [2,2,3], found 20 bytes',
    );
    expect(await failureOf(longer)).toBe('some.idx: byte 28: expected 28 bytes for shape [2,2,3], found 29 bytes');
    expect(await failureOf(plain.subarray(0, 10))).toMatch(/byte 10: expected a header of 16 bytes/);
    expect(await failureOf(changed(0, 0x3c))).toMatch(/byte 0: expected IDX magic .*, found 3c 00 08 03/);
    expect(await failureOf(changed(2, 0x0d))).toMatch(/found 00 00 0d 03/);
    expect(await failureOf(changed(11, 0))).toMatch(/byte 8: expected a size of at least 1 for dimension 1, found 0/);
  });

  test('never gives anything but the right data or a DataError, whatever byte is changed', async () => {
    const change = fc.record({ packed: fc.boolean(), at: fc.nat(60), by: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(change, async ({ packed, at, by }) => {
        const bytes = packed ? gzip(plain) : plain.slice();
        bytes[at % bytes.length]! ^= by;
        const read = await readIdx(bytes, 'some.idx').catch((error: unknown) => error);
        if (read instanceof DataError) return;
        const { shape, data } = read as Idx;
        expect(data.length).toBe(shape.reduce((a, b) => a * b));
      }),
      { numRuns: 500 },
    );
  });

  test('that promises more than memory holds is refused without allocating it', async () => {
    const huge = Uint8Array.of(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3);
    expect(await failureOf(huge)).toMatch(/byte 15: expected 18446744065119617000 bytes/);
    expect(await failureOf(gzip(huge))).toMatch(/byte 15/);
  });

  test('that unpacks to more than it promises is not unpacked to its end', async () => {
    const bomb = new Uint8Array(2 ** 28);
    bomb.set(plain);
    const packed = gzip(bomb);
    const before = process.memoryUsage().rss;
    expect(await failureOf(packed)).toBe('some.idx: byte 28: expected 28 unpacked bytes, found more');
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 27);
  });
});

describe('a server', () => {
  const answers: Record<string, (response: import('node:http').ServerResponse) => void> = {
    '/packed': (response) => response.end(gzip(plain)),
    '/encoded': (response) => response.setHeader('content-encoding', 'gzip').end(gzip(plain)),
    '/broken': (response) => response.writeHead(503).end(),
    '/page': (response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'),
    '/silent': () => {},
    '/stalled': (response) => response.write(plain.subarray(0, 10)),
  };
  const server = createServer(({ url }, response) => {
    const answer = answers[url!];
    if (answer) answer(response);
    else response.writeHead(404).end();
  });
  let base: string;
  beforeAll(async () => {
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test.each(['/packed', '/encoded'])('that answers %s is read', async (path) => {
    expect(await readIdx(base + path)).toEqual(idx);
    expect(await readIdx(new URL(path, base))).toEqual(idx);
  });

  test.each([
    ['/absent', /absent: no such file/],
    ['/page', /page: no such file/],
    ['/broken', /broken: HTTP 503/],
  ])('that answers %s gives a DataError', async (path, message) => {
    await expect(readIdx(base + path)).rejects.toThrow(DataError);
    await expect(readIdx(base + path)).rejects.toThrow(message);
  });

  test.each(['/silent', '/stalled'])('that falls %s is given up after 5 s', { timeout: 20_000 }, async (path) => {
    await expect(readIdx(base + path)).rejects.toThrow(/no answer within 5 s/);
  });

  test('that is not there gives a DataError saying why', async () => {
    const nowhere = readIdx('http://127.0.0.1:1/train');
    await expect(nowhere).rejects.toThrow(DataError);
    await expect(nowhere).rejects.toThrow(/127\.0\.0\.1:1\/train: fetch failed: .+/);
  });
});
