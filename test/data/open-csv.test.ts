/** CSV files read in slices: the same samples as from arrays, and what is wrong with a file. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError } from '../../src/base/errors.ts';
import type { Slices } from '../../src/base/slices.ts';
import { type CsvLines, indexLines } from '../../src/data/csv-lines.ts';
import { numberIn } from '../../src/data/csv-number.ts';
import { type OpenCsvOptions, openCsv } from '../../src/data/index.ts';
import { range, readPass } from '../support/streamed.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const iris = 'length,width,kind\n5.1,3.5,0\n6.2,2.9,1\r\n7.25,-3e-1,2\n"4.75", 1 ,1\n';

/** Of a file read whole: x and y as plain numbers. */
async function all(text: string | Blob, options: OpenCsvOptions) {
  const set = await openCsv(typeof text === 'string' ? bytesOf(text) : text, options);
  const [{ x, y }] = await readPass(set, [range(0, set.count)]);
  return { set, x: [...x], y: [...y] };
}
const rounded = (values: number[]) => values.map(Math.fround);

describe('openCsv', () => {
  test('reads numbers with and without quotes, signs, exponents and blanks, of lines that end in LF or CR LF', async () => {
    for (const text of [iris, iris.trimEnd(), `\uFEFF${iris}`, iris.replaceAll('\n', '\r\n'), `${iris}\n\r\n`]) {
      const { set, x, y } = await all(text, { target: 'kind', classes: 3, name: 'iris' });
      expect(set).toMatchObject({
        name: 'iris',
        count: 4,
        shape: [2],
        inputs: { kind: 'values', size: 2, scale: 1, type: 'float32' },
        targets: { kind: 'labels', size: 3, type: 'uint8' },
        shuffles: true,
      });
      expect(x).toEqual(rounded([5.1, 3.5, 6.2, 2.9, 7.25, -0.3, 4.75, 1]));
      expect(y).toEqual([0, 1, 2, 1]);
    }
    expect((await all(new Blob([iris]), { target: 2 })).y).toEqual([0, 1, 2, 1]);
  });

  test('takes the columns in the order in which they are named, by name or number', async () => {
    const { x, y } = await all(iris, { target: ['width', 0], columns: [2, 'length', 2] });
    expect(y.slice(0, 4)).toEqual(rounded([3.5, 5.1, 2.9, 6.2]));
    expect(x.slice(0, 6)).toEqual(rounded([0, 5.1, 0, 1, 6.2, 1]));
  });

  test('leaves text alone in columns that nobody asks for', async () => {
    const text = 'id,x,note,y\na1,1,"one, two ""three""",2\nb2,3,,4\n';
    const { x, y } = await all(text, { target: 'y', columns: ['x'] });
    expect([x, y]).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  test('takes names from a first line that is not all numbers, or as it is told', async () => {
    expect((await all('1,2\n3,4', { target: 1 })).x).toEqual([1, 3]);
    expect((await all('1,2\n3,4', { target: '2', header: true })).x).toEqual([3]);
    await expect(all('a,b\n3,4', { target: 1, header: false })).rejects.toThrow(
      /line 1, column 0: expected a finite number/,
    );
    await expect(all('1,2\n3,4', { target: '2' })).rejects.toThrow(/there are no names, found "2"/);
    expect((await all('"say ""x""",y\n3,4', { target: 'say "x"' })).x).toEqual([4]);
  });

  test('takes another delimiter, a shape, and bytes with a scale', async () => {
    const text = 'label\ta\tb\tc\td\n1\t0\t255\t7\t8\n';
    const { set, x } = await all(text, {
      target: 'label',
      delimiter: '\t',
      shape: [2, 2],
      type: 'uint8',
      scale: 1 / 255,
    });
    expect(set).toMatchObject({ shape: [2, 2], inputs: { type: 'uint8', scale: 1 / 255 } });
    expect(x).toEqual([0, 255, 7, 8]);
  });

  test('gives the samples in any order, whatever their number and the lengths of lines', async () => {
    const number = fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((value) => value + 0); // String(-0) is 0
    const row = fc.array(number, { minLength: 3, maxLength: 3 });
    const table = fc.array(row, { minLength: 1, maxLength: 60 });
    const orders = fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(table, orders, async (rows, orders) => {
        const set = await openCsv(bytesOf(rows.map((row) => row.join()).join('\n')), { target: 1 });
        const lists = orders.map((order) => Uint32Array.from(order, (i) => i % rows.length));
        for (const { samples, x, y } of await readPass(set, lists)) {
          expect([...x]).toEqual([...samples].flatMap((i) => rounded([rows[i][0], rows[i][2]])));
          expect([...y]).toEqual(Array.from(samples, (i) => Math.fround(rows[i][1])));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('finds samples within the blocks of a file of more lines than the index has places', async () => {
    const count = 2 ** 20 + 12_345;
    const text = Array.from({ length: count }, (_, i) => `${i},${i % 7}\n`).join('');
    const set = await openCsv(new Blob([text]), { target: 1, classes: 7 });
    expect(set.count).toBe(count);
    const samples = Uint32Array.from({ length: 3000 }, (_, i) => (i * 65_537) % count);
    const [request, last] = await readPass(set, [samples, Uint32Array.of(count - 1, 0, 1, 1, 2)]);
    expect([...request.x]).toEqual([...samples]);
    expect([...request.y]).toEqual(Array.from(samples, (i) => i % 7));
    expect([...last.x]).toEqual([count - 1, 0, 1, 1, 2]);
  });

  test('gives an identity that changes with the samples and the columns', async () => {
    const of = async (text: string, more: Partial<OpenCsvOptions> = {}) =>
      JSON.stringify((await openCsv(bytesOf(text), { target: 'kind', ...more })).identity);
    expect(await of(iris)).toBe(await of(iris.replaceAll('\r', '')));
    const others = [
      of(iris.replace('5.1', '5.2')),
      of(iris, { target: 'width' }),
      of(iris, { classes: 3 }),
      of(iris, { name: 'a' }),
    ];
    expect(new Set(await Promise.all([of(iris), ...others])).size).toBe(5);
  });
});

describe('refuses', () => {
  const options: OpenCsvOptions = { target: 'kind', classes: 3 };
  test.each<[string, string, Partial<OpenCsvOptions>, string]>([
    ['a line of fewer columns', `${iris}1,2\n`, {}, 'bytes given: line 6: expected 3 columns, as in line 1, found 2'],
    ['a line of more columns', `a,b,kind\n1,2,0,4\n`, {}, 'line 2: expected 3 columns, as in line 1, found 4'],
    ['a blank line between others', 'a,kind\n1,2\n\n3,4\n', {}, 'line 3: expected a sample, found a blank line'],
    [
      'a quote that stays open',
      'a,kind\n"1,2\n3,4\n',
      {},
      'line 2: expected a quote that is closed, found an open one',
    ],
    [
      'a text',
      `${iris}x,1,2\n`,
      {},
      'line 6, column 0 ("length"): expected a finite number that fits in a 32-bit float, found "x"',
    ],
    [
      'an empty field',
      `${iris},1,2\n`,
      {},
      'line 6, column 0 ("length"): expected a finite number that fits in a 32-bit float, found ""',
    ],
    [
      'a class that is none',
      `${iris}1,1,3\n`,
      {},
      'line 6, column 2 ("kind"): expected a class from 0 to 2, found "3"',
    ],
    ['half a class', `${iris}1,1,0.5\n`, {}, 'expected a class from 0 to 2, found "0.5"'],
    [
      'half a byte',
      iris,
      { type: 'uint8' },
      'line 2, column 0 ("length"): expected an integer from 0 to 255, found "5.1"',
    ],
    [
      'a number too large',
      `${iris}1e39,1,1\n`,
      {},
      'expected a finite number that fits in a 32-bit float, found "1e39"',
    ],
    [
      'a number too large once scaled',
      `${iris}1e38,1,1\n`,
      { scale: 10 },
      'that times 10 fits in a 32-bit float, found "1e38"',
    ],
    ['an empty file', '', {}, 'bytes given: expected a line of numbers, found none'],
    ['blank lines only', '\n\r\n', {}, 'expected a line of numbers, found none'],
    ['a header only', 'a,kind\n', {}, 'expected a line of numbers, found only a header'],
    [
      'an unknown column',
      iris,
      { target: 'kin' },
      'target: expected a column from 0 to 2, or its name; there are names ["length", "width", "kind"], found "kin"',
    ],
    [
      'a column beyond',
      iris,
      { columns: [0, 3] },
      'columns: expected a column from 0 to 2, or its name; there are names',
    ],
    ['half a column', iris, { target: 0.5 }, 'found 0.5'],
    [
      'a name of two columns',
      'a,a,b\n1,2,3\n',
      { target: 'a', classes: undefined },
      'target: expected a column from 0 to 2, or its name if only one has it, found "a"',
    ],
    ['no target', iris, { target: [] }, 'target: expected one column of classes, found 0'],
    ['no target of values', iris, { target: [], classes: undefined }, 'target: expected one column or more, found 0'],
    ['classes in two columns', iris, { target: [1, 2] }, 'target: expected one column of classes, found 2'],
    ['no input', iris, { target: [0, 1, 2], classes: undefined }, 'expected a column besides the target, found none'],
    ['no classes', iris, { classes: 0 }, 'classes: expected a positive integer'],
    ['a shape of another size', iris, { shape: [3] }, 'shape: expected 2 values, as many as columns, found [3]'],
    [
      'a line too long',
      '1,'.repeat(2 ** 23 + 1),
      {},
      'line 1: expected a line of at most 16777216 bytes, found a longer one',
    ],
    ['a name that is no text', iris, { name: 5 as never }, 'name: expected a string, found 5'],
  ])('%s', async (_, text, more, message) => {
    const failure = all(text, { ...options, ...more });
    await expect(failure).rejects.toThrow(DataError);
    await expect(failure).rejects.toThrow(message);
  });

  test.each<[string, object, string]>([
    ['an unknown option', { ...options, missing: 'drop' }, 'openCsv: expected { target,'],
    ['a delimiter of two characters', { ...options, delimiter: ', ' }, "delimiter must be a character such as ','"],
    ['a digit', { ...options, delimiter: '1' }, 'delimiter must be a character'],
    ['a header that is no flag', { ...options, header: 'yes' }, 'openCsv: header must be true or false, found "yes"'],
  ])('%s, as an ArgumentError', async (_, wrong, message) => {
    const failure = openCsv(bytesOf(iris), wrong as OpenCsvOptions);
    await expect(failure).rejects.toThrow(ArgumentError);
    await expect(failure).rejects.toThrow(message);
  });

  test('whatever byte is changed with a DataError, or gives finite numbers', async () => {
    const original = bytesOf(iris);
    const change = fc.tuple(fc.nat(original.length - 1), fc.constantFrom(...bytesOf('\n\r",;.e-+0 9x'), 0, 255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = original.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          const set = await openCsv(bytes, { target: 1 });
          const [{ x }] = await readPass(set, [range(0, set.count)]);
          for (const value of x) expect(Number.isFinite(value)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the index of lines', () => {
  const slicesOf = (bytes: Uint8Array): Slices => ({
    where: 'lines',
    size: bytes.length,
    pace: { gap: 0, part: 1, reads: 1 },
    read: async (at, into) => into.set(bytes.subarray(at, at + into.length)),
    close: async () => {},
  });

  test('has as many blocks as it may at most, and begins each where its first line does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(10 ** 6), { minLength: 1, maxLength: 200 }), async (numbers) => {
        const bytes = bytesOf(`${numbers.join('\n')}\n`);
        const { count, stride, starts, columns }: CsvLines = await indexLines(slicesOf(bytes), 44, 16);
        expect([count, columns]).toEqual([numbers.length, 1]);
        expect(starts.length).toBeLessThanOrEqual(16);
        expect(starts.length).toBe(Math.ceil(count / stride) + 1);
        const texts = starts.slice(0, -1).map((start, i) => bytes.slice(start, starts[i + 1]));
        const lines = texts.map((text) => new TextDecoder().decode(text).trimEnd().split('\n').map(Number));
        expect(lines.flat()).toEqual(numbers);
        for (const block of lines.slice(0, -1)) expect(block.length).toBe(stride);
      }),
      { numRuns: 50 },
    );
  });
});

describe('numberIn', () => {
  const read = (text: string) => numberIn(bytesOf(`,${text},`), 1, 1 + text.length);

  test('gives the bits of Number', () => {
    const texts = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.tuple(fc.integer(), fc.nat(10 ** 9)).map((parts) => parts.join('.')),
      fc.stringMatching(/^[+-]?[0-9]{1,20}\.?[0-9]{0,20}(e[+-]?[0-9]{1,2})?$/),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(read(text)).toBe(Number(text));
      }),
      { numRuns: 1000 },
    );
    expect(['-0', '.5', '5.', '+1', '007', '1E3'].map(read)).toEqual([-0, 0.5, 5, 1, 7, 1000]);
  });

  test.each(['', ' ', '.', '-', '+-1', '1e', '1.2.3', '0x10', 'NaN', 'Infinity', '1_000', '1 2', '١', '1,0'])(
    'takes %j for no number',
    (text) => {
      expect(numberIn(bytesOf(text), 0, bytesOf(text).length)).toBeNaN();
    },
  );
});
