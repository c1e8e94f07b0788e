/** Every form of the kernels that walk over steps, on every device they are meant for, against the reference and each other. */
import { describe, expect, it } from 'vitest';
import { columns } from '../../src/base/tensor.ts';
import { compare } from '../../src/graph/check.ts';
import type { Case, Form, KernelOp } from '../../src/graph/op.ts';
import { gru, gruGradient } from '../../src/ops/gru.ts';
import { lstm, lstmGradient } from '../../src/ops/lstm.ts';
import { casesOf } from '../support/cases.ts';
import { graphOf, referenceOf, runGraph, someStep, titleOf, useGpu, valuesFor } from '../support/harness.ts';

const gpu = useGpu();

function allForms(op: KernelOp, example: Case): Form[] {
  const { node } = graphOf(op, example);
  const targets = [true, false].flatMap((software) =>
    [0, gpu.device.info.subgroup].map((subgroup) => ({ software, subgroup })),
  );
  const forms = targets.flatMap((target) => op.forms!(node, target));
  return [...new Map(forms.map((form) => [form.name, form])).values()];
}

describe('every form of a recurrent kernel', () => {
  for (const op of [gru, gruGradient, lstm, lstmGradient]) {
    for (const example of casesOf(op).slice(-3)) {
      it(`gives the same bits, within the bound: ${titleOf(op, example)}`, async () => {
        const forms = allForms(op, example);
        expect(forms).toHaveLength(gpu.device.info.subgroup > 0 ? 3 : 2);
        const { graph } = graphOf(op, example);
        const values = valuesFor(graph, example);
        const step = someStep(columns(example.shapes[0]!));
        const expected = referenceOf(graph, values, step).get('out')!;
        let first: Float32Array | undefined;
        for (const form of forms) {
          const tensors = await runGraph(gpu, graph, values, step, { formOf: () => form });
          const out = tensors.get('out')!;
          const comparison = compare('out', out, expected);
          expect(comparison.share, `${form.name}: ${JSON.stringify(comparison)}`).toBeLessThanOrEqual(1);
          first ??= out;
          expect(out, form.name).toEqual(first);
        }
      });
    }
  }
});
