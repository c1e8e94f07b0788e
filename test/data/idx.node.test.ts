/** IDX files on disk and on servers, and one that would not fit into memory. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import '../../src/platform/platform.node.ts';
import { DataError } from '../../src/base/errors.ts';
import { readIdx } from '../../src/data/idx.ts';

const plain = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
const idx = { shape: [2, 2, 3], data: plain.slice(16) };
const gzip = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));

describe('a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retrograd-idx-'));
    await writeFile(join(folder, 'plain'), plain);
    await writeFile(join(folder, 'packed.gz'), gzip(plain));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each(['plain', 'packed.gz'])('that is %s is read from a path and a file URL', async (name) => {
    expect(await readIdx(join(folder, name))).toEqual(idx);
    expect(await readIdx(pathToFileURL(join(folder, name)))).toEqual(idx);
  });

  test('that is not there is named', async () => {
    await expect(readIdx(join(folder, 'absent'))).rejects.toThrow(/absent: no such file/);
  });

  test('that is a Buffer is copied: changing it changes nothing', async () => {
    const given = Buffer.from(plain);
    const read = await readIdx(given);
    given.fill(0);
    expect(read).toEqual(idx);
  });

  test('that unpacks to more than it promises is not unpacked to its end', async () => {
    const bomb = new Uint8Array(2 ** 28);
    bomb.set(plain);
    const packed = gzip(bomb);
    const before = process.memoryUsage().rss;
    const read = readIdx(packed, 'some.idx');
    await expect(read).rejects.toThrow(new DataError('some.idx: byte 28: expected 28 unpacked bytes, found more'));
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
