/**
 * Rows of a table by their numbers: (W [count, units], x [..., N]) -> [..., units, N], out[l, u, n] = W[x[l, n], u]. The gradient
 * of a row is the sum over the places where it was taken, in the order of places, so that every run gives the same bits.
 */
import embeddingWgsl from '../../shaders/embedding.wgsl';
import embeddingGradientWgsl from '../../shaders/embedding_gradient.wgsl';
import { TINY, U } from '../base/float32.ts';
import { columns, rows, size, stride } from '../base/tensor.ts';
import { type Attributes, append, type Node } from '../graph/graph.ts';
import type { Case, Data, KernelOp, Value } from '../graph/op.ts';
import { grid } from './shared/grid.ts';
import { mismatch } from './shared/shapes.ts';
import { indexOf, placesByIndex } from './sort-indices.ts';

/** Units that an invocation makes of one number. */
const PART = 16;

/** Of each element of [places, units, N], the element of the table [count, units]. */
function taken([w, x]: readonly Value[], from: Data): Float64Array {
  const [count, units] = w.shape;
  const n = columns(x.shape);
  const out = new Float64Array(x.data.length * units);
  for (const [place, value] of x.data.entries()) {
    const row = indexOf(value, count);
    const first = Math.floor(place / n) * units * n + (place % n);
    for (let unit = 0; unit < units; unit++) out[first + unit * n] = from[row * units + unit];
  }
  return out;
}

/** Attribute `padding`: a row that has no gradient. */
export const embedding: KernelOp = {
  kind: 'kernel',
  name: 'embedding',
  shape(inputs) {
    const [w, x] = inputs;
    if (w.shape.length !== 2) mismatch('embedding', 'a table [count, units] and indices', inputs);
    return [...x.shape.slice(0, -1), w.shape[1], columns(x.shape)];
  },
  gradient: (graph, { inputs: [w, x], attributes }, upstream) => [
    () => append(graph, embeddingGradient, [upstream, ...placesByIndex(graph, x, w.shape[0])], attributes),
    undefined,
  ],
  reference: (inputs) => taken(inputs, inputs[0].data),
  error: (inputs, data) => {
    const carried = inputs[0].error ? taken(inputs, inputs[0].error) : new Float64Array(data.length);
    return carried.map((e) => e + TINY);
  },
  body: ({ inputs: [w, x], shape }, { lanes = 64 } = {}) => {
    const [count, units] = w.shape;
    const parts = Math.ceil(units / PART);
    return {
      shaders: [embeddingWgsl],
      constants: {
        COUNT: count,
        UNITS: units,
        PART,
        PARTS: parts,
        PLACES: rows(x.shape),
        COLUMNS: columns(x.shape),
        W_STRIDE: stride(w.shape),
        X_STRIDE: stride(x.shape),
      },
      operands: { W: w, X: x },
      epilogues: { finish: shape },
      lanes,
      workgroups: grid(size(x.shape) * parts, lanes),
    };
  },
};

export const embeddingCases = (): readonly Case[] => [
  ...[
    { table: [1, 1], x: [1, 1] },
    { table: [11, 3], x: [6, 4] },
    { table: [5, 33], x: [7, 33] },
    { table: [100, 16], x: [2, 3, 5] },
    { table: [7, 17], x: [23, 29] }, // more places than are sorted as one block
  ].map(({ table, x }) => ({ shapes: [table, x], domain: [[-2, 2] as const, [0, table[0]] as const] })),
];

/** What the gradient of a table adds up in each row: term(place) of the places of the row, by element. */
function sums(
  { attributes, shape, inputs: [g] }: Node,
  [sorted, first]: readonly Value[],
  term: (at: number) => number,
) {
  const [count, units] = shape;
  const n = columns(g.shape);
  const out = new Float64Array(count * units);
  for (let row = 0; row < count; row++) {
    if (row === attributes.padding) continue;
    for (let i = first.data[row]; i < first.data[row + 1]; i++) {
      const place = sorted.data[i];
      for (let unit = 0; unit < units; unit++)
        out[row * units + unit] += term((Math.floor(place / n) * units + unit) * n + (place % n));
    }
  }
  return out;
}

/** (upstream [..., units, N], sorted places, where those of each row begin) -> [count, units]. */
export const embeddingGradient: KernelOp = {
  kind: 'kernel',
  name: 'embeddingGradient',
  shape: ([g, , first]) => [columns(first.shape) - 1, g.shape[g.shape.length - 2]],
  reference: ([g, ...order], node) => sums(node, order, (at) => g.data[at]),
  error: ([g, ...order], _data, node) => {
    const counts = sums(node, order, () => 1);
    const carried = sums(node, order, (at) => g.error?.[at] ?? 0);
    return sums(node, order, (at) => Math.abs(g.data[at])).map(
      (sum, i) => counts[i] * (U * (sum + carried[i]) + TINY) + carried[i],
    );
  },
  body: ({ inputs: [g, sorted, first], attributes: { padding }, shape }, { lanes = 64 } = {}) => {
    const [count, units] = shape;
    return {
      shaders: [embeddingGradientWgsl],
      constants: {
        COUNT: count,
        UNITS: units,
        COLUMNS: columns(g.shape),
        G_STRIDE: stride(g.shape),
        PADDING: Number(padding ?? count),
      },
      operands: { G: g, SORTED: sorted, FIRST: first },
      epilogues: { finish: shape },
      lanes,
      workgroups: grid(count * units, lanes),
    };
  },
};

export const embeddingGradientCases = (): readonly Case[] =>
  ([{}, { padding: 0 }] as Attributes[]).map((attributes) => ({
    shapes: [
      [2, 3, 2],
      [2, 4],
      [1, 6],
    ],
    attributes,
    values: [undefined, [1, 2, 0, 3, 0, 0, 3, 4], [0, 2, 2, 2, 3, 4]],
  }));
