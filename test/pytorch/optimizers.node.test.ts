/**
 * Every optimizer goes on in PyTorch: 20 steps here and 20 there are 40 steps here, with all that an update depends on, and the file
 * that comes back is trained further as if it had never been away.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, fromArrays } from '../../src/data.node.ts';
import {
  adam,
  adamw,
  batchNorm,
  type CompileOptions,
  compile,
  cosineDecay,
  dense,
  exponentialDecay,
  momentum,
  nesterov,
  oneCycle,
  parseSafetensors,
  reduceOnPlateau,
  rmsprop,
  sequential,
  sgd,
  softmaxCrossEntropy,
  stepDecay,
  type Tensor,
  type Trainer,
  tanh,
  warmUp,
} from '../../src/index.node.ts';
import { exportPyTorch } from '../../src/pytorch/index.ts';
import { random } from '../support/nets.ts';
import { pythonWith, runPython } from '../support/python.ts';

const python = pythonWith('torch', 'Optimizers in PyTorch');

const STEPS = 20;
const BATCH = 10;
const samples = (count: number, stream: number, sampleWeights?: number[]): Dataset => {
  const x = random(count * 6, stream);
  const y = Array.from({ length: count }, (_, i) => Number(x[6 * i] + x[6 * i + 1] > 0) + Number(x[6 * i + 2] > 0));
  return fromArrays({ x, y, shape: [6], classes: 3, sampleWeights });
};
/** The last batch is ragged. */
const COUNT = STEPS * BATCH - 4;
const weightsOf = (count: number) => Array.from({ length: count }, (_, i) => (i % 4) / 2);
const plain = { train: samples(COUNT, 1), test: samples(40, 2) };
const weighted = { train: samples(COUNT, 1, weightsOf(COUNT)), test: samples(40, 2, weightsOf(40)) };
const dataFor = (name: string) => (name.endsWith('weights of samples') ? weighted : plain);
const model = sequential([6], [dense(8, tanh), batchNorm(), dense(5, tanh), dense(3)]);

type Options = Partial<CompileOptions> & Pick<CompileOptions, 'optimizer'>;

const learningRate = cosineDecay({ from: 0.1, to: 0.01, steps: 45 });
const decay = { weightDecay: 0.01, decayed: 'weights' } as const;
const cases: Record<string, Options> = {
  'sgd, clip, accumulation, decay of the weights, cosine': {
    optimizer: sgd({ learningRate, ...decay }),
    clipNorm: 0.5,
    accumulate: 3,
  },
  'momentum, factors of the rate, penalties, steps': {
    optimizer: momentum({ learningRate: stepDecay({ from: 0.05, factor: 0.5, every: 13 }), weightDecay: 0.01 }),
    learningRates: { 'layers.0.*': 0.1, '*.bias': 2 },
    regularize: { '*.weight': { l2: 0.02 }, 'layers.2.*': { l1: 0.003, l2: 0.01 } },
  },
  'nesterov, frozen layers, warm-up': {
    optimizer: nesterov({ learningRate: warmUp({ steps: 25, rate: learningRate }), ...decay }),
    freeze: ['layers.0.weight', 'layers.1.*'],
  },
  'rmsprop, clip, average, exponential': {
    optimizer: rmsprop({ learningRate: exponentialDecay({ from: 0.01, factor: 0.5, every: 10 }), ...decay }),
    clipNorm: 0.3,
    average: 0.9,
  },
  'adam, accumulation, average, one cycle': {
    optimizer: adam({ learningRate: oneCycle({ max: 0.02, steps: 30 }), weightDecay: 0.01 }),
    accumulate: 2,
    average: 0.95,
  },
  'adamw, clip, plateau, weights of samples': {
    optimizer: adamw({
      learningRate: reduceOnPlateau({ from: 0.01, factor: 0.5, patience: 0, threshold: 0.5 }),
      weightDecay: 0.1,
      decayed: 'weights',
    }),
    clipNorm: 0.5,
  },
  'adam, thawed': { optimizer: adam({ learningRate: 0.01, beta1: 0.8, beta2: 0.99 }), freeze: ['layers.2.*'] },
};

const compiled = (options: Options): Promise<Trainer> =>
  compile(model, { device: 'cpu', batch: BATCH, loss: softmaxCrossEntropy(), seed: 3, ...options });
const epoch = (name: string, net: Trainer) =>
  net.fit(dataFor(name).train, { epochs: 1, validation: dataFor(name).test });

/** Here: the files of the net after each of three epochs. There: the folder in which the second is trained. */
async function trained(name: string, folder: string) {
  const net = await compiled(cases[name]);
  if (name.endsWith('thawed')) {
    await epoch(name, net);
    await net.freeze([]);
  }
  await epoch(name, net);
  const files = await exportPyTorch(net, dataFor(name));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  await epoch(name, net);
  const second = await net.save();
  await epoch(name, net);
  const third = await net.save();
  net.destroy();
  return { second, third };
}

/** To 1e-5 of the largest value of each tensor; sums of the epoch that is over are of no use to the next one. */
function expectClose(found: Record<string, Tensor>, expected: Record<string, Tensor>): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [key, { shape, data }] of Object.entries(expected)) {
    if (key.startsWith('training.') || key.startsWith('optimizer.sum.')) continue;
    expect(found[key].shape, key).toEqual(shape);
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - found[key].data[i])), 0);
    expect(worst, key).toBeLessThanOrEqual(1e-5 * largest);
  }
}

const positionIn = (file: Record<string, string>) => {
  const { position, frozen } = JSON.parse(file.retrograd);
  const { best: _, ...rest } = position;
  return { ...rest, frozen };
};

describe.skipIf(!python)('20 steps here and 20 in PyTorch are 40 here', () => {
  const folder = mkdtempSync(join(tmpdir(), 'retrograd-optimizers-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const folderOf = (name: string) => join(folder, String(Object.keys(cases).indexOf(name)));
  const here: Record<string, Awaited<ReturnType<typeof trained>>> = {};
  beforeAll(async () => {
    for (const name of Object.keys(cases)) here[name] = await trained(name, folderOf(name));
    const script = fileURLToPath(new URL('continue.py', import.meta.url));
    runPython(python!, [script], Object.keys(cases).map(folderOf));
  });

  test.each(Object.keys(cases))('%s', async (name) => {
    const { second, third } = here[name];
    const back = readFileSync(join(folderOf(name), 'saved.safetensors'));
    const [found, expected] = [back, second].map((bytes) => parseSafetensors(bytes));
    expectClose(found.tensors, expected.tensors);
    expect(positionIn(found.metadata)).toEqual(positionIn(expected.metadata));
    const net = await compiled(cases[name]);
    await net.load(back);
    await epoch(name, net);
    expectClose(parseSafetensors(await net.save()).tensors, parseSafetensors(third).tensors);
    net.destroy();
  });
});
