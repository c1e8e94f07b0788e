/** Constants: numbers that come with the graph. */
import { expect, test } from 'vitest';
import { append, createGraph, printGraph } from '../../src/graph/graph.ts';
import { appendConstant, batch, leaf, valuesOf } from '../../src/graph/leaf.ts';
import { evaluate } from '../../src/graph/reference.ts';
import { stepRow } from '../../src/graph/step-row.ts';
import { scale } from '../../src/ops/arithmetic.ts';

test('a few are spelled out in a printed graph, of many it tells the count', () => {
  const graph = createGraph();
  appendConstant(graph, 'few', [3, 1], [1, 0.1, 4]);
  appendConstant(graph, 'many', [3000, 1], new Array(3000).fill(0.5));
  expect(printGraph(graph)).toBe(`few   [3, 1]     constant(values=[1, 0.1, 4])
many  [3000, 1]  constant(values=3000 numbers)`);
});

test('they are f32, as on a GPU, and the reference asks nobody for them', () => {
  const graph = createGraph();
  const x = leaf(graph, batch, 'x', [2, 2]);
  const factors = appendConstant(graph, 'factors', [2, 1], [0.1, 2]);
  const product = append(graph, scale, [x, factors]);
  expect(Array.from(valuesOf(factors))).toEqual([Math.fround(0.1), 2]);
  const values = evaluate(graph, {
    step: stepRow({}),
    leaf: ({ name, shape }) => {
      expect(name).toBe('x');
      return { shape, data: Float32Array.of(1, 2, 3, 4) };
    },
  });
  expect(Array.from(values.get(product)!.data)).toEqual([Math.fround(0.1), 2 * Math.fround(0.1), 6, 8]);
});
