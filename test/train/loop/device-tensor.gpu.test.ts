/** What stays on the device: outputs and gradients that go from one net to another, without a visit to the CPU. */
import { describe, expect, test } from 'vitest';
import { countCalls } from '../../../src/bench/counting.ts';
import {
  ArgumentError,
  adam,
  backward,
  batchNorm,
  type CompileOptions,
  compile,
  conv2d,
  type Device,
  type DeviceTensor,
  dense,
  dropout,
  flatten,
  forward,
  type Model,
  openDevice,
  relu,
  type Shape,
  ShapeError,
  StateError,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  squared,
  type Tensor,
  tanh,
} from '../../../src/index.node.ts';
import torch from '../../oracle/loops/gradients.json';
import { useGpu } from '../../support/harness.ts';
import { parameterBits, random } from '../../support/nets.ts';

const gpu = useGpu();

type Tensors = Readonly<Record<string, { readonly shape: Shape; readonly data: ArrayLike<number> }>>;

/** The same keys and shapes, and every element within 1e-5 of the largest one. */
function expectClose(found: Tensors, expected: Tensors): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [key, { shape, data }] of Object.entries(expected)) {
    expect(found[key].shape, key).toEqual(shape);
    const most = Math.max(...Array.from(data, Math.abs));
    const off = Math.max(...Array.from(data, (value, i) => Math.abs(found[key].data[i] - value)));
    expect(off / most, key).toBeLessThan(1e-5);
  }
}

async function readAll(tensors: Readonly<Record<string, DeviceTensor>>): Promise<Record<string, Tensor>> {
  const entries = Object.entries(tensors).map(async ([key, tensor]) => [key, await tensor.read()] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function destroyAll(tensors: Readonly<Record<string, DeviceTensor>>): void {
  for (const tensor of Object.values(tensors)) tensor.destroy();
}

const netOn = (device: Device | 'cpu', model: Model, options: Partial<CompileOptions> = {}) =>
  compile(model, { device, batch: 8, loss: squared(), optimizer: sgd({ learningRate: 0.1 }), seed: 4, ...options });

const convolutional = sequential([2, 5, 6], [conv2d(3, 3, tanh), batchNorm(), flatten(), dense(4)]);

describe.each([
  ['on a GPU', () => gpu.device],
  ['on the CPU', () => 'cpu' as const],
])('%s', (_where, device) => {
  test('outputs and the gradients that follow one are those of PyTorch, of a ragged batch', async () => {
    const net = await netOn(device(), convolutional, { loss: softmaxCrossEntropy() });
    net.setParameters({ ...(await net.parameters()), ...torch.parameters });
    const { x, labels, outputGradient, output, ofLoss, ofOutput } = torch;
    const logits = await forward(net, x.data);
    expectClose({ output: await logits.read() }, { output });
    const all = { inputs: true };
    const following = await backward(net, x.data, { outputGradient: outputGradient.data, ...all });
    expectClose(await readAll(following), ofOutput);
    const ofTheLoss = await backward(net, x.data, { y: labels, ...all });
    expectClose(await readAll(ofTheLoss), ofLoss);
    const { inputs } = await backward(net, x.data, { outputGradient: outputGradient.data, parameters: false, ...all });
    expectClose({ inputs: await inputs.read() }, { inputs: ofOutput.inputs });
    // Whatever a tensor holds past the end of the batch: here the outputs, which are not 0 there.
    const byItself = await backward(net, x.data, { outputGradient: logits });
    const { inputs: _, ...numbers } = await readAll(
      await backward(net, x.data, { outputGradient: output.data, ...all }),
    );
    expectClose(await readAll(byItself), numbers);
    for (const tensors of [following, ofTheLoss, byItself, { inputs, logits }]) destroyAll(tensors);
    net.destroy();
  });

  test('a step of a chain of two nets is that of both as one', async () => {
    const [first, second] = [
      [dense(9, tanh), dropout(0), dense(6, relu)],
      [dense(7, tanh), dense(3)],
    ];
    const options = { optimizer: adam({ learningRate: 0.01 }) };
    const whole = await netOn(device(), sequential([5], [...first, ...second]), options);
    const lower = await netOn(device(), sequential([5], first), options);
    const upper = await netOn(device(), sequential([6], second), options);
    const start = await whole.parameters();
    const upperKey = (key: string) => key.replace(/\d/, (i) => `${Number(i) - first.length}`);
    const isLower = (key: string) => Number(key.split('.')[1]) < first.length;
    lower.setParameters(Object.fromEntries(Object.entries(start).filter(([key]) => isLower(key))));
    const rest = Object.entries(start).filter(([key]) => !isLower(key));
    upper.setParameters(Object.fromEntries(rest.map(([key, tensor]) => [upperKey(key), tensor])));
    for (let i = 0; i < 3; i++) {
      const n = i === 1 ? 5 : 8;
      const [x, y] = [random(n * 5, 2 * i), random(n * 3, 2 * i + 1)];
      whole.step(x, y);
      const middle = await forward(lower, x);
      const { inputs, ...ofUpper } = await backward(upper, middle, { y, inputs: true });
      const ofLower = await backward(lower, x, { outputGradient: inputs });
      await upper.update(ofUpper);
      await lower.update(ofLower);
      destroyAll({ middle, inputs, ...ofUpper, ...ofLower });
    }
    const bits = await parameterBits(whole);
    for (const [key, found] of Object.entries(await parameterBits(lower))) expect(found, key).toEqual(bits[key]);
    const upperBits = await parameterBits(upper);
    for (const [key] of rest) expect(upperBits[upperKey(key)], key).toEqual(bits[key]);
    for (const net of [whole, lower, upper]) net.destroy();
  });

  test('samples and targets of a step, of gradients and of a check may be on the device', async () => {
    const teacher = await netOn(device(), sequential([6], [dense(5, tanh), dense(4)]), {
      loss: softmaxCrossEntropy(),
      seed: 9,
    });
    const nets = await Promise.all([1, 2].map(() => netOn(device(), sequential([4], [dense(4, tanh), dense(4)]))));
    const [held, given] = nets;
    const x = random(7 * 6, 1);
    const [samples, targets] = [
      await forward(teacher, x, { training: false }),
      await forward(teacher, x, { training: false, prediction: true }),
    ];
    expect(targets.shape).toEqual([7, 4]);
    const [{ data: numbers }, { data: probabilities }] = [await samples.read(), await targets.read()];
    expect(probabilities).toEqual(await teacher.predict(x));
    for (let i = 0; i < 3; i++) {
      held.step(samples, targets);
      given.step(numbers, probabilities);
    }
    expect(await parameterBits(held)).toEqual(await parameterBits(given));
    expect(await held.gradients(samples, targets)).toEqual(await given.gradients(numbers, probabilities));
    expect(await held.gradients(samples, probabilities)).toEqual(await given.gradients(numbers, targets));
    expect((await held.check(samples, targets)).ok).toBe(true);
    expect(await parameterBits(held)).toEqual(await parameterBits(given));
    expect(await held.predict(samples)).toEqual(await given.predict(numbers));
    expect(await held.predict(samples)).toHaveLength(7 * 4);
    for (const net of [teacher, ...nets]) net.destroy();
    // They live by themselves.
    expect((await targets.read()).data).toEqual(probabilities);
    destroyAll({ samples, targets });
  });

  test('dropout has the masks of the next step, and none out of training', async () => {
    const net = await netOn(device(), sequential([6], [dropout(0.5), dense(4)]));
    const x = random(8 * 6, 1);
    const trained = await forward(net, x);
    const { prediction } = await net.tensors(x, random(8 * 4, 2));
    const values = await trained.read();
    expect(values.data).toEqual(
      Float32Array.from({ length: 32 }, (_, i) => prediction.data[(i % 4) * 8 + Math.floor(i / 4)]),
    );
    const plain = await forward(net, x, { training: false });
    expect((await plain.read()).data).toEqual(await net.predict(x));
    expect((await plain.read()).data).not.toEqual(values.data);
    net.destroy();
    destroyAll({ trained, plain });
  });

  test('what does not fit is refused by name, before anything is queued', async () => {
    const net = await netOn(device(), sequential([6], [dense(4)]));
    const other = await netOn(device(), sequential([4], [dense(6)]), { batch: 12 });
    const x = random(8 * 6, 1);
    const outputs = await forward(net, x);
    const fewer = await forward(net, x.subarray(0, 18));
    const gradients = await backward(net, x, { outputGradient: outputs });
    const before = await parameterBits(net);
    expect(() => net.step(outputs, outputs)).toThrow(ShapeError);
    expect(() => net.step(outputs, outputs)).toThrow(
      'step: x: expected samples of [6] of a net with batches of 8, found [8, 4]',
    );
    expect(() => net.step(x, fewer)).toThrow('step: y must hold as many samples as x, 8, found 3');
    await expect(net.predict(outputs)).rejects.toThrow(
      'predict: x: expected samples of [6] of a net with batches of 8',
    );
    await expect(forward(other, outputs)).rejects.toThrow(
      /samples of \[4\] of a net with batches of 12, found \[8, 4\] of a net with batches of 8/,
    );
    await expect(backward(net, x, { outputGradient: gradients['layers.0.weight'] })).rejects.toThrow(ShapeError);
    await expect(net.update({ ...gradients, 'layers.0.bias': outputs })).rejects.toThrow(
      'update: layers.0.bias: expected [4], found samples [8, 4]',
    );
    await expect(net.update({ 'layers.0.bias': gradients['layers.0.bias'] })).rejects.toThrow(
      'layers.0.weight: missing',
    );
    await expect(net.update({ ...gradients, more: outputs })).rejects.toThrow('more: not a parameter that is trained');
    outputs.destroy();
    outputs.destroy();
    await expect(outputs.read()).rejects.toThrow(StateError);
    await expect(backward(net, x, { outputGradient: outputs })).rejects.toThrow(
      'backward: outputGradient: this tensor has been destroyed',
    );
    await expect(backward(net, x, {})).rejects.toThrow('expected either y or outputGradient, found none');
    await expect(backward(net, x, { y: x, outputGradient: x })).rejects.toThrow('found both');
    await expect(forward({} as typeof net, x)).rejects.toThrow('forward: expected a net from compile(), found {}');
    expect(await parameterBits(net)).toEqual(before);
    expect([net.steps, other.steps]).toEqual([0, 0]);
    net.destroy();
    await expect(forward(net, x)).rejects.toThrow(StateError);
    other.destroy();
    destroyAll({ fewer, ...gradients });
  });
});

test('a net on another device does not take them', async () => {
  const other = await openDevice();
  const nets = await Promise.all(
    [gpu.device, other, 'cpu' as const].map((device) => netOn(device, sequential([6], [dense(6)]))),
  );
  const tensors = await Promise.all(nets.map((net) => forward(net, random(6, 1))));
  for (const [i, net] of nets.entries()) {
    for (const [j, tensor] of tensors.entries()) {
      if (i === j) net.step(tensor, tensor);
      else expect(() => net.step(tensor, tensor), `${i} ${j}`).toThrow(ArgumentError);
    }
  }
  for (const net of nets) net.destroy();
  for (const tensor of tensors) tensor.destroy();
  other.destroy();
});

test('a step of a GAN uploads noise and step tables, and reads nothing; all memory is given back', async () => {
  const generator = await netOn(gpu.device, sequential([16], [dense(32, relu), dense(100, tanh)]));
  const discriminator = await netOn(gpu.device, sequential([100], [dense(32, relu), dense(1)]), {
    loss: sigmoidCrossEntropy(),
    optimizer: adam(),
  });
  const [noise, real, ones, zeros] = [
    random(8 * 16, 1),
    random(8 * 100, 2),
    new Float32Array(8).fill(1),
    new Float32Array(8),
  ];
  const step = async () => {
    const fake = await forward(generator, noise);
    discriminator.step(real, ones);
    discriminator.step(fake, zeros);
    const { inputs } = await backward(discriminator, fake, { y: ones, inputs: true, parameters: false });
    const gradients = await backward(generator, noise, { outputGradient: inputs });
    await generator.update(gradients);
    destroyAll({ fake, inputs, ...gradients });
  };
  await step();
  const inUse = gpu.device.bytesInUse;
  const before = [await parameterBits(generator), await parameterBits(discriminator)];
  const counter = countCalls(gpu.device.gpu);
  await step();
  const { maps, uploadedBytes, made, destroyedBuffers } = counter.take();
  counter.stop();
  expect(maps).toBe(0);
  // Noise twice, real samples, and targets three times, all padded to rows of 8; and rows of the step table.
  const padded = 4 * 8 * (16 + 16 + 100 + 3);
  expect(uploadedBytes).toBeGreaterThanOrEqual(padded);
  expect(uploadedBytes - padded).toBeLessThan(4 * 8 * 100); // less than a batch of pictures more
  const { createBuffer, ...others } = made;
  expect(others).toEqual({});
  expect(createBuffer).toBe(2 + 4);
  expect(destroyedBuffers).toBe(createBuffer);
  expect(gpu.device.bytesInUse).toBe(inUse);
  const after = [await parameterBits(generator), await parameterBits(discriminator)];
  after.forEach((bits, i) => void expect(bits).not.toEqual(before[i]));
  generator.destroy();
  discriminator.destroy();
});
