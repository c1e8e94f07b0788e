/** Training steps on a GPU against the CPU reference, and what comes of many of them. */
import { describe, expect, test } from 'vitest';
import { digits, fromArrays } from '../../src/data/index.ts';
import {
  adam,
  adamw,
  binaryCrossEntropy,
  CheckError,
  categoricalCrossEntropy,
  compile,
  type Device,
  dense,
  type LayerActivation,
  type LossFunction,
  linear,
  type Model,
  meanSquared,
  momentum,
  nesterov,
  type Optimizer,
  openDevice,
  quadratic,
  relu,
  rmsprop,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmax,
  softmaxCrossEntropy,
  squared,
  type Trainer,
  tanh,
} from '../../src/index.node.ts';
import { activations } from '../../src/nn/layers/all-activations.ts';
import { useGpu } from '../support/harness.ts';
import { overwrittenNames, samples, stateBits } from '../support/nets.ts';
import { skipDispatch } from '../support/skipping.ts';

const gpu = useGpu();

/** Every tensor of a step, as a report calls them: what is overwritten carries a prime. */
function comparedNames(net: Trainer): string[] {
  const computed = net.graph.nodes.filter(({ op, name }) => name && op.kind !== 'leaf').map(({ name }) => name);
  return [...computed, ...overwrittenNames(net).map((name) => `${name}′`)];
}

/** Compares a step on these samples with the reference; it leaves no trace. */
async function expectStep(net: Trainer, { x, y }: { x: Float32Array; y: Float32Array }): Promise<void> {
  const before = await stateBits(net);
  const report = await net.check(x, y);
  expect(report.ok).toBe(true);
  expect(report.tensors.map(({ tensor }) => tensor)).toEqual(expect.arrayContaining(comparedNames(net)));
  expect(await stateBits(net)).toEqual(before);
}

type Combination = [activation: string, loss: string, LayerActivation, () => LossFunction];
const combinations: Combination[] = [
  ...Object.entries(activations).map(([name, f]): Combination => [name, 'quadratic', f, quadratic]),
  // These differ from it by a factor, whatever the activation.
  ['sigmoid', 'squared', sigmoid, squared],
  ['softmax', 'squared', softmax, squared],
  ['linear', 'meanSquared', linear, meanSquared],
  ['softmax', 'meanSquared', softmax, meanSquared],
  ['sigmoid', 'binaryCrossEntropy', sigmoid, binaryCrossEntropy],
  ['softmax', 'binaryCrossEntropy', softmax, binaryCrossEntropy],
  ['sigmoid', 'categoricalCrossEntropy', sigmoid, categoricalCrossEntropy],
  ['softmax', 'categoricalCrossEntropy', softmax, categoricalCrossEntropy],
  ['linear', 'sigmoidCrossEntropy', linear, sigmoidCrossEntropy],
  ['linear', 'softmaxCrossEntropy', linear, softmaxCrossEntropy],
];

describe('a step on the GPU agrees with the CPU reference, tensor by tensor', () => {
  const trained = async (model: Model, loss: LossFunction, optimizer: Optimizer, batch: number) => {
    const net = await compile(model, { device: gpu.device, batch, loss, optimizer, seed: 3 });
    const { x, y } = samples(model, loss, batch, 1);
    net.step(x, y);
    return net;
  };

  test.each(combinations)('%s under %s', async (_name, _loss, activation, make) => {
    const [model, loss] = [sequential([5], [dense(6, activation)]), make()];
    const net = await trained(model, loss, sgd({ learningRate: 0.1 }), 7);
    for (const n of [7, 5]) await expectStep(net, samples(model, loss, n, n));
    net.destroy();
  });

  test.each(Object.entries(activations))('hidden units of %s', async (_name, activation) => {
    const [model, loss] = [
      sequential([5], [dense(33, activation), dense(6)]),
      softmaxCrossEntropy({ reduction: 'sum' }),
    ];
    const net = await trained(model, loss, sgd({ learningRate: 0.01 }), 7);
    await expectStep(net, samples(model, loss, 6, 2));
    net.destroy();
  });

  test.each([
    [[7, 33, 1], 1],
    [[4, 3, 2], 7],
    [[33, 100, 7, 10], 33],
  ])('layers of %j, batch %i, full and ragged', async ([inputs, ...units], batch) => {
    const model = sequential(
      [inputs],
      units.map((n) => dense(n, sigmoid)),
    );
    const net = await trained(model, quadratic(), sgd({ learningRate: 1 }), batch);
    for (const n of new Set([batch, Math.ceil(batch / 2), 1]))
      await expectStep(net, samples(model, quadratic(), n, 10 + n));
    net.destroy();
  });

  test.each<[string, Optimizer]>([
    ['sgd', sgd({ learningRate: 0.1 })],
    ['sgd with weight decay', sgd({ learningRate: 0.1, weightDecay: 0.1 })],
    ['momentum', momentum({ learningRate: 0.1 })],
    ['nesterov', nesterov({ learningRate: 0.1 })],
    ['rmsprop', rmsprop()],
    ['adam', adam()],
    ['adamw', adamw()],
  ])('the optimizer %s, after some steps of it', async (_name, optimizer) => {
    const [model, loss] = [sequential([5], [dense(6, tanh)]), squared()];
    const net = await trained(model, loss, optimizer, 7);
    for (let i = 0; i < 3; i++) {
      const { x, y } = samples(model, loss, 7, 20 + i);
      net.step(x, y);
    }
    await expectStep(net, samples(model, loss, 4, 30));
    net.destroy();
  });

  test('and ten steps follow the same loss curve, to one part in 10⁵', async () => {
    const [model, loss] = [sequential([5], [dense(33, relu), dense(6)]), softmaxCrossEntropy()];
    const curve = async (device: Device | 'cpu') => {
      const net = await compile(model, { device, batch: 7, loss, optimizer: momentum({ learningRate: 0.2 }), seed: 2 });
      const losses: number[] = [];
      for (let i = 0; i < 10; i++) {
        const { x, y } = samples(model, loss, i === 4 ? 3 : 7, i % 3);
        net.step(x, y);
        losses.push(await net.loss());
      }
      net.destroy();
      return losses;
    };
    const [onGpu, onCpu] = [await curve(gpu.device), await curve('cpu')];
    onCpu.forEach((value, i) => {
      expect(Math.abs(onGpu[i] / value - 1), `step ${i + 1}`).toBeLessThan(1e-5);
    });
    expect(onCpu[9]).toBeLessThan(onCpu[0] / 2);
  });

  test('a kernel that does not run is caught, whichever it is, and its tensors are named', async () => {
    const device = await openDevice();
    const skipper = skipDispatch(device.gpu);
    const [model, loss] = [sequential([5], [dense(6, tanh), dense(6)]), softmaxCrossEntropy()];
    const optimizer = sgd({ learningRate: 0.1 });
    const net = await compile(model, { device, batch: 7, loss, optimizer });
    const { dispatches: steps } = net.schedule;
    for (const [i, { writes }] of steps.entries()) {
      skipper.skip = i;
      // Fresh samples each time: what was left in memory is not what it should be.
      const { x, y } = samples(model, loss, 7, 40 + i);
      const error = await net.check(x, y).catch((error) => error);
      expect(error, `skipping ${writes}`).toBeInstanceOf(CheckError);
      expect(
        writes.some(({ tensor }) => error.message.includes(`\n${tensor} `)),
        error.message,
      ).toBe(true);
    }
    skipper.skip = undefined;
    const { x, y } = samples(model, loss, 7, 60);
    expect((await net.check(x, y)).ok).toBe(true);

    const data = fromArrays({ ...samples(model, loss, 50), shape: [5] });
    // The small net runs whole steps in one dispatch; for the large one each kernel has its own, after the gather.
    const large = sequential([5], [dense(2000, tanh), dense(6)]);
    for (const [of, skip] of [[model, 0] as const, [large, 2] as const]) {
      const watched = await compile(of, { device, batch: 7, loss, optimizer, check: { every: 3 } });
      skipper.skip = undefined;
      expect(await watched.fit(data, { epochs: 2 })).toHaveLength(2);
      skipper.skip = skip;
      const failed = watched.fit(data, { epochs: 1 });
      await expect(failed).rejects.toThrow(CheckError);
      await expect(failed).rejects.toThrow(/^step 18: .* of .* tensors differ/);
      watched.destroy();
    }
    net.destroy();
    device.destroy();
  });
});

describe('it learns', () => {
  test('exclusive or, with eight hidden units', async () => {
    const [model, loss] = [sequential([2], [dense(8, tanh), dense(1)]), sigmoidCrossEntropy()];
    const net = await compile(model, { device: gpu.device, batch: 4, loss, optimizer: adam({ learningRate: 0.1 }) });
    const x = [0, 0, 0, 1, 1, 0, 1, 1];
    for (let i = 0; i < 150; i++) net.step(x, [0, 1, 1, 0]);
    expect(await net.loss()).toBeLessThan(0.05);
    expect([...(await net.predict(x))].map(Math.round)).toEqual([0, 1, 1, 0]);
    net.destroy();
  });

  test('32 images of digits by heart', async () => {
    const { train } = digits({ train: 32, test: 1 });
    const net = await compile(sequential([28, 28], [dense(32, relu), dense(10)]), {
      device: gpu.device,
      batch: 16,
      loss: softmaxCrossEntropy(),
      optimizer: adam({ learningRate: 0.01 }),
      seed: 1,
    });
    const history = await net.fit(train, { epochs: 30 });
    expect(history[0].trainLoss).toBeGreaterThan(1);
    expect(history[29].trainLoss).toBeLessThan(0.01);
    net.destroy();
  });
});
