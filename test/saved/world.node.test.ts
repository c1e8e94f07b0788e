/**
 * Files that others have written: `data/world.py` wrote those beside it with NumPy and PyTorch, and says what their numbers are
 * as 32-bit floats.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bfloatBits, halfBits } from '../../src/base/half.ts';
import {
  activation,
  adam,
  batchNorm,
  compile,
  DataError,
  dense,
  formatSafetensors,
  joinShards,
  type NamedFiles,
  parseSafetensors,
  RetrogradError,
  type StoredType,
  sequential,
  squared,
  tanh,
} from '../../src/index.node.ts';
import { openModel } from '../../src/predict.node.ts';
import { numbersOf } from '../../src/saved/number-types.ts';
import { formatStored, parseStored } from '../../src/saved/safetensors.ts';

const folder = new URL('data/', import.meta.url);
const file = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
const world: {
  types: Record<string, { shape: number[]; values: number[]; rounded: boolean }>;
  sha256: Record<string, string>;
  net: { x: number[]; y: number[] };
} = JSON.parse(readFileSync(new URL('world.json', folder), 'utf8'));
/** A server of bytes, or of nothing, by path. */
async function serve(answer: (path: string) => Promise<Uint8Array | undefined>) {
  const server = createServer(async ({ url }, response) => {
    const found = await answer(url!.replace(/\?.*/, ''));
    response.writeHead(found ? 200 : 404).end(found);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/`, close };
}

const sha256 = (data: Float32Array | Uint16Array) => createHash('sha256').update(data).digest('hex');

test('numbers of every type, and which of them are rounded', () => {
  const { tensors, metadata, rounded } = parseSafetensors(file('types.safetensors'));
  expect(metadata).toEqual({ format: 'np' });
  expect(Object.keys(tensors)).toEqual(Object.keys(world.types));
  for (const [name, { shape, values }] of Object.entries(world.types)) {
    expect(tensors[name].shape, name).toEqual(shape);
    expect([...tensors[name].data], name).toEqual(values);
  }
  const expected = Object.entries(world.types).filter(([, { rounded }]) => rounded);
  expect(rounded).toEqual(expected.map(([name]) => name));
  expect(rounded).toEqual(['f64', 'i64', 'u64', 'i32']);
});

describe('floats of 16 bits are those of NumPy and PyTorch', () => {
  const fail = (): never => expect.fail('beyond');
  const patterns = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
  test.each(['F16', 'BF16'] as const)('all patterns of %s', (type) => {
    const { data, isRounded } = numbersOf(type, new Uint8Array(patterns.buffer), fail);
    const oneNaN = Float32Array.from(data, (value) => (Number.isNaN(value) ? Number.NaN : value));
    expect(sha256(oneNaN)).toBe(world.sha256[`${type} of all patterns`]);
    expect(isRounded).toBe(false);
  });

  /** The next float away from 0, or towards it. */
  const next = (value: number, by: number) => {
    const float = Float32Array.of(value);
    new Uint32Array(float.buffer)[0] += by;
    return float[0];
  };
  test('all halves, the midpoints between them, and what is beside those', () => {
    const halves = numbersOf('F16', new Uint8Array(patterns.slice(0, 0x7c00).buffer), fail).data;
    const between = Array.from({ length: 0x7bff }, (_, i) => (halves[i] + halves[i + 1]) / 2);
    const some = [...halves, ...between, ...between.map((x) => next(x, 1)), ...between.map((x) => next(x, -1))];
    const found = Uint16Array.from([...some, ...some.map((x) => -x)], halfBits);
    expect(sha256(found)).toBe(world.sha256['to F16']);
  });
  test('all bfloats, the midpoints between them, and what is beside those', () => {
    const low = [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff];
    const finite = [...patterns].filter((bits) => (bits & 0x7f80) !== 0x7f80);
    const bits = Uint32Array.from(finite.flatMap((upper) => low.map((lower) => upper * 2 ** 16 + lower)));
    const found = Uint16Array.from(new Float32Array(bits.buffer), bfloatBits);
    expect(sha256(found.filter((half) => (half & 0x7f80) !== 0x7f80))).toBe(world.sha256['to BF16']);
  });
  test('what is no number stays so, and infinity too', () => {
    for (const bits of [0x7fc00000, 0x7f800001, 0xffffffff]) {
      const [nan] = new Float32Array(Uint32Array.of(bits).buffer);
      const data = Float32Array.of(nan, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
      for (const type of ['F16', 'BF16'] as const) {
        const { tensors } = parseSafetensors(formatSafetensors({ a: { shape: [3], data } }, {}, { type }));
        expect([...tensors.a.data]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
      }
    }
  });
});

test('a finite number beyond 32-bit floats is an error that says where', () => {
  const header = JSON.stringify({ a: { dtype: 'F64', shape: [2], data_offsets: [0, 16] } }).padEnd(64);
  const bytes = new Uint8Array(8 + 64 + 16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, 64n, true);
  bytes.set(new TextEncoder().encode(header), 8);
  view.setFloat64(8 + 64 + 8, 1e39, true);
  expect(() => parseSafetensors(bytes, 'mine')).toThrow(DataError);
  expect(() => parseSafetensors(bytes, 'mine')).toThrow(
    'mine: a: value 1: expected a number that fits in a 32-bit float, found 1e+39',
  );
  view.setFloat64(8 + 64 + 8, Number.POSITIVE_INFINITY, true);
  expect(parseSafetensors(bytes).tensors.a.data[1]).toBe(Number.POSITIVE_INFINITY);
});

test('no damage to a file of every type brings forth anything but a DataError', () => {
  const bytes = file('types.safetensors');
  const type = fc.constantFrom('F64', 'F16', 'BF16', 'I64', 'U8', 'BOOL', 'F8_E5M2', 'constructor');
  let read = 0;
  const attempt = (damaged: Uint8Array) => {
    try {
      const { tensors } = parseSafetensors(damaged);
      for (const { shape, data } of Object.values(tensors)) expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
      read++;
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
    }
  };
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) =>
      attempt(bytes.map((b, i) => (i === at ? byte : b))),
    ),
    { numRuns: 1500 },
  );
  const entry = fc.record({
    dtype: type,
    shape: fc.array(fc.oneof(fc.nat(5), fc.constantFrom(-1, 0.5, 2 ** 52, null)), { maxLength: 3 }),
    data_offsets: fc.array(fc.oneof(fc.nat(40), fc.constantFrom(2 ** 53, -8)), { minLength: 1, maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.dictionary(fc.string(), entry, { maxKeys: 3 }), fc.nat(48), (entries, length) => {
      const text = new TextEncoder().encode(JSON.stringify(entries));
      const made = new Uint8Array(8 + text.length + length);
      new DataView(made.buffer).setBigUint64(0, BigInt(text.length), true);
      made.set(text, 8);
      attempt(made);
    }),
    { numRuns: 1500 },
  );
  expect(read).toBeGreaterThan(100);
});

const net = await compile(sequential([4], [dense(6), batchNorm(), activation(tanh), dense(2)]), {
  device: 'cpu',
  batch: 4,
  loss: squared(),
  optimizer: adam(),
});
afterAll(() => net.destroy());
const all = { weightsOnly: true, rename: { '*': 'layers.*' } } as const;
const expectPredictions = async () => {
  const y = await net.predict(world.net.x);
  y.forEach((value, i) => void expect(value).toBeCloseTo(world.net.y[i], 5));
};

test('the state of a net of PyTorch loads as it is, the count of its batch norm included', async () => {
  const loaded = await net.load(file('batch-norm.safetensors'), all);
  expect(loaded).toMatchObject({ missing: [], unexpected: [], rounded: [] });
  expect(loaded.taken).toContain('layers.1.running_mean');
  await expectPredictions();
  // A count of nothing that there is here is a tensor as any other.
  const rename = { '1.num_batches_tracked': 'layers.7.num_batches_tracked', '*': 'layers.*' };
  await expect(net.load(file('batch-norm.safetensors'), { ...all, rename })).rejects.toThrow(
    'layers.7.num_batches_tracked: not in this model',
  );
  const { unexpected } = await net.load(file('batch-norm.safetensors'), { ...all, rename, matching: true });
  expect(unexpected).toEqual(['layers.7.num_batches_tracked']);
});

test('what was rounded on the way is said', async () => {
  const { stored } = parseStored(file('batch-norm.safetensors'), 'some');
  const bias = Float64Array.of(0.1, 0.5);
  const wide = { dtype: 'F64', shape: [2], bytes: new Uint8Array(bias.buffer) } as const;
  const bytes = formatStored({ stored: { ...stored, '3.bias': wide }, metadata: {} });
  expect((await net.load(bytes, all)).rounded).toEqual(['layers.3.bias']);
  expect((await net.load(bytes, { ...all, matching: true })).rounded).toEqual(['layers.3.bias']);
  expect((await net.parameters())['layers.3.bias'].data).toEqual(Float32Array.from(bias));
});

describe.each([
  ['F16', 2 ** -11],
  ['BF16', 2 ** -8],
] as const)('a net saved as %s', (type: StoredType, precision) => {
  test('is half as large, with its checksums, and opens and loads', async () => {
    await net.load(file('batch-norm.safetensors'), all);
    const before = await net.parameters();
    const whole = await net.save(undefined, { weightsOnly: true });
    const bytes = await net.save(undefined, { weightsOnly: true, type });
    const numbers = Object.values(before).reduce((sum, { data }) => sum + data.length, 0);
    const dataOf = (of: Uint8Array) => of.length - 8 - Number(new DataView(of.buffer).getBigUint64(0, true));
    expect([dataOf(whole), dataOf(bytes)]).toEqual([4 * numbers, 2 * numbers]);
    const y = await net.predict(world.net.x);
    expect(await net.load(bytes)).toMatchObject({ missing: [], rounded: [] });
    for (const [key, { data }] of Object.entries(await net.parameters())) {
      data.forEach((value, i) => {
        expect(Math.abs(value - before[key].data[i])).toBeLessThanOrEqual(precision * Math.abs(before[key].data[i]));
      });
    }
    expect(await net.parameters()).not.toEqual(before);
    const opened = await openModel(bytes, { device: 'cpu' });
    const predicted = await opened.predict(world.net.x);
    expect(predicted).toEqual(await net.predict(world.net.x));
    predicted.forEach((value, i) => void expect(Math.abs(value - y[i])).toBeLessThan(8 * precision));
    opened.destroy();
    const damaged = bytes.slice();
    damaged[damaged.length - 1] ^= 1;
    await expect(net.load(damaged)).rejects.toThrow(
      new RegExp(`: layers\\.3\\.bias: expected the checksum "[0-9a-f]{8} ${type} \\[2\\]"`),
    );
  });

  test('is not, where a number is beyond the type', async () => {
    const parameters = await net.parameters();
    const data = Float32Array.of(0, type === 'F16' ? 65520 : 3.4e38);
    net.setParameters({ ...parameters, 'layers.3.bias': { shape: [2], data } });
    const saving = net.save(undefined, { weightsOnly: true, type });
    await expect(saving).rejects.toThrow(
      `save: layers.3.bias.data[1]: expected a number that fits in ${type}, found ${data[1]}`,
    );
    net.setParameters({ ...parameters, 'layers.3.bias': { shape: [2], data: Float32Array.of(0, 65519) } });
    await net.save(undefined, { weightsOnly: true, type });
    net.setParameters(parameters);
  });
});

test.each([
  [{ type: 'F16' }, 'save: type needs weightsOnly: true'],
  [{ weightsOnly: true, type: 'F64' }, `save: type must be 'F32', 'F16' or 'BF16', found "F64"`],
  [{ weightsOnly: true, type: 'toString' }, 'save: type must be'],
])('%j is refused', async (options, message) => {
  await expect(net.save(undefined, options as never)).rejects.toThrow(message);
});

describe('a file in parts', () => {
  const index = 'model.safetensors.index.json';
  const parts = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const given = (): Record<string, Uint8Array> =>
    Object.fromEntries([index, ...parts].map((name) => [name, file(name)]));
  const indexOf = (map: unknown) => new TextEncoder().encode(JSON.stringify({ weight_map: map }));
  let temporary: string;
  beforeAll(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'retrograd-shards-'));
    return () => rm(temporary, { recursive: true });
  });

  test('is the whole one, from a path, a URL, a server and files by name', async () => {
    const whole = parseSafetensors(file('batch-norm.safetensors'));
    const url = new URL(index, folder);
    const served = await serve((path) => readFile(new URL(`.${path}`, folder)).catch(() => undefined));
    const blobs = Object.fromEntries(
      Object.entries(given()).map(([name, bytes]) => [name, new Blob([bytes as never])]),
    );
    try {
      for (const source of [
        url,
        url.href,
        decodeURIComponent(url.pathname),
        `${served.url}${index}?a=b/c`,
        given(),
        blobs,
      ]) {
        expect(parseSafetensors(await joinShards(source))).toEqual(whole);
      }
    } finally {
      served.close();
    }
    await net.load(await joinShards(url), all);
    await expectPredictions();
    await expect(net.load(url)).rejects.toThrow('joinShards reads the index of a file in parts');
  });

  test.each<[string, (files: Record<string, Uint8Array>) => NamedFiles, RegExp]>([
    ['no index', ({ [index]: _, ...files }) => files, /joinShards: expected a path, .* found 0 of 2 files/],
    ['nothing', () => undefined as never, /joinShards: expected a path, a URL, or files by name .* found undefined/],
    [
      'no JSON',
      (files) => ({ ...files, [index]: Uint8Array.of(1) }),
      /index\.json: expected the index .* found "\\u0001"/,
    ],
    ['no map', (files) => ({ ...files, [index]: indexOf([]) }), /weight_map: expected files by tensor/],
    [
      'an empty map',
      (files) => ({ ...files, [index]: indexOf({}) }),
      /weight_map: expected files by tensor, found \{\}/,
    ],
    ['a part less', ({ [parts[1]]: _, ...files }) => files, /expected "model-00002.* among the files, found only/],
    [
      'a part that holds something else',
      (files) => ({ ...files, [parts[1]]: files[parts[0]] }),
      /expected tensors where the index says:\n {2}0\.weight: in model-00002-of-00002\.safetensors, which the index has in model-00001/,
    ],
    ['a damaged part', (files) => ({ ...files, [parts[0]]: files[parts[0]].subarray(1) }), /^model-00001-of.*: byte 0/],
  ])('%s is refused', async (_what, change, message) => {
    await expect(joinShards(change(given()))).rejects.toThrow(RetrogradError);
    await expect(joinShards(change(given()))).rejects.toThrow(message);
  });

  test('is read no further than a limit for all files together', async () => {
    const bytes = Object.values(given()).reduce((sum, { length }) => sum + length, 0);
    await joinShards(given(), { maxBytes: bytes });
    await expect(joinShards(given(), { maxBytes: bytes - 1 })).rejects.toThrow(DataError);
  });

  test.each([
    '../a',
    '/etc/passwd',
    'a/../../b',
    '.',
    '',
    'C:\\a',
    'http://example.org/a',
    'a//b',
    '..\\a',
    3,
    null,
    'a\0b',
  ])('%j is no file in its folder', async (name) => {
    const path = join(temporary, index);
    await writeFile(path, indexOf({ a: name }));
    const expected = /weight_map: a: expected the name of a file in the folder of the index/;
    for (const source of [path, pathToFileURL(path), { [index]: indexOf({ a: name }) }]) {
      await expect(joinShards(source)).rejects.toThrow(expected);
    }
  });

  test('may be in a folder below, with any characters that files have', async () => {
    const served = new Set<string>();
    const name = 'part of it/100% #1?.safetensors';
    const part = formatSafetensors({ a: { shape: [1], data: Float32Array.of(7) } });
    const server = await serve(async (path) => {
      served.add(path);
      return path.endsWith('.json') ? indexOf({ a: name }) : part;
    });
    try {
      expect(parseSafetensors(await joinShards(`${server.url}x/${index}`)).tensors.a.data[0]).toBe(7);
    } finally {
      server.close();
    }
    expect([...served]).toEqual([`/x/${index}`, '/x/part%20of%20it/100%25%20%231%3F.safetensors']);
  });
});
