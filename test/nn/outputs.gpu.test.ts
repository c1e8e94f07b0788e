/** Models of several outputs, each with a loss and a weight, against values of PyTorch in double precision. */
import { describe, expect, expectTypeOf, test } from 'vitest';
import { batch, concat as concatData, fromArrays, take } from '../../src/data/index.ts';
import {
  ArgumentError,
  apply,
  backward,
  compile,
  concat,
  conv2d,
  DataError,
  type Device,
  dense,
  type Evaluation,
  flatten,
  input,
  type Model,
  meanSquared,
  model,
  type NamedOutputs,
  ShapeError,
  StateError,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  summary,
  tanh,
} from '../../src/index.node.ts';
import { auc, confusion, meanAbsoluteError, precisionRecallF1 } from '../../src/metrics/index.ts';
import { describeModel } from '../../src/nn/model.ts';
import { openModel } from '../../src/predict.node.ts';
import torch from '../oracle/several/several.json';
import { expectClose } from '../support/close.ts';
import { useGpu } from '../support/harness.ts';

const gpu = useGpu();
const { a, b, digit, parity, place, parameters, gradients, loss, losses, accuracy, predictions } = torch.outputs;
const x = { a: a.data, b: b.data };
const y = { digit, parity: parity.data, place: Float32Array.from(place.data) };

function ofThree() {
  const [left, right] = [input([4]), input([2])];
  const h = apply(dense(5, tanh), apply(concat(), left, right));
  const at = apply(dense(2), apply(concat(), h, right));
  return model({ a: left, b: right }, { digit: apply(dense(3), h), parity: apply(dense(1), h), place: at });
}

const compiled = (
  device: Device | 'cpu',
  {
    learningRate = 0.05,
    ...options
  }: { batch?: number; lossWeights?: Record<string, number>; learningRate?: number } = {},
) =>
  compile(ofThree(), {
    device,
    batch: 8,
    loss: { digit: softmaxCrossEntropy({ labelSmoothing: 0.1 }), parity: sigmoidCrossEntropy(), place: meanSquared() },
    lossWeights: { parity: 0.2, place: 3 },
    optimizer: sgd({ learningRate }),
    seed: 3,
    ...options,
  });

const data = fromArrays({
  inputs: { a: { x: a.data, shape: [4] }, b: { x: b.data, shape: [2] } },
  // In another order than the model has them.
  targets: {
    place: Float32Array.from(place.data),
    digit: { y: digit, classNames: ['zero', 'one', 'two'] },
    parity: parity.data.map((value) => [value]),
  },
});

describe.each([
  ['on a GPU', () => gpu.device],
  ['on the CPU', () => 'cpu' as const],
])('%s', (_where, device) => {
  test('losses, gradients and predictions are those of PyTorch, whichever way the targets are given', async () => {
    const net = await compiled(device());
    net.setParameters(parameters);
    expectClose(await net.gradients(x, y), gradients);
    expectClose(await net.gradients(data), gradients);
    const whole = batch(data, [0, 1, 2, 3, 4, 5]);
    expect(whole.y.subarray(0, 6)).toEqual(Float32Array.of(place.data[0], place.data[1], 1, 0, 0, parity.data[0]));
    const found = await net.predict(x);
    expect(Object.keys(found)).toEqual(['digit', 'parity', 'place']);
    for (const [name, { data }] of Object.entries(predictions)) {
      data.forEach((value, i) => {
        expect(found[name as 'digit'][i]).toBeCloseTo(value, 5);
      });
    }
    net.step(x, y);
    expect(await net.loss()).toBeCloseTo(loss, 5);
    expect((await net.check(x, y)).ok).toBe(true);
    net.destroy();
  });

  test('an evaluation has the loss and the accuracy of each output, and metrics by name', async () => {
    const net = await compiled(device());
    net.setParameters(parameters);
    const found = await net.evaluate(data, {
      metrics: { digit: [confusion()], parity: [auc()], place: [meanAbsoluteError()] },
    });
    expect(found.loss).toBeCloseTo(loss, 5);
    expect(found.accuracy).toBeUndefined();
    for (const [name, value] of Object.entries(losses)) expect(found.outputs?.[name].loss).toBeCloseTo(value, 5);
    expect(found.outputs?.digit.accuracy).toBeCloseTo(accuracy.digit, 6);
    expect(found.outputs?.parity.accuracy).toBeCloseTo(accuracy.parity, 6);
    expect(found.outputs?.place.accuracy).toBeUndefined();
    const metrics = (name: string) => found.outputs?.[name].metrics as Record<string, unknown>;
    const { classes, counts } = metrics('digit').confusion as { classes: string[]; counts: number[][] };
    expect(classes).toEqual(['zero', 'one', 'two']);
    const right = counts.reduce((sum, row, i) => sum + row[i], 0);
    expect(right / 6).toBeCloseTo(accuracy.digit, 6);
    const p = predictions.parity.data;
    const pairs = parity.data.flatMap((y, i) =>
      y ? parity.data.flatMap((z, j) => (z ? [] : [Number(p[i] > p[j])])) : [],
    );
    expect(metrics('parity').auc).toBeCloseTo(pairs.reduce((sum, one) => sum + one, 0) / pairs.length, 5);
    const off = place.data.map((value, i) => Math.abs(value - predictions.place.data[i]));
    expect(metrics('place').meanAbsoluteError).toBeCloseTo(off.reduce((sum, one) => sum + one, 0) / off.length, 5);
    net.destroy();
  });

  test('gradients follow what is given for each output by its name, as by rows of all of them', async () => {
    const left = input([3]);
    const heads = model(left, { two: apply(dense(2), left), one: apply(dense(1), left) });
    const loss = { two: meanSquared(), one: meanSquared() };
    const net = await compile(heads, { device: device(), batch: 4, loss, optimizer: sgd({ learningRate: 0.1 }) });
    const x = [
      [1, 2, 3],
      [-1, 0.5, 4],
    ];
    const outputGradient = { one: [0.5, -2], two: Float32Array.of(1, 3, -2, 0) };
    const held = await backward(net, x, { outputGradient, inputs: true });
    const found = Object.fromEntries(
      await Promise.all(Object.entries(held).map(async ([key, tensor]) => [key, await tensor.read()] as const)),
    );
    // ∂/∂W = Σ v xᵀ and ∂/∂b = Σ v over the two samples, by hand; ∂/∂x = Wᵀ v.
    const { 'layers.0.weight': two, 'layers.1.weight': one } = await net.parameters();
    const [w, u] = [two.data, one.data];
    const dx = [0, 1, 2].map((i) => [w[i] + 3 * w[3 + i] + 0.5 * u[i], -2 * w[i] - 2 * u[i]]);
    expectClose(found, {
      'layers.0.weight': { shape: [2, 3], data: [3, 1, -5, 3, 6, 9] },
      'layers.0.bias': { shape: [2], data: [-1, 3] },
      'layers.1.weight': { shape: [1, 3], data: [2.5, 0, -6.5] },
      'layers.1.bias': { shape: [1], data: [-1.5] },
      inputs: { shape: [2, 3], data: [0, 1].flatMap((n) => dx.map((of) => of[n])) },
    });
    const whole = await backward(net, x, { outputGradient: [1, 3, 0.5, -2, 0, -2] });
    for (const [key, tensor] of Object.entries(whole)) expect(await tensor.read(), key).toEqual(found[key]);
    for (const [given, message] of [
      [{ one: [0.5, -2] }, 'expected values for the outputs two, one, found one'],
      [{ one: [0.5, -2], two: [1, 2] }, 'outputGradient.two must hold as many samples as x, 2, found 1'],
      [{ one: [0.5, -2, 1], two: [1, 2, 3, 4] }, 'outputGradient.one must hold as many samples as x, 2, found 3'],
      [{ one: [0.5, Number.NaN], two: [1, 2, 3, 4] }, 'outputGradient.one: '],
    ] as const)
      await expect(backward(net, x, { outputGradient: given })).rejects.toThrow(message);
    for (const tensor of [...Object.values(held), ...Object.values(whole)]) tensor.destroy();
    net.destroy();
  });

  test.each([
    ['loss', (found: Evaluation) => -found.loss, undefined],
    ['place.loss', (found: Evaluation) => -found.outputs!.place.loss, undefined],
    ['digit.accuracy', (found: Evaluation) => found.outputs!.digit.accuracy!, undefined],
    [
      'digit.f1',
      ({ outputs }: Evaluation) => (outputs!.digit.metrics as { f1: number }).f1,
      { digit: [precisionRecallF1()] },
    ],
  ] as const)('keepBest and earlyStopping compare epochs by %s', async (metric, scoreOf, metrics) => {
    const net = await compiled(device(), { batch: 3, learningRate: 0.6 });
    const options = { epochs: 12, validation: data, metric, keepBest: true, earlyStopping: { patience: 4 }, metrics };
    const files: Uint8Array[] = [];
    const epochs = await net.fit(data, { ...options, onEpoch: async () => void files.push(await net.save()) });
    const scores = epochs.map(({ validation }) => scoreOf(validation!));
    const best = scores.indexOf(Math.max(...scores));
    expect(epochs.length).toBe(Math.min(12, best + 5));
    expect(new Set(scores).size).toBeGreaterThan(1);
    expect(scoreOf(await net.evaluate(data, { metrics }))).toBe(scores[best]);
    const resumed = await compiled(device(), { batch: 3, learningRate: 0.6 });
    await resumed.load(files[1]);
    expect(resumed.epochs).toBe(2);
    for (const one of [net, resumed]) one.destroy();
  });

  test('fit follows the total loss, resident or streamed, and a file opens and goes on with the same bits', async () => {
    const options = { epochs: 3, validation: data } as const;
    const [net, other] = [await compiled(device(), { batch: 4 }), await compiled(device(), { batch: 4 })];
    const history = await net.fit(data, { ...options, metrics: { digit: [confusion()] } });
    const { loss, outputs } = history[2].validation;
    const sum = outputs!.digit.loss + 0.2 * outputs!.parity.loss + 3 * outputs!.place.loss;
    expect(loss).toBeCloseTo(sum, 6);
    expect(loss).toBeLessThan(history[0].validation.loss);
    await other.fit(data, { ...options, maxBytes: 1 });
    expect(await other.parameters()).toEqual(await net.parameters());
    const file = await net.save();
    const opened = await openModel<Model & NamedOutputs<'digit' | 'parity' | 'place'>>(file, { device: device() });
    expect(describeModel(opened.model)).toBe(describeModel(ofThree()));
    const [found, expected] = [await opened.predict(x), await net.predict(x)];
    expect(found).toEqual(expected);
    expect(await opened.predict(data)).toEqual(expected);
    const [one, two] = [await opened.evaluate(data), await net.evaluate(data)];
    expect(one.loss).toBeCloseTo(two.loss, 6);
    expect(one.outputs?.digit.accuracy).toBe(two.outputs?.digit.accuracy);
    await expect(opened.classify(x)).rejects.toThrow(StateError);
    const resumed = await compiled(device(), { batch: 4 });
    await resumed.load(file);
    for (const net of [one, two]) expect(net.count).toBe(6);
    await net.fit(data, { epochs: 1 });
    await resumed.fit(data, { epochs: 1 });
    expect(await resumed.parameters()).toEqual(await net.parameters());
    for (const one of [net, other, resumed, opened]) one.destroy();
  });
});

test('a net of several outputs has tensors of each, and costs few dispatches', async () => {
  const net = await compiled(gpu.device);
  const names = net.graph.nodes.map(({ name }) => name);
  for (const name of ['losses.digit', 'losses.parity', 'losses.place', 'y.digit', 'y.parity', 'y.place', 'losses'])
    expect(names).toContain(name);
  net.step(x, y);
  const { shape, data } = await net.tensor('y.digit');
  expect(shape).toEqual([3, 8]);
  expect([0, 8, 16].map((at) => data[at])).toEqual([1, 0, 0]);
  const { tensors } = { tensors: await net.tensors(x, y) };
  expect(tensors.prediction.shape).toEqual([6, 6]);
  net.destroy();
});

test('one loss of weight 0 leaves the weights that only it trains as they are', async () => {
  const net = await compiled('cpu', { lossWeights: { parity: 0 } });
  const before = await net.parameters();
  net.step(x, y);
  const after = await net.parameters();
  expect(after['layers.5.weight']).toEqual(before['layers.5.weight']);
  expect(after['layers.4.weight']).not.toEqual(before['layers.4.weight']);
  net.destroy();
});

test('labels take one number, and bytes where all are labels', () => {
  const labels = fromArrays({
    x: [[1], [2], [3]],
    targets: { digit: [0, 2, 1], parity: { y: [0, 0, 1], classes: 2 } },
  });
  expect(labels.targets.data).toEqual(Uint8Array.of(0, 0, 2, 0, 1, 1));
  expect([labels.targets.size, take(labels, 2).targets.data.length]).toEqual([5, 4]);
  expect(concatData(labels, labels).targets.data).toHaveLength(12);
  expect(batch(labels, [1]).y).toEqual(Float32Array.of(0, 0, 1, 1, 0));
});

test('the model says what its outputs are', () => {
  const of = ofThree();
  expectTypeOf(of).toEqualTypeOf<Model & NamedOutputs<'digit' | 'parity' | 'place'>>();
  expect(describeModel(of)).toBe(
    '6 -> a 4 -> b 2 of 0 -> concat of 1, 2 -> 5 tanh -> 3 linear -> 1 linear of 4 -> concat of 4, 2 -> 2 linear -> outputs digit, parity, place of 5, 6, 8',
  );
  expect(summary(of).parameters).toBe(35 + 18 + 6 + 16);
});

test('one label per sample is no target of an output that is an image, of whichever size', async () => {
  const image = input([1, 2, 2]);
  const pixels = apply(conv2d(2, 1), image);
  const net = await compile(model(image, { mask: pixels, whole: apply(dense(3), apply(flatten(), pixels)) }), {
    ...{ device: 'cpu' as const, batch: 2, optimizer: sgd({ learningRate: 1 }) },
    loss: { mask: softmaxCrossEntropy(), whole: softmaxCrossEntropy() },
  });
  const x = [Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8)];
  const message =
    /one label per sample.*one of 2 classes at each of 4 places: give y as 4 labels, .* or 8 values per sample/;
  expect(() => net.step(x, { mask: [0, 7], whole: [0, 2] })).toThrow(message);
  const labelled = fromArrays({
    ...{ x: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape: [1, 2, 2] },
    targets: { mask: { y: [0, 7], classes: 8 }, whole: { y: [0, 2], classes: 3 } },
  });
  await expect(net.evaluate(labelled)).rejects.toThrow(message);
  expect(() => net.step(labelled)).toThrow(message);
  const masks = [0, 1, 1, 0, 1, 1, 0, 0];
  const values = [1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 0];
  const whole = Uint8Array.of(0, 2);
  const expected = await net.gradients(x, { mask: Float32Array.from(values), whole });
  expect(await net.gradients(x, { mask: masks, whole })).toEqual(expected);
  const named = fromArrays({
    ...{ x: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape: [1, 2, 2] },
    targets: { whole: { y: [0, 2], classes: 3 }, mask: { y: masks, labelShape: [2, 2] } },
  });
  expect(await net.gradients(named)).toEqual(expected);
  const { outputs } = await net.evaluate(named, { metrics: { mask: [precisionRecallF1()] } });
  const found = await net.predict(x);
  const said = masks.map((_, i) => Number(found.mask[8 * (i >> 2) + 4 + (i % 4)] > 0.5));
  expect(outputs!.mask.accuracy).toBeCloseTo(masks.filter((mask, i) => mask === said[i]).length / 8, 6);
  expect(outputs!.mask.metrics).toMatchObject({ perClass: [{ support: 4 }, { support: 4 }] });
  net.destroy();
});

describe('what does not fit is refused by name', () => {
  const h = input([3]);
  const two = () => model(h, { left: apply(dense(2), h), right: apply(dense(1, sigmoid), h) });
  const make = (options: object) => () =>
    compile(two(), { device: 'cpu', batch: 2, optimizer: sgd({ learningRate: 1 }), ...options } as never);
  const [left, right] = [softmaxCrossEntropy(), meanSquared()];
  test.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      'one loss',
      make({ loss: left }),
      ArgumentError,
      'compile: loss: expected a loss for the outputs left, right, found',
    ],
    ['a loss too few', make({ loss: { left } }), ArgumentError, 'a loss for the outputs left, right, found left'],
    [
      'a loss that is none',
      make({ loss: { left, right: 3 } }),
      ArgumentError,
      'compile: loss.right: loss must be a loss',
    ],
    [
      'a loss on logits',
      make({ loss: { left, right: sigmoidCrossEntropy() } }),
      ArgumentError,
      'expected a linear last layer',
    ],
    [
      'an unknown weight',
      make({ loss: { left, right }, lossWeights: { up: 1 } }),
      ArgumentError,
      'lossWeights: expected',
    ],
    ['a weight below 0', make({ loss: { left, right }, lossWeights: { left: -1 } }), ArgumentError, 'lossWeights.left'],
    [
      'two reductions',
      make({ loss: { left, right: meanSquared({ reduction: 'sum' }) } }),
      ArgumentError,
      'one reduction',
    ],
    [
      'weights of one output',
      () =>
        compile(sequential([3], [dense(2)]), {
          device: 'cpu',
          batch: 2,
          loss: left,
          lossWeights: { a: 1 },
          optimizer: sgd({ learningRate: 1 }),
        }),
      ArgumentError,
      'lossWeights: expected a model of several outputs',
    ],
    [
      'an output that is none',
      async () => model(h, { left: h }),
      ArgumentError,
      'expected an output from apply() for left',
    ],
  ])('%s', async (_name, make, kind, message) => {
    const failure = (await Promise.resolve()
      .then(make)
      .catch((error) => error as Error)) as Error;
    expect(failure).toBeInstanceOf(kind);
    expect(failure.message).toContain(message);
  });

  test('targets and data sets', async () => {
    const net = await make({ loss: { left, right: meanSquared() } })();
    const rows = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    expect(() => net.step(rows, { left: [0, 1] })).toThrow(
      'step: y: expected targets for the outputs left, right, found left',
    );
    expect(() => net.step(rows, { left: [0, 2], right: [[1], [0]] })).toThrow(
      'step: left: y[1] must be a class from 0 to 1',
    );
    expect(() => net.step(rows, [0, 1])).toThrow(ShapeError);
    expect(() =>
      net.step(rows, [
        [0.5, 7, 0.5],
        [0, 1, 0],
      ]),
    ).toThrow('value 1 of sample 0 must be a probability');
    const other = fromArrays({ x: rows, targets: { left: [0, 1], up: [[1], [0]] } });
    await expect(net.evaluate(other)).rejects.toThrow(
      'expected targets for left [2], right [1], found left [2], up [1]',
    );
    await expect(net.evaluate(fromArrays({ x: rows, y: [0, 1], classes: 3 }))).rejects.toThrow(
      'expected targets by name, left, right',
    );
    const odd = fromArrays({
      x: rows,
      targets: {
        left: [
          [0.5, 2],
          [0, 1],
        ],
        right: [[1], [0]],
      },
    });
    await expect(net.evaluate(odd)).rejects.toThrow(DataError);
    const fine = fromArrays({ x: rows, targets: { left: [0, 1], right: [[1], [0]] } });
    await expect(net.evaluate(fine, { metrics: [confusion()] })).rejects.toThrow('lists by the names of the outputs');
    await expect(net.fit(fine, { epochs: 1, validation: fine, metric: 'accuracy', keepBest: true })).rejects.toThrow(
      "must be 'loss' or one of an output, such as 'left.loss', for a model of several outputs, found \"accuracy\"",
    );
    for (const [metric, message] of [
      ['up.loss', "must be 'loss' or one of an output"],
      ['left.f1', "must be 'loss', 'accuracy' or 'exactMatch', found \"left.f1\""],
      [
        'right.accuracy',
        "metric 'right.accuracy' needs classes, found arrays with target values and the loss meanSquared",
      ],
    ])
      await expect(net.fit(fine, { epochs: 1, validation: fine, metric, keepBest: true })).rejects.toThrow(message);
    const single = await compile(sequential([3], [dense(3)]), {
      device: 'cpu',
      batch: 2,
      loss: meanSquared(),
      optimizer: sgd({ learningRate: 1 }),
    });
    await expect(single.evaluate(fine)).rejects.toThrow('expected targets of one output');
    for (const one of [net, single]) one.destroy();
  });
});
