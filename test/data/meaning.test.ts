import { describe, expect, test } from 'vitest';
import { DataError } from '../../src/base/errors.ts';
import { type ArraysOptions, fromArrays } from '../../src/data/arrays.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { digits } from '../../src/data/digits.ts';
import { fromBatches } from '../../src/data/from-batches.ts';
import { fromSamples } from '../../src/data/from-samples.ts';
import { identityOf } from '../../src/data/identity.ts';
import { openCsv } from '../../src/data/open-csv.ts';
import { openIdx } from '../../src/data/open-idx.ts';
import { batch, take } from '../../src/data/samples.ts';
import { streamOf } from '../../src/data/stream-of.ts';

const pets = { x: [[1], [2], [3]], y: [0, 1, 0], name: 'pets' };
const classNames = ['cat', 'dog', 'hamster'];
const { name, count, shape, inputs, targets } = fromArrays({ ...pets, classes: 3 });
const byHand = (more: object): Dataset => ({ name, count, shape, inputs, targets, ...more });

describe('names of classes', () => {
  test('say how many classes there are', () => {
    const set = fromArrays({ ...pets, classNames });
    expect([set.classNames, set.targets.size]).toEqual([classNames, 3]);
    expect(() => fromArrays({ ...pets, y: [0, 3, 0], classNames })).toThrow('y[1]: expected a class from 0 to 2');
  });

  test('are a copy, and absent where none are given', () => {
    const given = [...classNames];
    const set = fromArrays({ ...pets, classNames: given });
    given[0] = 'fish';
    expect(set.classNames).toEqual(classNames);
    expect(Object.isFrozen(set.classNames)).toBe(true);
    expect(fromArrays(pets)).not.toHaveProperty('classNames');
  });

  test('are those of the outputs where targets are values', () => {
    const set = fromArrays({ x: [[1]], y: [[1, 0]], classNames: ['barks', 'purrs'] });
    expect(set.classNames).toEqual(['barks', 'purrs']);
  });

  test('are kept by what makes a data set of another one', () => {
    const columns = [{ name: 'weight', kind: 'number' }] as const;
    const known = fromArrays({ ...pets, classNames });
    for (const set of [known, byHand({ classNames, columns })]) {
      expect(take(set, 2).classNames).toEqual(classNames);
      expect(streamOf(set).classNames).toEqual(classNames);
    }
    expect(take(byHand({ classNames, columns }), 2).columns).toEqual(columns);
    expect(streamOf(byHand({ classNames, columns })).columns).toEqual(columns);
  });

  test('are no part of what a data set is recognised by', () => {
    expect(identityOf(fromArrays({ ...pets, classNames }))).toEqual(identityOf(fromArrays({ ...pets, classes: 3 })));
  });

  test('come with digits', () => {
    expect(digits({ train: 1, test: 1 }).test.classNames).toEqual([...'0123456789']);
  });

  test('go with every source', async () => {
    const options = { count: 3, shape: [1], classes: 3, classNames };
    const csv = new TextEncoder().encode('1,0\n2,1\n3,0\n');
    const x = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3);
    const y = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 0);
    const sets = [
      fromSamples(() => pets, options),
      fromBatches(() => [pets], options),
      await openCsv(csv, { target: 1, classes: 3, classNames, name: 'pets' }),
      await openIdx({ x, y, classNames, name: 'pets' }),
    ];
    for (const set of sets) expect([set.classNames, set.targets.size]).toEqual([classNames, 3]);
    const none = [
      fromSamples(() => pets, { ...options, classNames: undefined }),
      await openIdx({ x, y, name: 'pets' }),
    ];
    for (const set of none) expect(set).not.toHaveProperty('classNames');
  });

  const wrong: [string, unknown, string][] = [
    ['too few', ['cat', 'dog'], 'pets.classNames: expected 3 names, one for each class or output, found 2'],
    ['none', [], 'pets.classNames: expected 3 names, one for each class or output, found 0'],
    ['the same twice', ['cat', 'dog', 'cat'], 'classNames[2]: expected a name of its own, found "cat" as in [0]'],
    ['a number', ['cat', 1, 'dog'], 'pets.classNames[1]: expected a string, found 1'],
    ['holes', new Array(3), 'pets.classNames[0]: expected a string, found undefined'],
    ['a text', 'cat', 'pets.classNames: expected a list of names, found "cat"'],
    ['null', null, 'pets.classNames: expected a list of names, found null'],
  ];
  describe.each(wrong)('%s', (_, names, message) => {
    test.each<[string, () => unknown]>([
      ['fromArrays', () => fromArrays({ ...pets, classes: 3, classNames: names } as ArraysOptions)],
      ['a data set made by hand', () => batch(byHand({ classNames: names }), [0])],
      [
        'fromSamples',
        () => fromSamples(() => pets, { count: 3, shape: [1], classes: 3, name: 'pets', classNames: names as never }),
      ],
    ])('is refused by %s', (_, make) => {
      expect(make).toThrow(DataError);
      expect(make).toThrow(message);
    });
  });

  test('columns are a list', () => {
    expect(() => take(byHand({ columns: 'weight' }), 1)).toThrow('columns: expected a list of columns, found "weight"');
  });
});
