/** Every loss goes into the file of a net with its options, and an opened file evaluates with it. */
import { expect, test } from 'vitest';
import { fromArrays } from '../../src/data/arrays.ts';
import { compile, dense, type LossFunction, linear, sequential, sgd, sigmoid } from '../../src/index.node.ts';
import { type LossName, losses, lossNamed } from '../../src/nn/losses/registry.ts';
import type { LossSettings } from '../../src/nn/losses/settings.ts';
import { openModel } from '../../src/predict.node.ts';
import { useGpu } from '../support/harness.ts';
import { samples } from '../support/nets.ts';

const gpu = useGpu();

/** Other than what is usual. */
const settings: Required<Omit<LossSettings, 'wgsl'>> = {
  labelSmoothing: 0.2,
  classWeights: [1, 2, 3],
  positiveWeights: [3, 0.5, 2],
  delta: 0.3,
  gamma: 1.5,
  alpha: 0.6,
};

test.each(Object.keys(losses) as LossName[])('%s', async (name) => {
  const { facts } = losses[name];
  const given = Object.entries(settings).filter(([key]) => key in facts.settings);
  for (const options of [{}, Object.fromEntries(given)]) {
    const loss: LossFunction = await lossNamed({ name, reduction: 'sum', ...options });
    const output = /(binary|categorical)Cross/.test(name) ? sigmoid : linear;
    const model = sequential([4], [dense(3, output)]);
    const net = await compile(model, {
      device: gpu.device,
      batch: 5,
      loss,
      optimizer: sgd({ learningRate: 0.1 }),
      tune: 'off',
    });
    const { x, y } = samples(model, loss, 10);
    const data = fromArrays({ x, y, shape: [4] });
    const [evaluation, predicted] = [await net.evaluate(data), await net.predict(x)];
    const opened = await openModel(await net.save(), { device: gpu.device });
    expect(await opened.predict(x)).toEqual(predicted);
    const again = await opened.evaluate(data);
    expect(again.loss / evaluation.loss).toBeCloseTo(1, 5);
    expect(again.accuracy).toBe(evaluation.accuracy);
    opened.destroy();
    net.destroy();
  }
});
