/** Gradients with respect to inputs and parameters, against values of PyTorch in double precision. */
import { describe, expect, test } from 'vitest';
import { countCalls } from '../../../src/bench/counting.ts';
import { fromArrays } from '../../../src/data/index.ts';
import {
  ArgumentError,
  batchNorm,
  compile,
  conv2d,
  type Device,
  dense,
  flatten,
  relu,
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

const model = sequential([2, 5, 6], [conv2d(3, 3, tanh), batchNorm(), flatten(), dense(4)]);

/** The net of the values, for batches of 8: theirs is a ragged one. */
async function netOf(device: Device | 'cpu') {
  const net = await compile(model, {
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
