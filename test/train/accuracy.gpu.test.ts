/** What accuracy means: the class that is chosen, or, where every output is a question of its own, the answers that are right. */
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import {
  ArgumentError,
  binaryCrossEntropy,
  type CompileOptions,
  compile,
  type Device,
  dense,
  type LayerActivation,
  type LossFunction,
  linear,
  quadratic,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { random } from '../support/nets.ts';

const labels = [
  [1, 0, 1],
  [0, 1, 1],
  [1, 1, 0],
  [0, 0, 0],
];
/** What is said of them: the first sample is wrong in one label, the last in two. */
const answers = [
  [1, 1, 1],
  [0, 1, 1],
  [1, 1, 0],
  [1, 0, 1],
];
const logits = (of: readonly (readonly number[])[]) => of.map((row) => row.map((label) => 6 * label - 3));

function behaviour(title: string, device: () => Device | 'cpu'): void {
  /** One whose outputs are its inputs, through an activation. */
  const echo = async (
    outputs: number,
    loss: LossFunction,
    activation: LayerActivation,
    more: Partial<CompileOptions> = {},
  ) => {
    const net = await compile(sequential([outputs], [dense(outputs, activation)]), {
      device: device(),
      batch: 3, // the last one is ragged
      loss,
      optimizer: sgd({ learningRate: 0 }),
      ...more,
    });
    const unit = Array.from({ length: outputs ** 2 }, (_, i) => Number(i % (outputs + 1) === 0));
    const bias = { shape: [outputs], data: new Float32Array(outputs) };
    net.setParameters({ 'layers.0.weight': { shape: [outputs, outputs], data: unit }, 'layers.0.bias': bias });
    return net;
  };

  describe.each([
    ['sigmoidCrossEntropy', sigmoidCrossEntropy(), linear],
    ['binaryCrossEntropy', binaryCrossEntropy(), sigmoid],
  ] as const)(`${title}: several labels of a sample, under %s`, (_name, loss, activation) => {
    test('are right one by one, and exactMatch is of whole samples', async () => {
      const net = await echo(3, loss, activation);
      const all = await net.evaluate(fromArrays({ x: logits(labels), y: labels }));
      expect([all.accuracy, all.exactMatch]).toEqual([1, 1]);
      const some = await net.evaluate(fromArrays({ x: logits(answers), y: labels }));
      expect([some.accuracy, some.exactMatch]).toEqual([9 / 12, 2 / 4]);
      net.destroy();
    });

    test('count as they do by hand on many samples', async () => {
      const [n, k] = [50, 4];
      const [x, targets] = [random(n * k, 1), random(n * k, 2)];
      const y = targets.map((t) => Number(t > 0.2));
      const right = Array.from(x, (z, i) => Number(z >= 0 === y[i] >= 0.5));
      const samples = Array.from({ length: n }, (_, i) => right.slice(k * i, k * (i + 1)));
      const net = await echo(k, loss, activation);
      const { accuracy, exactMatch } = await net.evaluate(fromArrays({ x, y, shape: [k] }));
      expect(accuracy).toBeCloseTo(right.reduce((a, b) => a + b) / (n * k), 12);
      expect(exactMatch).toBeCloseTo(samples.filter((sample) => sample.every(Boolean)).length / n, 12);
      expect(exactMatch).toBeGreaterThan(0);
      net.destroy();
    });

    test('of one output: both are the share of samples', async () => {
      const net = await echo(1, loss, activation);
      const y = [[1], [0], [1], [0], [1]];
      const { accuracy, exactMatch } = await net.evaluate(fromArrays({ x: [[2], [-1], [-3], [-0.5], [0]], y }));
      expect([accuracy, exactMatch]).toEqual([4 / 5, 4 / 5]);
      net.destroy();
    });

    test('class labels are about the highest output, as under any loss', async () => {
      const net = await echo(3, loss, activation);
      const x = [
        [-1, -2, -3],
        [2, 3, 1],
        [1, 1, 2],
        [1, 2, 3],
      ];
      const { accuracy, exactMatch } = await net.evaluate(fromArrays({ x, y: [0, 1, 0, 2] }));
      expect([accuracy, exactMatch]).toEqual([3 / 4, undefined]);
      net.destroy();
    });

    test.each(['accuracy', 'exactMatch'] as const)(
      '%s is what the best epoch has most of, where it is the metric',
      async (metric) => {
        const net = await echo(3, loss, activation, { batch: 4 });
        const bias = (values: number[]) => ({ shape: [3], data: Float32Array.from(values) });
        const validation = fromArrays({
          x: logits(labels),
          y: [
            [1, 0, 1],
            [0, 1, 1],
            [0, 0, 1],
            [1, 1, 1],
          ],
        });
        const weight = (await net.parameters())['layers.0.weight'];
        const scores: [number, number][] = [];
        // The first is exact on two samples of four; the second says 1 to all.
        for (const values of [
          [0, 0, 0],
          [9, 9, 9],
        ]) {
          net.setParameters({ 'layers.0.weight': weight, 'layers.0.bias': bias(values) });
          const { accuracy, exactMatch } = await net.evaluate(validation);
          scores.push([accuracy!, exactMatch!]);
        }
        expect(scores).toEqual([
          [6 / 12, 2 / 4],
          [8 / 12, 1 / 4],
        ]); // by hand
        net.setParameters({ 'layers.0.weight': weight, 'layers.0.bias': bias([0, 0, 0]) });
        // One epoch pulls every label up to 1: more labels are right and fewer samples.
        net.learningRate = 30;
        const pull = fromArrays({
          x: [
            [0, 0, 0],
            [0, 0, 0],
            [0, 0, 0],
            [0, 0, 0],
          ],
          y: [
            [1, 1, 1],
            [1, 1, 1],
            [1, 1, 1],
            [1, 1, 1],
          ],
        });
        const [{ best, validation: after }] = await net.fit(pull, { epochs: 1, validation, metric, keepBest: true });
        expect([after!.accuracy, after!.exactMatch]).toEqual(scores[1]);
        expect(best).toBe(metric === 'accuracy' ? 1 : 0);
        net.destroy();
      },
    );
  });

  test(`${title}: exactMatch as metric takes labels one by one`, async () => {
    const points = fromArrays({ x: logits(labels), y: [0, 1, 2, 0], name: 'points' });
    const values = fromArrays({ x: logits(labels), y: labels, name: 'points' });
    for (const [loss, validation] of [
      [sigmoidCrossEntropy(), points],
      [softmaxCrossEntropy(), points],
      [softmaxCrossEntropy(), values],
      [quadratic(), values],
    ] as const) {
      const net = await echo(3, loss, linear);
      const fit = net.fit(validation, { epochs: 1, validation, metric: 'exactMatch' });
      await expect(fit).rejects.toThrow(ArgumentError);
      await expect(fit).rejects.toThrow(/exactMatch.*found points with (labels|values) and/);
      const evaluation = await net.evaluate(validation);
      expect('exactMatch' in evaluation).toBe(false);
      expect('accuracy' in evaluation).toBe(loss.name !== 'quadratic');
      net.destroy();
    }
  });
}

const gpu = useGpu();
behaviour('on the GPU', () => gpu.device);
behaviour('on the CPU', () => 'cpu');
