/** Every metric against what scikit-learn says of the same answers: expected.py makes expected.json. */
import { describe, expect, test } from 'vitest';
import type { Dataset, StreamedDataset } from '../../src/data/index.ts';
import { fromArrays } from '../../src/data/index.ts';
import {
  accuracy,
  auc,
  binaryCrossEntropy,
  compile,
  confusion,
  DataError,
  type Device,
  dense,
  exactMatch,
  flatten,
  type LayerActivation,
  type LossFunction,
  linear,
  type Metric,
  type Model,
  maxPool2d,
  meanAbsoluteError,
  precisionRecallF1,
  quadratic,
  rSquared,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  topK,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { streamedInOrder } from '../support/streamed.ts';
import expected from './expected.json' with { type: 'json' };

const gpu = useGpu();
const optimizer = sgd({ learningRate: 0 });
const batch = 5; // the last one is ragged

/** A net whose outputs are its inputs, through an activation. */
async function echo(outputs: number, loss: LossFunction, device: Device | 'cpu', activation: LayerActivation = linear) {
  const model = sequential([outputs], [dense(outputs, activation)]);
  const net = await compile(model, { device, batch, loss, optimizer, tune: 'off' });
  const unit = Array.from({ length: outputs ** 2 }, (_, i) => Number(i % (outputs + 1) === 0));
  const bias = { shape: [outputs], data: new Float32Array(outputs) };
  net.setParameters({ 'layers.0.weight': { shape: [outputs, outputs], data: unit }, 'layers.0.bias': bias });
  return net;
}

const oneHot = (y: readonly number[], classes: number) =>
  y.map((label) => Array.from({ length: classes }, (_, i) => Number(i === label)));

const inOrder = (dataset: Dataset): StreamedDataset => streamedInOrder(dataset, [4, 7]);

/** Equal to six places, NaN where JSON has null; keys that are only in what was found do not matter. */
function close(found: unknown, right: unknown): void {
  if (typeof right === 'number') expect(found).toBeCloseTo(right, 6);
  else if (right === null) expect(found).toBeNaN();
  else if (typeof right === 'string') expect(found).toBe(right);
  else
    for (const [key, value] of Object.entries(right as object)) close((found as Record<string, unknown>)[key], value);
}

/** The scores of scikit-learn, an array for each, as this library has them. */
function perClassOf(scores: Readonly<Record<string, readonly number[]>>, names: readonly string[]) {
  const of = (i: number) => Object.entries(scores).map(([name, values]) => [name, values[i]]);
  return names.map((name, i) => ({ name, ...Object.fromEntries(of(i)) }));
}

const { classes, logits, labels, binary, values } = expected;

describe.each(['GPU', 'CPU'])('%s', (kind) => {
  const device = (): Device | 'cpu' => (kind === 'CPU' ? 'cpu' : gpu.device);
  /** The metrics of each of these data sets, by one net. */
  const measure = async <const M extends readonly Metric[]>(
    datasets: readonly (Dataset | StreamedDataset)[],
    loss: LossFunction,
    metrics: M,
    activation?: LayerActivation,
  ) => {
    const net = await echo(datasets[0].targets.size, loss, device(), activation);
    const evaluations = [];
    for (const dataset of datasets) evaluations.push(await net.evaluate(dataset, { metrics }));
    net.destroy();
    return evaluations;
  };

  test('class labels with ties, and a class without a sample, in memory and as a stream', async () => {
    const dataset = fromArrays({ x: classes.x, y: classes.y, classes: 4 });
    const average = precisionRecallF1({ average: 'weighted' });
    const metrics = [accuracy(), topK(1), topK(2), confusion(), average, auc()] as const;
    const found = await measure([dataset, inOrder(dataset)], quadratic(), metrics);
    const names = ['0', '1', '2', '3'];
    for (const { metrics: results, accuracy: fraction } of found) {
      expect([results.accuracy, results.top1]).toEqual([fraction, fraction]);
      expect(results.confusion).toEqual({ classes: names, counts: classes.confusion });
      const { accuracy, top2, averages, auc, aucPerClass } = classes;
      close(results, { accuracy, top2, averages, auc, aucPerClass });
      close(results.perClass, perClassOf(classes.perClass, names));
      close(results, classes.averages.weighted);
    }
  });

  test('one-hot values under softmax, whose classes have names', async () => {
    const { x, y, names } = logits;
    const dataset = fromArrays({ x, y: oneHot(y, 3), classNames: names });
    const metrics = [confusion(), precisionRecallF1(), topK(2), auc()] as const;
    const [{ metrics: results }] = await measure([dataset], softmaxCrossEntropy(), metrics);
    expect(results.confusion).toEqual({ classes: names, counts: logits.confusion });
    const { top2, averages, auc: area, aucPerClass } = logits;
    close(results, { top2, averages, auc: area, aucPerClass, ...averages.macro });
    close(results.perClass, perClassOf(logits.perClass, names));
  });

  test('several labels per sample: each is a class, and exactMatch is of whole samples', async () => {
    const dataset = fromArrays({ x: labels.x, y: labels.y });
    const metrics = [exactMatch(), precisionRecallF1({ average: 'micro' }), auc()] as const;
    const [{ metrics: results }] = await measure([dataset], sigmoidCrossEntropy(), metrics);
    const { exactMatch: whole, averages, auc: area, aucPerClass } = labels;
    close(results, { exactMatch: whole, averages, auc: area, aucPerClass, ...averages.micro });
    close(results.perClass, perClassOf(labels.perClass, ['0', '1', '2']));
  });

  test('one output says no or yes', async () => {
    const dataset = fromArrays({ x: binary.x, y: binary.y, classNames: ['spam'] });
    const metrics = [confusion(), precisionRecallF1(), auc(), accuracy()] as const;
    const [{ metrics: results }] = await measure([dataset], binaryCrossEntropy(), metrics, sigmoid);
    expect(results.confusion).toEqual({ classes: ['not spam', 'spam'], counts: binary.confusion });
    close(results, { ...binary.averages.macro, auc: binary.auc, accuracy: binary.exactMatch });
    close(results.perClass, perClassOf(binary.perClass, ['spam']));
  });

  test('values, in memory and as a stream', async () => {
    const { x, y, ...right } = values;
    const dataset = fromArrays({ x, y });
    const metrics = [rSquared(), meanAbsoluteError()] as const;
    for (const { metrics: results } of await measure([dataset, inOrder(dataset)], quadratic(), metrics)) {
      close(results, right);
    }
  });

  test('equal targets have an R² of 1 if they are predicted without an error', async () => {
    const y = new Float32Array(12).fill(0.1);
    const exact = fromArrays({ x: y, y, shape: [1] });
    const off = fromArrays({ x: y.map((value) => value + 0.5), y, shape: [1] });
    const found = await measure([exact, off], quadratic(), [rSquared()]);
    expect(found.map(({ metrics }) => metrics.rSquared)).toEqual([1, 0]);
  });

  test('a class that the net never says has a precision of 0, and so has one without a sample', async () => {
    const dataset = fromArrays({ x: [1, 0, 0, 1, 0, 0], y: [0, 1], classes: 3, shape: [3] });
    const [{ metrics }] = await measure([dataset], quadratic(), [precisionRecallF1()]);
    expect(metrics.perClass).toEqual([
      { name: '0', precision: 1 / 2, recall: 1, f1: 2 / 3, support: 1 },
      { name: '1', precision: 0, recall: 0, f1: 0, support: 1 },
      { name: '2', precision: 0, recall: 0, f1: 0, support: 0 },
    ]);
  });

  test('an auc of many batches is that of all pairs, and one without both classes is told', async () => {
    const n = 303;
    const x = Float32Array.from({ length: n }, (_, i) => ((i * 37) % 101) / 10);
    const y = Float32Array.from(x, (value, i) => Number(value + (i % 7) > 8));
    const dataset = fromArrays({ x, y, shape: [1] });
    const none = fromArrays({ x, y: new Float32Array(n), shape: [1] });
    const net = await echo(1, sigmoidCrossEntropy(), device());
    const { metrics } = await net.evaluate(dataset, { metrics: [auc()] });
    const [yes, no] = [1, 0].map((label) => x.filter((_, i) => y[i] === label));
    let inOrder = 0;
    for (const a of yes) for (const b of no) inOrder += a > b ? 1 : a === b ? 0.5 : 0;
    expect(metrics.auc).toBeCloseTo(inOrder / (yes.length * no.length), 12);
    await expect(net.evaluate(none, { metrics: [auc()] })).rejects.toThrow(DataError);
    net.destroy();
  });

  test('outputs of several axes count one by one', async () => {
    const model: Model = sequential([1, 2, 4], [maxPool2d(2), flatten(), dense(2)]);
    const shaped = sequential([1, 2, 4], [maxPool2d(2)]);
    expect(shaped.shapes.at(-1)).toEqual([1, 1, 2]);
    const net = await compile(model, { device: device(), batch, loss: quadratic(), optimizer, tune: 'off' });
    const dataset = fromArrays({ x: new Float32Array(56), y: new Float32Array(14).fill(3), shape: [1, 2, 4] });
    const { metrics } = await net.evaluate(dataset, { metrics: [meanAbsoluteError()] });
    expect(metrics.meanAbsoluteErrorPerOutput).toEqual([3, 3]);
    net.destroy();
  });

  test('a second evaluation starts from nothing, and one without metrics has none', async () => {
    const dataset = fromArrays({ x: classes.x, y: classes.y, classes: 4 });
    const net = await echo(4, quadratic(), device());
    const metrics = [confusion(), topK(3)] as const;
    const first = await net.evaluate(dataset, { metrics });
    expect((await net.evaluate(dataset, { metrics })).metrics).toEqual(first.metrics);
    expect(await net.evaluate(dataset)).not.toHaveProperty('metrics');
    net.destroy();
  });
});
