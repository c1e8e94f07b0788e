// jax-js on WebGPU and on WebAssembly with threads. The whole step (forward, gradients, update) is one `jit`: its fastest
// form. Its work is lazy, so every step is handed over with blockUntilReady; `ahead` is how many may be under way when
// the next one is made. Arrays are consumed by what uses them, unless `.ref` is taken first.
import {
  blockUntilReady,
  defaultDevice,
  getWebGPUDevice,
  init,
  jit,
  lax,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from '@jax-js/jax';
import { waiting } from '../waiting.mjs';
import { transposed } from '../works/initial.mjs';
import { installed } from './installed.mjs';
import { initialState, updates } from './jax-optimizers.mjs';

const ready = await init('webgpu', 'wasm');

export const jax = (device) => ({
  name: `jax-js ${device}`,
  library: installed('@jax-js/jax'),
  without: ({ model }) => {
    if (!ready.includes(device)) return `jax-js gave no ${device} backend`;
    const other = model?.layers.find(({ layer, stride }) => !layersOf[layer] || stride > 1);
    return other && `${other.layer} is not written for jax-js here`;
  },
  choices: () => ({ ahead: [1, 0, 4, 16], ...(device === 'webgpu' && { wait: Object.keys(waiting) }) }),
  async start(work, material) {
    defaultDevice(device);
    return work.kind === 'product' ? startProduct(device, work, material) : startTraining(device, work, material);
  },
});

function startTraining(device, work, material) {
  const images = ({ x }) => np.array(x, { shape: [work.batch, ...work.model.input] });
  const batches = material.batches.map((batch) => [images(batch), matrix(batch.y, work.batch)]);
  let parameters = parametersOf(material.parameters, work.model);
  let state = initialState(work.optimizer, parameters);
  const step = stepOf(work);
  let done = 0;
  return {
    async block(steps, choice) {
      defaultDevice(device);
      const last = await inTurn(steps, choice, () => {
        const [x, y] = batches[done++ % batches.length];
        let loss;
        [parameters, state, loss] = step(parameters, state, x.ref, y.ref);
        return loss;
      });
      await await_(choice, blockUntilReady([parameters, state]));
      const [loss] = await await_(choice, last.data());
      await deviceDone(device, choice);
      return loss;
    },
    end: () => tree.dispose([parameters, state, batches]),
  };
}

function startProduct(device, { size }, material) {
  const [a, b] = [matrix(material.a, size), matrix(material.b, size)];
  const multiply = jit((a, b) => np.matmul(a, b));
  let c;
  return {
    async block(steps, choice) {
      defaultDevice(device);
      c?.dispose();
      c = await inTurn(steps, choice, () => multiply(a.ref, b.ref));
      await deviceDone(device, choice);
    },
    product: () => c.ref.data(),
    end: () => tree.dispose([a, b, c]),
  };
}

/** Makes `steps` results, each handed over at once, waiting for the oldest while more than `ahead` are under way. */
async function inTurn(steps, choice, next) {
  const pending = [];
  let oldest;
  const settle = async () => {
    oldest?.dispose(); // not before it is ready: what is disposed of can no longer be waited for
    const { result, ready } = pending.shift();
    await await_(choice, ready);
    oldest = result;
  };
  for (let i = 0; i < steps; i++) {
    const result = next();
    pending.push({ result, ready: blockUntilReady(result) });
    if (pending.length > choice.ahead) await settle();
  }
  while (pending.length) await settle();
  return oldest;
}

const await_ = ({ wait = 'plain' }, promise) => waiting[wait](promise);

const deviceDone = async (device, choice) => {
  if (device === 'webgpu') await await_(choice, getWebGPUDevice().queue.onSubmittedWorkDone());
};

function stepOf({ model, loss, optimizer }) {
  const cost = (parameters, x, y) => losses[loss](forward(model, parameters, x), y);
  const update = updates[optimizer.kind](optimizer);
  return jit((parameters, state, x, y) => {
    const [value, gradients] = valueAndGrad(cost)(tree.ref(parameters), x, y);
    return [...update(parameters, gradients, state), value];
  });
}

/** parameters: W and b of each layer that has some, one after another. */
function forward({ layers }, parameters, x) {
  const left = [...parameters];
  return layers.reduce((a, layer) => layersOf[layer.layer](a, layer, left), x);
}

const activated = (z, { activation }) => (activation === 'linear' ? z : nn[activation](z));

/** Images are [N, C, H, W]; each takes its parameters from what is left of them: W [in, out] or filters [out, in, h, w], and b. */
const layersOf = {
  dense(a, layer, left) {
    const [W, b] = left.splice(0, 2);
    const flat = a.ndim > 2 ? a.reshape([a.shape[0], -1]) : a;
    return activated(np.matmul(flat, W).add(b), layer);
  },
  conv2d(a, layer, left) {
    const [W, b] = left.splice(0, 2);
    return activated(lax.conv(a, W, [1, 1], 'VALID').add(b.reshape([layer.filters, 1, 1])), layer);
  },
  maxPool2d: (a, { size }) => lax.reduceWindow(a, np.max, [size, size], [size, size]),
};

const losses = {
  softmaxCrossEntropy: (z, y) => np.mean(np.sum(nn.logSoftmax(z, -1).mul(y), -1)).neg(),
  squared: (a, y) => np.mean(np.sum(np.square(a.sub(y)), -1)),
};

const matrix = (data, rows) => np.array(data, { shape: [rows, data.length / rows] });

const parametersOf = (parameters, { layers }) =>
  layers.flatMap((_, i) => {
    const weight = parameters[`layers.${i}.weight`];
    if (!weight) return [];
    const { shape, data } = weight.shape.length === 2 ? transposed(weight) : weight;
    return [np.array(data, { shape }), np.array(parameters[`layers.${i}.bias`].data)];
  });
