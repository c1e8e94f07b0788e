/** Files that PyTorch's own exporter wrote, with what PyTorch computes of some samples; ../data has them, and the script for most. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compile, DataError, meanSquared, sgd, type Tensor, type Trainer } from '../../../src/index.node.ts';
import { fromOnnx } from '../../../src/onnx/index.ts';
import { useGpu } from '../../support/harness.ts';

const folder = fileURLToPath(new URL('../data/', import.meta.url));
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.onnx') ? [file.slice(0, -5)] : []));

interface Case {
  readonly supported: boolean;
  readonly input: { readonly shape: readonly number[]; readonly data: readonly number[] };
  readonly output: { readonly shape: readonly number[]; readonly data: readonly number[] };
}

const fileOf = (name: string): Uint8Array => readFileSync(`${folder}${name}.onnx`);
const caseOf = (name: string): Case => JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8'));

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

describe.each(names.filter((name) => caseOf(name).supported))('%s', (name) => {
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
    ]);
  });
});
