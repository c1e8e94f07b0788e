// data.py and draws.py of an export give PyTorch the samples that training here has, in the same order, bit by bit.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { elementBits, permute, shuffleKey, stepKey, uniforms, words } from '../../src/base/random.ts';
import { factsOf } from '../../src/data/facts-of.ts';
import { formatIdx } from '../../src/data/idx.ts';
import { batch, csv, type Dataset, fromArrays, mnist, split, take } from '../../src/data.node.ts';
import { dense, sequential } from '../../src/index.node.ts';
import { arrayFiles } from '../../src/pytorch/array-files.ts';
import { pythonWith, runPython } from '../support/python.ts';

const python = pythonWith('numpy', 'Data of an export to PyTorch');
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'retrograd-data-'));
afterAll(() => rmSync(folder, { recursive: true }));

const counts = [...Array.from({ length: 40 }, (_, i) => i + 1), 63, 64, 65, 127, 128, 129, 257, 1000, 4096, 5003];
const orders = counts.flatMap((count, i) =>
  [0, 1, 4_294_967_295, words(1, i, 9)[0]].map((seed, k) => ({ count, seed, epoch: [0, 1, 2, 1000][(i + k) % 4] })),
);
const bits = [
  [0, 1],
  [4_294_967_295, 300],
  [123_456_789, 7],
];
const keys = [
  [0, 0],
  [1, 99],
  [4_294_967_295, 1_000_000],
];
const shares = [
  [0, 100, 2],
  [100, 150, 3],
  [40, 43, 4],
  [7, 8, 5],
];
const splits = [
  { count: 100, classes: 3, test: 0.2, stratify: true },
  { count: 101, classes: 7, test: 0.25, stratify: true },
  { count: 50, classes: 1, test: 0.1, stratify: false },
  { count: 33, classes: 5, test: 7, stratify: false },
].map(({ count, classes, ...rest }, seed) => {
  return { ...rest, seed, classes: Array.from(uniforms(count, seed, 8), (u) => Math.floor(u * classes)) };
});

/** What a net sees of a data set, on a device: the scale is a 32-bit float there. */
const seen = (dataset: Dataset) => {
  const inputs = { ...dataset.inputs, scale: Math.fround(dataset.inputs.scale) };
  const { x, y } = batch(
    { ...dataset, inputs },
    Array.from({ length: dataset.count }, (_, i) => i),
  );
  return { x: Array.from(x), y: Array.from(y) };
};
const seenParts = ({ train, test }: { train: Dataset; test: Dataset }) => ({ train: seen(train), test: seen(test) });

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

interface FileCase {
  readonly config: object;
  readonly source?: string;
  readonly expected: unknown;
}

async function idxCase(): Promise<FileCase> {
  const image = (count: number, seed: number) => Uint8Array.from(words(count * 12, seed, 5), (word) => word & 255);
  const labels = (count: number) => Uint8Array.from({ length: count }, (_, i) => (i * 3) % 10);
  for (const [stem, count] of Object.entries({ train: 23, t10k: 9 })) {
    const images = { shape: [count, 3, 4], data: image(count, count) };
    write(`idx/${stem}-images-idx3-ubyte`, formatIdx(images, stem));
    write(`idx/${stem}-labels-idx1-ubyte`, formatIdx({ shape: [count], data: labels(count) }, stem));
  }
  const source = join(folder, 'idx');
  const pair = await mnist({ from: source });
  return { config: { seed: 1, outputs: 10, data: factsOf(pair.train) }, source, expected: seenParts(pair) };
}

const TABLE = `size, colour, grade, price
1.5, red, 3, 10
-2e-3, "dark, blue", 1, 12.25
, red, 2, 7
4, NA, 3, .5
7.125, green, 1, 1
9, green, 2, 3
0.1, red, 1, 4
3, red, 3, 5.5
`;

/** Missing cells are filled, with what training filled them; or their rows are left out. */
const tableCase = (missing: 'mean' | 'drop', target: string) => async (): Promise<FileCase> => {
  const source = write('table.csv', TABLE);
  const categorical = { colour: 'one-hot', [target === 'grade' ? 'grade' : 'colour']: 'one-hot' } as const;
  const pair = await csv(source, { target, missing, categorical, test: 0.25, seed: 5 });
  const data = factsOf(pair.train);
  const cli = { '--target': target, '--missing': missing, '--test': '0.25' };
  return { config: { seed: 5, outputs: pair.train.targets.size, data, cli }, source, expected: seenParts(pair) };
};

/** The arrays that an export writes, of bytes, floats, labels and parts. */
async function arraysCase(): Promise<FileCase> {
  const labelled = fromArrays({
    x: Uint8Array.from(words(60, 3, 5), (word) => word & 255),
    y: [0, 2, 1, 1, 0],
    classes: 3,
  });
  const train = take(labelled, 4);
  const parts = { train, test: labelled };
  const model = sequential([12], [dense(3)]);
  for (const [name, content] of Object.entries(arrayFiles(model, parts))) write(name, content);
  return { config: { seed: 0, data: factsOf(train) }, expected: seenParts(parts) };
}

describe.skipIf(!python)('an export gives PyTorch', () => {
  const made = [
    idxCase,
    tableCase('mean', 'price'),
    tableCase('drop', 'price'),
    tableCase('mean', 'grade'),
    arraysCase,
  ];
  const files: FileCase[] = [];
  let found: Record<'orders' | 'bits' | 'keys' | 'shares' | 'splits' | 'files', unknown[]>;
  beforeAll(async () => {
    for (const make of made) files.push(await make());
    const cases = { folder, orders, bits, keys, shares, splits, files };
    found = runPython(python!, [here('data-cases.py')], cases, here('../../src/pytorch/python')) as typeof found;
  });

  test('the same order of samples in every epoch', () => {
    for (const [i, { count, seed, epoch }] of orders.entries()) {
      const key = shuffleKey(seed, epoch);
      const expected = Array.from({ length: count }, (_, i) => permute(i, count, key));
      expect(found.orders[i], `${count} samples, seed ${seed}, epoch ${epoch}`).toEqual(expected);
    }
  });

  test('the same bits for masks', () => {
    const expected = bits.map(([key, stream]) =>
      [3, 4, 5, 6].map((column) => [0, 1, 2, 3, 4].map((row) => elementBits(key, stream, row, column))),
    );
    expect(found.bits).toEqual(expected);
    expect(found.keys).toEqual(keys.map(([seed, step]) => stepKey(seed, step)));
  });

  test('batches that processes share without a gap', () => {
    for (const [i, [start, stop, world]] of shares.entries()) {
      const parts = found.shares[i] as [number, number][];
      const taken = parts.flatMap(([from, to]) => Array.from({ length: to - from }, (_, k) => from + k));
      expect(parts).toHaveLength(world);
      expect(taken).toEqual(Array.from({ length: stop - start }, (_, k) => start + k));
    }
  });

  test('the same samples held out', () => {
    for (const [i, { classes, ...options }] of splits.entries()) {
      const x = classes.map((_, k) => [k]);
      const { train, test } = split(fromArrays({ x, y: classes, classes: Math.max(2, ...classes) + 1 }), options);
      expect(found.splits[i]).toEqual([Array.from(train.inputs.data), Array.from(test.inputs.data)]);
    }
  });

  const names = ['IDX files', 'a table, filled', 'a table with rows left out', 'a table of classes', 'arrays'];
  test.each(names.map((name, i) => [name, i] as const))('the same samples of %s', (_name, i) => {
    expect(found.files[i]).toEqual(files[i].expected);
  });
});
