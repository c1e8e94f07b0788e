// TensorFlow.js on WebGPU and on WebAssembly: `tidy` and `optimizer.minimize` with the batches resident. It collects
// dispatches by itself and submits them in groups, so a step is awaited by nobody and the block only at its end.
import { createRequire } from 'node:module';
import { waiting } from '../waiting.mjs';
import { transposed } from '../works/initial.mjs';
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
  const batches = material.batches.map(({ x, y }) => [matrix(x, work.batch), matrix(y, work.batch)]);
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

/** parameters: W [in, out] and b [out] of each layer, one after another. */
const forward = ({ layers }, parameters, x, form) =>
  layers.reduce((a, { activation }, i) => {
    const [W, b] = [parameters[2 * i], parameters[2 * i + 1]];
    if (form !== 'fused') return activations[activation](tf.add(tf.matMul(a, W), b));
    const inside = activation === 'relu'; // of those in use, the only one that its fused gradient knows
    const z = tf.fused.matMul({ a, b: W, bias: b, activation: inside ? 'relu' : 'linear' });
    return inside ? z : activations[activation](z);
  }, x);

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
  layers.flatMap((_, i) => {
    const { shape, data } = transposed(parameters[`layers.${i}.weight`]);
    const bias = parameters[`layers.${i}.bias`].data;
    return [tf.variable(tf.tensor2d(data, shape)), tf.variable(tf.tensor1d(bias))];
  });
