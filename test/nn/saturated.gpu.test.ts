/** Losses on probabilities after the activation that makes them: exact however sure a prediction is. */
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import {
  activation,
  add,
  apply,
  binaryCrossEntropy,
  categoricalCrossEntropy,
  compile,
  type Device,
  dense,
  input,
  type LossFunction,
  type Model,
  model,
  sequential,
  sgd,
  sigmoid,
  softmax,
  type Trainer,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';

const gpu = useGpu();

describe.each(['GPU', 'CPU'])('%s', (kind) => {
  /** A net with these weights and biases of 0. */
  async function net(of: Model, loss: LossFunction, weights: number[][], batch = 2): Promise<Trainer> {
    const device: Device | 'cpu' = kind === 'CPU' ? 'cpu' : gpu.device;
    const made = await compile(of, { device, batch, loss, optimizer: sgd({ learningRate: 0 }) });
    const values = await made.parameters();
    const keys = Object.keys(values).filter((key) => key.endsWith('weight'));
    for (const [i, key] of keys.entries()) values[key].data.set(weights[i]);
    made.setParameters(values);
    return made;
  }
  const close = (found: ArrayLike<number>, expected: readonly number[]) => {
    expect(found.length).toBe(expected.length);
    expected.forEach((value, i) => {
      expect(Math.abs(found[i] - value), `${found[i]}, ${value}`).toBeLessThanOrEqual(1e-5 * Math.abs(value));
    });
  };

  test('sigmoid and binaryCrossEntropy: a weight of 20 that should be −20 has a gradient of 1', async () => {
    const made = await net(sequential([1], [dense(1, sigmoid)]), binaryCrossEntropy(), [[20]], 1);
    made.step([1], [0]);
    const sure = 1 / (1 + Math.exp(-20));
    close([await made.loss()], [20 + Math.log1p(Math.exp(-20))]);
    close((await made.tensor('delta1')).data, [sure]);
    close((await made.tensor('dW1')).data, [sure]);
    close((await made.tensor('z1')).data, [20]);
    close((await made.tensor('a1')).data, [sure]);
    close(await made.predict([1, -1]), [sure, Math.exp(-20) / (1 + Math.exp(-20))]);
    const { loss, accuracy } = await made.evaluate(fromArrays({ x: [[1]], y: [[0]] }));
    close([loss], [20]);
    expect(accuracy).toBe(0);
    // And right, it is not quite so.
    made.step([1], [1]);
    close([await made.loss()], [Math.log1p(Math.exp(-20))]);
    close((await made.tensor('delta1')).data, [-Math.exp(-20)]);
    expect((await made.check([1], [0])).ok).toBe(true);
    made.destroy();
  });

  test('softmax and categoricalCrossEntropy: the logits (0, 20) of class 0 have δ = (−1, 1)', async () => {
    const made = await net(sequential([1], [dense(2, softmax)]), categoricalCrossEntropy(), [[0, 20]], 1);
    made.step([1], [0]);
    const unlikely = Math.exp(-20) / (1 + Math.exp(-20));
    close([await made.loss()], [20]);
    close((await made.tensor('delta1')).data, [-1, 1]);
    close((await made.tensor('a1')).data, [unlikely, 1]);
    close(await made.predict([1]), [unlikely, 1]);
    const inspected = await made.tensors([1], [0]);
    close(inspected.prediction.data, [unlikely, 1]);
    close(inspected.delta1.data, [-1, 1]);
    expect((await made.check([1], [0])).ok).toBe(true);
    made.destroy();
  });

  test('labelSmoothing, classWeights and a sum over the batch count as they do elsewhere', async () => {
    const loss = categoricalCrossEntropy({ labelSmoothing: 0.2, classWeights: [1, 3], reduction: 'sum' });
    const made = await net(sequential([1], [dense(2, softmax)]), loss, [[0, 30]]);
    made.step([1, -1], [0, 0]);
    // Targets 0.9 and 0.1, weighted (0.9, 0.3); log p = (−30, 0) and (0, −30).
    close([await made.loss()], [0.9 * 30 + 0.3 * 30]);
    close((await made.tensor('delta1')).data, [-0.9, 1.2 - 0.9, 1.2 - 0.3, -0.3]);
    made.destroy();
  });

  test('so it is where the activation is a layer of its own at the end of branches', async () => {
    const x = input([1]);
    const sum = apply(add(), apply(dense(1), x), apply(dense(1), x));
    const made = await net(model(x, apply(activation(sigmoid), sum)), binaryCrossEntropy(), [[12], [13]]);
    made.step([1, 1], [0, 1]);
    close([await made.loss()], [(25 + 2 * Math.log1p(Math.exp(-25))) / 2]);
    for (const name of ['delta1', 'delta2']) close((await made.tensor(name)).data, [0.5, -Math.exp(-25) / 2]);
    close(await made.predict([1]), [1]);
    made.destroy();
  });
});
