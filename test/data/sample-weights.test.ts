/** Weights of samples, wherever a data set comes from, and in whatever is made of it. */
import { describe, expect, test } from 'vitest';
import { type ArgumentError, DataError } from '../../src/base/errors.ts';
import { identityOf } from '../../src/data/identity.ts';
import {
  batch,
  concat,
  csv,
  type Dataset,
  fromArrays,
  fromBatches,
  fromSamples,
  openCsv,
  type StreamedDataset,
  split,
  take,
  withTargets,
} from '../../src/data/index.ts';
import { room, streamOf } from '../../src/data/stream-of.ts';

const x = Float32Array.from({ length: 10 }, (_, i) => i / 4);
const y = [0, 1, 1, 0, 2, 2, 1, 0, 2, 0];
const sampleWeights = [1, 0.5, 2, 0, 1, 3, 1, 1, 0.25, 4];
const plain = fromArrays({ x, y, shape: [1] });
const weighted = fromArrays({ x, y, shape: [1], sampleWeights });

const field = (weights: readonly number[]) => ({ kind: 'values', data: Float32Array.from(weights), size: 1, scale: 1 });

/** What a streamed data set gives for these samples. */
async function weightsIn(dataset: StreamedDataset, samples: readonly number[]): Promise<number[]> {
  const request = room(Uint32Array.from(samples), dataset);
  for await (const _ of dataset.read([request]));
  return [...request.w!];
}

describe('sampleWeights', () => {
  test('of arrays, for one target or several', () => {
    expect(weighted.sampleWeights).toEqual(field(sampleWeights));
    expect(plain).not.toHaveProperty('sampleWeights');
    const several = fromArrays({ x, shape: [1], targets: { kind: y, value: y.map((v) => [v]) }, sampleWeights });
    expect(several.sampleWeights).toEqual(field(sampleWeights));
  });

  test('stay with their samples', () => {
    expect(take(weighted, 3).sampleWeights).toEqual(field([1, 0.5, 2]));
    expect(withTargets(weighted, 'inputs').sampleWeights).toEqual(field(sampleWeights));
    expect([...batch(weighted, [3, 9]).sampleWeights!]).toEqual([0, 4]);
    expect(batch(plain, [3])).not.toHaveProperty('sampleWeights');
    const { train, test } = split(weighted, { test: 0.3 });
    for (const part of [train, test]) {
      const expected = [...part.inputs.data].map((value) => sampleWeights[value * 4]);
      expect(part.sampleWeights).toEqual(field(expected));
    }
    expect(concat(take(weighted, 1), weighted).sampleWeights).toEqual(field([1, ...sampleWeights]));
    for (const sets of [
      [plain, weighted],
      [weighted, plain],
    ])
      expect(() => concat(...sets)).toThrow('arrays.sampleWeights: expected');
  });

  test('make another data set of the same samples', () => {
    const other = fromArrays({ x, y, shape: [1], sampleWeights: sampleWeights.map((w) => w + 1) });
    const digests = [plain, weighted, other].map((set) => identityOf(set).digest);
    expect(new Set(digests).size).toBe(3);
    expect(identityOf(fromArrays({ x, y, shape: [1], sampleWeights })).digest).toBe(digests[1]);
  });

  test('are read with the samples of a streamed data set', async () => {
    expect(await weightsIn(streamOf(weighted), [9, 0])).toEqual([4, 1]);
    const options = { count: 10, shape: [1], classes: 3, sampleWeights: true };
    const some = ({ start, end }: { start: number; end: number }) => ({
      ...{ x: x.slice(start, end), y: y.slice(start, end), sampleWeights: sampleWeights.slice(start, end) },
    });
    const given = fromSamples(
      (samples) => ({
        ...{ x: Array.from(samples, (i) => x[i]), y: Array.from(samples, (i) => y[i]) },
        sampleWeights: Array.from(samples, (i) => sampleWeights[i]),
      }),
      options,
    );
    expect(await weightsIn(given, [9, 0])).toEqual([4, 1]);
    const inOrder = fromBatches(function* () {
      yield some({ start: 0, end: 4 });
      yield some({ start: 4, end: 10 });
    }, options);
    expect(await weightsIn(inOrder, [2, 3, 4])).toEqual([2, 0, 1]);
    const without = fromSamples(() => ({ x: [1], y: [0] }), options);
    await expect(weightsIn(without, [0])).rejects.toThrow('expected { x, y, sampleWeights } of some samples');
    expect(given.identity.digest).not.toBe(
      fromSamples(() => ({ x: [1], y: [0] }), { ...options, sampleWeights: false }).identity.digest,
    );
  });

  test('are a column of a table, and no input then', async () => {
    const text = 'a,w,label\n1,0.5,x\n2,2,y\n3,0,x\n4,1,y\n';
    const source = new TextEncoder().encode(text);
    const table = await csv(source, { target: 'label', sampleWeights: 'w' });
    expect(table.columns!.map(({ name }) => name)).toEqual(['a']);
    expect(table.sampleWeights).toEqual(field([0.5, 2, 0, 1]));
    const { train, test } = await csv(source, { target: 'label', sampleWeights: 'w', test: 2 });
    expect([...train.sampleWeights!.data, ...test.sampleWeights!.data].sort()).toEqual([0, 0.5, 1, 2]);
    const { columns, classNames } = table;
    const again = await csv(source, { target: 'label', sampleWeights: 1, columns, classNames });
    expect(again).toEqual({ ...table });
    const numbers = new TextEncoder().encode('a,w,b\n1,0.5,3\n2,2,4\n');
    const opened = await openCsv(numbers, { target: 'b', sampleWeights: 'w' });
    expect(opened.inputs.size).toBe(1);
    expect(await weightsIn(opened, [1, 0])).toEqual([2, 0.5]);
  });

  test('of rows with a missing weight are left out on demand', async () => {
    const source = new TextEncoder().encode('a,w,b\n1,0.5,3\n2,,4\n3,1,5\n');
    const options = { target: 'b', sampleWeights: 'w' };
    expect((await csv(source, { ...options, missing: 'drop' })).sampleWeights).toEqual(field([0.5, 1]));
    await expect(csv(source, options)).rejects.toThrow('line 3, column 1 ("w"): expected a weight; leave out rows');
    await expect(csv(source, { ...options, missing: 'mean' })).rejects.toThrow('expected a weight');
  });

  test.each<[string, () => unknown, typeof DataError | typeof ArgumentError, string]>([
    [
      'too few',
      () => fromArrays({ x, y, shape: [1], sampleWeights: [1] }),
      DataError,
      'arrays.sampleWeights: expected 10 numbers, one per sample, found 1',
    ],
    [
      'one number',
      () => fromArrays({ x, y, shape: [1], sampleWeights: 2 as never }),
      DataError,
      'arrays.sampleWeights: expected a number per sample, found 2',
    ],
    [
      'a negative one',
      () => fromArrays({ x, y, shape: [1], sampleWeights: sampleWeights.with(3, -1) }),
      DataError,
      'arrays.sampleWeights[3]: expected a finite number ≥ 0, found -1',
    ],
    [
      'NaN',
      () => fromArrays({ x, y, shape: [1], sampleWeights: sampleWeights.with(0, Number.NaN) }),
      DataError,
      'arrays.sampleWeights[0]: expected a finite number ≥ 0, found NaN',
    ],
    [
      'of a data set made by hand',
      () => take({ ...plain, sampleWeights: { ...field([1]), kind: 'values' } } as Dataset, 1),
      DataError,
      'sampleWeights.data: expected 10 numbers',
    ],
    [
      'by hand, negative',
      () => take({ ...weighted, sampleWeights: { ...field(sampleWeights.with(2, -2)) } } as Dataset, 1),
      DataError,
      'sampleWeights.data[2]: expected a finite number ≥ 0, found -2',
    ],
    [
      'by hand, of two numbers each',
      () =>
        take({ ...weighted, sampleWeights: { ...field([...sampleWeights, ...sampleWeights]), size: 2 } } as Dataset, 1),
      DataError,
      'expected values of size 1 and scale 1, found values of 2 and 1',
    ],
    [
      'by hand, no field',
      () => take({ ...weighted, sampleWeights } as never, 1),
      DataError,
      'sampleWeights.kind: expected',
    ],
  ])('are refused: %s', (_what, make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });

  test('are refused in a table: without a target, negative, or where there is no such column', async () => {
    const source = new TextEncoder().encode('a,w,b\n1,0.5,3\n2,-1,4\n');
    const { columns } = await csv(source, { target: 'b', columns: ['a'] });
    await expect(csv(source, { sampleWeights: 'w', columns })).rejects.toThrow('sampleWeights: expected a target');
    await expect(csv(source, { target: 'b', sampleWeights: 'w' })).rejects.toThrow(
      'expected a weight, a finite number ≥ 0',
    );
    await expect(csv(source, { target: 'b', sampleWeights: 'v' })).rejects.toThrow('sampleWeights: expected a column');
    await expect(openCsv(source, { target: 'b', sampleWeights: 'v' })).rejects.toThrow(
      'sampleWeights: expected a column',
    );
  });
});
