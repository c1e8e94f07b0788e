/** Gradients with respect to inputs and parameters, against values of PyTorch in double precision. */
import { describe, expect, test } from 'vitest';
import { countCalls } from '../../../src/bench/counting.ts';
import { fromArrays } from '../../../src/data/index.ts';
import {
  ArgumentError,
  apply,
  backward,
  batchNorm,
  compile,
  concat,
  conv2d,
  type Device,
  dense,
  embedding,
  flatten,
  input,
  model,
  relu,
  reshape,
  sequential,
  sgd,
  softmaxCrossEntropy,
  squared,
  tanh,
} from '../../../src/index.node.ts';
import torch from '../../oracle/loops/gradients.json';
import { expectClose } from '../../support/close.ts';
import { useGpu } from '../../support/harness.ts';
import { random } from '../../support/nets.ts';

const gpu = useGpu();

const small = sequential([2, 5, 6], [conv2d(3, 3, tanh), batchNorm(), flatten(), dense(4)]);

/** The net of the values, for batches of 8: theirs is a ragged one. */
async function netOf(device: Device | 'cpu') {
  const net = await compile(small, {
    device,
    batch: 8,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 1 }),
  });
  net.setParameters({ ...(await net.parameters()), ...torch.parameters });
  return net;
}

describe.each([
  ['on a GPU', () => gpu.device],
  ['on the CPU', () => 'cpu' as const],
])('%s', (_where, device) => {
  test('the loss has the gradients of PyTorch, batch statistics and all', async () => {
    const net = await netOf(device());
    const { x, labels, ofLoss } = torch;
    expectClose(await net.gradients(x.data, labels, { inputs: true }), ofLoss);
    const { inputs, ...others } = ofLoss;
    expectClose(await net.gradients(x.data, labels), others);
    expectClose(await net.gradients(x.data, labels, { inputs: true, parameters: false }), { inputs });
    net.destroy();
  });

  test('of a data set in memory too', async () => {
    const net = await netOf(device());
    const { x, labels, ofLoss } = torch;
    const data = fromArrays({ x: Float32Array.from(x.data), y: Uint8Array.from(labels), classes: 4, shape: [2, 5, 6] });
    expectClose(await net.gradients(data, { inputs: true }), ofLoss);
    net.destroy();
  });

  test('and nothing of the net changes', async () => {
    const net = await netOf(device());
    const before = await net.parameters();
    await net.gradients(torch.x.data, torch.labels, { inputs: true });
    expect(await net.parameters()).toEqual(before);
    expect([net.steps, net.updates]).toEqual([0, 0]);
    net.destroy();
  });
});

test('what is not asked for is neither compiled nor computed', async () => {
  const net = await compile(sequential([33], [dense(40, relu), dense(7)]), {
    device: gpu.device,
    batch: 16,
    loss: squared(),
    optimizer: sgd({ learningRate: 1 }),
  });
  const [x, y] = [random(16 * 33, 1), random(16 * 7, 2)];
  const counter = countCalls(gpu.device.gpu);
  const counts = async (options?: { inputs?: boolean; parameters?: boolean }) => {
    const gradients = await net.gradients(x, y, options);
    const { made, dispatches } = counter.take();
    return { keys: Object.keys(gradients), bindings: made.createBindGroup ?? 0, dispatches };
  };
  const parameters = ['layers.0.weight', 'layers.0.bias', 'layers.1.weight', 'layers.1.bias'];
  const plain = await counts();
  expect(plain.keys).toEqual(parameters);
  expect(await counts()).toEqual({ ...plain, bindings: 0 });
  const both = await counts({ inputs: true });
  expect(both.keys).toEqual([...parameters, 'inputs']);
  expect(both.bindings).toBe(both.dispatches);
  expect(await counts({ inputs: true })).toEqual({ ...both, bindings: 0 });
  const alone = await counts({ inputs: true, parameters: false });
  expect(alone.keys).toEqual(['inputs']);
  expect(alone.dispatches).toBeLessThan(both.dispatches);
  expect((await counts({ parameters: true, inputs: false })).dispatches).toBe(plain.dispatches);
  counter.stop();
  net.destroy();
});

test('whole numbers have no gradient, and other inputs beside them have theirs', async () => {
  const options = { device: 'cpu', batch: 2, loss: squared(), optimizer: sgd({ learningRate: 0.1 }) } as const;
  const net = await compile(sequential([2, 3], [reshape([6]), embedding(5, 2), flatten(), dense(1)]), options);
  const [x, y] = [Uint8Array.of(0, 1, 2, 3, 4, 0), [[1]]];
  const why = 'inputs: embedding takes whole numbers, with respect to which there is no gradient';
  await expect(net.gradients([x], y, { inputs: true })).rejects.toThrow(`gradients: ${why}`);
  await expect(backward(net, [x], { y, inputs: true })).rejects.toThrow(`backward: ${why}`);
  expect(Object.keys(await net.gradients([x], y))).toContain('layers.1.weight');
  const [words, size] = [input([3]), input([2])];
  const both = concat();
  const joined = apply(both, apply(flatten(), apply(embedding(5, 2), words)), size);
  const mixed = await compile(model({ words, size }, apply(dense(1), joined)), options);
  const { inputs } = await mixed.gradients({ words: [[1, 2, 3]], size: [[0.5, 2]] }, y, { inputs: true });
  const [weight] = Object.entries(await mixed.parameters()).flatMap(([key, { shape, data }]) =>
    key.endsWith('weight') && shape[0] === 1 ? [data] : [],
  );
  const [a] = await mixed.predict({ words: [[1, 2, 3]], size: [[0.5, 2]] });
  // C = (a − y)², so ∂C/∂x = 2 (a − 1) w for the two numbers that a weight is multiplied with.
  expect(Array.from(inputs.data.subarray(0, 3))).toEqual([0, 0, 0]);
  inputs.data.subarray(3).forEach((value, i) => void expect(value).toBeCloseTo(2 * (a - 1) * weight[6 + i], 5));
  for (const one of [net, mixed]) one.destroy();
});

test('options that are none are refused', async () => {
  const net = await netOf('cpu');
  const { x, labels } = torch;
  const refused = (options: object) => net.gradients(x.data, labels, options).catch((error) => error);
  expect(await refused({ input: true })).toBeInstanceOf(ArgumentError);
  expect((await refused({ input: true })).message).toContain('did you mean inputs?');
  expect((await refused({ inputs: 1 })).message).toContain('gradients: inputs must be true or false, found 1');
  expect((await refused({ parameters: false })).message).toContain('inputs or parameters to be true, found both false');
  net.destroy();
});
