/** Every layer, activation and loss, and random nets, exported and computed by PyTorch: predictions, losses and gradients. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { normals } from '../../src/base/random.ts';
import { size } from '../../src/base/tensor.ts';
import {
  activation,
  apply,
  batchNorm,
  type CompileOptions,
  compile,
  concat,
  conv1d,
  conv2d,
  conv2dTranspose,
  dense,
  dropout,
  embedding,
  gelu,
  gru,
  input,
  type LossFunction,
  linear,
  lossFunction,
  lstm,
  type Model,
  meanSquared,
  model,
  multiply,
  prelu,
  quadratic,
  relu,
  reshape,
  selu,
  sequential,
  sgd,
  sigmoid,
  softmax,
  softmaxCrossEntropy,
  standardize,
  type Tensor,
  tanh,
} from '../../src/index.node.ts';
import { activations } from '../../src/nn/layers/all-activations.ts';
import { kindOf } from '../../src/nn/layers/layer.ts';
import { type LossName, losses, lossNamed } from '../../src/nn/losses/registry.ts';
import { parametersOf } from '../../src/nn/model.ts';
import { exportPyTorch } from '../../src/pytorch/index.ts';
import { inputsOf, randomNet } from '../oracle/random/random-nets.ts';
import { choicesOf, layerCases } from '../support/layer-cases.ts';
import { samples as samplesFor } from '../support/nets.ts';
import { activations as withOwn } from '../support/networks.ts';
import { pythonWith, runPython } from '../support/python.ts';

const python = pythonWith('torch', 'Exported nets in PyTorch');
const SAMPLES = 5;

interface Net {
  readonly title: string;
  readonly model: Model;
  readonly options: Omit<CompileOptions, 'batch' | 'optimizer'>;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** What becomes of model.py and losses.py before they run. */
  readonly edit?: (text: string) => string;
}

type Values = Record<string, ArrayLike<number>>;

const normal = (count: number, stream: number): Float32Array => Float32Array.from(normals(count, 9, stream));

/** Numbers for the parameters: those that begin as zeros and ones would hide what is left out. Variances are positive. */
const valuesFor = (of: Model): Record<string, Tensor> =>
  Object.fromEntries(
    parametersOf(of).map(({ key, shape }, i) => {
      const data = normal(size(shape), 10 + i);
      return [key, { shape, data: /running_var|std$/.test(key) ? data.map((v) => 0.5 + v * v) : data }];
    }),
  );

/** What nets.py writes for each of these. */
function computedThere(cases: readonly { readonly folder: string }[]): Record<string, number[]>[] {
  const script = fileURLToPath(new URL('nets.py', import.meta.url));
  return runPython(python!, [script], cases) as Record<string, number[]>[];
}

/** What the net computes itself, and its files. */
async function computed({ model, options, x, y }: Net) {
  const count = x.length / size(model.input);
  // Room for more samples than there are.
  const net = await compile(model, {
    device: 'cpu',
    batch: count + 2,
    optimizer: sgd({ learningRate: 0.1 }),
    ...options,
  });
  await net.setParameters(valuesFor(model));
  const files = await exportPyTorch(net);
  const predicted = await net.predict(x as Float32Array);
  const gradients = await net.gradients(x as Float32Array, y as Float32Array);
  net.step(x as Float32Array, y as Float32Array);
  const loss = [await net.loss()];
  const after = Object.entries(await net.parameters()).filter(([key]) => key.includes('running'));
  net.destroy();
  const prediction = predicted instanceof Float32Array ? predicted : sideBySide(Object.values(predicted), count);
  const values = Object.entries({ ...gradients, ...Object.fromEntries(after) }).map(([key, { data }]) => [key, data]);
  return { files, values: { prediction, loss, ...Object.fromEntries(values) } as Values };
}

function sideBySide(parts: readonly Float32Array[], count: number): number[] {
  const rows = Array.from({ length: count }, (_, n) =>
    parts.map((part) => Array.from(part.subarray((n * part.length) / count, ((n + 1) * part.length) / count))),
  );
  return rows.flat(2);
}

const squares = (of: Model, title: string, x: ArrayLike<number> = normal(SAMPLES * size(of.input), 1)): Net => {
  const n = (x.length / size(of.input)) * size(of.shapes.at(-1)!);
  return { title, model: of, options: { loss: meanSquared() }, x, y: normal(n, 2) };
};

const ofLayers = layerCases.map(({ layer, inputs }): Net => {
  const [first, ...others] = inputs;
  const x = input(first);
  const made = others.map((shape) => apply(reshape(shape), apply(dense(size(shape)), x)));
  const of = model(x, apply(dense(2), apply(layer, x, ...made)));
  const choices = choicesOf(layer);
  const numbers = normal(SAMPLES * size(first), 1);
  const title = `${layer.layer}: ${kindOf(layer).describe(layer)} of ${inputs.map((shape) => `[${shape}]`).join(' ')}`;
  return squares(
    of,
    title,
    choices ? numbers.map((v) => choices[Math.abs(Math.round(3 * v)) % choices.length]) : numbers,
  );
});

const ofActivations = Object.entries(activations).map(([name, f]) =>
  squares(sequential([4, 3], [reshape([4, 3]), activation(f), dense(6, f), dense(2)]), name),
);

/** Other than what is usual. */
const settings = {
  labelSmoothing: 0.2,
  classWeights: [1, 2, 3],
  positiveWeights: [3, 0.5, 2],
  delta: 0.3,
  gamma: 1.5,
  alpha: 0.6,
};

function withLoss(title: string, of: Model, loss: LossFunction): Net {
  const { x, y } = samplesFor(of, loss, SAMPLES);
  return { title, model: of, options: { loss }, x, y };
}

async function ofLosses(): Promise<Net[]> {
  const nets: Net[] = [];
  for (const name of Object.keys(losses) as LossName[]) {
    const { settings: known, question } = losses[name].facts;
    const given = Object.fromEntries(Object.entries(settings).filter(([key]) => key in known));
    for (const options of [{}, { reduction: 'sum' as const, ...given }]) {
      const loss = await lossNamed({ reduction: 'mean', ...options, name });
      const lasts = /(binary|categorical)Cross/.test(name) ? [sigmoid, softmax] : [linear];
      for (const last of lasts) {
        const title = `${name} ${JSON.stringify(options)} after ${last.activation}`;
        nets.push(withLoss(title, sequential([4], [dense(3, last)]), loss));
        if (question === 'class' || 'positiveWeights' in known) {
          nets.push(withLoss(`${title}, of each pixel`, sequential([2, 3, 2], [conv2d(3, 1, last)]), loss));
        }
      }
    }
  }
  return nets;
}

/** Ends a comment, a text and a documentation, where it is taken as it is. */
const NAME = 'a """quoted""" \\\nraise name';

function ofSeveral(): Net[] {
  const [image, facts] = [input([2, 4, 4]), input([3])];
  const seen = apply(dense(6, tanh), image);
  const shared = dense(6, relu);
  const joined = apply(concat(), apply(shared, seen), apply(shared, apply(dense(6), facts)), facts);
  const outputs = {
    digit: apply(dense(3), joined),
    [NAME]: apply(dense(2), apply(multiply(), joined, joined)),
  };
  const of = model({ image, [NAME]: facts }, outputs);
  const classes = normal(SAMPLES * 3, 4).map((_, i) => Number(i % 3 === Math.floor(i / 3) % 3));
  const values = normal(SAMPLES * 2, 5);
  const loss = { digit: softmaxCrossEntropy({ labelSmoothing: 0.1 }), [NAME]: quadratic() };
  return [
    {
      title: 'several inputs and outputs, and a shared layer',
      model: of,
      options: { loss, lossWeights: { digit: 0.3 } },
      x: normal(SAMPLES * size(of.input), 3),
      y: sideBySide([classes, values], SAMPLES),
    },
  ];
}

/** Steps of 0 at the end, at the beginning, between others, everywhere, nowhere. */
const MASKS = ['11100', '00111', '10101', '00000', '11111'];
const masked = normal(SAMPLES * 10, 3).map((v, i) => v * Number(MASKS[Math.floor(i / 10)][Math.floor(i / 2) % 5]));

const others = (): Net[] => [
  ...[gru, lstm].flatMap((make) =>
    [true, false].map((sequence) => {
      const of = sequential([5, 2], [make(3, { mask: true, sequence }), dense(2)]);
      return squares(of, `masked ${of.layers[0].layer}, sequence ${sequence}`, masked);
    }),
  ),
  squares(
    sequential([6], [embedding(4, 3, { padding: 2 }), dense(2)]),
    'the padding of an embedding',
    Array.from({ length: SAMPLES * 6 }, (_, i) => (i * i) % 4),
  ),
  squares(sequential([3], [dense(4), batchNorm(), dense(2)]), 'batchNorm of a single value', normal(3, 6)),
  {
    ...squares(sequential([3], [dense(4), batchNorm(), dense(4, tanh), dense(2)]), 'what is frozen'),
    options: { loss: meanSquared(), freeze: ['layers.1.*', 'layers.2.weight'] },
  },
  squares(
    sequential([3], [standardize({ mean: [1, 2, 3], deviation: [1, 2, 1] }), dense(6), dropout(0.4), dense(2)]),
    'the masks of dropout',
  ),
  squares(
    sequential([2, 3], [dense(6), reshape([-1, 2, 1]), conv2d(2, [2, 1], tanh, { padding: 'same' })]),
    'reshape of -1',
  ),
];

const ofRandomNets = Array.from({ length: 15 }, (_, i): Net => {
  const net = randomNet(i + 1);
  const { x, y } = samplesFor(net.model, net.loss, net.samples);
  return {
    title: `random net ${i + 1}`,
    model: net.model,
    options: { loss: net.loss },
    x: net.indices ? inputsOf(net, i) : x,
    y,
  };
});

const TO_FILL_IN = /raise NotImplementedError\(f?"(model|losses)\.py: fill in .*"\)/;
const own = lossFunction({
  name: 'fourth-power',
  wgsl: 'fn loss(a: f32, y: f32) -> f32 { let d = a - y; return d * d * d * d; }',
  derivative: 'fn derivative(a: f32, y: f32) -> f32 { let d = a - y; return 4.0 * d * d * d; }',
  reference: { loss: (a, y) => (a - y) ** 4, derivative: (a, y) => 4 * (a - y) ** 3 },
});
const ownActivation = squares(sequential([3], [dense(4, withOwn.own), dense(2)]), 'an activation to fill in');
const ownLoss = { ...squares(sequential([3], [dense(2, sigmoid)]), 'a loss to fill in'), options: { loss: own } };
const toFillIn: Net[] = [
  ownActivation,
  {
    ...ownActivation,
    title: 'an activation filled in',
    edit: (text) => text.replace(TO_FILL_IN, 'return z * z / (1 + z.abs())'),
  },
  ownLoss,
  {
    ...ownLoss,
    title: 'a loss filled in',
    edit: (text) => text.replace(TO_FILL_IN, 'return over_outputs((a - y) ** 4)'),
  },
];

const largest = (values: Iterable<number>): number =>
  Array.from(values).reduce((most, v) => Math.max(most, Math.abs(v)), 0);

/** The largest difference as a share of what is allowed, as for the random nets of test/oracle: terms of a gradient may cancel. */
function share(found: ArrayLike<number>, expected: ArrayLike<number>, ofNet: number): number {
  expect(found).toHaveLength(expected.length);
  const worst = largest(Array.from(expected, (value, i) => found[i] - value));
  return worst === 0 ? 0 : worst / (1e-5 * largest(Array.from(expected)) + 3e-6 * ofNet);
}

describe.skipIf(!python)('exported nets compute in PyTorch what they compute here', async () => {
  const nets = [
    ...ofLayers,
    ...ofActivations,
    ...(await ofLosses()),
    ...ofSeveral(),
    ...others(),
    ...ofRandomNets,
    ...toFillIn,
  ];
  const folder = mkdtempSync(join(tmpdir(), 'retrograd-nets-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const here: Values[] = [];
  let there: Record<string, number[]>[];
  beforeAll(async () => {
    const cases = [];
    for (const [i, net] of nets.entries()) {
      const { files, values } = await computed(net);
      const { edit = (text) => text } = net;
      for (const name of ['model.py', 'losses.py']) files[name] = edit(files[name] as string);
      here.push(values);
      cases.push({ folder: join(folder, String(i)), x: Array.from(net.x), y: Array.from(net.y) });
      mkdirSync(cases[i].folder);
      for (const [name, content] of Object.entries(files)) writeFileSync(join(cases[i].folder, name), content);
    }
    there = computedThere(cases);
  });

  test.each(nets.map(({ title }, i) => [title, i] as const))('%s', (title, i) => {
    const { prediction, loss, ...gradients } = there[i];
    if (title.endsWith('to fill in')) {
      expect(there[i]).toEqual({ missing: expect.stringMatching(/^(model|losses)\.py: fill in/) });
      return;
    }
    expect(Object.keys(there[i]).sort()).toEqual(Object.keys(here[i]).sort());
    const ofNet = Math.max(...Object.values(gradients).map(largest));
    for (const [key, expected] of Object.entries(there[i])) {
      const all = key === 'prediction' || key === 'loss' ? 0 : ofNet;
      expect(share(here[i][key], expected, all), key).toBeLessThanOrEqual(1);
    }
  });
});

/** Standard deviation, mean and mean size: what tells a normal distribution from a uniform one of the same deviation. */
function spread(values: ArrayLike<number>) {
  const all = Array.from(values);
  const mean = (of: readonly number[]) => of.reduce((a, b) => a + b, 0) / of.length;
  return { mean: mean(all), deviation: Math.sqrt(mean(all.map((v) => v * v))), size: mean(all.map(Math.abs)) };
}

test.skipIf(!python)('a new net has weights of the distributions that they have here', async () => {
  const of = sequential(
    [2, 12],
    [
      ...[conv1d(40, 5, tanh), conv1d(40, 3, relu, { bias: false }), reshape([40, 6, 1]), conv2dTranspose(40, [3, 2])],
      ...[
        batchNorm(),
        prelu(),
        dense(40, selu),
        dense(60, gelu),
        dense(50, sigmoid),
        reshape([5, 10]),
        gru(40, { sequence: true }),
      ],
      ...[lstm(30), dense(80)],
    ],
  );
  const words = sequential([60], [embedding(50, 60, { padding: 7 }), dense(2)]);
  const folder = mkdtempSync(join(tmpdir(), 'retrograd-new-'));
  try {
    const here: Record<string, Tensor>[] = [];
    const cases = [of, words].map((_, i) => ({ folder: join(folder, String(i)) }));
    for (const [i, one] of [of, words].entries()) {
      const optimizer = sgd({ learningRate: 1 });
      const net = await compile(one, { device: 'cpu', batch: 2, loss: meanSquared(), optimizer });
      mkdirSync(cases[i].folder);
      for (const [name, content] of Object.entries(await exportPyTorch(net)))
        writeFileSync(join(cases[i].folder, name), content);
      here.push(await net.parameters());
      net.destroy();
    }
    const there = computedThere(cases);
    for (const [i, parameters] of here.entries()) {
      expect(Object.keys(there[i]).sort()).toEqual(Object.keys(parameters).sort());
      for (const [key, { data }] of Object.entries(parameters)) expectAlike(there[i][key], data, key);
    }
    expect(new Set(there[1]['layers.0.weight'].slice(7 * 60, 8 * 60))).toEqual(new Set([0]));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The same constant, or draws of one distribution. */
function expectAlike(found: readonly number[], expected: Float32Array, key: string): void {
  if (new Set(expected).size === 1) {
    expect(found, key).toEqual(Array.from(expected));
    return;
  }
  const [there, here] = [found, expected].map(spread);
  // Somewhat more than three deviations of what so many draws come to, twice.
  const allowed = (5 * here.deviation) / Math.sqrt(expected.length);
  for (const name of ['mean', 'deviation', 'size'] as const)
    expect(Math.abs(there[name] - here[name]), `${key}: ${name}`).toBeLessThan(allowed);
}
