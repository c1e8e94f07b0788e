/** Every entry that takes bytes or numbers takes them from whatever holds them. */
import { describe, expect, test } from 'vitest';
import { parseIdx, readIdx } from '../../src/data/idx.ts';
import { compile, dense, formatSafetensors, parseSafetensors, sequential, sgd, squared } from '../../src/index.ts';
import { realm, SharedMemory } from '../support/realm.ts';

const foreign = await realm();

/** The same bytes in all that may hold them, each at an odd offset of something larger where that can be. */
function held(bytes: Uint8Array): [title: string, source: unknown][] {
  const within = (memory: ArrayBuffer | SharedArrayBuffer) => {
    const view = new Uint8Array(memory, 3, bytes.length);
    view.set(bytes);
    return view;
  };
  const larger = () => new ArrayBuffer(bytes.length + 8);
  const view = within(larger());
  const other = new foreign.Uint8Array(bytes);
  const resizable = Reflect.construct(ArrayBuffer, [bytes.length + 8, { maxByteLength: bytes.length + 99 }]);
  const all: [string, unknown][] = [
    ['a view', view],
    ['a DataView', new DataView(view.buffer, 3, bytes.length)],
    ['an ArrayBuffer', bytes.slice().buffer],
    ['shared memory', within(new SharedMemory(bytes.length + 8))],
    ['a resizable buffer', within(resizable)],
    ['bytes of another realm', other],
    ['an ArrayBuffer of another realm', other.buffer],
    ['clamped bytes', Uint8ClampedArray.from(bytes)],
  ];
  // Small ones are views of a pool that all of them share.
  return typeof Buffer === 'undefined' ? all : [...all, ['a Buffer', Buffer.from(bytes)]];
}

const weights = { 'layers.0.weight': { shape: [1, 2], data: Float32Array.of(7, -2) } };
const file = formatSafetensors(
  { ...weights, 'layers.0.bias': { shape: [1], data: Float32Array.of(0.5) } },
  { by: 'é' },
);
const idx = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);
const make = () =>
  compile(sequential([2], [dense(1)]), {
    device: 'cpu',
    batch: 2,
    loss: squared(),
    optimizer: sgd({ learningRate: 0.1 }),
  });

describe('a file of tensors', () => {
  test.each(held(file))('in %s', async (_title, source) => {
    const { tensors, metadata } = parseSafetensors(source as Uint8Array);
    expect(metadata).toEqual({ by: 'é' });
    expect(tensors['layers.0.weight']).toEqual(weights['layers.0.weight']);
    expect(tensors['layers.0.weight'].data.buffer.byteLength).toBe(8); // nobody else's memory
    const net = await make();
    await net.load(source as Uint8Array);
    expect(await net.parameters()).toMatchObject(weights);
    net.destroy();
  });
});

describe('an IDX file', () => {
  test.each(held(idx))('in %s', async (_title, source) => {
    const expected = { shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    expect(parseIdx(source as Uint8Array, 'some')).toEqual(expected);
    const read = await readIdx(source as Uint8Array);
    expect(read).toEqual(expected);
    expect(Object.getPrototypeOf(read.data)).toBe(Uint8Array.prototype);
  });
});

describe('tensors to write', () => {
  const values = Float32Array.of(7, -2);
  const memory = new SharedMemory(16);
  const shared = new Float32Array(memory, 4, 2);
  shared.set(values);
  test.each<[string, unknown]>([
    ['a view', Float32Array.of(0, 7, -2, 0).subarray(1, 3)],
    ['shared memory', shared],
    ['an array of another realm', new foreign.Float32Array(values)],
  ])('in %s', (_title, data) => {
    const bytes = formatSafetensors({ a: { shape: [2], data: data as Float32Array } });
    expect(parseSafetensors(bytes).tensors.a.data).toEqual(values);
  });
});

describe('numbers for a net', () => {
  const { 'layers.0.weight': weight } = weights;
  const bytes = Uint8Array.of(1, 3);
  test.each<[string, ArrayLike<number>]>([
    ['floats of another realm', new foreign.Float32Array(bytes)],
    ['an array of another realm', foreign.Array.from(bytes)],
    ['doubles', Float64Array.from(bytes)],
    ['bytes of another realm', new foreign.Uint8Array(bytes)],
    ...(typeof Buffer === 'undefined' ? [] : [['a Buffer', Buffer.from(bytes)] as [string, Uint8Array]]),
  ])('in %s', async (_title, x) => {
    const net = await make();
    net.setParameters({
      'layers.0.weight': { shape: foreign.Array.of(1, 2), data: new foreign.Float32Array(weight.data) },
      'layers.0.bias': { shape: [1], data: [0.5] },
    });
    expect([...(await net.predict(x))]).toEqual([7 * 1 - 2 * 3 + 0.5]);
    const { 'layers.0.weight': gradient } = await net.gradients(x, new foreign.Float32Array([1]));
    expect([...gradient.data]).toEqual([1, 3]); // 2 (a − y) x with a − y = 1/2
    net.step(x, new foreign.Float32Array([1]));
    expect(await net.loss()).toBe(0.25);
    net.destroy();
  });
});
