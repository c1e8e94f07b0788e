/** Some steps of training against PyTorch in double precision: see test/oracle/training/training.py. */
import { describe, expect, test } from 'vitest';
import {
  activation,
  adam,
  batchNorm,
  type CompileOptions,
  compile,
  type Device,
  dense,
  momentum,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  tanh,
} from '../../src/index.node.ts';
import found from '../oracle/training/training.json' with { type: 'json' };
import { useGpu } from '../support/harness.ts';

const model = sequential([4], [dense(6), activation(tanh), batchNorm(), dense(5), activation(tanh), dense(3)]);

type Tensors = Record<string, { shape: number[]; data: number[] }>;

/** To 1e-5 of the largest element. */
function expectClose(actual: Record<string, Tensor>, expected: Tensors): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [key, { shape, data }] of Object.entries(expected)) {
    expect(actual[key].shape, key).toEqual(shape);
    const largest = Math.max(...data.map(Math.abs));
    data.forEach((value, i) => void expect(Math.abs(actual[key].data[i] - value), key).toBeLessThan(1e-5 * largest));
  }
}

async function trained<T>(
  device: Device | 'cpu',
  options: Partial<CompileOptions>,
  work: (net: Trainer, train: (from: number, to: number) => void) => Promise<T>,
): Promise<T> {
  const loss = softmaxCrossEntropy();
  const net = await compile(model, { device, batch: 5, loss, optimizer: adam({ learningRate: 0.01 }), ...options });
  try {
    net.setParameters(found.start as unknown as Record<string, Tensor>);
    return await work(net, (from, to) => {
      for (const { x, y } of found.batches.slice(from, to)) net.step(x, y);
    });
  } finally {
    net.destroy();
  }
}

const use = useGpu();
describe.each([
  ['GPU', () => use.device],
  ['CPU reference', () => 'cpu' as const],
])('%s', (_title, device) => {
  const body = ['layers.0.*', 'layers.2.*'];

  test('a frozen layer and a frozen batchNorm, under Adam', () =>
    trained(device(), { freeze: body }, async (net, train) => {
      train(0, 6);
      expectClose(await net.parameters(), found.frozen);
    }));

  test('frozen, and trained again after three steps, under momentum', () =>
    trained(device(), { freeze: body, optimizer: momentum({ learningRate: 0.1 }) }, async (net, train) => {
      train(0, 3);
      await net.freeze([]);
      train(3, 6);
      expectClose(await net.parameters(), found.thawed);
    }));

  test('under Adam each parameter counts the updates since its state began', () =>
    trained(device(), { freeze: body }, async (net, train) => {
      train(0, 2);
      await net.freeze([]);
      train(2, 4);
      await net.freeze(['layers.5.*']);
      train(4, 5);
      await net.freeze([]);
      train(5, 6);
      expectClose(await net.parameters(), found.thawedAdam);
    }));

  test('a factor of the learning rate for some, with momentum and weight decay', () =>
    trained(
      device(),
      {
        optimizer: sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 }),
        learningRates: { 'layers.0.*': 0.1, '*.bias': 2 },
      },
      async (net, train) => {
        train(0, 6);
        expectClose(await net.parameters(), found.rates);
      },
    ));

  test.each(found.averaged)('the average of the weights, with β = $beta', (expected) =>
    trained(device(), { optimizer: momentum({ learningRate: 0.1 }), average: expected.beta }, async (net, train) => {
      train(0, 6);
      expectClose(await net.parameters(), expected.parameters);
      expectClose(await net.parameters({ averaged: true }), expected.averages);
      const outputs = { shape: expected.outputs.shape, data: await net.predict(found.batches[0].x) };
      expectClose({ outputs }, { outputs: expected.outputs });
    }),
  );
});
