/** Models that TensorFlow.js has made, trained and saved itself predict the same here, and are trained on. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  compile,
  DataError,
  type Model,
  meanSquared,
  RetrogradError,
  sgd,
} from '../../src/index.node.ts';
import { fromLayersModel, type LayersModel, type LayersModelOptions } from '../../src/keras/index.ts';
import { describeModel, severalOutputs } from '../../src/nn/model.ts';
import { random } from '../support/nets.ts';
import { artifactsOf, tfjs } from './tfjs.mjs';

const { layers, sequential, input } = tfjs;
// biome-ignore lint/suspicious/noExplicitAny: the types of tfjs are left out
type Net = any;

const SAMPLES = 4;
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Samples for each input of a net: whole numbers where it begins with an embedding. */
function samplesFor(net: Net, integers = 0): Float32Array[] {
  return net.inputs.map(({ shape }: { shape: number[] }, i: number) => {
    const x = random(SAMPLES * sizeOf(shape.slice(1)), i + 1);
    return integers ? x.map((value) => Math.floor(Math.abs(value) * 1000) % integers) : x;
  });
}

const tensorsOf = (net: Net, x: readonly Float32Array[]) =>
  net.inputs.map(({ shape }: { shape: number[] }, i: number) => tfjs.tensor(x[i], [SAMPLES, ...shape.slice(1)]));

/** Outputs of tfjs, one net output after the other. */
function predictedBy(net: Net, x: readonly Float32Array[]): Float32Array[] {
  return [net.predict(tensorsOf(net, x))].flat().map((y: Net) => y.dataSync());
}

const compiledThere = (net: Net) => net.compile({ optimizer: tfjs.train.sgd(0.05), loss: 'meanSquaredError' });

/** A step by which no weight stays as it began, so that none can be confused with another. */
async function trained(net: Net, x: readonly Float32Array[]): Promise<void> {
  compiledThere(net);
  const y = net.outputs.map(({ shape }: { shape: number[] }, i: number) =>
    tfjs.tensor(random(SAMPLES * sizeOf(shape.slice(1)), 70 + i), [SAMPLES, ...shape.slice(1)]),
  );
  await net.trainOnBatch(tensorsOf(net, x), y);
  net.setWeights(
    net.getWeights().map((weight: Net, i: number) => {
      const more = tfjs.tensor(random(weight.size, 30 + i), weight.shape);
      return tfjs.add(weight, tfjs.mul(tfjs.abs(more), 0.1));
    }),
  );
}

const compiled = (model: Model, freeze: readonly string[] = []) =>
  compile(model, {
    device: 'cpu',
    batch: SAMPLES,
    loss: severalOutputs(model)
      ? Object.fromEntries(severalOutputs(model)!.outputs.map(({ name }) => [name, meanSquared()]))
      : meanSquared(),
    optimizer: sgd({ learningRate: 0.05 }),
    freeze: [...freeze],
  });

/** [n][height][width][channels] -> [n][channels][height][width] */
function channelsFirst(x: Float32Array, [height, width, channels]: readonly number[]): Float32Array {
  const [image, plane] = [height * width * channels, height * width];
  return x.map((_, i) => {
    const [n, c, at] = [Math.floor(i / image), Math.floor((i % image) / plane), i % plane];
    return x[n * image + at * channels + c];
  });
}

async function expectSame(net: Net, x: readonly Float32Array[], options?: LayersModelOptions): Promise<LayersModel> {
  const imported = fromLayersModel(await artifactsOf(net), undefined, options);
  const { model, parameters, freeze, unused } = imported;
  expect(unused).toEqual([]);
  const isFirst = options?.layout === 'chw';
  const given = x.map((x, i) => {
    const shape = net.inputs[i].shape.slice(1);
    return isFirst && shape.length === 3 ? channelsFirst(x, shape) : x;
  });
  const mine = await compiled(model, freeze);
  mine.setParameters(parameters);
  const names = net.inputs.map(({ name }: { name: string }) => name);
  const whole = names.length === 1 ? given[0] : Object.fromEntries(given.map((x, i) => [names[i], x]));
  const found = await mine.predict(whole);
  const expected = predictedBy(net, x);
  const all: Float32Array[] = found instanceof Float32Array ? [found] : Object.values(found);
  expect(all.length).toBe(expected.length);
  expected.forEach((y, i) => {
    const shape = net.outputs[i].shape.slice(1);
    const there = isFirst && shape.length === 3 ? channelsFirst(y, shape) : y;
    expect(all[i].length).toBe(there.length);
    const worst = all[i].reduce((worst, value, at) => Math.max(worst, Math.abs(value - there[at])), 0);
    const largest = there.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    expect(worst / largest).toBeLessThan(1e-5);
    expect(new Set(there).size).toBeGreaterThan(1);
  });
  if (all.length === 1) {
    mine.step(whole as Float32Array, random(all[0].length, 7));
    expect(Number.isFinite(await mine.loss())).toBe(true);
    expect(await mine.predict(whole)).not.toEqual(found);
  }
  mine.destroy();
  return imported;
}

const lstm = { recurrentActivation: 'sigmoid', recurrentInitializer: 'glorotUniform' };
const image = { inputShape: [9, 8, 3] };
const stacks: Record<string, () => Net[]> = {
  'dense layers': () => [
    layers.dense({ units: 5, activation: 'tanh', inputShape: [6] }),
    layers.dense({ units: 4, activation: 'gelu', useBias: false }),
    layers.dense({ units: 3, activation: 'softmax' }),
  ],
  'a convolutional net': () => [
    layers.conv2d({ ...image, filters: 4, kernelSize: 3, padding: 'same', strides: 2, activation: 'relu' }),
    layers.batchNormalization(),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dropout({ rate: 0.3 }),
    layers.dense({ units: 3, activation: 'softmax' }),
  ],
  'images of one channel': () => [
    layers.conv2d({ inputShape: [7, 7, 1], filters: 3, kernelSize: [3, 2], activation: 'elu' }),
    layers.averagePooling2d({ poolSize: [2, 3], strides: [1, 2] }),
    layers.flatten(),
    layers.activation({ activation: 'softplus' }),
    layers.dense({ units: 2 }),
  ],
  'same padding that is uneven': () => [
    layers.conv2d({ ...image, filters: 4, kernelSize: [2, 4], padding: 'same', activation: 'selu' }),
    layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', strides: [2, 1] }),
    layers.maxPooling2d({ poolSize: 3, strides: 1, padding: 'same' }),
    layers.averagePooling2d({ poolSize: [2, 3], strides: 1, padding: 'same' }),
    layers.maxPooling2d({ poolSize: 2, padding: 'same' }),
    layers.globalAveragePooling2d({}),
  ],
  'depthwise and separable convolutions': () => [
    layers.depthwiseConv2d({ ...image, kernelSize: 3, depthMultiplier: 2, activation: 'relu6' }),
    layers.separableConv2d({
      filters: 5,
      kernelSize: [2, 3],
      padding: 'same',
      activation: 'swish',
    }),
    layers.globalMaxPooling2d({}),
  ],
  'zeros as of a MobileNet': () => [
    layers.zeroPadding2d({
      inputShape: [8, 8, 3],
      padding: [
        [0, 1],
        [0, 1],
      ],
    }),
    layers.conv2d({ filters: 4, kernelSize: 3, strides: 2 }),
    layers.zeroPadding2d({ padding: 1 }),
    layers.depthwiseConv2d({ kernelSize: 3 }),
    layers.globalAveragePooling2d({}),
    layers.reshape({ targetShape: [1, 1, 4] }),
    layers.conv2d({ filters: 3, kernelSize: 1 }),
    layers.reshape({ targetShape: [3] }),
  ],
  'zeros as of a ResNet': () => [
    layers.zeroPadding2d({ inputShape: [9, 8, 3], padding: [3, 3] }),
    layers.conv2d({ filters: 4, kernelSize: 7, strides: 2 }),
    layers.batchNormalization(),
    layers.activation({ activation: 'relu' }),
    layers.zeroPadding2d({ padding: [1, 1] }),
    layers.maxPooling2d({ poolSize: 3, strides: 2 }),
    layers.globalAveragePooling2d({}),
  ],
  'a decoder': () => [
    layers.dense({ units: 24, inputShape: [3] }),
    layers.reshape({ targetShape: [3, 4, 2] }),
    layers.upSampling2d({ size: [2, 1] }),
    layers.conv2dTranspose({ filters: 3, kernelSize: 4, strides: 2, padding: 'same', activation: 'relu' }),
    layers.conv2dTranspose({ filters: 2, kernelSize: [2, 3], strides: [3, 1] }),
  ],
  'activations of their own': () => [
    layers.dense({ units: 5, inputShape: [6] }),
    layers.leakyReLU({}),
    layers.dense({ units: 5 }),
    layers.leakyReLU({ alpha: 0.01 }),
    layers.prelu({ alphaInitializer: 'ones' }),
    layers.dense({ units: 5 }),
    layers.elu({}),
    layers.reLU({ maxValue: 6 }),
    layers.reLU({}),
    layers.dense({ units: 5, activation: 'mish' }),
    layers.softmax({}),
  ],
  'activations of images': () => [
    layers.leakyReLU({ ...image, alpha: 0.2 }),
    layers.prelu({ sharedAxes: [1, 2], alphaInitializer: 'ones' }),
    layers.conv2d({ filters: 3, kernelSize: 2, activation: 'softmax' }),
    layers.permute({ dims: [2, 3, 1] }),
    layers.activation({ activation: 'softmax' }),
  ],
  'a dense layer at each pixel': () => [
    layers.dense({ ...image, units: 4, activation: 'relu' }),
    layers.flatten(),
    layers.batchNormalization(),
  ],
  normalisations: () => [
    layers.layerNormalization({ inputShape: [7] }),
    layers.dense({ units: 4 }),
    layers.batchNormalization({ momentum: 0.5, epsilon: 0.1 }),
    layers.layerNormalization({ epsilon: 0.2 }),
    layers.dense({ units: 2 }),
  ],
  signals: () => [
    layers.conv1d({ inputShape: [12, 3], filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
    layers.batchNormalization(),
    layers.maxPooling1d({ poolSize: 2, strides: 1, padding: 'same' }),
    layers.dense({ units: 4 }),
    layers.averagePooling1d({ poolSize: 4, padding: 'same' }),
    layers.flatten(),
    layers.dense({ units: 2 }),
  ],
  'a pooled signal': () => [
    layers.conv1d({ inputShape: [9, 2], filters: 4, kernelSize: 2 }),
    layers.globalAveragePooling1d({}),
  ],
  'the largest of a signal': () => [layers.globalMaxPooling1d({ inputShape: [5, 3] }), layers.dense({ units: 2 })],
  'long short-term memory': () => [
    layers.lstm({ inputShape: [5, 3], units: 4, ...lstm, returnSequences: true }),
    layers.lstm({ units: 3, ...lstm, useBias: false }),
  ],
  'a stack in a stack': () => [
    sequential({ layers: [layers.conv2d({ ...image, filters: 2, kernelSize: 3 }), layers.flatten()] }),
    layers.dense({ units: 2 }),
  ],
};

describe.each(['hwc', 'chw'] as const)('in the layout %s', (layout) => {
  test.each(Object.entries(stacks))('%s', async (_title, make) => {
    const net = sequential({ layers: make() });
    const x = samplesFor(net);
    await trained(net, x);
    await expectSame(net, x, { layout });
  });

  test('branches', async () => {
    const x = input({ shape: [6, 5, 3] });
    const shared = layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same' });
    const a = shared.apply(x);
    const wide = layers.concatenate().apply([a, x]);
    const b = layers.conv2d({ filters: 3, kernelSize: 1, activation: 'sigmoid' }).apply(wide);
    const sum = layers.add().apply([b, x]);
    const again = shared.apply(sum);
    const weights = layers.reshape({ targetShape: [1, 1, 4] }).apply(layers.globalAveragePooling2d({}).apply(again));
    const weighed = layers.multiply().apply([again, weights]);
    const both = layers.concatenate().apply([layers.flatten().apply(weighed), layers.flatten().apply(a)]);
    const net = tfjs.model({ inputs: x, outputs: layers.dense({ units: 3 }).apply(both) });
    const samples = samplesFor(net);
    await trained(net, samples);
    const { model } = await expectSame(net, samples, { layout });
    expect(model.weightsOf).toBeDefined();
  });

  test('a flattened image on two ways, added', async () => {
    const x = input({ shape: [4, 5, 2] });
    const flat = layers.flatten().apply(layers.conv2d({ filters: 2, kernelSize: 2 }).apply(x));
    const sum = layers.add().apply([flat, layers.dropout({ rate: 0.5 }).apply(flat)]);
    const other = layers.multiply().apply([flat, layers.dense({ units: 24 }).apply(sum)]);
    const net = tfjs.model({ inputs: x, outputs: layers.dense({ units: 2 }).apply(other) });
    const samples = samplesFor(net);
    await trained(net, samples);
    await expectSame(net, samples, { layout });
  });

  test('a model that is applied twice, two inputs and two outputs', async () => {
    const inner = sequential({
      layers: [
        layers.conv2d({ inputShape: [5, 4, 2], filters: 3, kernelSize: 2 }),
        layers.flatten(),
        layers.dense({ units: 4 }),
      ],
    });
    const [a, b] = [input({ shape: [5, 4, 2] }), input({ shape: [5, 4, 2] })];
    const both = layers.add().apply([inner.apply(a), inner.apply(b)]);
    const outputs = [
      layers.dense({ units: 2 }).apply(both),
      layers.dense({ units: 3, activation: 'sigmoid' }).apply(both),
    ];
    const net = tfjs.model({ inputs: [a, b], outputs });
    const samples = samplesFor(net);
    const { model, parameters } = await expectSame(net, samples, { layout });
    expect(model.weightsOf).toBeDefined();
    expect(Object.keys(parameters)).toHaveLength(8);
  });
});

test('a normalisation without scale and shift has constants for them, which are to be frozen', async () => {
  // tfjs cannot train such a layer itself.
  const net = sequential({
    layers: [
      layers.batchNormalization({ inputShape: [4, 4, 3], scale: false, center: false, epsilon: 0.1 }),
      layers.flatten(),
      layers.dense({ units: 2, trainable: false }),
      layers.leakyReLU({ alpha: 0.2 }),
      layers.dense({ units: 2 }),
    ],
  });
  net.setWeights(
    net.getWeights().map(({ shape }: Net, i: number) => tfjs.abs(tfjs.tensor(random(sizeOf(shape), i), shape))),
  );
  const x = samplesFor(net);
  const { freeze, parameters } = await expectSame(net, x);
  const [norm, dense, leaky] = ['layers.1', 'layers.3', 'layers.4'];
  expect(freeze).toEqual([`${norm}.weight`, `${norm}.bias`, `${dense}.weight`, `${dense}.bias`, `${leaky}.weight`]);
  expect([...parameters[`${leaky}.weight`].data]).toEqual([0.2, 0.2].map(Math.fround));
});

test('a step of training here is one there', async () => {
  const net = sequential({
    layers: [
      layers.conv2d({ ...image, filters: 4, kernelSize: 3, padding: 'same', strides: 2, activation: 'tanh' }),
      layers.depthwiseConv2d({ kernelSize: 2 }),
      layers.averagePooling2d({ poolSize: 2, strides: 1 }),
      layers.flatten(),
      layers.dense({ units: 5, activation: 'sigmoid' }),
      layers.dense({ units: 3 }),
    ],
  });
  const x = samplesFor(net);
  const y = random(SAMPLES * 3, 9);
  const { model, parameters } = fromLayersModel(await artifactsOf(net));
  const mine = await compiled(model);
  mine.setParameters(parameters);
  compiledThere(net);
  for (let step = 0; step < 3; step++) {
    const loss = await net.trainOnBatch(tensorsOf(net, x), tfjs.tensor(y, [SAMPLES, 3]));
    mine.step(x[0], y);
    expect((await mine.loss()) / loss).toBeCloseTo(1, 5);
  }
  const after = fromLayersModel(await artifactsOf(net)).parameters;
  for (const [key, { data }] of Object.entries(await mine.parameters())) {
    data.forEach((value, i) => void expect(value).toBeCloseTo(after[key].data[i], 6));
    expect(data, key).not.toEqual(parameters[key].data);
  }
  mine.destroy();
});

test('words become numbers as there', async () => {
  const net = sequential({
    layers: [
      layers.embedding({ inputDim: 9, outputDim: 3, inputLength: 5 }),
      layers.lstm({ units: 4, ...lstm }),
      layers.dense({ units: 2 }),
    ],
  });
  const x = samplesFor(net, 9);
  await trained(net, x);
  const { freeze } = await expectSame(net, x);
  expect(freeze).toEqual(['layers.1.bias_hh_l0']); // Keras has one bias
});

describe('files as the converter of Python writes them', () => {
  /** A model.json of one stack, with its weights. */
  function file(layers: [className: string, config: object][], weights: Record<string, [number[], Float32Array]>) {
    const named = layers.map(([class_name, config], i) => ({ class_name, config: { name: `l${i}`, ...config } }));
    const specs = Object.entries(weights).map(([name, [shape]]) => ({ name, shape, dtype: 'float32' }));
    const bytes = new Uint8Array(Object.values(weights).flatMap(([, data]) => [...new Uint8Array(data.buffer)]));
    const model_config = { class_name: 'Sequential', config: { name: 's', layers: named } };
    const modelTopology = { keras_version: '2.15.0', backend: 'tensorflow', model_config };
    const weightsManifest = [{ paths: ['group1-shard1of2.bin', 'group1-shard2of2.bin'], weights: specs }];
    return { json: { format: 'layers-model', modelTopology, weightsManifest }, bytes };
  }
  const numbers = (shape: number[], seed: number): [number[], Float32Array] => [
    shape,
    random(sizeOf(shape), seed).slice(),
  ];

  test('a GRU that resets after the product, by the equations of Keras', async () => {
    const [steps, features, units] = [4, 3, 2];
    const { json, bytes } = file(
      [
        [
          'GRU',
          {
            batch_input_shape: [null, steps, features],
            units,
            reset_after: true,
            recurrent_activation: 'sigmoid',
            activation: 'tanh',
            use_bias: true,
            return_sequences: false,
            return_state: false,
            go_backwards: false,
            stateful: false,
            unroll: false,
            time_major: false,
            dropout: 0,
            recurrent_dropout: 0,
            implementation: 2,
          },
        ],
      ],
      {
        'l0/gru_cell/kernel': numbers([features, 3 * units], 1),
        'l0/gru_cell/recurrent_kernel': numbers([units, 3 * units], 2),
        'l0/gru_cell/bias': numbers([2, 3 * units], 3),
      },
    );
    const [kernel, recurrent, bias] = [1, 2, 3].map((seed) => random(60, seed));
    const x = random(steps * features, 5);
    let h = [0, 0];
    const sigma = (z: number) => 1 / (1 + Math.exp(-z));
    for (let t = 0; t < steps; t++) {
      const at = (gate: number, u: number) => gate * units + u;
      const of = (gate: number, u: number) => {
        const input = Array.from(
          { length: features },
          (_, f) => x[t * features + f] * kernel[f * 3 * units + at(gate, u)],
        );
        return input.reduce((a, b) => a + b, bias[at(gate, u)]);
      };
      const back = (gate: number, u: number) =>
        h.reduce(
          (sum, value, v) => sum + value * recurrent[v * 3 * units + at(gate, u)],
          bias[3 * units + at(gate, u)],
        );
      h = h.map((value, u) => {
        const [z, r] = [0, 1].map((gate) => sigma(of(gate, u) + back(gate, u)));
        return z * value + (1 - z) * Math.tanh(of(2, u) + r * back(2, u));
      });
    }
    const { model, parameters } = fromLayersModel(json, bytes);
    const mine = await compiled(model);
    mine.setParameters(parameters);
    const found = await mine.predict(x);
    found.forEach((value, i) => void expect(value).toBeCloseTo(h[i], 6));
    mine.destroy();
  });

  const dense = () =>
    file(
      [
        [
          'InputLayer',
          { batch_input_shape: [null, 3], dtype: 'float32', sparse: false, ragged: false, name: 'input_1' },
        ],
        [
          'Dense',
          {
            units: 2,
            activation: 'linear',
            use_bias: true,
            trainable: true,
            dtype: 'float32',
            kernel_regularizer: { class_name: 'L2' },
          },
        ],
      ],
      {
        'model/l1/kernel:0': numbers([3, 2], 1),
        'model/l1/bias:0': numbers([2], 2),
        'training/count': numbers([1], 3),
      },
    );

  test('as text, as bytes, as an object; its weights in one piece, in several and by name', () => {
    const { json, bytes } = dense();
    const read = (...given: Parameters<typeof fromLayersModel>) => {
      const { model, ...rest } = fromLayersModel(...given);
      return { ...rest, model: describeModel(model) };
    };
    const expected = read(json, bytes);
    expect(expected.unused).toEqual(['training/count']);
    const [, kernel] = numbers([3, 2], 1);
    expect([...expected.parameters['layers.0.weight'].data]).toEqual([0, 2, 4, 1, 3, 5].map((i) => kernel[i]));
    const text = JSON.stringify(json);
    expect(read(text, bytes)).toEqual(expected);
    expect(read(new TextEncoder().encode(text), bytes.buffer)).toEqual(expected);
    const parts = [bytes.subarray(0, 5), bytes.subarray(5)];
    expect(read(json, parts)).toEqual(expected);
    const byName = { 'group1-shard2of2.bin': parts[1], 'group1-shard1of2.bin': parts[0] };
    expect(read(json, byName)).toEqual(expected);
    const [{ weights }] = json.weightsManifest;
    const artifacts = { modelTopology: json.modelTopology, weightSpecs: weights };
    expect(read({ ...artifacts, weightData: bytes.buffer })).toEqual(expected);
    expect(read({ ...artifacts, weightData: parts })).toEqual(expected);
  });

  test.each<[string, number, (at: number) => number]>([
    ['uint8', 1, (at) => Math.fround(at * 0.25 - 1)],
    ['uint16', 2, (at) => Math.fround(at * 0.25 - 1)],
    ['float16', 2, (at) => at],
  ])('with weights in %s', (dtype, size, expected) => {
    const { json } = dense();
    const [{ weights }] = json.weightsManifest;
    const quantization = dtype === 'float16' ? { dtype } : { dtype, scale: 0.25, min: -1, original_dtype: 'float32' };
    const manifest = [{ paths: ['a'], weights: weights.slice(0, 2).map((spec) => ({ ...spec, quantization })) }];
    const stored = [0, 1, 2, 3, 4, 5, 6, 7];
    const halves = [0, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600, 0x4700];
    const data = size === 1 ? Uint8Array.from(stored) : Uint16Array.from(dtype === 'float16' ? halves : stored);
    const { parameters } = fromLayersModel({ ...json, weightsManifest: manifest }, data);
    expect([...parameters['layers.0.weight'].data]).toEqual([0, 2, 4, 1, 3, 5].map(expected));
    expect([...parameters['layers.0.bias'].data]).toEqual([6, 7].map(expected));
  });

  test('every layer and option that is not supported is listed, before anything else is looked at', () => {
    const { json, bytes } = file(
      [
        [
          'Conv2D',
          {
            batch_input_shape: [null, 8, 8, 3],
            filters: 4,
            kernel_size: [3, 3],
            dilation_rate: [2, 2],
            activation: 'hard_sigmoid',
            groups: 1,
          },
        ],
        ['Lambda', {}],
        ['MaxPooling2D', { pool_size: [2, 2], data_format: 'channels_first', keepdims: true }],
        [
          'GRU',
          { units: 3, reset_after: false, recurrent_activation: 'hard_sigmoid', dropout: 0.5, go_backwards: true },
        ],
        ['Dense', { units: -1, new_option: 3 }],
        ['__proto__', {}],
      ],
      {},
    );
    let message = '';
    try {
      fromLayersModel(json, bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
      message = (error as Error).message;
    }
    expect(message.split('\n')).toEqual([
      'model.json: expected layers that are supported, found others:',
      '  l0 (Conv2D): dilation_rate: expected 1, found [2, 2]',
      expect.stringMatching(/^ {2}l0 \(Conv2D\): activation: expected one of .*, softplus, .*, found "hard_sigmoid"$/),
      '  l1 (Lambda): there is no such layer',
      '  l2 (MaxPooling2D): data_format: expected "channels_last", found "channels_first"',
      '  l2 (MaxPooling2D): keepdims: expected nothing, found true',
      '  l3 (GRU): recurrent_activation: expected "sigmoid", found "hard_sigmoid"',
      '  l3 (GRU): reset_after: expected true, found false',
      '  l3 (GRU): dropout: expected 0, found 0.5',
      '  l3 (GRU): go_backwards: expected nothing, found true',
      '  l4 (Dense): units: expected a positive integer, found -1',
      '  l4 (Dense): new_option: expected nothing, found 3',
      '  l5 (__proto__): there is no such layer',
    ]);
  });

  test.each<[string, [string, object][], RegExp]>([
    [
      'an axis in the middle',
      [['BatchNormalization', { batch_input_shape: [null, 4, 4, 2], axis: [1] }]],
      /axis: expected the last one of \[4, 4, 2\], found 1/,
    ],
    [
      'shapes that do not fit',
      [
        ['Conv2D', { batch_input_shape: [null, 4], filters: 1, kernel_size: 1 }],
        ['Flatten', {}],
      ],
      /l0 \(Conv2D\): expected images, found \[4\]$/,
    ],
    [
      'zeros in front of something else',
      [
        ['ZeroPadding2D', { batch_input_shape: [null, 4, 4, 2] }],
        ['Flatten', {}],
      ],
      /l1 \(Flatten\): expected zeros of ZeroPadding2D/,
    ],
    [
      'zeros that could be the largest',
      [
        ['ZeroPadding2D', { batch_input_shape: [null, 4, 4, 2] }],
        ['MaxPooling2D', {}],
      ],
      /l1 \(MaxPooling2D\): expected zeros of ZeroPadding2D around the outputs of an activation/,
    ],
    [
      'zeros at the end',
      [['ZeroPadding2D', { batch_input_shape: [null, 4, 4, 2] }]],
      /l0: zeros around images as the output/,
    ],
    [
      'uneven zeros',
      [
        [
          'ZeroPadding2D',
          {
            batch_input_shape: [null, 4, 4, 2],
            padding: [
              [2, 1],
              [0, 0],
            ],
          },
        ],
        ['Conv2D', { filters: 2, kernel_size: 3 }],
      ],
      /l1 \(Conv2D\): expected as many zeros on both sides of \[4, 4\], .* found 2 and 1, 0 and 0/,
    ],
    [
      'a size that is not fixed',
      [['Conv2D', { batch_input_shape: [null, null, 4, 2], filters: 1, kernel_size: 1 }]],
      /batch_input_shape: expected sizes that are fixed, found \[null, 4, 2\]/,
    ],
    ['no size', [['Dense', { units: 2 }]], /batch_input_shape: expected sizes that are fixed, found undefined/],
    [
      'a window larger than the image',
      [['Conv2D', { batch_input_shape: [null, 2, 2, 1], filters: 1, kernel_size: 5 }]],
      /room for a filter of 5×5/,
    ],
    [
      'a slope for each of a billion numbers',
      [
        ['UpSampling2D', { batch_input_shape: [null, 1, 1, 1], size: [1e5, 1e5] }],
        ['Flatten', {}],
        ['LeakyReLU', {}],
      ],
      /l0 \(UpSampling2D\): expected samples of at most 268435456 numbers, found \[100000, 100000, 1\]/,
    ],
    [
      'a huge sample',
      [['LeakyReLU', { batch_input_shape: [null, 1e9] }]],
      /InputLayer\): expected samples of at most three axes and 268435456 numbers, found \[1000000000\]/,
    ],
    [
      'a huge layer without its weights',
      [['Dense', { batch_input_shape: [null, 1e8], units: 1e8 }]],
      /l0\/kernel: missing/,
    ],
  ])('%s is a DataError that says so', (_what, layers, message) => {
    const { json, bytes } = file(layers, {});
    expect(() => fromLayersModel(json, bytes)).toThrow(DataError);
    expect(() => fromLayersModel(json, bytes)).toThrow(message);
  });

  const circle = (wired: [name: string, ...of: string[]][]) => ({
    class_name: 'Functional',
    config: {
      name: 'm',
      layers: wired.map(([name, ...of]) => ({
        class_name: name === 'x' ? 'InputLayer' : 'Add',
        name,
        config: name === 'x' ? { batch_input_shape: [null, 2] } : {},
        inbound_nodes: of.length > 0 ? [of.map((one) => [one, 0, 0, {}])] : [],
      })),
      input_layers: [['x', 0, 0]],
      output_layers: [['a', 0, 0]],
    },
  });
  test.each<[string, unknown, RegExp]>([
    [
      'a circle',
      circle([['x'], ['a', 'b', 'x'], ['b', 'a', 'x']]),
      /(a|b): expected layers in an order, found a circle/,
    ],
    ['a layer of itself', circle([['x'], ['a', 'a', 'x']]), /a: expected layers in an order, found a circle/],
    ['a layer of nothing', circle([['x'], ['a']]), /a: expected one of the inputs of the model/],
    ['a layer that is not there', circle([['x'], ['a', 'x', 'y']]), /expected the name of a layer, found "y"/],
    ['two layers of one name', circle([['x'], ['x'], ['a', 'x', 'x']]), /a name of its own for each layer/],
    [
      'no layers',
      { class_name: 'Sequential', config: { layers: [] } },
      /layers: expected a list of layers, found \[\]/,
    ],
    [
      'another kind of model',
      { class_name: 'Other', config: {} },
      /class_name: expected "Sequential", .* found "Other"/,
    ],
    ['nothing', null, /expected a model\.json with its modelTopology/],
  ])('%s is a DataError', (_what, modelTopology, message) => {
    const call = () => fromLayersModel({ modelTopology, weightsManifest: [] } as object, new Uint8Array());
    expect(call).toThrow(DataError);
    expect(call).toThrow(message);
  });

  test('models in models end, and so does a chain of layers', () => {
    const inner = { class_name: 'Sequential', config: { name: 'm', layers: [] as unknown[] } };
    inner.config.layers.push(inner);
    expect(() => fromLayersModel({ modelTopology: inner, weightsManifest: [] }, [])).toThrow(DataError);
    const long = (count: number) =>
      circle([
        ['x'],
        ...Array.from({ length: count }, (_, i): [string, string, string] => [
          i === 0 ? 'a' : `a${i}`,
          i === count - 1 ? 'x' : `a${i + 1}`,
          'x',
        ]),
      ]);
    const { model } = fromLayersModel({ modelTopology: long(1990), weightsManifest: [] }, []);
    expect(model.layers).toHaveLength(1990);
    expect(() => fromLayersModel({ modelTopology: long(2000), weightsManifest: [] }, [])).toThrow(
      /at most 2000 layers/,
    );
  });

  test.each<[string, (file: ReturnType<typeof dense>) => [unknown, unknown?], RegExp, unknown?]>([
    [
      'a byte less',
      ({ json, bytes }) => [json, bytes.subarray(1)],
      /expected 4 bytes for training\/count \[1\] at byte 32, found 3/,
    ],
    ['a byte more', ({ json, bytes }) => [json, [bytes, Uint8Array.of(0)]], /expected weights of 36 bytes, found 37/],
    ['no weights', ({ json }) => [json], /weights must be the bytes of group1-shard1of2\.bin/, ArgumentError],
    ['a file less', ({ json, bytes }) => [json, [bytes]], /in a list or by name, found 1 of them/, ArgumentError],
    [
      'other files',
      ({ json, bytes }) => [json, { a: bytes }],
      /found undefined for group1-shard1of2\.bin/,
      ArgumentError,
    ],
    [
      'no manifest',
      ({ json, bytes }) => [{ ...json, weightsManifest: 3 }, bytes],
      /weightsManifest: expected a list of groups, found 3/,
    ],
    ['no model', () => ['{}'], /expected a model\.json with its modelTopology, found "\{\}"/],
    ['no json', () => [7], /json must be a model\.json/, ArgumentError],
    ['another layout', ({ json, bytes }) => [json, bytes], /layout must be 'hwc' or 'chw', found "HWC"/, ArgumentError],
  ])('%s is an error', (what, change, message, kind = DataError) => {
    const [json, weights] = change(dense());
    const options = what === 'another layout' ? { layout: 'HWC' as never } : {};
    const call = () => fromLayersModel(json as object, weights as Uint8Array, options);
    expect(call).toThrow(kind as typeof DataError);
    expect(call).toThrow(message);
  });

  test.each<[string, object, RegExp]>([
    [
      'numbers that are not finite',
      { quantization: { dtype: 'uint8', scale: 1e300, min: 1e300 } },
      /expected finite numbers, found Infinity/,
    ],
    [
      'a scale that is none',
      { quantization: { dtype: 'uint8', scale: Number.NaN, min: 0 } },
      /scale: expected a finite number, found NaN/,
    ],
    ['another type', { dtype: 'string' }, /dtype: expected float32 or .*, found "string"/],
    ['petabytes', { shape: [2 ** 40, 2 ** 40] }, /shape: expected numbers that can be counted/],
    ['another shape', { shape: [6, 1] }, /model\/l1\/kernel:0: expected \[3, 2\], found \[6, 1\]/],
    ['a name twice', { name: 'model/l1/bias:0' }, /expected every name once, found "model\/l1\/bias:0" twice/],
    ['no name', { name: 3 }, /\[0\]\.name: expected a text, found 3/],
  ])('weights with %s are a DataError', (_what, change, message) => {
    const { json, bytes } = dense();
    const [{ paths, weights }] = json.weightsManifest;
    const specs = [{ ...weights[0], ...change }, ...weights.slice(1)];
    const missing = 'quantization' in change ? 18 : 0; // six numbers in a byte each
    const call = () => fromLayersModel({ ...json, weightsManifest: [{ paths, weights: specs }] }, bytes.slice(missing));
    expect(call).toThrow(DataError);
    expect(call).toThrow(message);
  });

  test('no change to a file brings forth anything but a model or a RetrogradError', () => {
    const stack = file(
      [
        [
          'Conv2D',
          { batch_input_shape: [null, 4, 4, 2], filters: 2, kernel_size: [2, 2], strides: [1, 1], padding: 'valid' },
        ],
        ['Flatten', {}],
        ['Dense', { units: 2, activation: 'relu' }],
      ],
      {
        'l0/kernel': numbers([2, 2, 2, 2], 1),
        'l0/bias': numbers([2], 2),
        'l2/kernel': numbers([18, 2], 3),
        'l2/bias': numbers([2], 4),
      },
    );
    const text = JSON.stringify(stack.json);
    fromLayersModel(text, stack.bytes);
    const texts = fc.constantFrom('null', '-1', '1e9', '0.5', '"x"', '[]', '{}', '[[[]]]', 'true', '"__proto__"', '2');
    const values = [...text.matchAll(/(?<=[:[,])("[^"]*"|-?[\d.]+|null|\[[^[\]]*\])(?=[,\]}])/g)];
    let read = 0;
    fc.assert(
      fc.property(fc.nat(values.length - 1), texts, (at, value) => {
        const { index, 0: found } = values[at];
        try {
          fromLayersModel(text.slice(0, index) + value + text.slice(index + found.length), stack.bytes);
          read++;
        } catch (error) {
          expect(error).toBeInstanceOf(RetrogradError);
        }
      }),
      { numRuns: 1000 },
    );
    expect(read).toBeGreaterThan(20);
  });
});
