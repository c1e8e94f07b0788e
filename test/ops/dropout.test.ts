/** The mask of dropout: its rate, what it may not depend on, and that nothing is left of it where nothing is learnt. */
import { describe, expect, test } from 'vitest';
import { elementBits, stepKey } from '../../src/base/random.ts';
import { stepRow } from '../../src/graph/step-row.ts';
import { dense, dropout } from '../../src/nn/layers/index.ts';
import { softmaxCrossEntropy } from '../../src/nn/losses/index.ts';
import { sequential } from '../../src/nn/model.ts';
import { dropout as dropoutOp } from '../../src/ops/dropout.ts';
import { evaluationGraph, predictionGraph, trainingGraph } from '../../src/train/graphs.ts';

interface Where {
  readonly rate: number;
  readonly layer: number;
  readonly step: number;
}
const [rows, columns] = [200, 100];
const count = rows * columns;

/** 1 where an element is dropped. */
function mask({ rate, layer, step }: Where): Uint8Array {
  const row = stepRow({ random: stepKey(7, step) });
  return Uint8Array.from({ length: count }, (_, i) => {
    const place = { attributes: { rate, layer }, step: row, row: Math.floor(i / columns), column: i % columns };
    return Number(dropoutOp.f([1], place) === 0);
  });
}

/** Standard deviations that the share of elements dropped in both lies from rate². */
function dependence(a: Uint8Array, b: Uint8Array, rate: number): number {
  const n = Math.min(a.length, b.length);
  let both = 0;
  for (let i = 0; i < n; i++) both += a[i] & b[i];
  const p = rate * rate;
  return Math.abs(both / n - p) / Math.sqrt((p * (1 - p)) / n);
}

describe.each([0.1, 0.5, 0.9])('a mask of rate %d', (rate) => {
  const here = mask({ rate, layer: 1, step: 0 });

  test('drops that share of the elements, of each row and of each column', () => {
    const share = (indices: (i: number) => number, n: number): number => {
      let dropped = 0;
      for (let i = 0; i < n; i++) dropped += here[indices(i)];
      return Math.abs(dropped / n - rate) / Math.sqrt((rate * (1 - rate)) / n);
    };
    expect(share((i) => i, count)).toBeLessThan(4);
    for (let r = 0; r < rows; r++) expect(share((i) => r * columns + i, columns)).toBeLessThan(5);
    for (let c = 0; c < columns; c++) expect(share((i) => i * columns + c, rows)).toBeLessThan(5);
  });

  test.each([
    ['another layer', mask({ rate, layer: 2, step: 0 })],
    ['another step', mask({ rate, layer: 1, step: 1 })],
    ['the next column', here.slice(1)],
    ['the next row', here.slice(columns)],
    ['the tenth row on', here.slice(10 * columns)],
    ['the row and column after', here.slice(columns + 1)],
  ])('has nothing to do with %s', (_name, other) => {
    expect(dependence(here, other, rate)).toBeLessThan(4);
  });
});

test('the same key gives the same bits in every version', () => {
  expect([0, 1, 2].map((i) => elementBits(1, 2, i, 3 * i))).toEqual([0x13ba564a, 0x7d491688, 0x1881b232]);
});

test('what is kept is scaled so that the mean stays: 4 / (1 − 0.75) = 16', () => {
  const place = { attributes: { rate: 0.75, layer: 1 }, step: stepRow({ random: 3 }), row: 0 };
  const values = Array.from({ length: 100 }, (_, column) => dropoutOp.f([4], { ...place, column }));
  expect(new Set(values)).toEqual(new Set([0, 16]));
});

describe('where nothing is learnt', () => {
  const options = {
    model: sequential([4], [dropout(0.2), dense(5), dropout(0.5), dense(3)]),
    loss: softmaxCrossEntropy(),
    batch: 3,
  };
  const masks = ({ graph }: { graph: { nodes: readonly { op: unknown }[] } }) =>
    graph.nodes.filter(({ op }) => op === dropoutOp).length;

  test('there is no mask', () => {
    expect(masks(evaluationGraph(options))).toBe(0);
    expect(masks(predictionGraph(options))).toBe(0);
  });

  test('in training there is one forwards, and one backwards where a gradient passes', () => {
    expect(masks(trainingGraph(options))).toBe(3);
  });

  test('a rate of 0 is nothing at all', () => {
    expect(masks(trainingGraph({ ...options, model: sequential([4], [dense(5), dropout(0), dense(3)]) }))).toBe(0);
  });
});
