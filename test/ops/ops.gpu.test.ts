/** Every op, forward and gradient, on the GPU against the f64 reference, within computed bounds. */
import { describe, it } from 'vitest';
import { columns } from '../../src/base/tensor.ts';
import { ops } from '../../src/ops/index.ts';
import { casesOf } from '../support/cases.ts';
import { expectReference, gradientGraphOf, graphOf, someStep, titleOf, useGpu, valuesFor } from '../support/harness.ts';

const gpu = useGpu();

for (const op of ops.filter((op) => casesOf(op).length > 0)) {
  describe(op.name, () => {
    for (const example of casesOf(op)) {
      const width = columns(example.shapes[0]!);

      it(`forward ${titleOf(op, example)}`, async () => {
        const { graph } = graphOf(op, example);
        await expectReference(gpu, graph, valuesFor(graph, example), someStep(width, example.step));
      });

      if (!op.gradient && !op.lossGradient) continue;
      it(`gradient ${titleOf(op, example)}`, async () => {
        const graph = gradientGraphOf(op, example);
        await expectReference(gpu, graph, valuesFor(graph, example), someStep(width, example.step));
      });
    }
  });
}

describe('a variance that rounding has made less than 0', () => {
  for (const op of ops.filter(({ name }) => name === 'standardize' || name === 'perDeviation')) {
    it(`counts as 0: ${op.name}`, async () => {
      const [{ shapes, attributes }] = casesOf(op);
      const domain = shapes.map((_, i) => (i === shapes.length - 1 ? ([-1, 0] as const) : ([-2, 2] as const)));
      const example = { shapes, attributes, domain };
      const { graph } = graphOf(op, example);
      await expectReference(gpu, graph, valuesFor(graph, example), someStep(columns(shapes[0]!)));
    });
  }
});
