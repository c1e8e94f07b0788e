/** CSV files with texts and missing cells: what becomes of the cells, and what is wrong with a file. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError } from '../../src/base/errors.ts';
import { numberIn, numberOf } from '../../src/data/csv-number.ts';
import { type CsvOptions, csv, type Dataset, fromArrays, split } from '../../src/data/index.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = (text: string, options: CsvOptions) => csv(bytesOf(text), options);
const rounded = (values: number[]) => values.map(Math.fround);

/** Samples of a data set, a row each. */
const rowsOf = (data: ArrayLike<number>, size: number): number[][] =>
  Array.from({ length: data.length / size }, (_, i) => Array.from({ length: size }, (_, j) => data[i * size + j]));

const pets = `weight,colour,legs,kind
4.2,black,4,cat
30,brown,4,dog
0.03,yellow,2,bird
3.9,brown,4,cat
`;

describe('csv', () => {
  test('reads numbers, texts as one-hot in the order of the alphabet, and classes by name', async () => {
    const set = await read(pets, { target: 'kind', name: 'pets' });
    expect(set).toMatchObject({
      name: 'pets',
      count: 4,
      shape: [5],
      inputs: { kind: 'values', size: 5, scale: 1 },
      targets: { kind: 'labels', size: 3, data: Uint8Array.of(1, 2, 0, 1) },
      classNames: ['bird', 'cat', 'dog'],
      columns: [
        { name: 'weight', kind: 'number' },
        { name: 'colour', kind: 'category', categories: ['black', 'brown', 'yellow'], as: 'one-hot' },
        { name: 'legs', kind: 'number' },
      ],
    });
    expect(rowsOf(set.inputs.data, 5)).toEqual([
      [Math.fround(4.2), 1, 0, 0, 4],
      [30, 0, 1, 0, 4],
      [Math.fround(0.03), 0, 0, 1, 2],
      [Math.fround(3.9), 0, 1, 0, 4],
    ]);
  });

  test('gives the same for a BOM, CR LF, CR, quotes, blanks around cells, no last line break, blank lines at the end, gzip', async () => {
    const { pack } = await import('../../src/data/idx.ts');
    const expected = await read(pets, { target: 'kind', name: 'pets' });
    const quoted = pets.replaceAll(/[^,\n]+/g, (text) => `"${text}"`);
    const blanks = pets.replaceAll(/,/g, ' ,\t');
    const ends = [pets.trimEnd(), `${pets}\n\r\n`, pets.replaceAll('\n', '\r\n'), pets.replaceAll('\n', '\r')];
    for (const text of [`\uFEFF${pets}`, quoted, blanks, ...ends])
      expect(await read(text, { target: 'kind', name: 'pets' })).toEqual(expected);
    expect(await csv(await pack(bytesOf(pets)), { target: 'kind', name: 'pets' })).toEqual(expected);
    expect(await csv(new Blob([pets]), { target: 3, name: 'pets' })).toEqual(expected);
  });

  test('keeps delimiters, doubled quotes and line breaks of quoted text, and counts lines past them', async () => {
    const text = 'say,x,y\n"one, two",1,a\n"a ""b""\r\nc",2,b\n"d\n\ne",3,\n';
    const reading = read(text, { target: 'y', missing: 'error' });
    await expect(reading).rejects.toThrow('line 5, column 2 ("y"): expected a target');
    const set = await read(`${text.trimEnd()}b`, { target: 'y' });
    expect(set.columns![0]).toMatchObject({ categories: ['a "b"\r\nc', 'd\n\ne', 'one, two'] });
  });

  test('takes a column of categories as indices, and numbers as categories where it is told', async () => {
    const set = await read(pets, {
      target: 'kind',
      columns: ['legs', 'colour'],
      categorical: { legs: 'one-hot', colour: 'index' },
    });
    expect(set.columns).toEqual([
      { name: 'legs', kind: 'category', categories: ['2', '4'], as: 'one-hot' },
      { name: 'colour', kind: 'category', categories: ['black', 'brown', 'yellow'], as: 'index' },
    ]);
    expect(rowsOf(set.inputs.data, 3)).toEqual([
      [0, 1, 0],
      [0, 1, 1],
      [1, 0, 2],
      [0, 1, 1],
    ]);
    const years = await read('year,y\n10,1\n9,2\n10,3\n', { target: 'y', categorical: ['year'] });
    expect(years.columns![0]).toMatchObject({ categories: ['9', '10'] });
  });

  test('takes a target of numbers as values, or as classes by `classes`, `classNames` and `categorical`', async () => {
    const targetsOf = async (options: Partial<CsvOptions>, text = pets) => {
      const { targets, classNames } = await read(text, { target: 'legs', columns: ['weight'], ...options });
      return [targets.kind, targets.size, [...targets.data], classNames];
    };
    expect(await targetsOf({})).toEqual(['values', 1, [4, 4, 2, 4], ['legs']]);
    expect(await targetsOf({ classes: 5 })).toEqual(['labels', 5, [4, 4, 2, 4], undefined]);
    expect(await targetsOf({ categorical: ['legs'] })).toEqual(['labels', 2, [1, 1, 0, 1], ['2', '4']]);
    const names = ['zero', 'one', 'two', 'three', 'four'];
    expect(await targetsOf({ classNames: names })).toEqual(['labels', 5, [4, 4, 2, 4], names]);
    expect(await targetsOf({ classNames: ['4', '2'] })).toEqual(['labels', 2, [0, 0, 1, 0], ['4', '2']]);
    expect(await targetsOf({ target: 'kind', classNames: ['dog', 'cat', 'bird'] })).toEqual([
      'labels',
      3,
      [1, 0, 2, 1],
      ['dog', 'cat', 'bird'],
    ]);
    expect(await targetsOf({ target: ['legs', 0] })).toEqual([
      'values',
      2,
      rounded([4, 4.2, 4, 30, 2, 0.03, 4, 3.9]),
      ['legs', 'weight'],
    ]);
    expect(await targetsOf({ target: 1, columns: [0] }, '1,2\n3,4\n')).toEqual(['values', 1, [2, 4], undefined]);
  });

  test('takes names from a first line that has no number, or a text above a number', async () => {
    const flowers = '5.1,3.5,setosa\n7,3.2,versicolor\n';
    expect((await read(flowers, { target: 2 })).count).toBe(2);
    expect((await read(`a,b,c\n${flowers}`, { target: 'c' })).count).toBe(2);
    expect((await read('label,0,1\n5,0,255\n', { target: 'label' })).count).toBe(1);
    expect((await read('1,2\n3,4\n', { target: '2', header: true })).count).toBe(1);
    expect((await read('x,a\ny,b\n', { target: 1, header: false })).classNames).toEqual(['a', 'b']);
  });

  test('reads pixels as bytes, with a shape and a scale', async () => {
    const set = await read('label;a;b;c;d\n1;0;255;7;8\n', {
      target: 'label',
      classes: 10,
      delimiter: ';',
      type: 'uint8',
      scale: 1 / 255,
      shape: [2, 2],
    });
    expect(set.inputs).toEqual({ kind: 'values', data: Uint8Array.of(0, 255, 7, 8), size: 4, scale: 1 / 255 });
    expect(set.shape).toEqual([2, 2]);
  });

  test('gives the numbers that fromArrays takes', async () => {
    const number = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    const table = fc.array(fc.array(number, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const set = await read(rows.map((row) => row.join()).join('\n'), { target: 2, header: false });
        const { inputs, targets } = fromArrays({
          x: rows.map((row) => row.slice(0, 2)),
          y: rows.map((row) => row.slice(2)),
        });
        expect([set.inputs, set.targets]).toEqual([inputs, targets]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a missing cell', () => {
  const gaps = 'age,port,class\n20,S,1\nNA,C,0\n,S,1\n40,?,0\n60,s,\n';

  test.each(['', 'NA', 'n/a', 'NaN', 'nan', 'null', 'NULL', '?', '" "'])(
    'is %j, and an error with its place',
    async (text) => {
      const failure = read(`a,b\n1,2\n${text},3\n`, { target: 'b' });
      await expect(failure).rejects.toThrow(DataError);
      await expect(failure).rejects.toThrow(
        /line 3, column 0 \("a"\): expected a value; fill missing cells by \{ missing: 'mean' \}/,
      );
    },
  );

  test('is left out with its row', async () => {
    const set = await read(gaps, { target: 'class', missing: 'drop' });
    expect(set.count).toBe(1);
    expect([...set.inputs.data]).toEqual([20, 1]);
    expect(set.columns).toEqual([
      { name: 'age', kind: 'number' },
      { name: 'port', kind: 'category', categories: ['S'], as: 'one-hot' },
    ]);
  });

  test('is filled with the mean, or the most frequent category, which the columns keep', async () => {
    const set = await read(gaps.replace('60,s,', '60,s,1'), { target: 'class', missing: 'mean' });
    expect(set.columns).toEqual([
      { name: 'age', kind: 'number', missing: 40 },
      { name: 'port', kind: 'category', categories: ['C', 'S', 's'], as: 'one-hot', missing: 'S' },
    ]);
    expect(rowsOf(set.inputs.data, 4)).toEqual([
      [20, 0, 1, 0],
      [40, 1, 0, 0],
      [40, 0, 1, 0],
      [40, 0, 1, 0],
      [60, 0, 0, 1],
    ]);
    const later = await read('port,age\n?,NA\nC,7\n', { columns: set.columns! });
    expect(rowsOf(later.inputs.data, 4)).toEqual([
      [40, 0, 1, 0],
      [7, 1, 0, 0],
    ]);
  });

  test('is an error in a target, filled or not', async () => {
    await expect(read(gaps, { target: 'class', missing: 'mean' })).rejects.toThrow(
      'line 6, column 2 ("class"): expected a target; leave out rows without one by { missing: \'drop\' }, found an empty cell',
    );
  });
});

describe('a test part', () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i % 5 ? i : ''},${'ab'[i % 2]},${i % 4 ? 'no' : 'yes'}`);
  const text = `n,letter,answer\n${rows.join('\n')}\n`;

  test('is the one that split draws, and the mean is that of the rest', async () => {
    const options = { target: 'answer', missing: 'mean', name: 'rows' } as const;
    const pair = await csv(bytesOf(text), { ...options, test: 0.25, seed: 3 });
    const { train, test, source } = split(await read(text, options), { test: 0.25, seed: 3 });
    expect(pair.source).toBe('bytes given');
    for (const [part, whole] of [
      [pair.train, train],
      [pair.test, test],
    ] as const) {
      expect(part).toMatchObject({
        name: whole.name,
        count: whole.count,
        targets: whole.targets,
        classNames: ['no', 'yes'],
      });
      expect(part.columns).toEqual(pair.train.columns);
    }
    expect(source).toBe('rows');
    const numbersOf = (set: Dataset) => rowsOf(set.inputs.data, 3).map(([n]) => n);
    const [mean] = numbersOf(await read(text, options)); // of all rows, which row 0 is filled with
    const present = numbersOf(train).filter((n) => n !== mean);
    const expected = present.reduce((a, b) => a + b) / present.length;
    expect(expected).not.toBeCloseTo(mean, 2);
    expect(pair.train.columns![0]).toMatchObject({ name: 'n' });
    for (const [part, whole] of [
      [pair.train, train],
      [pair.test, test],
    ] as const)
      expect(numbersOf(part)).toEqual(numbersOf(whole).map((n) => (n === mean ? Math.fround(expected) : n)));
  });

  test.each([
    ['a share that is none', { test: 2.5 }, 'split: test: expected a share'],
    ['a seed alone', { seed: 1 }, 'csv: expected seed and stratify only with test'],
    ['classes that are none', { test: 0.5, stratify: true, target: 'n', missing: 'drop' }, 'split: stratify'],
  ])('of %s is an ArgumentError', async (_, options, message) => {
    const failure = read(text, { target: 'answer', missing: 'mean', ...(options as object) });
    await expect(failure).rejects.toThrow(ArgumentError);
    await expect(failure).rejects.toThrow(message);
  });
});

describe('columns of another data set', () => {
  test('give another file the same inputs, by the names of its header, with the target or without', async () => {
    const train = await read(pets, { target: 'kind', categorical: { colour: 'index' } });
    const { columns, classNames } = train;
    const other = 'kind,note,legs,colour,weight\ndog,"a, b",3,brown,12\n';
    const test = await read(other, { target: 'kind', columns, classNames });
    expect([...test.inputs.data]).toEqual([12, 1, 3]);
    expect(test).toMatchObject({ classNames, columns, targets: { kind: 'labels', size: 3, data: Uint8Array.of(2) } });
    const bare = await read(other, { columns: JSON.parse(JSON.stringify(columns)) });
    expect(bare.inputs.data).toEqual(test.inputs.data);
    expect(bare.targets).toBe(bare.inputs);
    const unnamed = await read('a,1,x\nb,2,y\n', { target: 2, header: false });
    expect([...(await read('b,3\na,1\n', { columns: unnamed.columns, header: false })).inputs.data]).toEqual([
      0, 1, 3, 1, 0, 1,
    ]);
  });

  test('refuse an unknown category with its place and the known ones, and a file without a column', async () => {
    const { columns } = await read(pets, { target: 'kind' });
    await expect(read('weight,colour,legs\n1,black,4\n1,green,4\n', { columns })).rejects.toThrow(
      'line 3, column 1 ("colour"): expected one of ["black", "brown", "yellow"], found "green"',
    );
    await expect(read('weight,colour\n1,black\n', { columns })).rejects.toThrow(
      /columns: expected a column .* found "legs"/,
    );
    await expect(read(pets, { columns, target: 'kind', classNames: ['cat', 'dog'] })).rejects.toThrow(
      'line 4, column 3 ("kind"): expected one of ["cat", "dog"], found "bird"',
    );
  });

  test.each<[string, unknown]>([
    ['no name', [{ kind: 'number' }]],
    ['an unknown kind', [{ name: 'a', kind: 'date' }]],
    ['a category twice', [{ name: 'a', kind: 'category', categories: ['x', 'x'], as: 'index' }]],
    ['an unknown fill', [{ name: 'a', kind: 'category', categories: ['x'], as: 'index', missing: 'y' }]],
    ['a fill that is none', [{ name: 'a', kind: 'number', missing: Number.NaN }]],
    ['something else', [{ name: 'a', kind: 'number' }, null]],
  ])('with %s are refused', async (_, columns) => {
    await expect(read(pets, { columns: columns as never })).rejects.toThrow(
      /columns\[\d\]: expected a column of numbers or categories/,
    );
  });
});

describe('csv refuses', () => {
  test.each<[string, string, Partial<CsvOptions>, string]>([
    ['an empty file', '', {}, 'bytes given: expected a row of values, found none'],
    ['blank lines only', '\n\r\n', {}, 'expected a row of values, found none'],
    ['only a header', 'a,kind\n', {}, 'expected a row of values, found only a header'],
    ['no row without a missing cell', 'a,kind\n,1\n', { missing: 'drop' }, 'found only rows with a missing cell'],
    ['nothing to take the mean of', 'a,kind\n,1\n', { missing: 'mean' }, 'expected a value in column "a", found none'],
    ['a name twice', 'a,kind,a\n1,2,3\n', {}, 'line 1, column 2: expected a name of its own, found "a" as in column 0'],
    ['a short line', 'a,kind\n1,2\n3\n', {}, 'line 3: expected 2 columns, as in line 1, found 1'],
    ['a long line', 'a,kind\n1,2,3\n', {}, 'line 2: expected 2 columns, as in line 1, found 3'],
    ['a blank line between others', 'a,kind\n1,2\n\n3,4\n', {}, 'line 3: expected a sample, found a blank line'],
    [
      'an open quote',
      'a,kind\n1,2\n3,"4\n5,6\n',
      {},
      'line 3, column 1: expected a quote that is closed, found an open one',
    ],
    [
      'text after a quote',
      'a,kind\n"1"2,2\n',
      {},
      'line 2, column 0: expected the end of a field after its closing quote, found more text',
    ],
    [
      'a quote in a field',
      'a,kind\n1"2,2\n',
      {},
      'line 2, column 0: expected a quote before the text of a field, found one within it',
    ],
    [
      'another delimiter',
      'a;kind\n1;2\n',
      {},
      'line 1: expected columns separated by ",", found "a;kind"; if ";" separates them, set { delimiter: ";" }',
    ],
    [
      'a text among numbers',
      'a,kind\n1,2\nx,3\n',
      {},
      'line 3, column 0 ("a"): expected a finite number that fits in a 32-bit float; name it in { categorical } if its cells are categories, found "x"',
    ],
    [
      'a number among texts',
      'a,kind\nx,2\n1,3\n',
      {},
      'line 3, column 0 ("a"): expected text, as in cells above; name it in { categorical }',
    ],
    [
      'a number with a comma',
      'a;kind\n1,5;2\n',
      { delimiter: ';' },
      'line 2, column 0 ("a"): expected a number; name it in { categorical } if its cells are categories, found "1,5"',
    ],
    ['a price', 'a,kind\n$12,2\n', {}, 'expected a number; name it'],
    ['a number too large', 'a,kind\n1e39,2\n', {}, 'expected a finite number that fits in a 32-bit float'],
    [
      'a number too large once scaled',
      'a,kind\n1e38,2\n',
      { scale: 10 },
      'that times 10 fits in a 32-bit float, found "1e38"',
    ],
    [
      'half a byte',
      'a,kind\n0.5,2\n',
      { type: 'uint8' },
      'line 2, column 0 ("a"): expected an integer from 0 to 255, found "0.5"',
    ],
    [
      'too many texts',
      `a,kind\n${Array.from({ length: 101 }, (_, i) => `x${i},1\n`).join('')}`,
      {},
      'line 102, column 0 ("a"): expected one of 100 texts at most',
    ],
    ['text that is not UTF-8', 'a,kind\n\uFFFD,2\n', {}, 'line 2, column 0 ("a"): expected text in UTF-8'],
    [
      'a class that is none',
      'a,kind\n1,3\n',
      { classes: 3 },
      'line 2, column 1 ("kind"): expected a class from 0 to 2, found "3"',
    ],
    ['half a class', 'a,kind\n1,0.5\n', { classes: 3 }, 'expected a class from 0 to 2, found "0.5"'],
    [
      'text among several targets',
      'a,b,kind\n1,x,0.5\n',
      { target: ['b', 'kind'] },
      'line 2, column 1 ("b"): expected a finite number',
    ],
    [
      'an unknown target',
      'a,b\n1,2\n',
      {},
      'target: expected a column from 0 to 1, or its name; there are names ["a", "b"], found "kind"',
    ],
    ['an unknown column', 'a,kind\n1,2\n', { columns: ['b'] }, 'columns: expected a column from 0 to 1'],
    [
      'an unknown categorical column',
      'a,kind\n1,2\n',
      { categorical: ['b'] },
      'categorical: expected a column from 0 to 1',
    ],
    [
      'a categorical column that is not read',
      'a,b,kind\n1,2,3\n',
      { columns: ['a'], categorical: ['b'] },
      'categorical: expected an input or the target, found "b"',
    ],
    ['no input', 'kind\n1\n', {}, 'expected a column besides the target, found none'],
    [
      'a shape of another size',
      'a,kind\n1,2\n',
      { shape: [3] },
      'shape: expected 1 values, as many as inputs, found [3]',
    ],
    ['names of other classes', 'a,kind\n1,2\n', { classes: 3, classNames: ['a', 'b'] }, 'expected 3 names'],
    ['a name that is no text', 'a,kind\n1,2\n', { name: 5 as never }, 'name: expected a string, found 5'],
    ['a file too long', 'a,kind\n1,2\n', { maxBytes: 5 }, 'expected at most 5 bytes, found 11'],
  ])('%s', async (_, text, options, message) => {
    const failure = read(text, { target: 'kind', ...options });
    await expect(failure).rejects.toThrow(DataError);
    await expect(failure).rejects.toThrow(message);
  });

  test('UTF-16', async () => {
    await expect(csv(Uint8Array.of(0xff, 0xfe, 97, 0), { target: 0 })).rejects.toThrow(
      'line 1: expected text in UTF-8, found UTF-16',
    );
  });

  test.each<[string, unknown, string]>([
    ['an unknown option', { target: 'kind', colums: ['a'] }, 'did you mean columns?'],
    ['no target', {}, 'csv: expected a target, or columns of another data set, found neither'],
    ['an empty target', { target: [] }, 'csv: target: expected a column, found []'],
    [
      'a missing that is none',
      { target: 'kind', missing: 'zero' },
      "csv: missing must be 'error', 'mean' or 'drop', found \"zero\"",
    ],
    ['means of bytes', { target: 'kind', missing: 'mean', type: 'uint8' }, 'csv: missing'],
    ['a delimiter of two characters', { target: 'kind', delimiter: ', ' }, 'csv: delimiter must be a character'],
    ['a header that is no flag', { target: 'kind', header: 1 }, 'csv: header must be true or false'],
    ['categories that are none', { target: 'kind', categorical: { a: 'hot' } }, 'csv: categorical: expected columns'],
    ['classes of two targets', { target: ['a', 'kind'], classes: 3 }, 'csv: classes: expected one target'],
  ])('%s, as an ArgumentError', async (_, options, message) => {
    const failure = read(pets, options as CsvOptions);
    await expect(failure).rejects.toThrow(ArgumentError);
    await expect(failure).rejects.toThrow(message);
  });
});

test('numberOf reads text as numberIn reads bytes', () => {
  const texts = fc.oneof(
    fc.stringMatching(/^[+-]?[0-9]{1,20}\.?[0-9]{0,20}([eE][+-]?[0-9]{1,2})?$/),
    fc.stringMatching(/^[0-9eExX.+_ -]{0,6}$/),
    fc.constantFrom('', 'Infinity', 'NaN', '0b1', '0x10', '1_000', '\u0661', '.', '-', '1e', '1,5'),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(numberOf(text)).toBe(numberIn(bytesOf(text), 0, bytesOf(text).length));
    }),
    { numRuns: 1000 },
  );
});
