/**
 * Where each row of a table is used: the places of a batch of indices x [..., N], sorted by the index that stands there, equal
 * ones by their place. So what belongs to a row is a range of them, and is added up in one order. Place l · N + n is that of
 * sample n in row l. Sorting in blocks and merging them takes about P √P steps for P places.
 */
import firstPlacesWgsl from '../../shaders/first_places.wgsl';
import mergeIndicesWgsl from '../../shaders/merge_indices.wgsl';
import sortIndicesWgsl from '../../shaders/sort_indices.wgsl';
import { columns, size, stride } from '../base/tensor.ts';
import { type Graph, type Node, reuse } from '../graph/graph.ts';
import type { Case, KernelOp } from '../graph/op.ts';
import { grid } from './shared/grid.ts';
import { mismatch } from './shared/shapes.ts';

/** Places and indices that a 32-bit float tells apart. */
export const MOST_INDICES = 2 ** 24;

/** The row of a table of so many rows that a number stands for; one outside the table counts as the nearest in it. */
export const indexOf = (x: number, count: number): number => Math.min(Math.trunc(Math.max(x, 0)), count - 1);

/** Sorted places, and where the places of each row of a table of `count` rows begin: what `embeddingGradient` takes. */
export function placesByIndex(graph: Graph, x: Node, count: number): readonly [Node, Node] {
  const places = size(x.shape);
  const block = blockFor(places);
  const blocks = reuse(graph, sortIndices, [x], { count, block });
  const sorted = block >= places ? blocks : reuse(graph, mergeIndices, [blocks], { block });
  return [sorted, reuse(graph, firstPlaces, [sorted], { count })];
}

/** Few places are one block; else blocks are about as long as merging them takes steps. */
const blockFor = (places: number): number => Math.max(512, 2 ** Math.ceil(Math.log2(3 * Math.sqrt(places))));

/** Places and their numbers, as [2, P]: each block sorted by number, then place. */
function sortedIn(block: number, places: readonly number[], numbers: readonly number[]): Float64Array {
  const out = new Float64Array(2 * places.length);
  for (let first = 0; first < places.length; first += block) {
    const order = places.slice(first, first + block).map((_, i) => first + i);
    order.sort((a, b) => numbers[a] - numbers[b] || places[a] - places[b]);
    for (const [i, from] of order.entries()) {
      out[first + i] = places[from];
      out[places.length + first + i] = numbers[from];
    }
  }
  return out;
}

/** x [..., N] -> [2, P]. Attributes: `count`, rows of the table; `block`, places that are sorted together. */
export const sortIndices: KernelOp = {
  kind: 'kernel',
  name: 'sortIndices',
  shape(inputs) {
    const places = size(inputs[0].shape);
    if (places > MOST_INDICES) mismatch('sortIndices', 'at most 2²⁴ indices', inputs);
    return [2, places];
  },
  reference: ([x], { attributes: { count, block } }) => {
    const numbers = Array.from(x.data, (value) => indexOf(value, Number(count)));
    const places = numbers.map((_, place) => place);
    return sortedIn(Number(block), places, numbers);
  },
  error: (_inputs, data) => new Float64Array(data.length),
  body: ({ inputs: [x], attributes: { count, block }, shape }, { lanes = 64 } = {}) => ({
    shaders: [sortIndicesWgsl],
    constants: {
      COUNT: Number(count),
      COLUMNS: columns(x.shape),
      STRIDE: stride(x.shape),
      PLACES: columns(shape),
      BLOCK: Number(block),
    },
    operands: { X: x },
    epilogues: { finish: shape },
    lanes,
    workgroups: grid(columns(shape), lanes),
  }),
};

export const sortIndicesCases = (): readonly Case[] => [
  { shapes: [[1, 1]], attributes: { count: 1, block: 512 } },
  { shapes: [[6, 7]], attributes: { count: 5, block: 512 }, domain: [-1, 7] },
  { shapes: [[5, 2, 33]], attributes: { count: 40, block: 64 }, domain: [0, 40] },
];

/** [2, P] as `sortIndices` gives it -> [2, P], sorted as one. Attribute: `block`. */
export const mergeIndices: KernelOp = {
  kind: 'kernel',
  name: 'mergeIndices',
  shape: ([sorted]) => sorted.shape,
  reference: ([{ data, shape }]) => {
    const places = columns(shape);
    return sortedIn(places, [...data.subarray(0, places)], [...data.subarray(places)]);
  },
  error: (_inputs, data) => new Float64Array(data.length),
  body: ({ inputs: [sorted], attributes: { block }, shape }, { lanes = 64 } = {}) => ({
    shaders: [mergeIndicesWgsl],
    constants: { STRIDE: stride(shape), PLACES: columns(shape), BLOCK: Number(block) },
    operands: { SORTED: sorted },
    epilogues: { finish: shape },
    lanes,
    workgroups: grid(columns(shape), lanes),
  }),
};

export const mergeIndicesCases = (): readonly Case[] =>
  [
    { places: 7, block: 2 },
    { places: 330, block: 64 },
  ].map(({ places, block }) => ({
    shapes: [[2, places]],
    attributes: { block },
    values: [sortedIn(block, ...exampleOf(places))],
  }));

/** [2, P], sorted -> [1, count + 1]: how many places come before those of each row, and how many there are. Attribute: `count`. */
export const firstPlaces: KernelOp = {
  kind: 'kernel',
  name: 'firstPlaces',
  shape: (_inputs, { count }) => [1, Number(count) + 1],
  reference: ([{ data, shape }], { attributes: { count } }) => {
    const numbers = data.subarray(columns(shape));
    const first = new Float64Array(Number(count) + 1);
    for (const number of numbers) first[number + 1]++;
    for (let row = 0; row < Number(count); row++) first[row + 1] += first[row];
    return first;
  },
  error: (_inputs, data) => new Float64Array(data.length),
  body: ({ inputs: [sorted], attributes: { count }, shape }, { lanes = 64 } = {}) => ({
    shaders: [firstPlacesWgsl],
    constants: { COUNT: Number(count), STRIDE: stride(sorted.shape), PLACES: columns(sorted.shape) },
    operands: { SORTED: sorted },
    epilogues: { finish: shape },
    lanes,
    workgroups: grid(columns(shape), lanes),
  }),
};

export const firstPlacesCases = (): readonly Case[] =>
  [1, 7, 330].map((places) => ({
    shapes: [[2, places]],
    attributes: { count: 70 },
    values: [sortedIn(places, ...exampleOf(places))],
  }));

/** So many places, and numbers below 70 that stand there, some of them several times. */
const exampleOf = (places: number): readonly [number[], number[]] => {
  const all = Array.from({ length: places }, (_, place) => place);
  return [all, all.map((place) => (place * place + 3) % 70)];
};
