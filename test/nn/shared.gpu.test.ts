/** Layers that are applied several times: one set of weights, against values of PyTorch in double precision. */
import { describe, expect, test } from 'vitest';
import {
  activation,
  add,
  apply,
  batchNorm,
  compile,
  type Device,
  dense,
  input,
  model,
  relu,
  ShapeError,
  sequential,
  sgd,
  softmaxCrossEntropy,
  summary,
  tanh,
} from '../../src/index.node.ts';
import { capped, describeModel } from '../../src/nn/model.ts';
import { openModel } from '../../src/predict.node.ts';
import torch from '../oracle/several/several.json';
import { expectClose } from '../support/close.ts';
import { useGpu } from '../support/harness.ts';

const gpu = useGpu();
const { x, labels, parameters, gradients, loss, running } = torch.shared;

/** A dense layer and a batch normalisation that are each applied twice. */
function twice() {
  const [from, layer, norm] = [input([4]), dense(4, tanh), batchNorm()];
  const first = apply(layer, from);
  const second = apply(layer, first);
  return model(from, apply(dense(3), apply(add(), apply(norm, first), apply(norm, second))));
}

const netOf = (device: Device | 'cpu', of = twice()) =>
  compile(of, { device, batch: 8, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.5 }), seed: 3 });

describe.each([
  ['on a GPU', () => gpu.device],
  ['on the CPU', () => 'cpu' as const],
])('%s', (_where, device) => {
  test('gradients add up over the applications, and batch normalisation follows the batches of both in turn', async () => {
    const net = await netOf(device());
    net.setParameters({ ...(await net.parameters()), ...parameters });
    expectClose(await net.gradients(x.data, labels), gradients);
    net.step(x.data, labels);
    expect(await net.loss()).toBeCloseTo(loss, 5);
    const after = await net.parameters();
    const { 'layers.1.running_mean': mean, 'layers.1.running_var': variance } = after;
    expectClose({ mean, variance }, running);
    for (const [key, { data }] of Object.entries(gradients)) {
      const before = parameters[key as keyof typeof parameters].data;
      data.forEach((g, i) => {
        expect(after[key].data[i]).toBeCloseTo(before[i] - 0.5 * g, 5);
      });
    }
    net.destroy();
  });

  test('a step is within the bounds of the reference', async () => {
    const net = await netOf(device());
    const report = await net.check(x.data, labels);
    const names = report.tensors.map(({ tensor }) => tensor);
    expect(report.ok).toBe(true);
    // Of the two updates of one memory the last one is compared.
    for (const name of ['W1′', 'runningMean2′', 'runningVariance2′']) {
      expect(names.filter((tensor) => tensor === name)).toHaveLength(1);
    }
    net.destroy();
  });

  test('a saved net opens, and its training goes on with the same bits', async () => {
    const net = await netOf(device());
    for (let i = 0; i < 3; i++) net.step(x.data, labels);
    const file = await net.save();
    const opened = await openModel(file, { device: device() });
    expect(describeModel(opened.model)).toBe(describeModel(twice()));
    expect(await opened.predict(x.data)).toEqual(await net.predict(x.data));
    const other = await netOf(device());
    await other.load(file);
    for (const one of [net, other]) one.step(x.data, labels);
    expect(await other.parameters()).toEqual(await net.parameters());
    for (const one of [net, other, opened]) one.destroy();
  });
});

test('the weights belong to the first application, and are there once', () => {
  const of = twice();
  expect(of.weightsOf).toEqual([0, 1, 0, 1, 4, 5]);
  expect(describeModel(of)).toBe(
    '4 -> 4 tanh -> batchNorm -> 4 tanh of 1 with weights of layer 0 -> batchNorm with weights of layer 1 -> add of 2, 4 -> 3 linear',
  );
  const { layers, parameters } = summary(of);
  expect(layers.map((layer) => layer.parameters)).toEqual([20, 8, 0, 0, 0, 15]);
  expect(parameters).toBe(43);
  expect(layers.map((layer) => layer.multiplyAdds)).toEqual([16, 0, 16, 0, 0, 12]);
});

test('a layer that a stack lists twice is one layer, and a copy is another', () => {
  const layer = dense(3, relu);
  expect(sequential([3], [layer, layer]).weightsOf).toEqual([0, 0]);
  expect(sequential([3], [layer, { ...layer }]).weightsOf).toBeUndefined();
});

test('a layer without weights has nothing to share', () => {
  const layer = activation(relu);
  expect(sequential([3], [dense(3), layer, dense(3), layer]).weightsOf).toBeUndefined();
});

test('capped layers still share their weights', () => {
  const layer = dense(6, relu);
  const narrow = capped(sequential([2], [layer, dense(2), layer, dense(2)]), 2);
  expect(narrow.shapes).toEqual([[2], [2], [2], [2], [2]]);
  expect(narrow.weightsOf).toEqual([0, 1, 0, 3]);
});

test('weights of two shapes are refused where the model is made', () => {
  const layer = dense(5);
  const make = () => sequential([3], [layer, layer]);
  expect(make).toThrow(ShapeError);
  expect(make).toThrow('layer 1 is the same layer as before, with layers.0.weight [5, 3], but would need [5, 5] here');
});
