/** A class for each pixel of an image: what a flat net makes of the pixels as samples of their own, on a GPU and on the CPU. */
import { describe, expect, test } from 'vitest';
import { fromArrays, withTargets } from '../../src/data/index.ts';
import {
  ArgumentError,
  categoricalCrossEntropy,
  compile,
  confusion,
  conv2d,
  dense,
  type LossFunction,
  linear,
  type Model,
  precisionRecallF1,
  ShapeError,
  sequential,
  sgd,
  sigmoid,
  softmax,
  softmaxCrossEntropy,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { random } from '../support/nets.ts';

const gpu = useGpu();

const [N, IN, CLASSES, PIXELS] = [3, 2, 4, 6];

/** [n][channels][pixels] -> [n · pixels][channels] */
const apart = (values: ArrayLike<number>, channels: number): number[] =>
  Array.from({ length: values.length }, (_, i) => {
    const [sample, pixel, channel] = [
      Math.floor(i / channels / PIXELS),
      Math.floor(i / channels) % PIXELS,
      i % channels,
    ];
    return values[(sample * channels + channel) * PIXELS + pixel];
  });

const x = random(N * IN * PIXELS, 1);
const y = Float32Array.from({ length: N * CLASSES * PIXELS }, (_, i) => {
  const [sample, channel, pixel] = [Math.floor(i / CLASSES / PIXELS), Math.floor(i / PIXELS) % CLASSES, i % PIXELS];
  return Number((sample + 2 * pixel) % CLASSES === channel);
});
const weights = random(CLASSES * IN, 2);
const biases = random(CLASSES, 3);

const close = (found: ArrayLike<number>, expected: ArrayLike<number>): void => {
  expect(found.length).toBe(expected.length);
  Array.from(expected).forEach((value, i) => void expect(found[i]).toBeCloseTo(value, 5));
};

describe.each(['gpu', 'cpu'] as const)('on the %s', (where) => {
  const made = async (model: Model, loss: LossFunction, batch: number, shape: readonly number[]) => {
    const device = where === 'gpu' ? gpu.device : 'cpu';
    const net = await compile(model, { device, batch, loss, optimizer: sgd({ learningRate: 0.5 }) });
    net.setParameters({
      'layers.0.weight': { shape, data: weights },
      'layers.0.bias': { shape: [CLASSES], data: biases },
    });
    return net;
  };

  test.each<[string, typeof linear, (options: object) => LossFunction, object]>([
    ['softmaxCrossEntropy', linear, softmaxCrossEntropy, {}],
    [
      'softmaxCrossEntropy, weighted',
      linear,
      softmaxCrossEntropy,
      { classWeights: [1, 2, 0.5, 3], labelSmoothing: 0.1 },
    ],
    ['softmax and categoricalCrossEntropy', softmax, categoricalCrossEntropy, {}],
    ['sigmoid and categoricalCrossEntropy', sigmoid, categoricalCrossEntropy, {}],
  ])('%s', async (_name, activation, loss, options) => {
    const image = sequential([IN, 2, 3], [conv2d(CLASSES, 1, activation)]);
    const flat = sequential([IN], [dense(CLASSES, activation)]);
    const pixels = await made(image, loss(options), N, [CLASSES, IN, 1, 1]);
    const samples = await made(flat, loss(options), N * PIXELS, [CLASSES, IN]);
    const [xs, ys] = [apart(x, IN), apart(y, CLASSES)];

    close(apart(await pixels.predict(x), CLASSES), await samples.predict(xs));
    const [ofPixels, ofSamples] = [await pixels.gradients(x, y), await samples.gradients(xs, ys)];
    for (const key of ['layers.0.weight', 'layers.0.bias']) close(ofPixels[key].data, ofSamples[key].data);

    const perSample = (values: ArrayLike<number>) =>
      Array.from({ length: N }, (_, i) =>
        Array.from(values).slice((i * values.length) / N, ((i + 1) * values.length) / N),
      );
    const images = fromArrays({ x, y: perSample(y), shape: [IN, 2, 3] });
    const inRows = (values: number[], n: number) =>
      Array.from({ length: N * PIXELS }, (_, i) => values.slice(i * n, (i + 1) * n));
    const rows = fromArrays({ x: inRows(xs, IN), y: inRows(ys, CLASSES) });
    const [found, expected] = [await pixels.evaluate(images), await samples.evaluate(rows)];
    expect(found.loss).toBeCloseTo(expected.loss, 5);
    expect(found.accuracy).toBeCloseTo(expected.accuracy!, 6);
    expect(found.accuracy).toBeGreaterThan(0);
    expect(found.accuracy).toBeLessThan(1);
    pixels.destroy();
    samples.destroy();
  });

  test('a sum is over the pixels too', async () => {
    const image = sequential([IN, 2, 3], [conv2d(CLASSES, 1)]);
    const nets = await Promise.all(
      (['mean', 'sum'] as const).map((reduction) =>
        made(image, softmaxCrossEntropy({ reduction }), N, [CLASSES, IN, 1, 1]),
      ),
    );
    for (const net of nets) net.step(x, y);
    const [mean, sum] = await Promise.all(nets.map((net) => net.loss()));
    expect(sum / mean).toBeCloseTo(N * PIXELS, 3);
    for (const net of nets) net.destroy();
  });

  test('labels of pixels are the same as values, and precision, recall and F1 count pixels', async () => {
    const net = await made(sequential([IN, 2, 3], [conv2d(CLASSES, 1)]), softmaxCrossEntropy(), N, [CLASSES, IN, 1, 1]);
    const labels = Array.from({ length: N * PIXELS }, (_, i) => (Math.floor(i / PIXELS) + 2 * (i % PIXELS)) % CLASSES);
    const expected = await net.gradients(x, y);
    for (const given of [labels, Uint8Array.from(labels)]) expect(await net.gradients(x, given)).toEqual(expected);
    const shape = [IN, 2, 3];
    const labelled = fromArrays({ x, y: labels, shape, labelShape: [2, 3] });
    expect(Array.from(labelled.targets.data)).toEqual(Array.from(y));
    const rows = Array.from({ length: N }, (_, i) => labels.slice(i * PIXELS, (i + 1) * PIXELS));
    expect(fromArrays({ x, y: rows, shape, labelShape: [2, 3], classes: CLASSES }).targets).toEqual(labelled.targets);
    expect(withTargets(labelled, Uint8Array.from(labels), { labelShape: [6] }).targets).toEqual(labelled.targets);
    expect(await net.gradients(labelled)).toEqual(expected);

    const { metrics, accuracy } = await net.evaluate(labelled, { metrics: [precisionRecallF1()] });
    const scores = apart(await net.predict(x), CLASSES);
    const said = labels.map((_, i) => {
      const own = scores.slice(i * CLASSES, (i + 1) * CLASSES);
      return own.indexOf(Math.max(...own));
    });
    const countOf = (is: (i: number) => boolean) => labels.filter((_, i) => is(i)).length;
    expect(accuracy).toBeCloseTo(countOf((i) => said[i] === labels[i]) / labels.length, 6);
    expect(metrics.perClass.map(({ name }) => name)).toEqual(['0', '1', '2', '3']);
    for (const [c, { precision, recall, support }] of metrics.perClass.entries()) {
      const hits = countOf((i) => said[i] === c && labels[i] === c);
      expect(support).toBe(countOf((i) => labels[i] === c));
      expect(recall).toBeCloseTo(support && hits / support, 6);
      expect(precision).toBeCloseTo(hits && hits / countOf((i) => said[i] === c), 6);
    }
    expect(new Set(said).size).toBeGreaterThan(1);
    net.destroy();
  });

  test('one label per sample, and metrics of samples, are refused', async () => {
    const net = await made(sequential([IN, 2, 3], [conv2d(CLASSES, 1)]), softmaxCrossEntropy(), N, [CLASSES, IN, 1, 1]);
    const labelled = fromArrays({ x, y: [0, 1, 2], classes: CLASSES * PIXELS, shape: [IN, 2, 3] });
    expect(() => net.step(x, [0, 1, 2])).toThrow(ShapeError);
    expect(() => net.step(x, [0, 1, 2])).toThrow(
      /one of 4 classes at each of 6 places: give y as 6 labels, which fromArrays takes with labelShape, or 24 values/,
    );
    await expect(net.evaluate(labelled)).rejects.toThrow(
      /one label per sample, but softmaxCrossEntropy chooses one of 4/,
    );
    const values = fromArrays({
      x,
      y: [0, 1, 2].map((i) => Array.from(y.slice(i * 24, i * 24 + 24))),
      shape: [IN, 2, 3],
    });
    await expect(net.evaluate(values, { metrics: [confusion()] })).rejects.toThrow(ArgumentError);
    net.destroy();
  });
});

test.each<[string, object, string]>([
  ['too few', { y: [0, 1, 2, 0, 1] }, 'arrays.y: expected 2 samples, as many as x, found 1.25'],
  ['a row too short', { y: [[0, 1, 2, 0], [1]] }, 'arrays.y[1]: expected 4 values, as in row 0, found 1'],
  ['rows too short', { y: [[0], [1]] }, 'arrays.y: expected 4 labels for each of 2 samples, found 2'],
  ['no class', { y: [0, 1, 2, 0, 0, 0, 0.5, 0] }, 'arrays.y[6]: expected a class from 0 to 16777215, found 0.5'],
  [
    'a class too many',
    { y: [0, 1, 2, 0, 0, 0, 3, 0], classes: 3 },
    'arrays.y[6]: expected a class from 0 to 2, found 3',
  ],
  ['no shape', { y: [0], labelShape: 4 }, 'arrays.labelShape: expected positive integers, found 4'],
  ['names', { y: [0], classNames: ['a'] }, 'arrays.classNames: expected none beside labelShape'],
])('labels of pixels are refused: %s', (_what, options, message) => {
  const given = { x: random(2 * 4, 1), shape: [1, 2, 2], labelShape: [2, 2], ...options };
  expect(() => fromArrays(given as never)).toThrow(message);
});
