/** Files that PyTorch's own exporter wrote, with what PyTorch computes of some samples; ../data has them, and the script for most. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  batchNorm,
  categoricalCrossEntropy,
  compile,
  DataError,
  type Model,
  meanSquared,
  sgd,
  type Tensor,
  type Trainer,
} from '../../../src/index.node.ts';
import { describeModel } from '../../../src/nn/model.ts';
import { fromOnnx, toOnnx } from '../../../src/onnx/index.ts';
import { useGpu } from '../../support/harness.ts';

const folder = fileURLToPath(new URL('../data/', import.meta.url));
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.onnx') ? [file.slice(0, -5)] : []));

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Case {
  readonly supported: boolean;
  readonly input: Numbers;
  readonly output: Numbers;
}

const fileOf = (name: string): Uint8Array => readFileSync(`${folder}${name}.onnx`);
const caseOf = <C = Case>(name: string): C => JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8'));

const gpu = useGpu();

/** The file as a net that trains its last layer with weights alone. */
async function netOf(name: string, device: Parameters<typeof compile>[1]['device'], batch: number): Promise<Trainer> {
  const { model, parameters, loss = meanSquared() } = await fromOnnx(fileOf(name));
  const layers = Object.keys(parameters).map((key) => Number(key.split('.')[1]));
  const body = [...new Set(layers)].filter((i) => i < Math.max(...layers)).map((i) => `layers.${i}.*`);
  const optimizer = sgd({ learningRate: 0.1 });
  const net = await compile(model, { device, batch, loss, optimizer, freeze: body, tune: 'off', keep: [] });
  await net.setParameters(parameters);
  return net;
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (let i = 0; i < expected.length; i++)
    if (!(Math.abs(found[i] - expected[i]) <= 1e-5 * Math.max(1, largest)))
      expect.fail(`output ${i}: ${found[i]} instead of ${expected[i]}`);
}

describe.each(names.filter((name) => caseOf(name).supported && caseOf(name).input))('%s', (name) => {
  const { input, output } = caseOf(name);
  const [x, samples] = [Float32Array.from(input.data), input.shape[0]];

  test('gives what PyTorch gives, and is fine-tuned alike on a GPU and on the CPU', async () => {
    const tuned: Record<string, Tensor>[] = [];
    const losses: number[] = [];
    for (const device of [gpu.device, 'cpu'] as const) {
      const net = await netOf(name, device, samples);
      const before = await net.parameters();
      const predicted = (await net.predict(x)) as Float32Array;
      expectClose(predicted, output.data);
      // One class, or one value, for all.
      const targets = predicted.map((_, i) => Number(i % (predicted.length / samples) === 0));
      net.step(x, targets);
      losses.push(await net.loss());
      tuned.push(await net.parameters());
      const changed = Object.keys(before).filter((key) =>
        before[key].data.some((v, i) => v !== tuned.at(-1)![key].data[i]),
      );
      const last = Object.keys(before).at(-1)!.split('.')[1];
      expect(changed.length).toBeGreaterThan(0);
      for (const key of changed) expect(key).toMatch(new RegExp(`^layers\\.${last}\\.`));
      net.destroy();
    }
    expect(losses[0]).toBeCloseTo(losses[1], 4);
    for (const key of Object.keys(tuned[0])) expectClose(tuned[0][key].data, tuned[1][key].data);
  });
});

test('a graph in training mode keeps its dropout and its batch normalization, and the names of the classes', async () => {
  const { model, classNames } = await fromOnnx(fileOf('training'));
  const before = '1x6x6 -> conv 3x3x4 no bias linear -> batchNorm -> relu -> max pool 2x2';
  expect(describeModel(model)).toBe(`${before} -> dropout 0.3 -> 3 linear`);
  expect(model.layers[1]).toEqual(batchNorm({ momentum: 0.2 }));
  expect(classNames).toEqual(['low', 'middle', 'top']);
});

test('several inputs and outputs go by their names', async () => {
  const { inputs, outputs } = caseOf<Record<'inputs' | 'outputs', Record<string, Numbers>>>('heads');
  const { model, parameters, loss } = await fromOnnx(fileOf('heads'));
  expect(loss).toBeUndefined(); // the softmax of one output stays a layer, as the other has none
  const net = await compile(model as Model, {
    ...{ device: gpu.device, batch: 4, optimizer: sgd({ learningRate: 0.1 }), tune: 'off' },
    loss: { kind: categoricalCrossEntropy(), size: meanSquared() },
  });
  net.setParameters(parameters);
  const x = Object.fromEntries(Object.entries(inputs).map(([name, { data }]) => [name, Float32Array.from(data)]));
  const found = (await net.predict(x)) as unknown as Record<string, Float32Array>;
  expect(Object.keys(found)).toEqual(['kind', 'size']);
  for (const [name, { data }] of Object.entries(outputs)) expectClose(found[name], data);
  // Written again, the input that is called so keeps its name.
  const again = await fromOnnx(await toOnnx(net as Trainer));
  expect(describeModel(again.model)).toBe(describeModel(model));
  net.destroy();
});

describe('what is not supported is listed, all of it', () => {
  test.each([
    [
      'unsupported-dilation-cumsum',
      ['"/c/Conv": Conv: dilations = 2,2, expected 1', '"/CumSum": CumSum: no layer computes this operator'],
    ],
    [
      'unsupported-attention',
      [
        '"/a/Slice": Slice: no layer computes this operator',
        '"/a/Slice_1": Slice: no layer computes this operator',
        '"/a/Slice_2": Slice: no layer computes this operator',
        '"/a/Mul_3": Mul: the size of the batch in arithmetic',
        '"/a/MatMul_1": MatMul: both inputs depend on data, expected a constant second',
        '"/a/MatMul_2": MatMul: both inputs depend on data, expected a constant second',
        '"/a/Mul_4": Mul: the size of the batch in arithmetic',
      ],
    ],
    [
      'unsupported-options',
      [
        '"/conv/Conv": Conv: pads = 1,1,0,0, expected as many on both sides: pad the samples instead',
        '"/Pad": Pad: expected a convolution or an average pool after it',
        '"/MaxPool": MaxPool: ceil_mode = 1, with windows that reach out of [1, 6, 7]: expected a size that they fill',
        '"/norm/LayerNormalization": LayerNormalization: axis = -1 of samples [5, 4], expected all numbers of a sample: ' +
          'no layer normalizes each token by itself',
        '"/cells/LSTM": LSTM: the state of the cells as an output that is used: no layer gives it',
        '"/net/GRU": GRU: lengths of sequences: expected a graph for sequences of one length',
      ],
    ],
  ])('%s', async (name, lines) => {
    expect(caseOf(name).supported).toBe(false);
    const error = await fromOnnx(fileOf(name)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DataError);
    const [first, ...others] = (error as DataError).message.split('\n');
    expect(first).toBe(`fromOnnx: ${lines.length} nodes that are not supported:`);
    expect(others).toEqual(lines.map((line) => `  ${line}`));
  });

  test('and every such file is in this list', () => {
    expect(names.filter((name) => !caseOf(name).supported)).toEqual([
      'unsupported-attention',
      'unsupported-dilation-cumsum',
      'unsupported-options',
    ]);
  });
});
