// TensorFlow.js on WebGPU and on WebAssembly: `tidy` and `optimizer.minimize` with the batches resident. It collects
// dispatches by itself and submits them in groups, so a step is awaited by nobody and the block only at its end.
import { createRequire } from 'node:module';
import { waiting } from '../waiting.mjs';
import { installed } from './installed.mjs';

const require = createRequire(import.meta.url); // its builds for Node are CommonJS
const tf = require('@tensorflow/tfjs');
require('@tensorflow/tfjs-backend-wasm');
require('@tensorflow/tfjs-backend-webgpu');
tf.env().set('PROD', true);

export const tensorflow = (backend) => ({
  name: `tfjs ${backend}`,
  library: installed('@tensorflow/tfjs'),
  without: () => (tf.findBackendFactory(backend) ? undefined : `tfjs registered no ${backend} backend`),
  choices: ({ kind, loss }) => ({
    ...(kind === 'training' && { layer: ['matMul + add', 'fused'] }),
    ...(loss === 'softmaxCrossEntropy' && { loss: ['losses', 'logSoftmax'] }),
    ...(backend === 'webgpu' && flagsAndWaits),
  }),
  async start(work, material) {
    await tf.setBackend(backend);
    return work.kind === 'product' ? startProduct(backend, work, material) : startTraining(backend, work, material);
  },
});

/** Steps queued before the device is waited for: with thousands under way the process crashes. */
const BREATH = 200;

/** Program 1, split-K, is left out: training leaves its curve at the second step. -1 lets tfjs choose. */
const flagsAndWaits = { program: [-1, 0, 2, 3], submit: [15, 64, 256], wait: Object.keys(waiting) };

function startTraining(backend, work, material) {
  const type = work.model.integers ? 'int32' : 'float32';
  const images = ({ x }) => tf.tensor(x, [work.batch, ...lastChannels(work.model.input)], type);
  const batches = material.batches.map((batch) => [images(batch), matrix(batch.y, work.batch)]);
  const parameters = parametersOf(material.parameters, work.model);
  const optimizer = optimizers[work.optimizer.kind](work.optimizer);
  let done = 0;
  return {
    async block(steps, choice) {
      await use(backend, choice);
      const cost = (x, y) => losses[choice.loss ?? work.loss](forward(work.model, parameters, x, choice.layer), y);
      const step = (wanted) => {
        const [x, y] = batches[done++ % batches.length];
        return tf.tidy(() => optimizer.minimize(() => cost(x, y), wanted, parameters));
      };
      for (let i = 1; i < steps; i++) {
        step(false);
        if (i % BREATH === 0) await deviceDone(backend, choice);
      }
      const last = step(true);
      const [loss] = await await_(choice, last.data());
      last.dispose();
      await deviceDone(backend, choice);
      return loss;
    },
    end: () => {
      tf.dispose([batches, parameters]);
      optimizer.dispose();
    },
  };
}

function startProduct(backend, { size }, material) {
  const [a, b] = [matrix(material.a, size), matrix(material.b, size)];
  let c;
  return {
    async block(steps, choice) {
      await use(backend, choice);
      for (let i = 0; i < steps; i++) {
        c?.dispose();
        c = tf.matMul(a, b);
      }
      // Reading is what makes it submit the dispatches still held back; one element, so that the copy does not count.
      const corner = tf.slice(c, [0, 0], [1, 1]);
      await await_(choice, corner.data());
      corner.dispose();
      await deviceDone(backend, choice);
    },
    product: () => c.data(),
    end: () => tf.dispose([a, b, c]),
  };
}

async function use(backend, { program, submit }) {
  await tf.setBackend(backend);
  if (backend !== 'webgpu') return;
  tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', program);
  tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', submit);
}

const await_ = ({ wait = 'plain' }, promise) => waiting[wait](promise);

const deviceDone = async (backend, choice) => {
  if (backend === 'webgpu') await await_(choice, tf.backend().device.queue.onSubmittedWorkDone());
};

/** parameters: those of each layer that has some, one after another. */
function forward({ layers }, parameters, x, form) {
  const left = [...parameters];
  return flat(layers.reduce((a, layer) => layersOf[layer.layer](a, layer, left, form === 'fused'), x));
}

/** A row for each sample, channels first as retrograd has them. */
const flat = (a) =>
  a.rank > 2 ? tf.reshape(tf.transpose(a, [0, a.rank - 1, ...[1, 2].slice(0, a.rank - 2)]), [a.shape[0], -1]) : a;

/** Images are [N, H, W, C], and with one channel as they come; a layer takes its parameters from what is left of them. */
const layersOf = {
  dense(a, { activation }, left, fused) {
    const [W, bias] = left.splice(0, 2);
    if (!fused) return activations[activation](tf.add(tf.matMul(flat(a), W), bias));
    return withActivation(activation, (inside) => tf.fused.matMul({ a: flat(a), b: W, bias, activation: inside }));
  },
  conv2d(a, { activation, stride = 1, padding = 0 }, left, fused) {
    const [filter, bias] = left.splice(0, 2);
    if (!fused) return activations[activation](tf.add(tf.conv2d(a, filter, stride, padding), bias));
    const options = { x: a, filter, strides: stride, pad: padding, bias };
    return withActivation(activation, (inside) => tf.fused.conv2d({ ...options, activation: inside }));
  },
  depthwise(a, { activation, stride, padding }, left, fused) {
    const [weight, bias] = left.splice(0, 2);
    const filter = tf.transpose(weight, [0, 1, 3, 2]);
    if (!fused) return activations[activation](tf.add(tf.depthwiseConv2d(a, filter, stride, padding), bias));
    const options = { x: a, filter, strides: stride, pad: padding, bias };
    return withActivation(activation, (inside) => tf.fused.depthwiseConv2d({ ...options, activation: inside }));
  },
  // Its gradient does not take numbers of zeros: 'same' adds as many, with a step of 1 and filters of an odd length.
  conv1d(a, { activation, stride, padding }, left) {
    const [filter, bias] = left.splice(0, 2);
    return activations[activation](tf.add(tf.conv1d(a, filter, stride, padding > 0 ? 'same' : 'valid'), bias));
  },
  conv2dTranspose(a, { filters, activation, stride }, left) {
    const [filter, bias] = left.splice(0, 2);
    const size = [a.shape[0], a.shape[1] * stride, a.shape[2] * stride, filters];
    return activations[activation](tf.add(tf.conv2dTranspose(a, filter, size, stride, 'same'), bias));
  },
  embedding: (a, { units }, left) => tf.reshape(tf.gather(left.shift(), a), [a.shape[0], a.shape[1] * units]),
  // Its own layer has no biases beside W h, which PyTorch and retrograd have: so the steps are written out, after one product for
  // the inputs of all of them.
  gru(a, { units }, left, fused) {
    const [Wx, Wh, bx, bh] = left.splice(0, 4);
    const product = (m, b, bias) => (fused ? tf.fused.matMul({ a: m, b, bias }) : tf.add(tf.matMul(m, b), bias));
    const [N, L, features] = a.shape;
    const given = tf.reshape(product(tf.reshape(a, [N * L, features]), Wx, bx), [N, L, 3 * units]);
    return tf.unstack(given, 1).reduce(
      (h, x) => {
        const [x2, xn] = tf.split(x, [2 * units, units], 1);
        const [s2, sn] = tf.split(product(h, Wh, bh), [2 * units, units], 1);
        const [r, z] = tf.split(tf.sigmoid(tf.add(x2, s2)), 2, 1);
        const n = tf.tanh(tf.add(xn, tf.mul(r, sn)));
        return tf.add(n, tf.mul(z, tf.sub(h, n)));
      },
      tf.zeros([N, units]),
    );
  },
  maxPool2d: (a, { size }) => tf.maxPool(a, size, size, 'valid'),
};

/** Of the activations in use, ReLU is the only one that the gradients of fused layers know. */
function withActivation(activation, layer) {
  return activation === 'relu' ? layer('relu') : activations[activation](layer('linear'));
}

const activations = { linear: (z) => z, sigmoid: tf.sigmoid, relu: tf.relu };

/** Two of them are one loss: the op that tfjs has for it, and the same written out. */
const losses = {
  losses: (z, y) => tf.losses.softmaxCrossEntropy(y, z),
  logSoftmax: (z, y) => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(z)), 1))),
  squared: (a, y) => tf.mean(tf.sum(tf.squaredDifference(a, y), 1)),
};

const optimizers = {
  sgd: ({ learningRate }) => tf.train.sgd(learningRate),
  adam: ({ learningRate, beta1, beta2, epsilon }) => tf.train.adam(learningRate, beta1, beta2, epsilon),
};

const matrix = (data, rows) => tf.tensor2d(data, [rows, data.length / rows]);

const parametersOf = (parameters, { layers }) =>
  layers.flatMap(({ layer }, i) => {
    const own = Object.entries(parameters).filter(([key]) => key.startsWith(`layers.${i}.`));
    return own.map(([, { shape, data }]) =>
      tf.variable(layer === 'embedding' ? tf.tensor(data, shape) : tensorOf({ shape, data })),
    );
  });

/** [out, in] as [in, out]; filters [out, in, ...size] as [...size, in, out]; biases as they are. */
function tensorOf({ shape, data }) {
  if (shape.length === 1) return tf.tensor(data, shape);
  if (shape.length === 2) return tf.tidy(() => tf.transpose(tf.tensor(data, shape)));
  return tf.tidy(() => tf.transpose(tf.tensor(data, shape), [...[2, 3].slice(0, shape.length - 2), 1, 0]));
}

/** [C, ...place] as [...place, C]; samples that are rows stay as they are. */
const lastChannels = (shape) => (shape.length > 1 ? [...shape.slice(1), shape[0]] : shape);
