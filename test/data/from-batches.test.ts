/** Data sets from generator functions and from functions that read samples, against the arrays behind them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError } from '../../src/base/errors.ts';
import {
  type Batch,
  fromArrays,
  fromBatches,
  fromSamples,
  type SourceOptions,
  type StreamedDataset,
} from '../../src/data/index.ts';
import { range, readPass, samplesOf, streamed, streamedInOrder } from '../support/streamed.ts';

const count = 23;
const bytes = Uint8Array.from({ length: count * 3 }, (_, i) => (i * 37) % 256);
const classes = Uint8Array.from({ length: count }, (_, i) => (i * 5) % 7);
const datasets = {
  'bytes with labels': fromArrays({ x: bytes, y: classes, shape: [3], classes: 7, scale: 1 / 255 }),
  'floats with values': fromArrays({
    x: Float32Array.from(bytes, (byte) => byte / 7 - 3),
    y: Float32Array.from({ length: count * 2 }, (_, i) => Math.sin(i)),
    shape: [3, 1],
  }),
  'floats with many classes': fromArrays({ x: Float32Array.from(bytes), y: classes, shape: [1, 3], classes: 300 }),
};
const options: SourceOptions = { count: 4, shape: [2], classes: 3 };
const whole: Batch = { x: [1, 2, 3, 4, 5, 6, 7, 8], y: [0, 1, 2, 0] };

/** The samples as requests of these lengths, over and over. */
function cut(samples: Uint32Array, lengths: readonly number[]): Uint32Array[] {
  const lists: Uint32Array[] = [];
  for (let i = 0, start = 0; start < samples.length; i++) {
    lists.push(samples.subarray(start, start + lengths[i % lengths.length]));
    start += lists.at(-1)!.length;
  }
  return lists;
}

describe.each(Object.entries(datasets))('%s', (_, dataset) => {
  const lengths = fc.array(fc.integer({ min: 1, max: count + 3 }), { minLength: 1 });

  test('come in their own order, whatever the lengths of batches and requests', async () => {
    await fc.assert(
      fc.asyncProperty(lengths, lengths, async (batches, requests) => {
        const set = streamedInOrder(dataset, batches);
        for (const request of await readPass(set, cut(range(0, count), requests))) {
          expect(request).toEqual({ samples: request.samples, ...samplesOf(dataset, request.samples) });
        }
      }),
      { numRuns: 30 },
    );
  });

  test('come in any order, also more than once', async () => {
    const orders = fc.array(fc.integer({ min: 0, max: count - 1 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(orders, lengths, async (order, requests) => {
        for (const request of await readPass(streamed(dataset), cut(Uint32Array.from(order), requests))) {
          expect(request).toEqual({ samples: request.samples, ...samplesOf(dataset, request.samples) });
        }
      }),
      { numRuns: 30 },
    );
  });

  test('say what they are', () => {
    for (const set of [streamed(dataset), streamedInOrder(dataset, [5])]) {
      const { kind, size, scale } = dataset.targets;
      const type = { kind, size, scale, type: dataset.targets.data instanceof Uint8Array ? 'uint8' : 'float32' };
      expect(set).toMatchObject({ name: dataset.name, count, shape: dataset.shape, targets: type });
      expect(set.inputs).toMatchObject({ kind: 'values', size: 3, scale: dataset.inputs.scale });
    }
    expect(streamed(dataset).shuffles).toBe(true);
    expect(streamedInOrder(dataset, [5]).shuffles).toBe(false);
  });
});

describe('fromBatches', () => {
  test('takes plain and async generators, rows and flat arrays, and empty batches', async () => {
    const rows: Batch = { x: [[1, 2], Float32Array.of(3, 4)], y: [0, 1] };
    const rest: Batch = { x: Float64Array.of(5, 6, 7, 8), y: Int32Array.of(2, 0) };
    async function* source() {
      yield rows;
      yield { x: [], y: [] };
      yield rest;
      yield { x: [], y: [] };
    }
    const plain = () => [whole];
    for (const given of [source, plain]) {
      const [{ x, y }] = await readPass(fromBatches(given, options), [range(0, 4)]);
      expect([...x]).toEqual(whole.x);
      expect([...y]).toEqual(whole.y);
    }
  });

  test('calls the function once per pass, and not before', async () => {
    let calls = 0;
    const set = fromBatches(() => {
      calls++;
      return [whole];
    }, options);
    expect(calls).toBe(0);
    for (const pass of [1, 2, 3]) {
      await readPass(set, [range(0, 1), range(1, 4)]);
      expect(calls).toBe(pass);
    }
  });

  test('passes over samples that nobody asks for', async () => {
    const set = streamedInOrder(datasets['bytes with labels'], [4]);
    const [{ x }] = await readPass(set, [Uint32Array.of(3, 4, 15, 16, 21)]);
    expect(x).toEqual(samplesOf(datasets['bytes with labels'], Uint32Array.of(3, 4, 15, 16, 21)).x);
  });

  test('lets the generator close what it opened: at the end, on an early end, on an error', async () => {
    let open = 0;
    const set = (batch: Batch) =>
      fromBatches(async function* () {
        open++;
        try {
          for (;;) yield batch;
        } finally {
          open--;
        }
      }, options);
    const one: Batch = { x: [1, 2], y: [0] };
    const pass = set(one).read([{ samples: range(0, 1), x: new Float32Array(2), y: new Uint8Array(1) }]);
    await pass.next();
    expect(open).toBe(1);
    await pass.return();
    expect(open).toBe(0);
    await readPass(set(one), [range(0, 3)]);
    expect(open).toBe(0);
    await expect(readPass(set({ x: [1, 2], y: [9] }), [range(0, 3)])).rejects.toThrow(DataError);
    expect(open).toBe(0);
  });

  test('gives an error of the generator as it is', async () => {
    const error = new TypeError('the network is down');
    const set = fromBatches(() => {
      throw error;
    }, options);
    await expect(readPass(set, [range(0, 1)])).rejects.toBe(error);
  });

  test.each<[string, () => unknown, string]>([
    ['too few', () => [{ x: [1, 2], y: [0] }], 'rows: expected 4 samples in a pass, found 1'],
    ['none', () => [], 'rows: expected 4 samples in a pass, found 0'],
    [
      'too many at once',
      () => [{ x: new Array(10).fill(1), y: [0, 0, 0, 0, 0] }],
      'expected 4 samples in a pass, found 5',
    ],
    ['one more', () => [whole, { x: [1, 2], y: [0] }], 'expected 4 samples in a pass, found 5 or more'],
    [
      'a bad number',
      () => [
        { x: [[1, 2]], y: [0] },
        { x: [[1, Number.NaN]], y: [0] },
      ],
      'rows.x: sample 1: expected a finite number that fits in a 32-bit float at 1, found NaN',
    ],
    [
      'a text',
      () => [{ x: [1, '2'], y: [0] }],
      'rows.x: sample 0: expected a finite number that fits in a 32-bit float at 1, found "2"',
    ],
    [
      'too large a number',
      () => [{ x: Float64Array.of(0, 0, 1e39, 0), y: [0, 0] }],
      'rows.x: sample 1: expected a finite number that fits in a 32-bit float at 0, found 1e+39',
    ],
    [
      'a class too many',
      () => [{ x: [1, 2, 3, 4], y: [0, 3] }],
      'rows.y: sample 1: expected a class from 0 to 2 at 0, found 3',
    ],
    ['a ragged row', () => [{ x: [[1, 2], [3]], y: [0, 1] }], 'rows.x: sample 1: expected a row of 2 numbers, found 1'],
    [
      'half a sample',
      () => [{ x: [1, 2, 3], y: [0] }],
      'rows.x: expected 2 numbers per sample in the batch with sample 0, found 3 numbers in all',
    ],
    [
      'fewer targets',
      () => [{ x: [1, 2, 3, 4], y: [0] }],
      'rows.y: expected 2 samples, as many as x in the batch with sample 0, found 1',
    ],
    ['no targets', () => [{ x: [1, 2] }], 'rows: expected { x, y } of some samples, found'],
    ['a pair', () => [[[1, 2], [0]]], 'rows: expected { x, y } of some samples, found an array'],
    ['bigints', () => [{ x: BigInt64Array.of(1n, 2n), y: [0] }], 'rows.x: expected numbers or rows of them, found'],
    ['what is no generator', () => 5, 'rows: expected a generator function, found one that gives 5'],
  ])('refuses %s', async (_, source, message) => {
    const set = fromBatches(source as () => Batch[], { ...options, name: 'rows' });
    const failure = readPass(set, [range(0, 4)]);
    await expect(failure).rejects.toThrow(DataError);
    await expect(failure).rejects.toThrow(message);
  });

  test.each<[string, Partial<SourceOptions>, Batch, string]>([
    ['half a byte', { type: 'uint8' }, { x: [1, 0.5], y: [0] }, 'an integer from 0 to 255 at 1, found 0.5'],
    [
      'a byte too large',
      { type: 'uint8' },
      { x: Float32Array.of(1, 256), y: [0] },
      'an integer from 0 to 255 at 1, found 256',
    ],
    [
      'too large a product',
      { scale: 1e10 },
      { x: Float32Array.of(1e28, 1e30), y: [0] },
      'times 10000000000 fits in a 32-bit float at 1, found 1',
    ],
    [
      'no value',
      { classes: undefined, outputs: 1 },
      { x: [1, 2], y: [Number.POSITIVE_INFINITY] },
      '.y: sample 0: expected a finite number',
    ],
  ])('refuses %s', async (_, more, batch, message) => {
    const set = fromBatches(() => [batch], { ...options, ...more });
    await expect(readPass(set, [range(0, 1)])).rejects.toThrow(message);
  });
});

test.each<[string, object, string]>([
  ['no count', { count: undefined }, 'count: expected a positive integer, found undefined'],
  ['no shape', { shape: [] }, 'shape: expected positive integers, found []'],
  ['half a class', { classes: 2.5 }, 'classes: expected a positive integer up to 16777216, found 2.5'],
  [
    'neither classes nor outputs',
    { classes: undefined },
    'expected classes for class indices in y, or outputs for values in y, found neither',
  ],
  ['both', { outputs: 1 }, 'found both'],
  ['no outputs', { classes: undefined, outputs: 0 }, 'outputs: expected a positive integer, found 0'],
  ['an unknown type', { type: 'bytes' }, "type: expected 'uint8' or 'float32', found \"bytes\""],
  ['a scale too large', { scale: 1e39 }, 'scale: expected a finite number'],
  ['a scale too large for bytes', { scale: 1e37, type: 'uint8' }, 'scale: expected a number that times 255 fits'],
  ['a name that is no text', { name: 5 }, 'name: expected a string, found 5'],
  ['an id that is no text', { id: 5 }, 'id: expected a string, found 5'],
])('both refuse %s', (_, more, message) => {
  const wrong = { ...options, ...more } as SourceOptions;
  for (const make of [() => fromBatches(() => [], wrong), () => fromSamples(() => whole, wrong)]) {
    expect(make).toThrow(DataError);
    expect(make).toThrow(message);
  }
});

test('both refuse an unknown option, and a source that is not a function', () => {
  expect(() => fromBatches(() => [], { ...options, labels: 3 } as never)).toThrow(ArgumentError);
  expect(() => fromSamples(() => whole, { ...options, labels: 3 } as never)).toThrow(ArgumentError);
  expect(() => fromBatches(undefined as never, options)).toThrow(ArgumentError);
  expect(() => fromSamples(undefined as never, options)).toThrow(ArgumentError);
  const running = (function* () {})();
  expect(() => fromBatches(running as never, options)).toThrow(/found a Generator; give the function/);
});

describe('fromSamples', () => {
  test('refuses more or fewer samples than were asked for, and names a sample by its number', async () => {
    const set = fromSamples(() => whole, { ...options, name: 'rows' });
    await expect(readPass(set, [range(0, 3)])).rejects.toThrow('rows: expected the 3 samples asked for, found 4');
    const bad = fromSamples(() => ({ x: [1, 2, 3, Number.NaN], y: [0, 0] }), { ...options, name: 'rows' });
    await expect(readPass(bad, [Uint32Array.of(3, 2)])).rejects.toThrow('rows.x: sample 2: expected a finite number');
  });

  test('keeps its own list of the samples', async () => {
    const set = fromSamples((samples) => {
      samples.fill(0);
      return whole;
    }, options);
    const asked = range(0, 4);
    await readPass(set, [asked]);
    expect(asked).toEqual(range(0, 4));
  });
});

test('the identity tells data sets apart by name, count, shape, targets and id', () => {
  const of = (more: Partial<SourceOptions>) => fromBatches(() => [whole], { ...options, ...more }).identity;
  const identity = ({ identity: { name, count, digest } }: StreamedDataset) => [name, count, digest].join();
  const base = fromBatches(() => [whole], options);
  expect(of({})).toEqual(base.identity);
  expect(of({ name: 'batches', id: 'batches' })).toEqual(base.identity);
  const others = [{ name: 'a' }, { id: 'a' }, { count: 5 }, { shape: [1, 2] }, { classes: 4 }, { scale: 2 }];
  const all = others.map((more) => identity(fromBatches(() => [whole], { ...options, ...more })));
  expect(new Set([...all, identity(base)]).size).toBe(others.length + 1);
});
