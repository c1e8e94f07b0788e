/** A window that holds NaN has it for its largest value, wherever it lies and whatever else is there, as in PyTorch. */
import { expect, test } from 'vitest';
import { append, createGraph } from '../../src/graph/graph.ts';
import { batch, leaf } from '../../src/graph/leaf.ts';
import { stepRow } from '../../src/graph/step-row.ts';
import { maxPool, maxPoolGradient, maxPoolPlace } from '../../src/ops/max-pool.ts';
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
