/** The comparison itself: what uses up an allowance, where the worst element is, and bounds that are neither too tight nor slack. */
import { describe, expect, it } from 'vitest';
import { compare, demand, report } from '../../src/graph/check.ts';
import { append, createGraph } from '../../src/graph/graph.ts';
import { batch, leaf } from '../../src/graph/leaf.ts';
import { evaluate } from '../../src/graph/reference.ts';
import { stepRow } from '../../src/graph/step-row.ts';
import { CheckError } from '../../src/index.node.ts';
import { matmul } from '../../src/ops/matmul.ts';
import { rowSum } from '../../src/ops/row-sum.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const expected = (data: number[], error: number[]) => ({
  shape: [2, 2],
  data: Float64Array.from(data),
  error: Float64Array.from(error),
});

describe('compare', () => {
  it('finds the element that uses most of its allowance, and says where it is', () => {
    const result = compare('t', [1, 2.5, 3, 4.2], expected([1, 2, 3, 4], [1, 1, 1, 0.1]));
    expect(result.share).toBeCloseTo(2);
    expect(result.worst).toEqual({ row: 1, column: 1, actual: 4.2, expected: 4, bound: 0.1 });
    expect(compare('t', [1, 2.5, 3, 4], expected([1, 2, 3, 4], [1, 1, 1, 1])).worst).toMatchObject({
      row: 0,
      column: 1,
    });
  });

  it('allows nothing where there is no bound', () => {
    expect(compare('t', [1, 2, 3, 4], { shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) }).share).toBe(0);
    expect(compare('t', [1, 2, 3, 4.0001], { shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) }).share).toBe(infinity);
  });

  it.each([
    ['NaN for a number', nan, 1],
    ['infinity for a number', infinity, 1],
    ['a number for NaN', 1, nan],
    ['a number for infinity', 1, infinity],
    ['the other infinity', -infinity, infinity],
  ])('takes %s as beyond any bound', (_name, actual, wanted) => {
    expect(compare('t', [actual, 0, 0, 0], expected([wanted, 0, 0, 0], [1e30, 1, 1, 1])).share).toBe(infinity);
  });

  it('takes the same infinity, and NaN for NaN, as equal', () => {
    expect(compare('t', [infinity, nan, 0, 0], expected([infinity, nan, 0, 0], [0, 0, 0, 0])).share).toBe(0);
  });
});

describe('demand', () => {
  it('throws CheckError that names the tensors beyond their bounds and carries the whole report', () => {
    const good = compare('good', [0, 0, 0, 0], expected([0, 0, 0, 0], [1, 1, 1, 1]));
    const bad = compare('bad', [0, 0, 0, 9], expected([0, 0, 0, 0], [1, 1, 1, 1]));
    expect(demand(report([good]), 'here').ok).toBe(true);
    const failing = () => demand(report([good, bad]), 'step 7');
    expect(failing).toThrow(CheckError);
    expect(failing).toThrow(/step 7: 1 of 2 tensors[\s\S]*bad .*\(1, 1\): 9 instead of 0, 900\.0 %/);
    expect(failing).not.toThrow(/good/);
  });
});

describe('a bound', () => {
  const bounds = (op: typeof matmul, inputs: { shape: number[]; data: number[] }[]) => {
    const graph = createGraph();
    const leaves = inputs.map(({ shape }, i) => leaf(graph, batch, `in${i}`, shape));
    const node = append(graph, op, leaves);
    const leafOf = ({ name, shape }: { name: string; shape: readonly number[] }) => ({
      shape,
      data: Float64Array.from(inputs[Number(name.slice(2))].data),
    });
    return evaluate(graph, { step: stepRow({}), bounds: true, leaf: leafOf }).get(node)!;
  };

  it('of a product of length K is K 2⁻²⁴ Σ|a||b|', () => {
    const { data, error } = bounds(matmul, [
      { shape: [1, 3], data: [1, -2, 3] },
      { shape: [3, 1], data: [4, 5, 6] },
    ]);
    expect(data[0]).toBe(12);
    expect(error![0]).toBeCloseTo(3 * 2 ** -24 * (4 + 10 + 18), 15);
  });

  it('of a row of 1,000 ones is 1,000 2⁻²⁴ 1,000: one addition after another, at worst', () => {
    const { error } = bounds(rowSum, [{ shape: [1, 1000], data: new Array(1000).fill(1) }]);
    expect(error![0]).toBeCloseTo(1000 * 2 ** -24 * 1000, 12);
  });

  it('leaves room for values below the smallest normal number to count as 0', () => {
    const { data, error } = bounds(matmul, [
      { shape: [1, 1], data: [1e-30] },
      { shape: [1, 1], data: [1e-20] },
    ]);
    expect(data[0]).toBe(1e-50);
    expect(error![0]).toBeGreaterThan(1e-50);
  });
});
