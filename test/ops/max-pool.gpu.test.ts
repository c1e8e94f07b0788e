/**
 * A window that holds NaN has it for its largest value, wherever it lies and whatever else is there, as in PyTorch. Windows that
 * overlap much are pooled along rows and then down columns, which gives the same.
 */
import { expect, test } from 'vitest';
import { size } from '../../src/base/tensor.ts';
import { type Attributes, append, createGraph, rename } from '../../src/graph/graph.ts';
import { batch, leaf } from '../../src/graph/leaf.ts';
import { stepRow } from '../../src/graph/step-row.ts';
import { maxPool, maxPoolGradient, maxPoolPlace } from '../../src/ops/max-pool.ts';
import { passesOf } from '../../src/ops/shared/pooling.ts';
import { referenceOf, runGraph, useGpu } from '../support/harness.ts';

const gpu = useGpu();

const PLACES = 4;
const CHOICES = 2 ** PLACES;
/** NaN as a device may make it: of both signs, and with other bits below. */
const nans = new Float32Array(Uint32Array.of(0x7fc00000, 0xffc00000, 0x7fffffff, 0xffffffff).buffer);

test.each([
  [0, [-1, -2, -3, -4]],
  [1, [1, 2, 3, 4]],
  [2, [4, 3, Number.POSITIVE_INFINITY, 1]],
  [3, [Number.NEGATIVE_INFINITY, 0, -5, 5]],
])('NaN of kind %d in every choice of places, among %j', async (kind, values) => {
  const graph = createGraph();
  const x = leaf(graph, batch, 'x', [1, 2, 2, CHOICES]);
  const upstream = leaf(graph, batch, 'upstream', [1, 1, 1, CHOICES]);
  const window = { height: 2, width: 2, stride: 2 };
  append(graph, maxPool, [x], window, 'pooled');
  const place = append(graph, maxPoolPlace, [x], window);
  append(graph, maxPoolGradient, [upstream, place], { ...window, H: 2, W: 2 }, 'passed');
  // Column m holds NaN in the places that are the bits of m.
  const isBad = (place: number, m: number) => ((m >> place) & 1) === 1;
  const data = new Float32Array(PLACES * CHOICES);
  const words = new Uint32Array(data.buffer);
  for (let place = 0; place < PLACES; place++)
    for (let m = 0; m < CHOICES; m++) {
      const at = place * CHOICES + m;
      data[at] = values[place];
      if (isBad(place, m)) words[at] = new Uint32Array(nans.buffer)[kind];
    }
  const leaves = new Map([
    ['x', data],
    ['upstream', Float32Array.from({ length: CHOICES }, (_, m) => m + 1)],
  ]);
  const largest = Math.max(...values);
  const pooled = Array.from({ length: CHOICES }, (_, m) => (m ? Number.NaN : largest));
  const passed = new Array<number>(PLACES * CHOICES).fill(0);
  for (let m = 0; m < CHOICES; m++) {
    const first = [0, 1, 2, 3].find((place) => isBad(place, m)) ?? values.indexOf(largest);
    passed[first * CHOICES + m] = m + 1;
  }
  const found = await runGraph(gpu, graph, leaves, stepRow({ columns: CHOICES }));
  const reference = referenceOf(graph, leaves, stepRow({ columns: CHOICES }));
  expect(Array.from(reference.get('pooled')!.data)).toEqual(pooled);
  expect(Array.from(reference.get('passed')!.data)).toEqual(passed);
  expect(Array.from(found.get('pooled')!)).toEqual(pooled);
  expect(Array.from(found.get('passed')!)).toEqual(passed);
});

test('pooling in two passes gives the values and the gradient of one, among equals and NaN too', async () => {
  const shape = [2, 24, 26, 3];
  const window = { height: 16, width: 17, stride: 1 };
  const passes = passesOf(shape, window);
  expect(passes).toHaveLength(2);
  expect(passesOf(shape, { ...window, stride: 8 })).toEqual([{ ...window, stride: 8 }]);
  const pooled = async (windows: readonly Attributes[]) => {
    const graph = createGraph();
    const x = leaf(graph, batch, 'x', shape);
    const results = [x];
    for (const each of windows) results.push(append(graph, maxPool, [results[results.length - 1]], each));
    const last = results[results.length - 1];
    rename(graph, last, 'pooled');
    let gradient = leaf(graph, batch, 'upstream', last.shape);
    for (const node of results.slice(1).toReversed()) gradient = maxPool.gradient!(graph, node, gradient)[0]!();
    rename(graph, gradient, 'passed');
    // Whole numbers, so that sums do not depend on their order; few of them, so that many are equal.
    const integers = (n: number, most: number) =>
      Float32Array.from({ length: n }, (_, i) => ((i * 7919) % 1009) % most);
    const data = integers(size(shape), 5);
    data[7] = data[size(shape) / 2] = Number.NaN;
    const leaves = new Map([
      ['x', data],
      ['upstream', integers(size(last.shape), 9)],
    ]);
    return runGraph(gpu, graph, leaves, stepRow({ columns: 3 }));
  };
  const [inOne, inTwo] = [await pooled([window]), await pooled(passes)];
  for (const name of ['pooled', 'passed']) expect(inTwo.get(name), name).toEqual(inOne.get(name));
  expect(inOne.get('passed')!.filter((g) => g > 0).length).toBeGreaterThan(20);
});
