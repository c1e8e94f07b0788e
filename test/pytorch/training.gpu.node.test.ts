// Training goes on in PyTorch from where it is here, alone and under torchrun: the same curve, and back again.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Dataset, digits, take } from '../../src/data.node.ts';
import {
  adam,
  adamw,
  batchNorm,
  type CompileOptions,
  compile,
  conv2d,
  cosineDecay,
  dense,
  dropout,
  flatten,
  type Model,
  maxPool2d,
  momentum,
  relu,
  sequential,
  softmaxCrossEntropy,
  stepDecay,
  type Tensor,
  type Trainer,
  tanh,
  warmUp,
} from '../../src/index.node.ts';
import { exportPyTorch } from '../../src/pytorch/index.ts';
import { parseChecked } from '../../src/saved/checksums.ts';
import { useGpu } from '../support/harness.ts';
import { pythonWith } from '../support/python.ts';
import { type TrainedThere, trainThere, writeFolder } from '../support/torchrun.ts';

const python = pythonWith('torch', 'Training that goes on in PyTorch');
const gpu = useGpu();
const folder = mkdtempSync(join(tmpdir(), 'retrograd-torch-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The steps of one epoch with the loss of each. */
async function stepped(net: Trainer, train: Dataset, batch: number): Promise<number[]> {
  const losses: number[] = [];
  const steps = Math.ceil(train.count / batch);
  for (let i = 0; i < steps; i++) {
    await net.fit(train, { steps: 1 });
    losses.push(await net.loss());
  }
  return losses;
}

/** One epoch here, and from there one more: here, alone in PyTorch, and in several processes. */
async function everywhere(
  name: string,
  model: Model,
  options: Omit<CompileOptions, 'device'>,
  { train, test }: { train: Dataset; test: Dataset },
  processes: readonly number[],
  begun: (net: Trainer) => Promise<unknown> = (net) => net.fit(train, { epochs: 1 }),
) {
  const net = await compile(model, { ...options, device: gpu.device, tune: 'off' });
  await begun(net);
  const at = join(folder, name);
  writeFolder(at, await exportPyTorch(net, { train, test }));
  const running = Promise.all(processes.map((count) => trainThere(python!, at, count)));
  const losses = await stepped(net, train, options.batch);
  const { accuracy, loss } = await net.evaluate(test);
  return { net, losses, accuracy: accuracy!, loss, there: await running };
}

const relative = (found: number, expected: number): number => Math.abs(found / expected - 1);
const farthest = (found: readonly number[], expected: readonly number[]): number =>
  Math.max(...found.map((value, i) => relative(value, expected[i])));

/** The largest difference of two tensors, as a fraction of the largest value of the second. */
function apart(found: Tensor, expected: Tensor): number {
  let [most, largest] = [0, 0];
  for (let i = 0; i < expected.data.length; i++) {
    most = Math.max(most, Math.abs(found.data[i] - expected.data[i]));
    largest = Math.max(largest, Math.abs(expected.data[i]));
  }
  return most / largest;
}

/** What the last line of train.py says of the test. */
function testedIn({ printed }: TrainedThere): { loss: number; accuracy: number } {
  const [, loss, accuracy] = /test loss ([\d.]+), test accuracy ([\d.]+) %/.exec(printed)!;
  return { loss: Number(loss), accuracy: Number(accuracy) / 100 };
}

/** Prints how far the losses of PyTorch are from those here, and the accuracies. */
function tell(
  name: string,
  { losses, accuracy, there }: Pick<Awaited<ReturnType<typeof everywhere>>, 'losses' | 'accuracy' | 'there'>,
) {
  const runs = there.map((run) => {
    const apart = farthest(run.losses.slice(0, losses.length), losses).toExponential(1);
    return `${losses.length} losses within ${apart}, test accuracy ${testedIn(run).accuracy.toFixed(4)}`;
  });
  console.log([`${name}: test accuracy ${accuracy.toFixed(4)} here; in PyTorch:`, ...runs].join('\n  '));
}

const tensorsOf = (file: string) => parseChecked(readFileSync(file), file).tensors;

describe.skipIf(!python)('PyTorch goes on with', () => {
  test('LeNet-5 with Adam, a cosine, dropout and batchNorm', async () => {
    const { train, test } = digits();
    // The last batch has 30 samples.
    const parts = { train: take(train, 2530), test: take(test, 1000) };
    const model = sequential(
      [1, 28, 28],
      [
        conv2d(6, 5, relu, { padding: 2 }),
        batchNorm(),
        maxPool2d(2),
        conv2d(16, 5, relu),
        maxPool2d(2),
        flatten(),
        dense(120, relu),
        dropout(0.2),
        dense(84, relu),
        dense(10),
      ],
    );
    const optimizer = adam({ learningRate: cosineDecay({ from: 0.002, to: 1e-4, steps: 153 }) });
    const options = { batch: 50, loss: softmaxCrossEntropy(), optimizer, seed: 7 };
    const { net, losses, accuracy, there } = await everywhere('lenet', model, options, parts, [1, 2]);
    expect(accuracy).toBeGreaterThan(0.8);
    tell('LeNet-5', { losses: losses.slice(0, 20), accuracy, there });
    for (const run of there) {
      expect(run.losses).toHaveLength(51);
      expect(farthest(run.losses.slice(0, 20), losses)).toBeLessThan(1e-4);
      expect(Math.abs(testedIn(run).accuracy - accuracy)).toBeLessThan(0.003);
    }
    // Back again: the third epoch goes on from the file of two processes as from here.
    await net.fit(parts.train, { epochs: 1 });
    const expected = await net.evaluate(parts.test);
    await net.load(readFileSync(there[1].file));
    expect([net.epochs, net.steps]).toEqual([2, 102]);
    await net.fit(parts.train, { epochs: 1 });
    const third = await net.evaluate(parts.test);
    expect(relative(third.loss, expected.loss)).toBeLessThan(1e-3);
    expect(Math.abs(third.accuracy! - expected.accuracy!)).toBeLessThan(0.003);
    net.destroy();
  });

  test('784-100-10 with momentum, a ragged batch, accumulation, weight decay and clipping', async () => {
    const { train, test } = digits();
    // The last batch has one sample, so that two of three processes have none.
    const parts = { train: take(train, 4901), test: take(test, 500) };
    const optimizer = momentum({ learningRate: 0.1, weightDecay: 1e-3, decayed: 'weights' });
    const options = { batch: 100, loss: softmaxCrossEntropy(), optimizer, seed: 3, accumulate: 2, clipNorm: 0.5 };
    const model = sequential([784], [dense(100, relu), dense(10)]);
    const { net, losses, loss, accuracy, there } = await everywhere('mlp', model, options, parts, [1, 3]);
    const expected = await net.parameters();
    tell('784-100-10', { losses, accuracy, there });
    for (const run of there) {
      expect(run.losses).toHaveLength(50);
      expect(farthest(run.losses, losses)).toBeLessThan(1e-5);
      expect(relative(testedIn(run).loss, loss)).toBeLessThan(1e-5);
      expect(testedIn(run).accuracy).toBeCloseTo(accuracy, 4);
      const found = tensorsOf(run.file);
      for (const [key, tensor] of Object.entries(expected)) expect(apart(found[key], tensor), key).toBeLessThan(1e-5);
    }
    net.destroy();
  });

  test('Adam on a layer that was frozen at first, whose state is younger than that of the others', async () => {
    const { train, test } = digits();
    const parts = { train: take(train, 500), test: take(test, 100) };
    const model = sequential([784], [dense(20, relu), dense(10)]);
    const options = { batch: 50, loss: softmaxCrossEntropy(), optimizer: adam(), seed: 3, freeze: ['layers.0.*'] };
    const begun = async (net: Trainer) => {
      await net.fit(parts.train, { epochs: 2 });
      await net.freeze([]);
    };
    const { net, losses, there } = await everywhere('thawed', model, options, parts, [1], begun);
    const [{ losses: found, file }] = there;
    expect(found).toHaveLength(10);
    expect(farthest(found, losses)).toBeLessThan(1e-4);
    // Back again: the next epoch counts from there too.
    await net.fit(parts.train, { epochs: 1 });
    const expected = await net.evaluate(test);
    await net.load(readFileSync(file));
    await net.fit(parts.train, { epochs: 1 });
    expect(relative((await net.evaluate(test)).loss, expected.loss)).toBeLessThan(1e-4);
    net.destroy();
  });

  test('samples in their own order, and says what else of a run it leaves out', async () => {
    const { train } = digits({ train: 95, test: 40 });
    const model = sequential([784], [dense(10)]);
    const options = { batch: 10, loss: softmaxCrossEntropy(), optimizer: adam(), seed: 2 };
    const net = await compile(model, { ...options, device: gpu.device, tune: 'off' });
    const at = join(folder, 'in-order');
    const { 'config.json': config, ...files } = await exportPyTorch(net, { train });
    const cli = { '--augment': 'shift=2', '--batch': '10', '--patience': '3' };
    writeFolder(at, { ...files, 'config.json': JSON.stringify({ ...JSON.parse(config as string), cli }) });
    const { printed, file, losses } = await trainThere(python!, at, 1, ['--no-shuffle']);
    expect(printed).toContain('training without --augment, --patience of the run\n');
    await net.fit(train, { epochs: 1, shuffle: false });
    expect(losses).toHaveLength(10);
    for (const [key, tensor] of Object.entries(await net.parameters()))
      expect(apart(tensorsOf(file)[key], tensor), key).toBeLessThan(1e-5);
    net.destroy();
  });

  test('an epoch that was left off, with averages, penalties, rates of layers and a warm-up', async () => {
    const { train, test } = digits({ train: 95, test: 40 });
    const optimizer = adamw({
      learningRate: warmUp({ steps: 5, rate: stepDecay({ from: 0.01, factor: 0.5, every: 4 }) }),
    });
    const regularize = { '*.weight': { l2: 1e-2 }, 'layers.1.*': { l1: 1e-3 } };
    const update = { accumulate: 3, average: 0.9, regularize, learningRates: { 'layers.0.*': 0.5 } };
    const model = sequential([784], [dense(12, tanh), dense(10)]);
    const options = { batch: 10, loss: softmaxCrossEntropy(), optimizer, seed: 11, ...update };
    const net = await compile(model, { ...options, device: gpu.device, tune: 'off' });
    await net.fit(train, { epochs: 1 });
    await net.fit(train, { steps: 4 }); // one update, and a batch that waits for the next
    const at = join(folder, 'left-off');
    writeFolder(at, await exportPyTorch(net, { train, test }));
    const { printed, file, losses } = await trainThere(python!, at, 1);
    expect(losses).toHaveLength(6);
    const [{ trainLoss }] = await net.fit(train, { epochs: 1 });
    expect(relative(Number(/loss ([\d.]+)/.exec(printed)![1]), trainLoss)).toBeLessThan(1e-5);
    const [found, expected] = [tensorsOf(file), parseChecked(await net.save(), 'expected').tensors];
    const kept = Object.keys(expected).filter((key) => !/^(optimizer\.sum|training)\./.test(key));
    for (const key of kept) expect(apart(found[key], expected[key]), key).toBeLessThan(1e-5);
    await net.load(readFileSync(file));
    expect([net.epochs, net.steps]).toEqual([2, 20]);
    net.destroy();
  });
});
