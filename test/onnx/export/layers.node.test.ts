/** Every layer and every activation, exported and run by onnxruntime. */
import { describe, expect, test } from 'vitest';
import { normals } from '../../../src/base/random.ts';
import { type Shape, size } from '../../../src/base/tensor.ts';
import {
  activation,
  apply,
  compile,
  dense,
  gru,
  input,
  lstm,
  type Model,
  model,
  quadratic,
  reshape,
  sequential,
  sgd,
  type Tensor,
  type Trainer,
} from '../../../src/index.node.ts';
import { activations } from '../../../src/nn/layers/all-activations.ts';
import { kindOf } from '../../../src/nn/layers/layer.ts';
import { parametersOf } from '../../../src/nn/model.ts';
import { toOnnx } from '../../../src/onnx/index.ts';
import { choicesOf, layerCases } from '../../support/layer-cases.ts';
import { check, missing } from '../checker.ts';
import { error, run } from '../onnxruntime.ts';

const SAMPLES = 5;

const normal = (count: number, stream: number): Float32Array => Float32Array.from(normals(count, 9, stream));

/** Numbers for the parameters: those that begin as zeros and ones would hide what is left out. Variances are positive. */
const valuesFor = (of: Model): Record<string, Tensor> =>
  Object.fromEntries(
    parametersOf(of).map(({ key, shape }, i) => {
      const data = normal(size(shape), 10 + i);
      return [key, { shape, data: /running_var|std$/.test(key) ? data.map((v) => 0.5 + v * v) : data }];
    }),
  );

async function netOf(of: Model, loss: Record<string, ReturnType<typeof quadratic>> | ReturnType<typeof quadratic>) {
  const net = await compile(of, {
    device: 'cpu',
    batch: SAMPLES,
    loss,
    optimizer: sgd({ learningRate: 0.1 }),
  } as never);
  await net.setParameters(valuesFor(of));
  return net;
}

/** All that is exported here. */
const files: Uint8Array[] = [];

/** Outputs of both, by name. */
async function both(net: Trainer, x: Float32Array, shape: Shape, areIndices = false) {
  const file = await toOnnx(net);
  files.push(file);
  const data = areIndices ? BigInt64Array.from(x, BigInt) : x;
  const found = await run(file, { input: { shape: [SAMPLES, ...shape], data } });
  const expected = (await net.predict(x)) as Float32Array | Record<string, Float32Array>;
  net.destroy();
  return { found, expected: expected instanceof Float32Array ? { output: expected } : expected };
}

describe.each(layerCases.map((one) => [titleOf(one), one] as const))('%s', (_title, { layer, inputs }) => {
  test('computes what predict does', async () => {
    const [first, ...others] = inputs;
    const x = input(first);
    const made = others.map((shape) => apply(reshape(shape), apply(dense(size(shape)), x)));
    const value = apply(layer, x, ...made);
    const of = model(x, { direct: value, behind: apply(dense(2), value) });
    const net = await netOf(of, { direct: quadratic(), behind: quadratic() });
    const choices = choicesOf(layer);
    const numbers = normal(SAMPLES * size(first), 1);
    const samples = choices ? numbers.map((v) => choices[Math.abs(Math.round(3 * v)) % choices.length]) : numbers;
    const { found, expected } = await both(net, samples, first, choices !== undefined);
    expect(found.direct.shape).toEqual([SAMPLES, ...value.shape]);
    for (const name of ['direct', 'behind']) expect(error(found[name].data, expected[name])).toBeLessThan(1e-5);
  });
});

function titleOf({ layer, inputs }: (typeof layerCases)[number]): string {
  return `${layer.layer}: ${kindOf(layer).describe(layer)} of ${inputs.map((shape) => `[${shape}]`).join(' ')}`;
}

test.each(Object.keys(activations) as (keyof typeof activations)[])('%s computes what predict does', async (name) => {
  const of = sequential(
    [4, 3],
    [reshape([4, 3]), activation(activations[name]), dense(12), activation(activations[name])],
  );
  const { found, expected } = await both(await netOf(of, quadratic()), normal(SAMPLES * 12, 2), [4, 3]);
  expect(error(found.output.data, expected.output)).toBeLessThan(1e-5);
});

describe.each([
  ['gru', gru],
  ['lstm', lstm],
] as const)('a masked %s', (_name, make) => {
  /** Steps of 0 at the end, at the beginning, between others, everywhere, nowhere. */
  const masks = ['11100', '00111', '10101', '00000', '11111'];
  const x = normal(SAMPLES * 5 * 2, 3).map(
    (value, i) => value * Number(masks[Math.floor(i / 10)][Math.floor(i / 2) % 5]),
  );

  test.each([true, false])('leaves out steps of 0, with sequence %s', async (sequence) => {
    const of = sequential([5, 2], [make(3, { mask: true, sequence })]);
    const { found, expected } = await both(await netOf(of, quadratic()), x, [5, 2]);
    expect(error(found.output.data, expected.output)).toBeLessThan(1e-5);
  });
});

test('the checker of ONNX finds nothing in all these files', ({ skip }) => {
  if (missing) return skip(missing);
  expect(check(files)).toEqual([]);
});
