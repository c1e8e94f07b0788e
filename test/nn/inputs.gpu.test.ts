/** Models of several inputs, against values of PyTorch in double precision. */
import { describe, expect, test } from 'vitest';
import { batch, concat as concatData, fromArrays, split, take } from '../../src/data/index.ts';
import {
  ArgumentError,
  apply,
  compile,
  concat,
  conv2d,
  DataError,
  type Device,
  dense,
  flatten,
  input,
  model,
  multiply,
  printSummary,
  relu,
  ShapeError,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  summary,
  tanh,
} from '../../src/index.node.ts';
import { describeModel } from '../../src/nn/model.ts';
import { openModel } from '../../src/predict.node.ts';
import torch from '../oracle/several/several.json';
import { expectClose } from '../support/close.ts';
import { useGpu } from '../support/harness.ts';
import { streamed } from '../support/streamed.ts';

const gpu = useGpu();
const { image, facts, labels } = torch.inputs;
const named = { image: image.data, facts: facts.data };

/** An image and a row of numbers. */
function ofBoth() {
  const [seen, known] = [input([1, 4, 5]), input([3])];
  const left = apply(flatten(), apply(conv2d(2, 2, relu), seen));
  const joined = apply(concat(), left, apply(dense(4, tanh), known));
  return model({ image: seen, facts: known }, apply(dense(3), joined));
}

const netOf = (device: Device | 'cpu') =>
  compile(ofBoth(), { device, batch: 8, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.5 }), seed: 3 });

/** The bytes of the images, and all that the net of the values was given. */
const bytes = Uint8Array.from(image.data, (value) => Math.round(value * 255));
const data = (pixels: ArrayLike<number>, scale = 1) =>
  fromArrays({
    inputs: { image: { x: pixels, shape: [1, 4, 5], scale }, facts: { x: Float32Array.from(facts.data), shape: [3] } },
    y: Uint8Array.from(labels),
  });

describe.each([
  ['on a GPU', () => gpu.device],
  ['on the CPU', () => 'cpu' as const],
])('%s', (_where, device) => {
  test('gradients are those of PyTorch, whichever way the samples are given', async () => {
    const net = await netOf(device());
    net.setParameters(torch.inputs.parameters);
    const { gradients, loss, ofInputs } = torch.inputs;
    expectClose(await net.gradients(named, labels), gradients);
    expectClose(await net.gradients(data(bytes, 1 / 255)), gradients);
    const whole = batch(data(image.data), [0, 1, 2, 3, 4]);
    expectClose(await net.gradients(whole.x, labels), gradients);
    expectClose(await net.gradients(named, labels, { inputs: true }), { ...gradients, inputs: ofInputs });
    net.step(named, labels);
    expect(await net.loss()).toBeCloseTo(loss, 5);
    const { data: x } = await net.tensor('x.image');
    expect(x[8]).toBeCloseTo(image.data[1], 6); // [1, 4, 5, 8]: the second pixel of the first sample
    expect((await net.check(named, labels)).ok).toBe(true);
    net.destroy();
  });

  test('a Siamese net adds up the gradients of both inputs', async () => {
    const { a, b, y, parameters, gradients } = torch.siamese;
    const [left, right, layer] = [input([4]), input([4]), dense(3, tanh)];
    const both = apply(multiply(), apply(layer, left), apply(layer, right));
    const net = await compile(model([left, right], apply(dense(1), both)), {
      device: device(),
      batch: 6,
      loss: sigmoidCrossEntropy(),
      optimizer: sgd({ learningRate: 1 }),
    });
    net.setParameters(parameters);
    expectClose(await net.gradients({ 0: a.data, 1: b.data }, y.data), gradients);
    expect((await net.check({ 0: a.data, 1: b.data }, y.data)).ok).toBe(true);
    net.destroy();
  });

  test('fit, evaluate and predict work on data sets, on the device or streamed, and a file opens', async () => {
    const [net, other] = [await netOf(device()), await netOf(device())];
    const train = concatData(data(bytes, 1 / 255), data(bytes, 1 / 255));
    const options = { epochs: 2, validation: train };
    const history = await net.fit(train, options);
    expect(history[1].validation.loss).toBeLessThan(history[0].validation.loss);
    await other.fit(streamed(train), options);
    expect(await other.parameters()).toEqual(await net.parameters());
    const expected = await net.predict({ image: bytes, facts: facts.data });
    const file = await net.save();
    const opened = await openModel(file, { device: device() });
    expect(describeModel(opened.model)).toBe(describeModel(ofBoth()));
    expect(await opened.predict({ image: bytes, facts: facts.data })).toEqual(expected);
    expect(await opened.predict(data(bytes, 1 / 255))).toEqual(expected);
    expect((await opened.evaluate(train)).loss).toBeCloseTo((await net.evaluate(train)).loss, 6);
    const resumed = await netOf(device());
    await resumed.load(file);
    await net.fit(train, { epochs: 1 });
    await resumed.fit(train, { epochs: 1 });
    expect(await resumed.parameters()).toEqual(await net.parameters());
    for (const one of [net, other, resumed, opened]) one.destroy();
  });
});

test('bytes of one scale stay bytes, and an opened net scales them as in training', async () => {
  const pairs = fromArrays({
    inputs: { a: { x: bytes, shape: [20], scale: 1 / 255 }, b: { x: bytes, shape: [4, 5], scale: 1 / 255 } },
    y: labels,
  });
  expect(pairs.inputs.data).toBeInstanceOf(Uint8Array);
  expect(pairs.shape).toEqual([40]);
  const [a, b] = [input([20]), input([1, 4, 5])];
  const net = await compile(model({ a, b }, apply(dense(3), apply(concat(), a, apply(flatten(), b)))), {
    device: 'cpu',
    batch: 5,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
  });
  await net.fit(pairs, { epochs: 1 });
  const expected = await net.predict(pairs);
  expect(await net.predict({ a: bytes, b: bytes })).toEqual(expected);
  const opened = await openModel(await net.save(), { device: 'cpu' });
  expect(await opened.predict({ a: bytes, b: bytes })).toEqual(expected);
  const floats = opened.predict({ a: bytes, b: image.data });
  await expect(floats).rejects.toThrow(DataError);
  for (const one of [net, opened]) one.destroy();
});

test('inputs are the first layers, whatever the order in which the output needs them', () => {
  const [a, b] = [input([2]), input([3])];
  const of = model({ b, a }, apply(concat(), apply(dense(2), a), b));
  expect(describeModel(of)).toBe('5 -> b 3 -> a 2 of 0 -> 2 linear -> concat of 3, 1');
  expect(JSON.parse(JSON.stringify(of.layers.slice(0, 2)))).toEqual([
    { layer: 'input', name: 'b', shape: [3], first: 0 },
    { layer: 'input', name: 'a', shape: [2], first: 3 },
  ]);
  expect(printSummary(summary(of))).toContain('layers.1  input   a 2       [2]');
});

test('parts of data sets have their parts, and other parts are refused', () => {
  const all = data(bytes, 1 / 255);
  expect(take(all, 2).inputs.parts).toEqual(all.inputs.parts);
  expect(split(all, { test: 2, stratify: false }).test.inputs.parts).toEqual(all.inputs.parts);
  const other = fromArrays({
    inputs: { facts: facts.data.map((v) => [v]).slice(0, 5), more: [[1], [2], [3], [4], [5]] },
    y: labels,
  });
  expect(() => concatData(all, other)).toThrow(DataError);
});

describe('what does not fit is refused by name', () => {
  const [a, b] = [input([2]), input([3])];
  const sum = apply(concat(), a, b);
  test.each<[string, () => unknown, new (message: string) => Error, string]>([
    ['an unused input', () => model({ a, b }, apply(dense(1), a)), ArgumentError, 'does not depend on b'],
    ['an input that is missing', () => model({ a }, sum), ArgumentError, 'found one of another input, [3]'],
    ['no inputs', () => model([], sum), ArgumentError, 'model: expected inputs'],
    ['one input twice', () => model({ a, b: a }, apply(dense(1), a)), ArgumentError, 'each there once'],
    ['what is no input', () => model({ a, b: apply(dense(3), b) }, sum), ArgumentError, 'expected an input() for b'],
    ['a reserved name', () => model({ inputs: a, b }, sum), ArgumentError, 'another name for an input, found "inputs"'],
    ['arrays without names', () => fromArrays({ inputs: {}, y: [0] }), ArgumentError, 'expected arrays by name'],
    [
      'another number of samples',
      () => fromArrays({ inputs: { a: [[1], [2]], b: [[1]] }, y: [0, 1] }),
      DataError,
      'arrays.b.y: expected 1 samples, as many as x, found 2',
    ],
  ])('%s', (_name, make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });

  test('samples and data sets', async () => {
    const net = await netOf('cpu');
    expect(() => net.step({ image: image.data }, labels)).toThrow(
      'expected samples of the inputs image, facts, found image',
    );
    expect(() => net.step({ image: image.data, facts: [1, 2, 3] }, labels)).toThrow(
      new ShapeError('step: expected as many samples of facts as of image, 5, found 1'),
    );
    expect(() => net.step({ image: image.data, facts: [1] }, labels)).toThrow(
      'step: facts must hold whole samples of 3',
    );
    const swapped = fromArrays({
      inputs: { facts: { x: facts.data, shape: [3] }, image: { x: image.data, shape: [20] } },
      y: labels,
    });
    await expect(net.evaluate(swapped)).rejects.toThrow('expected the inputs image [1, 4, 5], facts [3] in this order');
    const many = concatData(data(bytes), data(bytes));
    await expect(net.fit(many, { epochs: 1, augment: { shift: 1 } })).rejects.toThrow('expected images');
    net.destroy();
  });
});
