import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { OnProgress } from '../../src/data/read-options.ts';
import '../../src/platform/platform.node.ts';
import { DataError } from '../../src/base/errors.ts';
import type { DatasetPair } from '../../src/data/dataset.ts';
import { type KnownSet, locate } from '../../src/data/locate.ts';
import { fashionMnist, mnist } from '../../src/data/mnist.ts';
import { statistics } from '../../src/data/statistics.ts';
import numpy from './numpy-cases.json';

const names = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
};
type Role = keyof typeof names;

/** An IDX file of zeros, but for the values given. */
function idx(shape: number[], values: number[] = []): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(4 + 4 * shape.length + shape.reduce((a, b) => a * b));
  file.set([0, 0, 8, shape.length, ...shape.flatMap((size) => [size >>> 24, size >>> 16, size >>> 8, size])]);
  file.set(values, 4 + 4 * shape.length);
  return file;
}

const own: Record<Role, Uint8Array<ArrayBuffer>> = {
  trainImages: idx([3, 2, 2], [255]),
  trainLabels: idx([3], [7, 0, 9]),
  testImages: idx([1, 2, 2]),
  testLabels: idx([1], [3]),
};
const roles = Object.keys(names) as Role[];
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function save(folder: string, files: Partial<Record<Role, Uint8Array>>, packed = false): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [role, bytes] of Object.entries(files)) {
    const path = join(folder, names[role as Role]);
    await (packed ? writeFile(`${path}.gz`, gzipSync(bytes)) : writeFile(path, bytes));
  }
  return folder;
}

const data = process.env.RETROGRAD_DATA; // before the tests change it
let folder: string;
let cache: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retrograd-mnist-'));
  vi.stubEnv('RETROGRAD_DATA', '');
  for (const name of ['XDG_CACHE_HOME', 'LOCALAPPDATA', 'HOME']) vi.stubEnv(name, join(folder, 'cache'));
  cache = join(folder, 'cache', ...(process.platform === 'darwin' ? ['Library', 'Caches'] : []), 'retrograd');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true });
});

describe('a set of one’s own under the names of MNIST', () => {
  const expected = {
    name: 'custom IDX set (not MNIST) train',
    count: 3,
    shape: [2, 2],
    inputs: { kind: 'values', size: 4, scale: 1 / 255 },
    targets: { kind: 'labels', size: 10, data: Uint8Array.of(7, 0, 9) },
  };

  test.each([false, true])('is read from the folder named, packed: %s', async (packed) => {
    const { train, test, source } = await mnist({ from: await save(folder, own, packed) });
    expect(train).toMatchObject(expected);
    expect(train.inputs.data[0]).toBe(255);
    expect(test).toMatchObject({ name: 'custom IDX set (not MNIST) test', count: 1 });
    expect(source).toBe(folder);
  });

  test('is read from the mnist folder of the folder named', async () => {
    const inner = await save(join(folder, 'mnist'), own);
    expect(await mnist({ from: `${folder}/` })).toMatchObject({ train: expected, source: inner });
  });

  test('is read from files dropped on a page, by their names, and from bytes, by their roles', async () => {
    const files = roles.map((role) => new File([own[role]], names[role])).reverse();
    expect((await mnist({ from: files })).train).toMatchObject(expected);
    expect((await mnist({ from: own })).train).toMatchObject(expected);
    await expect(mnist({ from: files.slice(1) })).rejects.toThrow(/files given: expected train-images-idx3-ubyte|t10k/);
  });

  test('is read from files whose names have a dot before idx, plain or packed', async () => {
    const dotted = (role: Role) => names[role].replace('-idx', '.idx');
    await mkdir(folder, { recursive: true });
    for (const role of roles) await writeFile(join(folder, dotted(role)), own[role]);
    await writeFile(join(folder, `${dotted('testLabels')}.gz`), gzipSync(own.testLabels));
    await rm(join(folder, dotted('testLabels')));
    expect((await mnist({ from: folder })).train).toMatchObject(expected);
    const files = roles.map((role) => new File([own[role]], dotted(role)));
    expect((await mnist({ from: files })).train).toMatchObject(expected);
  });

  test('is read from an .npz file with the names of Keras, by its path and as a Blob', async () => {
    const bytes = Buffer.from(numpy.keras.keras, 'base64');
    const path = join(folder, 'own.npz');
    await writeFile(path, bytes);
    const fromIdx = await mnist({ from: own });
    for (const from of [path, pathToFileURL(path), new Blob([bytes])]) {
      const { train, test } = await mnist({ from });
      expect([train, test]).toEqual([fromIdx.train, fromIdx.test]);
    }
    expect((await mnist({ from: path })).source).toBe(path);
  });

  test.each([
    ['without an array', numpy.archives.stored, 'expected an array x_test, found ["x_train", "y_train"]'],
    ['with values that are no bytes', numpy.keras.half, 'x_train[0]: expected an integer from 0 to 255, found 127.5'],
  ])('is refused from an .npz file %s', async (_, file, message) => {
    const reading = mnist({ from: new Blob([Buffer.from(file, 'base64')]) });
    await expect(reading).rejects.toThrow(DataError);
    await expect(reading).rejects.toThrow(message);
  });

  test('is refused under RETROGRAD_DATA and named with both sums', async () => {
    vi.stubEnv('RETROGRAD_DATA', folder);
    await save(join(folder, 'mnist'), own);
    await expect(mnist()).rejects.toThrow(
      /not the MNIST file: expected SHA-256 [0-9a-f]{64} of the unpacked file, found [0-9a-f]{64}/,
    );
  });

  test.each<[string, Partial<Record<Role, Uint8Array>>, RegExp]>([
    [
      'a label of 10',
      { testLabels: idx([1], [10]) },
      /t10k-labels-idx1-ubyte\[0\]: expected a class from 0 to 9, found 10/,
    ],
    ['too few labels', { trainLabels: idx([2]) }, /train-labels-idx1-ubyte: expected shape \[3\].* found \[2\]/],
    ['images that are no images', { trainImages: idx([3]) }, /train-images-idx3-ubyte: expected shape .* found \[3\]/],
    [
      'test images of another size',
      { testImages: idx([1, 3, 2]) },
      /t10k-images.*: expected .*\[2,2\], .* found \[3,2\]/,
    ],
    ['a file cut short', { trainImages: own.trainImages.subarray(0, 20) }, /train-images-idx3-ubyte: byte 20/],
  ])('is refused with %s', async (_, wrong, message) => {
    const from = await save(folder, { ...own, ...wrong });
    await expect(mnist({ from })).rejects.toThrow(DataError);
    await expect(mnist({ from })).rejects.toThrow(message);
  });

  test('is refused with a file missing', async () => {
    const { testLabels, ...three } = own;
    await expect(mnist({ from: await save(folder, three) })).rejects.toThrow(
      /expected all four files, found no t10k-labels/,
    );
  });
});

describe('nothing found', () => {
  test('says where it looked and what to do', async () => {
    await expect(mnist({ from: folder })).rejects.toThrow(DataError);
    await expect(mnist({ from: folder })).rejects.toThrow(`${folder}: none of the four files`);
    await expect(mnist({ from: folder })).rejects.toThrow(`${folder}/mnist: none of the four files`);
    await expect(mnist({ from: folder })).rejects.toThrow('train on digits, which need no files');
  });

  test('without a network says that too', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed', { cause: new Error('no route') })));
    const message = await fashionMnist().catch((error: Error) => error.message);
    expect(message).toContain('RETROGRAD_DATA: not set');
    expect(message).toContain(`${cache}/fashion-mnist/train-images-idx3-ubyte.gz: no such file`);
    expect(message).toMatch(/https:.*: fetch failed: no route/);
    vi.stubEnv('RETROGRAD_DATA', folder);
    await expect(mnist()).rejects.toThrow(`${folder}/mnist: none of the four files`);
  });
});

describe('a known set on a server', () => {
  const asked: string[] = [];
  const answers = new Map<string, Uint8Array>();
  const server = createServer(({ url }, response) => {
    asked.push(url!);
    const bytes = answers.get(url!);
    if (bytes) response.setHeader('content-length', bytes.length).end(bytes);
    else response.writeHead(404).end();
  });
  let set: KnownSet;
  beforeEach(async () => {
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    asked.length = 0;
    for (const role of roles) answers.set(`/good/${names[role]}.gz`, gzipSync(own[role]));
    const sums = Object.fromEntries(roles.map((role) => [role, sha256(own[role])])) as Record<Role, string>;
    const sizes = Object.fromEntries(roles.map((role) => [role, own[role].length])) as Record<Role, number>;
    const [trainImages, trainLabels] = ['train-images', 'train-labels'];
    const stems = { trainImages, trainLabels, testImages: 't10k-images', testLabels: 't10k-labels' };
    set = { name: 'Known', folder: 'known', stems, mirrors: [`${base}/bad`, `${base}/good`], sizes, sums };
  });
  afterEach(() => {
    answers.clear();
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  });

  test('is downloaded once, with progress, and then read from the cache', async () => {
    const received = new Map<string, number>();
    const onProgress: OnProgress = ({ file, received: bytes, total }) => {
      received.set(basename(file), bytes);
      expect(total).toBe(answers.get(new URL(file).pathname)!.length);
    };
    const first = await locate(set, { onProgress });
    expect(first).toMatchObject({ name: 'Known', source: `${cache}/known` });
    expect(first.files.trainImages.bytes).toEqual(own.trainImages);
    expect(received.get('train-labels-idx1-ubyte.gz')).toBe(gzipSync(own.trainLabels).length);
    expect((await readdir(join(cache, 'known'))).sort()).toEqual(roles.map((role) => `${names[role]}.gz`).sort());
    asked.length = 0;
    expect((await locate(set)).files.trainImages.bytes).toEqual(own.trainImages);
    expect(asked).toEqual([]);
  });

  test('is downloaded again where the cached file is damaged', async () => {
    await locate(set);
    const path = join(cache, 'known', 'train-images-idx3-ubyte.gz');
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, 20));
    await locate(set);
    expect(await readFile(path)).toEqual(whole);
  });

  test('is refused where a mirror has another file, and that is not kept', async () => {
    answers.set('/good/train-images-idx3-ubyte.gz', gzipSync(own.testImages));
    await expect(locate(set)).rejects.toThrow(/good\/train-images-idx3-ubyte.gz: not the Known file: expected SHA-256/);
    await expect(readdir(join(cache, 'known'))).rejects.toThrow(/ENOENT/);
  });

  test('is read from a base URL by `from`, which touches no cache', async () => {
    const located = await locate(set, { from: set.mirrors[1] });
    expect(located).toMatchObject({ name: 'Known', source: set.mirrors[1] });
    await expect(readdir(cache)).rejects.toThrow(/ENOENT/);
  });

  test('given with `keep` goes into the cache, unless it is another set', async () => {
    const files = roles.map((role) => new File([own[role] as Uint8Array<ArrayBuffer>], names[role]));
    await locate(set, {
      from: files.with(0, new File([own.testImages as Uint8Array<ArrayBuffer>], names.trainImages)),
      keep: true,
    });
    await expect(readdir(cache)).rejects.toThrow(/ENOENT/);
    await locate(set, { from: files, keep: true });
    asked.length = 0;
    expect((await locate(set)).files).toMatchObject({ trainImages: { bytes: own.trainImages } });
    expect(asked).toEqual([]);
  });

  test('fails by name where the cache cannot be written', async () => {
    await writeFile(join(folder, 'cache'), 'a file where a folder should be');
    await expect(locate(set)).rejects.toThrow(/train-images-idx3-ubyte\.gz: cannot be written: /);
  });
});

const why = data ? '' : ' (skipped: RETROGRAD_DATA is not set to a folder that holds mnist/ and fashion-mnist/)';
if (!data) console.warn(`The real MNIST and Fashion-MNIST are not tested${why}`);
describe.skipIf(!data)(`the original files${why}`, () => {
  const histogram = (labels: ArrayLike<number>) => {
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < labels.length; i++) counts[labels[i]!]!++;
    return counts;
  };
  /** Mean and deviation, as PyTorch's examples have them. */
  const expectNormalized = ({ train }: DatasetPair, mean: number, deviation: number) => {
    const found = statistics(train);
    expect(found.mean[0]).toBeCloseTo(mean, 4);
    expect(found.deviation[0]).toBeCloseTo(deviation, 4);
  };
  beforeEach(() => vi.stubEnv('RETROGRAD_DATA', data!));

  test('are MNIST', async () => {
    const pair = await mnist();
    expect(pair.source).toBe(`${data}/mnist`);
    expect(pair.train).toMatchObject({ name: 'MNIST train', count: 60000, shape: [28, 28] });
    expect(pair.test).toMatchObject({ name: 'MNIST test', count: 10000, shape: [28, 28] });
    expect(histogram(pair.train.targets.data)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(histogram(pair.test.targets.data)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    expectNormalized(pair, 0.1307, 0.3081);
    expect(pair.test.classNames).toEqual([...'0123456789']);
  });

  const hasFashion = data !== undefined && existsSync(join(data, 'fashion-mnist'));
  const missing = hasFashion ? '' : ' (skipped: RETROGRAD_DATA holds no fashion-mnist/)';
  test.skipIf(!hasFashion)(`are Fashion-MNIST${missing}`, async () => {
    const pair = await fashionMnist();
    expect(pair.train).toMatchObject({ name: 'Fashion-MNIST train', count: 60000, shape: [28, 28] });
    expect(pair.test).toMatchObject({ name: 'Fashion-MNIST test', count: 10000 });
    expect(histogram(pair.train.targets.data)).toEqual(new Array(10).fill(6000));
    expectNormalized(pair, 0.286, 0.353);
    expect(pair.test.classNames?.[9]).toBe('Ankle boot');
  });

  test('keep their name when read plain through `from`', async () => {
    for (const role of roles) {
      const packed = await readFile(join(data!, 'mnist', `${names[role]}.gz`));
      await writeFile(join(folder, names[role]), gunzipSync(packed));
    }
    expect(await mnist({ from: folder })).toMatchObject({ train: { name: 'MNIST train' }, source: folder });
  });
});
