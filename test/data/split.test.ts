import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError } from '../../src/base/errors.ts';
import { fromArrays } from '../../src/data/arrays.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { digits } from '../../src/data/digits.ts';
import { batch } from '../../src/data/samples.ts';
import { type SplitOptions, split } from '../../src/data/split.ts';

/** As many samples of class 0, 1, ... as `sizes` says, one class after another; sample i has the input i. */
const ofSizes = (...sizes: number[]): Dataset => {
  const y = sizes.flatMap((size, label) => new Array<number>(size).fill(label));
  return fromArrays({ x: y.map((_, i) => [i]), y, classes: sizes.length, name: 'beans' });
};

/** Samples of each class. */
const sizesOf = ({ targets }: Dataset): number[] =>
  Array.from({ length: targets.size }, (_, label) => targets.data.filter((one) => one === label).length);

const inputsOf = ({ inputs }: Dataset): number[] => [...inputs.data];

describe('split', () => {
  test('puts every sample into one of the parts, with its target, in the order that it had', () => {
    const whole = digits({ train: 200, test: 1 }).train;
    const { train, test, source } = split(whole, { test: 0.15, seed: 4 });
    expect([train.count, test.count, train.name, test.name, source]).toEqual([
      ...[170, 30, 'digits train', 'digits test', 'digits train'],
    ]);
    const imagesOf = (set: Dataset) =>
      Array.from({ length: set.count }, (_, i) => batch(set, [i])).map(({ x, y }) => `${y} ${x}`);
    const all = imagesOf(whole);
    const [inTrain, inTest] = [train, test].map((part) => imagesOf(part).map((image) => all.indexOf(image)));
    expect([...inTrain, ...inTest].sort((a, b) => a - b)).toEqual(all.map((_, i) => i));
    for (const places of [inTrain, inTest]) expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test('keeps shape, scale, bytes, classes, their names and columns', () => {
    const given = { x: Uint8Array.of(1, 2, 3, 4, 5, 6), y: [0, 1, 0], shape: [1, 2], scale: 1 / 255 };
    const whole = fromArrays({ ...given, classNames: ['no', 'yes', 'maybe'] });
    const columns = [{ name: 'size', kind: 'number' }] as const;
    for (const part of Object.values(split({ ...whole, columns }, { test: 1 })).slice(0, 2) as Dataset[]) {
      expect(part).toMatchObject({ shape: [1, 2], classNames: whole.classNames, columns });
      expect(part.inputs).toMatchObject({ scale: 1 / 255, size: 2, data: expect.any(Uint8Array) });
      expect(part.targets).toMatchObject({ kind: 'labels', size: 3, data: expect.any(Uint8Array) });
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  test('draws by the seed', () => {
    const whole = ofSizes(50, 50);
    const drawn = (options: Partial<SplitOptions>) => inputsOf(split(whole, { test: 0.2, ...options }).test);
    for (const stratify of [true, false]) {
      expect(drawn({ stratify, seed: 3 })).toEqual(drawn({ stratify, seed: 3 }));
      expect(drawn({ stratify, seed: 4 })).not.toEqual(drawn({ stratify, seed: 3 }));
    }
    expect(drawn({})).toEqual(drawn({ seed: 0 }));
  });

  test('draws every sample about as often as any other', () => {
    const times = new Array<number>(40).fill(0);
    const whole = ofSizes(30, 10);
    for (let seed = 0; seed < 400; seed++)
      for (const i of inputsOf(split(whole, { test: 0.25, seed }).test)) times[i]++;
    // Binomial with n = 400 and p = 1/4: mean 100, deviation 8.7.
    expect(Math.min(...times)).toBeGreaterThan(100 - 5 * 8.7);
    expect(Math.max(...times)).toBeLessThan(100 + 5 * 8.7);
  });

  // The draws of the command before there was `split`: `train --validation` and files that name a share depend on them.
  test('without stratify draws what it always drew', () => {
    const drawn = (count: number, test: number, seed: number) =>
      inputsOf(split(ofSizes(count), { test, seed, stratify: false }).test);
    expect(drawn(20, 0.25, 0)).toEqual([1, 2, 8, 15, 16]);
    expect(drawn(20, 0.25, 7)).toEqual([3, 7, 8, 13, 14]);
    expect(drawn(1000, 0.004, 1)).toEqual([105, 332, 525, 746]);
  });
});

describe('the test part', () => {
  test.each<[string, number[], number, number[]]>([
    ['a fifth of each', [50, 50, 50], 0.2, [10, 10, 10]],
    ['a number of samples, the same for each', [50, 50, 50], 30, [10, 10, 10]],
    ['remainders 0.5, 0.5, 0: of equal ones the first is rounded up', [5, 5, 10], 0.3, [2, 1, 3]],
    ['remainders 0.4, 0.8, 0.8: the largest are rounded up', [24, 48, 28], 0.1, [2, 5, 3]],
    ['shares of 9.5 and 0.5', [95, 5], 0.1, [9, 1]],
    ['a class of two is in both parts', [98, 2], 0.1, [9, 1]],
    ['and where nearly all are drawn', [98, 2], 0.9, [89, 1]],
    ['a class of one is in either', [99, 1], 0.1, [10, 0]],
    ['or in the other', [99, 1], 0.9, [89, 1]],
    ['more classes than samples are wanted: one of each', [2, 2, 2, 2], 1, [1, 1, 1, 1]],
    ['and one of each stays', [2, 2, 2, 2], 7, [1, 1, 1, 1]],
    ['nothing of a class without samples', [10, 0, 10], 0.2, [2, 0, 2]],
  ])('has %s', (_, sizes, share, expected) => {
    expect(sizesOf(split(ofSizes(...sizes), { test: share }).test)).toEqual(expected);
  });

  test('has the number asked for, each class within one sample of its share', () => {
    for (let seed = 0; seed < 50; seed++) {
      const sizes = [3 + seed, 7, 40 + ((seed * 7) % 13), 11];
      const count = sizes.reduce((a, b) => a + b);
      const wanted = Math.round(0.3 * count);
      const { train, test } = split(ofSizes(...sizes), { test: 0.3, seed });
      expect(test.count).toBe(wanted);
      sizesOf(test).forEach((found, label) => {
        expect(Math.abs(found - (wanted * sizes[label]) / count)).toBeLessThan(1);
        expect(found + sizesOf(train)[label]).toBe(sizes[label]);
      });
    }
  });

  test('is drawn from all samples alike where targets are values', () => {
    const x = Float32Array.from({ length: 20 }, (_, i) => i / 4);
    const values = fromArrays({ x, y: x.map((v) => 2 * v), shape: [1], scale: 0.5 });
    const { train, test } = split(values, { test: 0.5 });
    const of = batch(test, [...Array(test.count).keys()]);
    expect([train.count, test.count]).toEqual([10, 10]);
    expect([...of.y]).toEqual([...of.x].map((v) => 4 * v));
  });

  test('is drawn from several labels per sample too', () => {
    const rows = Array.from({ length: 10 }, (_, i) => [i % 2, Number(i > 4), 1]);
    const { test } = split(fromArrays({ x: rows, y: rows }), { test: 3 });
    expect(test.targets).toMatchObject({ kind: 'values', size: 3 });
    expect(test.inputs.data).toEqual(test.targets.data);
  });
});

describe('split refuses', () => {
  const whole = ofSizes(10, 10);
  const values = fromArrays({ x: [[1], [2]], y: [[1], [2]] });
  test.each<[string, object, RegExp]>([
    [
      'no share',
      {},
      /split: test: expected a share or a number of 1 to 19 samples of the 20 of beans, found undefined/,
    ],
    ['0', { test: 0 }, /found 0$/],
    ['a share that leaves nothing to train on', { test: 0.99 }, /1 to 19 samples .* found 0\.99/],
    ['a share that draws nothing', { test: 0.01 }, /found 0\.01/],
    ['all samples', { test: 20 }, /found 20/],
    ['a number with a fraction', { test: 2.5 }, /found 2\.5/],
    ['a text', { test: '0.2' }, /found "0\.2"/],
    ['a seed that is none', { test: 0.2, seed: -1 }, /split: seed: expected an integer/],
    ['another option', { test: 0.2, train: 0.8 }, /expected \{ test, stratify, seed \}, found train/],
    ['a word for true', { test: 0.2, stratify: 'yes' }, /split: stratify must be true or false/],
  ])('%s', (_, options, message) => {
    expect(() => split(whole, options as SplitOptions)).toThrow(ArgumentError);
    expect(() => split(whole, options as SplitOptions)).toThrow(message);
  });

  test('to stratify values', () => {
    expect(() => split(values, { test: 1, stratify: true })).toThrow(/stratify: expected class labels, found arrays/);
  });

  test('what is no data set, or breaks its rules', () => {
    expect(() => split({ train: whole } as never, { test: 0.2 })).toThrow(ArgumentError);
    expect(() => split({ ...whole, targets: { ...whole.targets, size: 1 } }, { test: 0.2 })).toThrow(DataError);
  });
});
