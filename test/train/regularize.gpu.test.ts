/** Penalties on the size of parameters: what they add to a gradient, by pattern, at no dispatch of its own. */
import { expect, test } from 'vitest';
import {
  ArgumentError,
  adam,
  adamw,
  type CompileOptions,
  compile,
  dense,
  momentum,
  relu,
  sequential,
  sgd,
  squared,
  type Trainer,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { samples } from '../support/nets.ts';

const gpu = useGpu();

const model = sequential([3], [dense(4, relu), dense(2)]);
const loss = squared();
const { x, y } = samples(model, loss, 6);

async function using<T>(options: Partial<CompileOptions>, work: (net: Trainer) => Promise<T> | T): Promise<T> {
  const optimizer = sgd({ learningRate: 0.1 });
  const net = await compile(model, { device: gpu.device, batch: 6, loss, optimizer, seed: 2, tune: 'off', ...options });
  try {
    return await work(net);
  } finally {
    net.destroy();
  }
}

const trained = (options: Partial<CompileOptions>) =>
  using(options, async (net) => {
    for (let i = 0; i < 4; i++) net.step(x, y);
    expect((await net.check(x, y)).share).toBeLessThan(1);
    return net.parameters();
  });

const l2 = 0.03;
test.each([
  ['sgd', (weightDecay: number) => sgd({ learningRate: 0.1, weightDecay })],
  ['momentum', (weightDecay: number) => momentum({ learningRate: 0.1, weightDecay })],
  ['adam', (weightDecay: number) => adam({ learningRate: 0.1, weightDecay })],
])('an l2 of all parameters is the weight decay of %s, bit by bit', async (_name, optimizer) => {
  for (const options of [{}, { accumulate: 2, clipNorm: 0.5 }]) {
    const decayed = await trained({ ...options, optimizer: optimizer(l2) });
    expect(await trained({ ...options, optimizer: optimizer(0), regularize: { '*': { l2 } } })).toEqual(decayed);
    expect(await trained({ ...options, optimizer: optimizer(0) })).not.toEqual(decayed);
  }
});

test('a step goes by g + l1 sign(θ) + l2 θ where a pattern says so, and the last that matches counts', async () => {
  const regularize = { '*.weight': { l1: 0.5 }, 'layers.1.*': { l1: 0.2, l2: 0.7 } };
  await using({ regularize }, async (net) => {
    const before = await net.parameters();
    const gradients = await net.gradients(x, y);
    net.step(x, y);
    const after = await net.parameters();
    const penalties: Record<string, [number, number]> = {
      'layers.0.weight': [0.5, 0],
      'layers.0.bias': [0, 0],
      'layers.1.weight': [0.2, 0.7],
      'layers.1.bias': [0.2, 0.7], // is 0 at first, and sign(0) = 0
    };
    for (const [key, [a, b]] of Object.entries(penalties)) {
      before[key].data.forEach((theta, i) => {
        const expected = theta - 0.1 * (gradients[key].data[i] + a * Math.sign(theta) + b * theta);
        expect(after[key].data[i]).toBeCloseTo(expected, 6);
      });
    }
  });
});

test('neither the loss nor the gradients have a part of it', async () => {
  const found = [];
  for (const regularize of [undefined, { '*': { l1: 1, l2: 1 } }]) {
    found.push(
      await using({ regularize }, async (net) => {
        const gradients = await net.gradients(x, y);
        net.step(x, y);
        return { gradients, loss: await net.loss() };
      }),
    );
  }
  expect(found[1]).toEqual(found[0]);
});

test.each([
  ['sgd', sgd({ learningRate: 0.1 }), {}],
  ['adamw, accumulation and clipping', adamw(), { accumulate: 2, clipNorm: 1 }],
])('takes no dispatch of its own, with %s', async (_title, optimizer, options) => {
  const dispatches = (more: Partial<CompileOptions>) =>
    using({ optimizer, keep: [], ...options, ...more }, (net) => net.schedule.dispatches.length);
  const plain = await dispatches({});
  expect(await dispatches({ regularize: { '*': { l1: 1e-3, l2: 1e-3 } } })).toBe(plain);
});

test.each([
  ['a pattern of no parameter', { 'layers.7.*': { l2: 1 } }, 'matches no parameter; there are:'],
  ['a negative factor', { '*': { l1: -1 } }, 'l1 must be a finite number ≥ 0, found -1'],
  ['another norm', { '*': { l3: 1 } }, '{ l1, l2 }'],
  ['a number', { '*': 1 }, '{ l1, l2 }'],
])('%s is an ArgumentError', async (_title, regularize, message) => {
  const error = await using({ regularize: regularize as never }, () => undefined).catch((caught) => caught);
  expect(error).toBeInstanceOf(ArgumentError);
  expect(error.message).toContain(message);
});
