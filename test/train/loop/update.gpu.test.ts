/** A step taken apart: gradients, then the update that they make, as one step makes it. */
import { describe, expect, test } from 'vitest';
import { fromArrays, take } from '../../../src/data/index.ts';
import {
  adam,
  adamw,
  batchNorm,
  type CompileOptions,
  compile,
  cosineDecay,
  type Device,
  dense,
  dropout,
  exponentialDecay,
  momentum,
  nesterov,
  parseSafetensors,
  relu,
  rmsprop,
  ShapeError,
  StateError,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Trainer,
} from '../../../src/index.node.ts';
import { useGpu } from '../../support/harness.ts';
import { parameterBits, samples } from '../../support/nets.ts';

const gpu = useGpu();

const model = sequential([9], [dense(7, relu), dropout(0.25), dense(5)]);
const loss = softmaxCrossEntropy();
const batchOf = (n: number, stream: number) => samples(model, loss, n, stream);

const netOn = (device: Device | 'cpu', options: Partial<CompileOptions> = {}) =>
  compile(model, { device, batch: 12, loss, optimizer: sgd({ learningRate: 0.1 }), seed: 4, ...options });

/** Parameters and the state of the optimizer as a file has them. */
async function stored(net: Trainer): Promise<Record<string, Uint8Array>> {
  const { tensors } = parseSafetensors(await net.save());
  const wanted = Object.entries(tensors).filter(([key]) => !key.startsWith('training.'));
  return Object.fromEntries(wanted.map(([key, { data }]) => [key, new Uint8Array(data.slice().buffer)]));
}

const options: Record<string, Partial<CompileOptions>> = {
  sgd: {},
  'sgd with weight decay and a schedule': {
    optimizer: sgd({ learningRate: exponentialDecay({ from: 0.3, factor: 0.5, every: 2 }), weightDecay: 0.1 }),
  },
  momentum: { optimizer: momentum({ learningRate: 0.1 }) },
  nesterov: { optimizer: nesterov({ learningRate: 0.1, weightDecay: 0.01 }) },
  rmsprop: { optimizer: rmsprop({ learningRate: 0.01 }) },
  adam: { optimizer: adam({ learningRate: 0.01 }) },
  'adamw with a schedule': { optimizer: adamw({ learningRate: cosineDecay({ from: 0.01, steps: 9 }) }) },
  'a norm that is clipped': { optimizer: adam({ learningRate: 0.01 }), clipNorm: 0.05 },
  'the loss of a sum': { loss: softmaxCrossEntropy({ reduction: 'sum' }) },
};

describe.each([
  ['on a GPU', () => gpu.device],
  ['on the CPU', () => 'cpu' as const],
])('%s', (_where, device) => {
  test.each(Object.entries(options))('%s: the same bits as of steps, dropout included', async (_name, options) => {
    const [whole, apart] = await Promise.all([netOn(device(), options), netOn(device(), options)]);
    for (let i = 0; i < 4; i++) {
      const { x, y } = batchOf(i === 2 ? 5 : 12, i);
      whole.step(x, y);
      // The third by a step on both: what the optimizer remembers is one and the same.
      if (i === 2) apart.step(x, y);
      else await apart.update(await apart.gradients(x, y));
    }
    expect(await stored(apart)).toEqual(await stored(whole));
    expect([apart.steps, apart.updates, apart.learningRate]).toEqual([4, 4, whole.learningRate]);
    expect(await apart.parameters()).not.toEqual(await (await netOn('cpu')).parameters());
    whole.destroy();
    apart.destroy();
  });

  test('what is no gradient of every trained parameter is refused whole', async () => {
    const net = await netOn(device());
    const { x, y } = batchOf(12, 0);
    const gradients = await net.gradients(x, y, { inputs: true });
    const before = await stored(net);
    const refused = async (wrong: object, message: RegExp) => {
      await expect(net.update(wrong as typeof gradients)).rejects.toThrow(ShapeError);
      await expect(net.update(wrong as typeof gradients)).rejects.toThrow(message);
    };
    await refused(gradients, /nothing was changed:\n {2}inputs: not a parameter that is trained/);
    const { inputs, 'layers.2.bias': bias, ...others } = gradients;
    await refused(others, /layers\.2\.bias: missing/);
    await refused(
      { ...others, 'layers.2.bias': { ...bias, shape: [1, 5] } },
      /layers\.2\.bias: expected \[5\], found \[1, 5\]/,
    );
    await refused(
      { ...others, 'layers.2.bias': { shape: [5], data: [1, 2, Number.NaN, 4, 5] } },
      /value 2 must be a finite/,
    );
    await refused([], /expected tensors by key/);
    expect(await stored(net)).toEqual(before);
    expect([net.steps, net.updates]).toEqual([0, 0]);
    net.destroy();
    await expect(net.update(gradients)).rejects.toThrow(StateError);
  });

  test('an update is made at once, and what steps have added up still waits for theirs', async () => {
    const bare = sequential([9], [dense(7, relu), dense(5)]);
    const nets = await Promise.all(
      [1, 2].map(() =>
        compile(bare, {
          ...{ device: device(), batch: 12, loss, accumulate: 2 },
          optimizer: sgd({ learningRate: 0.1 }),
        }),
      ),
    );
    const [steps, mixed] = nets;
    const [first, second] = [batchOf(12, 0), batchOf(12, 1)];
    for (const net of nets) net.step(first.x, first.y);
    const none = Object.entries(await mixed.gradients(first.x, first.y)).map(([key, { shape, data }]) => [
      key,
      { shape, data: data.map(() => 0) },
    ]);
    await mixed.update(Object.fromEntries(none)); // changes nothing, so that the next step is at the same weights
    expect([mixed.steps, mixed.updates]).toEqual([2, 1]);
    for (const net of nets) net.step(second.x, second.y);
    expect([mixed.steps, mixed.updates]).toEqual([3, 2]);
    expect(await parameterBits(mixed)).toEqual(await parameterBits(steps));
    for (const net of nets) net.destroy();
  });
});

test('the mean of two gradients is the update of two steps that accumulate, to rounding', async () => {
  const plain = sequential([9], [dense(7, relu), dense(5)]);
  const options = { device: 'cpu', batch: 12, loss, optimizer: adam({ learningRate: 0.01 }), seed: 4 } as const;
  const [whole, apart] = await Promise.all([compile(plain, { ...options, accumulate: 2 }), compile(plain, options)]);
  const batches = [batchOf(12, 0), batchOf(6, 1)];
  for (const { x, y } of batches) whole.step(x, y);
  const [a, b] = await Promise.all(batches.map(({ x, y }) => apart.gradients(x, y)));
  const mean = Object.entries(a).map(([key, { shape, data }]) => [
    key,
    { shape, data: data.map((value, i) => (12 * value + 6 * b[key].data[i]) / 18) },
  ]);
  await apart.update(Object.fromEntries(mean));
  const [expected, found] = [await whole.parameters(), await apart.parameters()];
  // g errs by 4 roundings, 2⁻²⁴ each, of the larger of its two terms. Adam's first step, η g / (|g| + ε), moves by less than η.
  for (const [key, { data }] of Object.entries(expected)) {
    const off = Math.max(...data.map((value, i) => Math.abs(value - found[key].data[i])));
    expect(off, key).toBeLessThan(1e-5);
  }
  expect([whole.updates, apart.updates]).toEqual([1, 1]);
  whole.destroy();
  apart.destroy();
});

test('what is frozen has no gradient to be given', async () => {
  const [whole, apart] = await Promise.all([
    netOn(gpu.device, { optimizer: adam() }),
    netOn(gpu.device, { optimizer: adam() }),
  ]);
  const { x, y } = batchOf(12, 0);
  const all = await apart.gradients(x, y);
  await apart.update(all);
  whole.step(x, y);
  for (const net of [whole, apart]) await net.freeze(['layers.0.*']);
  await expect(apart.update(all)).rejects.toThrow(/layers\.0\.weight: not a parameter that is trained/);
  await apart.update(await apart.gradients(x, y));
  whole.step(x, y);
  for (const net of [whole, apart]) await net.freeze([]);
  await apart.update(await apart.gradients(x, y));
  whole.step(x, y);
  expect(await stored(apart)).toEqual(await stored(whole));
  for (const net of [whole, apart]) net.destroy();
});

test('an epoch that was left off is abandoned, as by a step', async () => {
  const { x, y } = batchOf(48, 1);
  const data = fromArrays({ x, y, shape: [9] });
  const net = await netOn('cpu');
  await net.fit(data, { steps: 2 });
  expect(net.epochs).toBe(0);
  await net.update(await net.gradients(take(data, 12)));
  expect([net.epochs, net.steps]).toEqual([1, 3]);
  net.destroy();
});

test('there is no tensor of a step where there was none', async () => {
  const net = await netOn('cpu');
  const { x, y } = batchOf(12, 0);
  await net.update(await net.gradients(x, y));
  await expect(net.tensor('z1')).rejects.toThrow(/before the first step/);
  net.step(x, y);
  expect((await net.tensor('z1')).shape).toEqual([7, 12]);
  net.destroy();
});

test('running statistics stay as they are, and fit may not run meanwhile', async () => {
  const normalized = sequential([9], [dense(7), batchNorm(), dense(5)]);
  const net = await compile(normalized, { device: gpu.device, batch: 12, loss, optimizer: sgd({ learningRate: 0.1 }) });
  const { x, y } = batchOf(12, 0);
  const before = await parameterBits(net);
  const updating = net.update(await net.gradients(x, y));
  expect(() => net.step(x, y)).toThrow(/step: update is still running on this net/);
  await updating;
  const after = await parameterBits(net);
  const same = Object.keys(after).filter((key) => `${after[key]}` === `${before[key]}`);
  expect(same).toEqual(['layers.1.running_mean', 'layers.1.running_var']);
  net.destroy();
});
