/** Every form of the matrix product, on every device they are meant for, against the reference and against each other. */
import { describe, expect, it } from 'vitest';
import { compare } from '../../src/graph/check.ts';
import { append, createGraph } from '../../src/graph/graph.ts';
import { batch, leaf } from '../../src/graph/leaf.ts';
import type { Form } from '../../src/graph/op.ts';
import { matmul } from '../../src/ops/matmul.ts';
import { gemmForms, narrowForm } from '../../src/ops/matmul-forms.ts';
import { rowSum } from '../../src/ops/row-sum.ts';
import { sharedLanes } from '../../src/ops/shared/target.ts';
import { referenceOf, runGraph, someStep, useGpu, valuesFor } from '../support/harness.ts';

const gpu = useGpu();

const cases = [
  { m: 1, n: 1, k: 1, transposeA: false, transposeB: false },
  { m: 33, n: 7, k: 5, transposeA: false, transposeB: false },
  ...[false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => ({ m: 70, n: 130, k: 33, transposeA, transposeB })),
  ),
];

/** All that the menus offer this size on devices with and without subgroups, software or not. */
function allForms(m: number, n: number): Form[] {
  const width = gpu.device.info.subgroup;
  const targets = [true, false].flatMap((software) => [0, width].map((subgroup) => ({ software, subgroup })));
  const forms = targets.flatMap((target) => [
    ...[1, 1e6].flatMap((k) => [false, true].flatMap((transposeB) => gemmForms(m, n, k, target, transposeB))),
    narrowForm([m, n], target, sharedLanes(target)),
  ]);
  return [...new Map(forms.map((form) => [`${form.name} ${form.scalar}`, form])).values()];
}

describe('every form of the matrix product', () => {
  for (const { m, n, k, transposeA, transposeB } of cases) {
    const factors = `${transposeA ? 'Aᵀ' : 'A'} ${transposeB ? 'Bᵀ' : 'B'}`;
    it(`gives the same bits of ${factors} [${m}, ${n}] over ${k}, within the bound`, async () => {
      const graph = createGraph();
      const a = leaf(graph, batch, 'a', transposeA ? [k, m] : [m, k]);
      const b = leaf(graph, batch, 'b', transposeB ? [n, k] : [k, n]);
      append(graph, matmul, [a, b], { transposeA, transposeB }, 'out');
      append(graph, rowSum, [a], {}, 'sums');
      const values = valuesFor(graph);
      const expected = referenceOf(graph, values, someStep(n));
      const forms = allForms(m, n);
      expect(new Set(forms.map(({ shader }) => shader)).size).toBe(gpu.device.info.subgroup > 0 ? 5 : 3);
      let first: Map<string, Float32Array> | undefined;
      for (const form of forms) {
        const formOf = ({ op }: { op: unknown }) => (op === matmul ? form : undefined);
        const tensors = await runGraph(gpu, graph, values, someStep(n), { formOf });
        for (const [name, value] of expected) {
          const comparison = compare(name, tensors.get(name)!, value);
          expect(comparison.share, `${form.name}: ${JSON.stringify(comparison)}`).toBeLessThanOrEqual(1);
        }
        first ??= tensors;
        expect(tensors.get('out'), form.name).toEqual(first.get('out'));
        expect(tensors.get('sums'), form.name).toEqual(first.get('sums'));
      }
    });
  }
});
