/** What summary() says of models, against numbers computed by hand and against what a device holds. */
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  adam,
  add,
  apply,
  batchNorm,
  compile,
  conv2d,
  dense,
  dropout,
  flatten,
  input,
  maxPool2d,
  model,
  momentum,
  printSummary,
  relu,
  sequential,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
  summary,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';

const gpu = useGpu();
const small = sequential([784], [dense(100, sigmoid), dense(10)]);
const loss = softmaxCrossEntropy();

test('a net of dense layers', () => {
  expect(summary(small)).toEqual({
    input: [784],
    layers: [
      {
        name: 'layers.0',
        kind: 'dense',
        description: '100 sigmoid',
        shape: [100],
        parameters: 78_500,
        multiplyAdds: 78_400,
      },
      { name: 'layers.1', kind: 'dense', description: '10 linear', shape: [10], parameters: 1010, multiplyAdds: 1000 },
    ],
    parameters: 79_510,
    multiplyAdds: 79_400,
  });
});

test('LeNet-5, whose numbers are in every textbook', () => {
  const lenet = sequential(
    [1, 28, 28],
    [
      conv2d(6, 5, relu, { padding: 2 }),
      maxPool2d(2),
      conv2d(16, 5, relu),
      maxPool2d(2),
      flatten(),
      dense(120, relu),
      dense(84, relu),
      dense(10),
    ],
  );
  const { layers, parameters, multiplyAdds } = summary(lenet);
  expect(layers.map((layer) => layer.parameters)).toEqual([156, 0, 2416, 0, 0, 48_120, 10_164, 850]);
  expect(layers.map((layer) => layer.multiplyAdds)).toEqual([117_600, 0, 240_000, 0, 0, 48_000, 10_080, 840]);
  expect(layers.map(({ shape }) => shape)).toEqual([
    [6, 28, 28],
    [6, 14, 14],
    [16, 10, 10],
    [16, 5, 5],
    [400],
    [120],
    [84],
    [10],
  ]);
  expect([parameters, multiplyAdds]).toEqual([61_706, 416_520]);
});

test('branches, layers without work, and running statistics, which training does not adjust', () => {
  const x = input([4]);
  const one = apply(dense(3), x);
  const other = apply(dense(3, relu), x);
  const branched = model(x, apply(dropout(0.5), apply(batchNorm(), apply(add(), one, other))));
  const { layers } = summary(branched);
  expect(layers.map(({ kind, parameters, multiplyAdds }) => [kind, parameters, multiplyAdds])).toEqual([
    ['dense', 15, 12],
    ['dense', 15, 12],
    ['add', 0, 0],
    ['batchNorm', 6, 0],
    ['dropout', 0, 0],
  ]);
});

describe('memory of a step', () => {
  // Rows are padded to four floats: a bias [100, 1] takes 1600 bytes.
  const parameters = 4 * (100 * 784 + 100 * 4 + 10 * 100 + 10 * 4);
  /** Behind each of the four, and behind what an optimizer keeps for it. */
  const flags = 4 * 16;

  test('parameters, gradients and the two moments of Adam', () => {
    const { bytes } = summary(small, { batch: 100, loss, optimizer: adam() });
    expect(bytes).toMatchObject({
      ...{ parameters: parameters + flags, gradients: parameters, optimizer: 2 * (parameters + flags) },
    });
    expect(bytes!.total).toBe(4 * parameters + 3 * flags + bytes!.activations);
    expect(bytes!.activations).toBeGreaterThan(4 * 100 * (784 + 100 + 10));
  });

  test.each([
    ['all tensors', { optimizer: momentum({ learningRate: 0.1 }) }],
    ['few tensors', { optimizer: adam(), keep: ['a1'] }],
    ['gradients that are added up', { optimizer: sgd({ learningRate: 0.1 }), accumulate: 2 }],
  ])('is what a device holds, to a percent: %s', async (_name, options) => {
    const { bytes } = summary(small, { batch: 100, loss, ...options });
    const net = await compile(small, { device: gpu.device, batch: 100, loss, tune: 'off', ...options });
    const held = net.schedule.buffers.reduce((sum, buffer) => sum + buffer.bytes, 0);
    net.destroy();
    expect(Math.abs(bytes!.total / held - 1)).toBeLessThan(0.01);
  });
});

test('a table', () => {
  const text = printSummary(summary(small, { batch: 1, loss, optimizer: sgd({ learningRate: 0.1 }), keep: [] }));
  expect(text.split('\n').slice(0, 5)).toEqual([
    'name      layer               output  parameters  multiply-adds',
    '          input               [784]',
    'layers.0  dense  100 sigmoid  [100]       78,500         78,400',
    'layers.1  dense  10 linear    [10]         1,010          1,000',
    'all                                       79,510         79,400',
  ]);
  expect(text.split('\n')[5]).toMatch(/^bytes of a step: [\d,]+ \(parameters 319,424, gradients 0, optimizer 0, /);
});

test('what is no model, and options that compile would refuse', () => {
  expect(() => summary({} as never)).toThrow(ArgumentError);
  expect(() => summary(small, { batch: 0, loss, optimizer: adam() })).toThrow(
    'summary: batch must be a positive integer',
  );
  expect(() => summary(small, { batch: 1 } as never)).toThrow(ArgumentError);
});
