/** What is left out, and what it then is: the documented defaults, beside those of PyTorch 1.13 (`inspect.signature`) where it has them. */
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import {
  adam,
  adamw,
  avgPool2d,
  batchNorm,
  binaryCrossEntropy,
  type CompileOptions,
  categoricalCrossEntropy,
  compile,
  conv1d,
  conv2d,
  conv2dTranspose,
  cosineDecay,
  dense,
  type FitOptions,
  groupNorm,
  hardSwish,
  layerNorm,
  maxPool2d,
  meanSquared,
  momentum,
  nesterov,
  normal,
  oneCycle,
  quadratic,
  relu,
  rmsprop,
  selu,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  squared,
  tanh,
  uniform,
  updatesIn,
} from '../../src/index.node.ts';
import { lenet } from '../../src/nn/lenet.ts';

const learningRate = 0.1;
const plain = { weightDecay: 0, decayed: 'all' };
const adams = { learningRate: 1e-3, momentum: 0.9, decay: 0.999, epsilon: 1e-8 };

test.each<[string, object, object]>([
  ['sgd; SGD(momentum=0, weight_decay=0, nesterov=False)', sgd({ learningRate }), { kind: 'sgd', ...plain }],
  ['momentum', momentum({ learningRate }), { kind: 'momentum', momentum: 0.9, ...plain }],
  ['nesterov', nesterov({ learningRate }), { kind: 'nesterov', momentum: 0.9, ...plain }],
  // PyTorch has lr=0.01 and alpha=0.99; these are of Hinton's lecture and Keras.
  ['rmsprop; RMSprop(eps=1e-8)', rmsprop(), { learningRate: 1e-3, decay: 0.9, epsilon: 1e-8, ...plain }],
  ['adam; Adam(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0)', adam(), { ...adams, ...plain }],
  ['adamw; AdamW(weight_decay=0.01)', adamw(), { ...adams, ...plain, weightDecay: 0.01 }],
  ['batchNorm; BatchNorm1d(eps=1e-5, momentum=0.1)', batchNorm(), { epsilon: 1e-5, momentum: 0.1 }],
  ['layerNorm; LayerNorm(eps=1e-5)', layerNorm(), { epsilon: 1e-5 }],
  ['groupNorm; GroupNorm(eps=1e-5)', groupNorm(2), { epsilon: 1e-5 }],
  ['conv2d; Conv2d(stride=1, padding=0)', conv2d(2, 3), { stride: 1, padding: 'valid', activation: 'linear' }],
  ['conv1d; Conv1d(stride=1, padding=0)', conv1d(2, 3), { stride: 1, padding: 'valid', activation: 'linear' }],
  [
    'conv2dTranspose; ConvTranspose2d(stride=1, padding=0, output_padding=0)',
    conv2dTranspose(2, 3),
    { stride: 1, padding: 0, outputPadding: 0, activation: 'linear' },
  ],
  ['maxPool2d; MaxPool2d(stride=kernel_size)', maxPool2d(3), { pool: 'max', stride: 3 }],
  ['avgPool2d; AvgPool2d(stride=kernel_size)', avgPool2d(3), { pool: 'average', stride: 3 }],
  ['dense', dense(2), { activation: 'linear' }],
  ['cosineDecay; CosineAnnealingLR(eta_min=0)', cosineDecay({ from: 1, steps: 9 }), { to: 0 }],
  [
    'oneCycle; OneCycleLR(pct_start=0.3, div_factor=25, final_div_factor=1e4)',
    oneCycle({ max: 1, steps: 9 }),
    { from: 1 / 25, to: 1 / 25 / 1e4, rise: 0.3 },
  ],
])('%s', (_name, found, expected) => expect(found).toMatchObject(expected));

describe('of functions', () => {
  test.each([quadratic, squared, meanSquared, binaryCrossEntropy, sigmoidCrossEntropy])(
    "a mean over the samples; BCEWithLogitsLoss(reduction='mean')",
    (loss) => expect(loss()).toMatchObject({ mean: true, settings: {} }),
  );

  test.each([softmaxCrossEntropy, categoricalCrossEntropy])(
    "hard labels that weigh the same; CrossEntropyLoss(reduction='mean', weight=None, label_smoothing=0)",
    (loss) => {
      expect(loss()).toMatchObject({ mean: true, settings: {} });
      expect(loss().settings.classWeights).toBeUndefined();
    },
  );

  test('initialisers: N(0, 1), as normal_(std=1); ± 0.05, as RandomUniform of Keras', () => {
    expect([normal(), uniform()].map(({ scale }) => scale(3, 5))).toEqual([1, 0.05]);
  });

  test.each([
    [dense(2, relu), 'normal', Math.sqrt(2 / 3)],
    [dense(2, hardSwish), 'normal', Math.sqrt(2 / 3)],
    [dense(2, selu), 'normal', Math.sqrt(1 / 3)],
    [dense(2, tanh), 'uniform', Math.sqrt(6 / 8)],
    [conv2d(2, 1, relu), 'normal', Math.sqrt(2 / 3)],
    [conv2d(2, 1), 'uniform', Math.sqrt(6 / 8)],
  ])('layers: He for ReLU, LeCun for SELU, Xavier else, and biases of zero (%#)', ({ init, biasInit }, kind, scale) => {
    expect(init.kind).toBe(kind);
    expect(init.scale(3, 5)).toBeCloseTo(scale, 12);
    expect(biasInit.kind).toBe('zeros');
  });

  test('updatesIn: an epoch, an update for each batch', () => {
    expect(updatesIn({ count: 10 }, { batch: 3 })).toBe(4);
  });

  test('LeNet-5: two zeros on each side, ReLU, and logits', () => {
    const [first, ...others] = lenet([1, 28, 28], 10).layers;
    expect(first).toMatchObject({ padding: 2, activation: 'relu' });
    expect(others[others.length - 1]).toMatchObject({ activation: 'linear' });
  });

  test('fromArrays: values as they are, as many classes as the largest label needs', () => {
    const { inputs, targets } = fromArrays({ x: [[1], [2]], y: [0, 4] });
    expect([inputs.scale, targets.size]).toEqual([1, 5]);
  });
});

describe('of compile and fit, by what they lead to', () => {
  const data = fromArrays({
    x: Array.from({ length: 9 }, (_, i) => [i / 9, (i % 4) / 4]),
    y: [0, 1, 1, 0, 1, 0, 0, 1, 1],
  });

  async function trained(options: Partial<CompileOptions>, fit: Partial<FitOptions>) {
    const optimizer = sgd({ learningRate });
    const model = sequential([2], [dense(3, tanh), dense(2)]);
    const net = await compile(model, { device: 'cpu', batch: 2, loss: softmaxCrossEntropy(), optimizer, ...options });
    const results = await net.fit(data, { epochs: 2, ...fit });
    const parameters = await net.parameters();
    const { updates } = net;
    net.destroy();
    return { parameters, updates, losses: results.map(({ trainLoss }) => trainLoss) };
  }

  test.each<[string, Partial<CompileOptions>, Partial<FitOptions>, Partial<CompileOptions>, Partial<FitOptions>]>([
    ['seed 0', { seed: 0 }, {}, { seed: 1 }, {}],
    ['an update for each batch', { accumulate: 1 }, {}, { accumulate: 2 }, {}],
    ['no clipping', { clipNorm: 1e6 }, {}, { clipNorm: 1e-3 }, {}],
    ['another order in every epoch', {}, { shuffle: true }, {}, { shuffle: false }],
  ])('%s', async (_name, compiled, fit, otherCompiled, otherFit) => {
    const [left, given, other] = await Promise.all([
      trained({}, {}),
      trained(compiled, fit),
      trained(otherCompiled, otherFit),
    ]);
    expect(left).toEqual(given);
    expect(left).not.toEqual(other);
  });
});
