/**
 * Random nets against PyTorch, which computes the same in double precision: predictions, and gradients by parameters and inputs.
 * `RETROGRAD_NETS=100` says how many, `RETROGRAD_NETS_FROM=1000` which seed is the first. It needs `python3` with `torch`, as of
 * Debian's package `python3-torch`.
 */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { uniforms } from '../../../src/base/random.ts';
import { type Shape, size } from '../../../src/base/tensor.ts';
import type { Tensor } from '../../../src/index.node.ts';
import { describeModel } from '../../../src/nn/model.ts';
import { useGpu } from '../../support/harness.ts';
import { pythonWith, runPython } from '../../support/python.ts';
import { compiled, inputsOf, parametersOf, type RandomNet, randomNet } from './random-nets.ts';

const count = Number(process.env.RETROGRAD_NETS ?? 15);
const from = Number(process.env.RETROGRAD_NETS_FROM ?? 1);

const python = pythonWith('torch', 'Random nets against PyTorch');

interface Case {
  readonly seed: number;
  readonly net: RandomNet;
  readonly parameters: Readonly<Record<string, Tensor>>;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** A tensor as PyTorch computes it, and how far that is from the same in single precision. */
interface Expected {
  readonly data: readonly number[];
  readonly rounding: number;
}

function caseOf(seed: number): Case {
  const net = randomNet(seed);
  const { model, samples } = net;
  const outputs = size(model.shapes.at(-1)!);
  return {
    seed,
    net,
    parameters: parametersOf(net, seed),
    x: inputsOf(net, seed),
    y: targetsOf(net, seed, samples, outputs),
  };
}

function targetsOf({ loss }: RandomNet, seed: number, samples: number, outputs: number): Float32Array {
  const values = Float32Array.from(uniforms(samples * outputs, seed, 2));
  if (loss.name !== 'softmaxCrossEntropy') return values;
  return values.map((_, i) => Number(i % outputs === Math.floor(values[i - (i % outputs)] * outputs)));
}

/** What PyTorch computes for all of them. */
function computed(cases: readonly Case[]): Record<string, Expected>[] {
  const given = cases.map(({ net: { model, loss, samples, indices }, parameters, x, y }) => {
    const plain = (shape: Shape, data: Float32Array) => ({ shape, data: Array.from(data) });
    const named = Object.entries(parameters).map(([key, { shape, data }]) => [key, plain(shape, data)]);
    return {
      ...{ model, loss: loss.name, indices, parameters: Object.fromEntries(named) },
      x: plain([samples, ...model.input], x),
      y: plain([samples, ...model.shapes.at(-1)!], y),
    };
  });
  const script = fileURLToPath(new URL('nets.py', import.meta.url));
  return runPython(python!, [script], given) as Record<string, Expected>[];
}

const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/**
 * The largest difference, as a share of what is allowed: 1e-5 of the largest value, and more where terms cancel: 3e-6 of the largest
 * gradient of the net, and some of the roundings of PyTorch. A bias before a norm has the gradient 0, which is the sum of terms that
 * are as large as the other gradients.
 */
function share(found: ArrayLike<number>, { data, rounding }: Expected, ofNet: number): number {
  expect(found).toHaveLength(data.length);
  const worst = largest(data.map((value, i) => found[i] - value));
  return worst === 0 ? 0 : worst / (1e-5 * largest(data) + 3e-6 * ofNet + 10 * rounding);
}

describe.skipIf(!python)('random nets compute what PyTorch computes', () => {
  const gpu = useGpu();
  const seeds = Array.from({ length: count }, (_, i) => from + i);
  let cases: Case[];
  let expected: Record<string, Expected>[];
  beforeAll(() => {
    cases = seeds.map(caseOf);
    expected = computed(cases);
  });

  test.each(seeds)('of seed %i', async (seed) => {
    const { net, parameters, x, y } = cases[seed - from];
    const { prediction, ...gradients } = expected[seed - from];
    const ofNet = Math.max(...Object.values(gradients).map(({ data }) => largest(data)));
    const title = `${describeModel(net.model)}, ${net.loss.name}, ${net.samples} samples`;
    for (const device of [gpu.device, 'cpu'] as const) {
      const trainer = await compiled(net, device);
      await trainer.setParameters(parameters);
      const found = await trainer.gradients(x, y, { inputs: !net.indices });
      const predicted = await trainer.predict(x);
      trainer.destroy();
      expect(Object.keys(found).sort()).toEqual(
        Object.keys(gradients)
          .filter((key) => key in found)
          .sort(),
      );
      for (const [key, { data }] of Object.entries({ ...found, prediction: { data: predicted } })) {
        const wanted = key === 'prediction' ? prediction : gradients[key];
        const where = `${title}: ${key} on ${device === 'cpu' ? 'the CPU' : 'the GPU'}`;
        expect(share(data, wanted, key === 'prediction' ? 0 : ofNet), where).toBeLessThanOrEqual(1);
      }
    }
  });
});
