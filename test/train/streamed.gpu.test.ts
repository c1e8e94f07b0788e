/** Data sets that are larger than their share of the device: streamed in windows, with the bits of resident ones. */

import { describe, expect, test } from 'vitest';
import { countCalls } from '../../src/bench/counting.ts';
import { type Dataset, fromArrays, fromBatches, fromSamples, withTargets } from '../../src/data/index.ts';
import { ROW_BYTES } from '../../src/graph/step-row.ts';
import {
  ArgumentError,
  adam,
  compile,
  conv2d,
  DataError,
  type Device,
  dense,
  dropout,
  type FitOptions,
  flatten,
  meanSquared,
  relu,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type Trainer,
} from '../../src/index.node.ts';
import { batchesInWindow } from '../../src/train/batches.ts';
import { useGpu } from '../support/harness.ts';
import { random } from '../support/nets.ts';
import { streamed, streamedInOrder } from '../support/streamed.ts';

const gpu = useGpu();
const [count, batch] = [45, 8]; // a ragged end
const pixels = Uint8Array.from(random(64 * count, 1), (value) => Math.abs(value) * 100);
const labels = Array.from({ length: count }, (_, i) => (i * i + (i >> 2)) % 3);
const images = fromArrays({ x: pixels, y: labels, shape: [8, 8], scale: 1 / 255, name: 'images' });
const rows = fromArrays({ x: random(4 * count, 2), y: labels, shape: [4], name: 'rows' });
/** Two batches and a bit; a batch of images and labels is 8 · 65 bytes. */
const maxBytes = 2 * batch * 65 + 100;

const nets = {
  'a small net, whole steps in a dispatch': {
    model: sequential([64], [dense(3)]),
    optimizer: sgd({ learningRate: 0.1 }),
  },
  'a convolutional net with dropout': {
    model: sequential([1, 8, 8], [conv2d(8, 3, relu), flatten(), dropout(0.3), dense(100, relu), dense(3)]),
    optimizer: adam(),
  },
};
type Net = (typeof nets)[keyof typeof nets];
const make = ({ model, optimizer }: Net, seed = 1, device: Device | 'cpu' = gpu.device): Promise<Trainer> =>
  compile(model, { device, batch, loss: softmaxCrossEntropy(), optimizer, seed, tune: 'off' });

const weights = async (net: Trainer) => Object.values(await net.parameters()).map(({ data }) => data);

describe.each(Object.entries(nets))('%s', (_name, net) => {
  test.each([1, 2, 3])('has the bits of the resident data set, with the seed %i', async (seed) => {
    const [resident, windowed, read] = [await make(net, seed), await make(net, seed), await make(net, seed)];
    const options: FitOptions = { epochs: 3, augment: { shift: 1, rotate: 5 }, validation: images };
    const expected = await resident.fit(images, options);
    const inWindows = await windowed.fit(images, { ...options, maxBytes });
    const fromSource = await read.fit(streamed(images), { ...options, validation: streamed(images), maxBytes: 1 });
    const told = (results: typeof expected) => results.map(({ trainLoss, validation }) => ({ trainLoss, validation }));
    expect(told(inWindows)).toEqual(told(expected));
    expect(told(fromSource)).toEqual(told(expected));
    expect(await weights(windowed)).toEqual(await weights(resident));
    expect(await weights(read)).toEqual(await weights(resident));
    for (const each of [resident, windowed, read]) each.destroy();
  });

  test('goes on in the middle of an epoch, from a file as well', async () => {
    const [whole, first, second] = [await make(net), await make(net), await make(net)];
    await whole.fit(images, { epochs: 3 });
    const source = streamed(images);
    await first.fit(source, { steps: 8, maxBytes: 1 });
    await second.load(await first.save());
    await first.fit(source, { epochs: 2, maxBytes });
    await second.fit(source, { epochs: 2, maxBytes: 1 });
    expect(await weights(first)).toEqual(await weights(whole));
    expect(await weights(second)).toEqual(await weights(whole));
    for (const each of [whole, first, second]) each.destroy();
  });
});

test('a training on the CPU reference streams as well', async () => {
  const net = nets['a small net, whole steps in a dispatch'];
  const [resident, windowed] = [await make(net, 1, 'cpu'), await make(net, 1, 'cpu')];
  await resident.fit(images, { epochs: 2 });
  await windowed.fit(images, { epochs: 2, maxBytes: 1 });
  expect(await weights(windowed)).toEqual(await weights(resident));
});

test('evaluate and predict take streamed data sets, and give what they give for resident ones', async () => {
  const net = await make(nets['a convolutional net with dropout']);
  expect(await net.evaluate(images, { maxBytes: 1 })).toEqual(await net.evaluate(images));
  expect(await net.evaluate(streamed(images), { maxBytes })).toEqual(await net.evaluate(images));
  expect(await net.evaluate(streamedInOrder(images, [7, 1, 20]))).toEqual(await net.evaluate(images));
  const expected = await net.predict(Float32Array.from(pixels, (value) => value * Math.fround(1 / 255)));
  for (const dataset of [images, streamed(images), streamedInOrder(images, [3])]) {
    expect(await net.predict(dataset)).toEqual(expected);
  }
  net.destroy();
});

test('a generator is trained on in its own order, called once per epoch, and ended where the fit ends early', async () => {
  const net = nets['a small net, whole steps in a dispatch'];
  const [resident, generated] = [await make(net), await make(net)];
  await resident.fit(images, { epochs: 3, shuffle: false });
  const source = streamedInOrder(images, [10, 3]);
  await generated.fit(source, { epochs: 3, maxBytes });
  expect(await weights(generated)).toEqual(await weights(resident));
  const asked = await generated.fit(source, { epochs: 1, shuffle: true }).catch((error) => error);
  expect(asked).toBeInstanceOf(ArgumentError);
  expect(asked.message).toMatch(/images has its samples in an order of its own/);
  let [calls, ends] = [0, 0];
  const endless = fromBatches(
    async function* () {
      calls++;
      try {
        for (let i = 0; i < 45; i++) yield { x: [[i, i]], y: [i % 3] };
      } finally {
        ends++;
      }
    },
    { count: 45, shape: [2], classes: 3, name: 'endless' },
  );
  const small = await make({ ...net, model: sequential([2], [dense(3)]) });
  const stopped = {
    epochs: 5,
    maxBytes: 1,
    onEpoch: ({ epoch }: { epoch: number }) => (epoch === 2 ? 'stop' : undefined),
  };
  expect(await small.fit(endless, stopped)).toHaveLength(2);
  expect([calls, ends]).toEqual([3, 3]); // the third was begun beside the second
  await small.fit(endless, { steps: 2, maxBytes: 1 });
  expect([calls, ends]).toEqual([4, 4]);
  for (const each of [resident, generated, small]) each.destroy();
});

test('what a source throws, or gives that is none, ends the fit with it; the net and the source stay usable', async () => {
  const net = await make({ ...nets['a small net, whole steps in a dispatch'], model: sequential([4], [dense(3)]) });
  let fault: 'throws' | 'NaN' | undefined;
  const sourceOf = () =>
    fromSamples(
      (samples) => {
        if (fault === 'throws') throw new Error('the disk is gone');
        const x = Array.from(samples, (i) => Array.from(rows.inputs.data.subarray(4 * i, 4 * i + 4)));
        if (fault === 'NaN') x[0][1] = Number.NaN;
        return { x, y: Array.from(samples, (i) => labels[i]) };
      },
      { count, shape: [4], classes: 3, name: 'source' },
    );
  for (const [kind, error, says] of [
    ['throws', Error, /^the disk is gone$/],
    ['NaN', DataError, /source.*expected a finite number/],
  ] as const) {
    fault = kind;
    const source = sourceOf();
    for (const limit of [undefined, 1]) {
      const failed = await net.fit(source, { epochs: 1, maxBytes: limit }).catch((reason) => reason);
      expect(failed).toBeInstanceOf(error);
      expect(failed.message).toMatch(says);
    }
    fault = undefined;
    expect(await net.fit(source, { epochs: 1, maxBytes: 1 })).toHaveLength(1);
    expect(await net.fit(source, { epochs: 1 })).toHaveLength(1);
  }
  net.destroy();
});

test('targets that the loss does not take are found as they are read, with the number of their sample', async () => {
  const net = await compile(sequential([1], [dense(2, sigmoid), dense(1)]), {
    ...{ device: gpu.device, batch: 4, loss: sigmoidCrossEntropy(), optimizer: sgd({ learningRate: 0.1 }), seed: 1 },
  });
  const targets = fromSamples(
    (samples) => ({ x: Array.from(samples, (i) => [i]), y: Array.from(samples, (i) => [i === 9 ? 2 : 1]) }),
    {
      ...{ count: 12, shape: [1], outputs: 1, name: 'targets' },
    },
  );
  for (const limit of [1, undefined]) {
    const found = await net.fit(targets, { epochs: 1, maxBytes: limit }).catch((error) => error);
    expect(found).toBeInstanceOf(DataError);
    expect(found.message).toMatch(/targets: y: value 0 of sample 9 must be a probability/);
  }
  net.destroy();
});

test('more samples than a shuffle tells apart are refused before any is read', async () => {
  const net = await make({ ...nets['a small net, whole steps in a dispatch'], model: sequential([1], [dense(2)]) });
  const described = { shape: [1], classes: 2, name: 'many' };
  const read = (samples: Uint32Array) => ({ x: new Float32Array(samples.length), y: new Uint8Array(samples.length) });
  await net.fit(fromSamples(read, { ...described, count: 2 ** 31 }), { steps: 1 });
  const many = fromSamples(read, { ...described, count: 2 ** 31 + 1 });
  const calls = { fit: () => net.fit(many, { epochs: 1 }), evaluate: () => net.evaluate(many) };
  for (const [call, work] of Object.entries(calls)) {
    const found = await work().catch((error: unknown) => error);
    expect(found).toBeInstanceOf(DataError);
    expect((found as Error).message).toBe(`${call}: many has 2147483649 samples, but the most is 2147483648`);
  }
  net.destroy();
});

test('check compares streamed steps with the reference, the batch they made of a window too', async () => {
  const { model, optimizer } = nets['a convolutional net with dropout'];
  const options = { device: gpu.device, batch, loss: softmaxCrossEntropy(), optimizer, tune: 'off' as const };
  const net = await compile(model, { ...options, check: { every: 2 } });
  await net.fit(images, { epochs: 2, maxBytes, augment: { shift: 1 } });
  expect(net.steps).toBe(12);
  net.destroy();
});

test('a window is uploaded once: an epoch uploads its samples and the rows of its steps, and makes nothing', async () => {
  const net = await make(nets['a convolutional net with dropout']);
  await net.fit(images, { epochs: 2, maxBytes });
  const counter = countCalls(gpu.device.gpu);
  await net.fit(images, { epochs: 10, maxBytes });
  const { uploadedBytes, made } = counter.take();
  counter.stop();
  expect(made).toEqual({});
  const alignment = gpu.device.gpu.limits.minUniformBufferOffsetAlignment;
  const stride = alignment * Math.ceil(ROW_BYTES / alignment);
  const epoch = 65 * count + 6 * stride;
  expect(uploadedBytes).toBeGreaterThanOrEqual(10 * epoch);
  expect(uploadedBytes).toBeLessThanOrEqual(10 * (epoch + 3 * 8)); // each window ends on a whole word
  net.destroy();
});

test('the samples of a data set lie on the device once, for training, two augmentations and evaluation', async () => {
  const net = await make(nets['a convolutional net with dropout']);
  const bytes = 65 * count;
  const sizes: number[] = [];
  const counted = gpu.device.gpu.createBuffer;
  gpu.device.gpu.createBuffer = (descriptor) => {
    if (/^[xy]Data$/.test(String(descriptor.label))) sizes.push(descriptor.size);
    return counted.call(gpu.device.gpu, descriptor);
  };
  try {
    await net.fit(images, { epochs: 1 });
    await net.fit(images, { epochs: 1, augment: { shift: 1 } });
    await net.fit(images, { epochs: 1, augment: { shift: 2 }, validation: images });
    await net.evaluate(images);
  } finally {
    gpu.device.gpu.createBuffer = counted;
  }
  expect(sizes).toHaveLength(2);
  expect(sizes.reduce((a, b) => a + b)).toBeLessThan(bytes + 8);
  net.destroy();
});

describe('targets that are the inputs', () => {
  const model = sequential([8, 8], [dense(64, sigmoid)]);
  const autoencoder = (device: Device | 'cpu' = gpu.device, checked = false) =>
    compile(model, {
      ...{ device, batch: 10, loss: meanSquared(), optimizer: sgd({ learningRate: 0.1 }), seed: 1 },
      ...(checked && { check: { every: 1 } }),
    });
  const mirrored = withTargets(images, 'inputs');
  const copied = fromArrays({
    x: images.inputs.data,
    y: Float32Array.from(images.inputs.data, (byte) => Math.fround(byte * Math.fround(images.inputs.scale))),
    ...{ shape: images.shape, scale: images.inputs.scale, name: images.name },
  });

  test('lie on the device once, as bytes', async () => {
    const net = await autoencoder();
    const sizes: [string, number][] = [];
    const counted = gpu.device.gpu.createBuffer;
    gpu.device.gpu.createBuffer = (descriptor) => {
      if (/Data$/.test(String(descriptor.label))) sizes.push([String(descriptor.label), descriptor.size]);
      return counted.call(gpu.device.gpu, descriptor);
    };
    try {
      await net.fit(mirrored, { epochs: 1, validation: mirrored });
      await net.evaluate(mirrored);
    } finally {
      gpu.device.gpu.createBuffer = counted;
    }
    expect(sizes).toEqual([['xData', 64 * count]]);
    net.destroy();
  });

  test.each([undefined, 64 * 10])('train as a copy of them does, with maxBytes %s', async (maxBytes) => {
    const trained = async (dataset: Dataset, where: Device | 'cpu' = gpu.device, checked = false) => {
      const net = await autoencoder(where, checked);
      await net.fit(dataset, { epochs: 2, maxBytes });
      const parameters = await net.parameters();
      net.destroy();
      return parameters;
    };
    expect(await trained(mirrored)).toEqual(await trained(copied));
    expect(await trained(mirrored, gpu.device, true)).toEqual(await trained(copied));
    expect(await trained({ ...mirrored, name: 'by hand' })).toEqual(await trained(copied));
    expect(await trained(mirrored, 'cpu')).toEqual(await trained(copied, 'cpu'));
  });
});

test('a source that can be read in any order is read once where it fits, and by each epoch where it does not', async () => {
  const net = await make(nets['a small net, whole steps in a dispatch']);
  const counted = (dataset: Dataset) => {
    let samples = 0;
    const source = streamed(dataset);
    const read: typeof source.read = (requests) =>
      source.read(
        (function* () {
          for (const request of requests) {
            samples += request.samples.length;
            yield request;
          }
        })(),
      );
    return { source: { ...source, read }, samples: () => samples };
  };
  const fits = counted(images);
  await net.fit(fits.source, { epochs: 4 });
  await net.evaluate(fits.source);
  expect(fits.samples()).toBe(count);
  const large = counted(images);
  await net.fit(large.source, { epochs: 4, maxBytes });
  expect(large.samples()).toBe(4 * count);
  net.destroy();
});

test('evaluate and predict run beside a fit on the same streamed data set, and change nothing of it', async () => {
  const net = nets['a convolutional net with dropout'];
  const [alone, beside] = [await make(net), await make(net)];
  const source = streamed(images);
  const options: FitOptions = { epochs: 6, maxBytes, millisecondsPerSubmit: 1e-6 };
  await alone.fit(source, options);
  const expected = await alone.evaluate(images);
  const fit = beside.fit(source, options);
  const others = [
    beside.evaluate(source, { maxBytes }),
    beside.predict(source),
    beside.evaluate(source, { maxBytes: 1 }),
  ];
  await Promise.all([fit, ...others]);
  expect(await beside.evaluate(source, { maxBytes: 1 })).toEqual(expected);
  expect(await weights(beside)).toEqual(await weights(alone));
  for (const each of [alone, beside]) each.destroy();
});

test('a signal ends a fit and an evaluation whose source never answers, and the net stays usable', async () => {
  const net = await make({ ...nets['a small net, whole steps in a dispatch'], model: sequential([4], [dense(3)]) });
  const described = { count, shape: [4], classes: 3, name: 'silent' };
  const silent = fromSamples(() => new Promise<never>(() => {}), described);
  for (const call of [
    (signal: AbortSignal) => net.fit(silent, { epochs: 1, maxBytes: 1, signal }),
    (signal: AbortSignal) => net.evaluate(silent, { maxBytes: 1, signal }),
  ]) {
    const control = new AbortController();
    const ended = call(control.signal);
    setTimeout(() => control.abort(new Error('enough')), 20);
    await expect(ended).rejects.toThrow('enough');
    expect(await net.fit(rows, { epochs: 1 })).toHaveLength(1);
  }
  net.destroy();
});

test('an epoch left off goes on with the same source, and not with another that has only its name', async () => {
  const net = nets['a small net, whole steps in a dispatch'];
  const trained = await make(net);
  const [source, other] = [streamed(images), streamed(images)];
  await trained.fit(source, { steps: 2, maxBytes });
  await trained.fit(source, { epochs: 1, maxBytes });
  expect(trained.steps).toBe(6);
  await trained.fit(source, { steps: 2, maxBytes });
  await trained.fit(other, { epochs: 1, maxBytes });
  expect(trained.steps).toBe(14);
  trained.destroy();
});

test('what only looks like a data set is refused', async () => {
  const net = await make(nets['a small net, whole steps in a dispatch']);
  for (const wild of [{ read() {} }, { ...streamed(images), count: 0 }, { ...streamed(images), inputs: {} }]) {
    await expect(net.fit(wild as never, { epochs: 1 })).rejects.toBeInstanceOf(ArgumentError);
  }
  net.destroy();
});

test('a window is no larger than a buffer of the device, however large a batch is', () => {
  const bytes = 8 * 64;
  expect(batchesInWindow(images, batch, 2 ** 30, 2 ** 30)).toBe(6);
  expect(batchesInWindow(images, batch, 2 ** 30, 3 * bytes)).toBe(3);
  expect(batchesInWindow(images, batch, 2 * (bytes + 8), 2 ** 30)).toBe(2);
  expect(batchesInWindow(images, batch, 1, 2 ** 30)).toBe(1);
});
