/** Every form of a convolution, on every device they are meant for, and the tuner choosing among them. */
import { describe, expect, it } from 'vitest';
import { compare } from '../../src/graph/check.ts';
import type { Case, Form, KernelOp } from '../../src/graph/op.ts';
import {
  compile,
  conv2d as conv2dLayer,
  dense,
  maxPool2d,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from '../../src/index.node.ts';
import { conv2d, conv2dInputGradient } from '../../src/ops/conv2d.ts';
import { convolutionFiles } from '../../src/ops/convolution-forms.ts';
import { graphOf, referenceOf, runGraph, someStep, titleOf, useGpu, valuesFor } from '../support/harness.ts';
import { samples } from '../support/nets.ts';

const gpu = useGpu();

/** All that the menus offer a node on devices with and without subgroups, software or not. */
function allForms(op: KernelOp, example: Case): Form[] {
  const { node } = graphOf(op, example);
  const targets = [true, false].flatMap((software) =>
    [0, gpu.device.info.subgroup].map((subgroup) => ({ software, subgroup })),
  );
  const forms = targets.flatMap((target) => [...op.forms!(node, target), op.narrow!(node, target, 8)]);
  return [...new Map(forms.map((form) => [`${form.name} ${form.lanes} ${form.scalar}`, form])).values()];
}

const cases: (readonly [KernelOp, Case])[] = [
  [
    conv2d,
    {
      shapes: [
        [19, 24],
        [4, 7, 6, 35],
      ],
      attributes: { height: 2, width: 3, top: 1, left: 1, right: 2 },
    },
  ],
  [
    conv2d,
    {
      shapes: [
        [3, 18],
        [2, 8, 9, 6],
      ],
      attributes: { height: 3, width: 3, stride: 2, left: 1 },
    },
  ],
  [
    conv2dInputGradient,
    {
      shapes: [
        [5, 76],
        [5, 6, 7, 9],
      ],
      attributes: { height: 2, width: 2, H: 7, W: 8 },
    },
  ],
  [
    conv2dInputGradient,
    {
      shapes: [
        [3, 36],
        [3, 3, 4, 33],
      ],
      attributes: { height: 3, width: 3, stride: 3, top: 1, H: 9, W: 13 },
    },
  ],
  [
    conv2d,
    {
      shapes: [
        [38, 18],
        [4, 7, 9, 35],
      ],
      attributes: { height: 3, width: 3, stride: 1, across: 2, top: 1, groups: 2 },
    },
  ],
  [
    conv2d,
    {
      shapes: [
        [10, 6],
        [5, 5, 19, 9],
      ],
      attributes: { height: 2, width: 3, left: 2, groups: 5 },
    },
  ],
  [
    conv2dInputGradient,
    {
      shapes: [
        [6, 60],
        [6, 5, 9, 7],
      ],
      attributes: { height: 2, width: 3, stride: 1, across: 2, left: 1, groups: 2, H: 6, W: 18 },
    },
  ],
];

describe('every form of a convolution', () => {
  for (const [op, example] of cases) {
    it(`gives the same bits of ${titleOf(op, example)}, within the bound`, async () => {
      const { graph } = graphOf(op, example);
      const values = valuesFor(graph);
      const step = someStep(9);
      const expected = referenceOf(graph, values, step).get('out')!;
      const forms = allForms(op, example);
      const known = gpu.device.info.subgroup > 0 ? Object.keys(convolutionFiles) : ['convolve'];
      expect(new Set(forms.map(({ shader }) => shader))).toEqual(new Set(known));
      let first: Float32Array | undefined;
      for (const form of forms) {
        const tensors = await runGraph(gpu, graph, values, step, { formOf: () => form });
        const comparison = compare('out', tensors.get('out')!, expected);
        expect(comparison.share, `${form.name}: ${JSON.stringify(comparison)}`).toBeLessThanOrEqual(1);
        first ??= tensors.get('out')!;
        expect(tensors.get('out'), form.name).toEqual(first);
      }
    });
  }
});

it('are tried by the tuner, which finds nothing wrong with any', async () => {
  const model = sequential(
    [2, 12, 13],
    [conv2dLayer(9, 3, relu), maxPool2d(2), conv2dLayer(20, 3, relu, { padding: 1 }), dense(10)],
  );
  const loss = softmaxCrossEntropy();
  const options = { device: gpu.device, batch: 20, loss, optimizer: sgd({ learningRate: 0.1 }), seed: 1 };
  const net = await compile(model, { ...options, tune: 'now' });
  const convolutions = net.tuning.filter(({ dispatch: step }) => step.startsWith('conv2d'));
  expect(convolutions).toHaveLength(3);
  for (const { candidates, failure } of convolutions) {
    expect(failure).toBeUndefined();
    expect(candidates.length).toBeGreaterThan(1);
    expect(candidates.filter(({ rejected }) => rejected)).toEqual([]);
  }
  const { x, y } = samples(model, loss, 17);
  expect((await net.check(x, y)).ok).toBe(true);
  net.destroy();
});
