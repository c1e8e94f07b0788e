// jax-js on WebGPU and on WebAssembly with threads. The whole step (forward, gradients, update) is one `jit`: its fastest
// form. Its work is lazy, so every step is handed over with blockUntilReady; `ahead` is how many may be under way when
// the next one is made. Arrays are consumed by what uses them, unless `.ref` is taken first.
import {
  blockUntilReady,
  defaultDevice,
  getWebGPUDevice,
  init,
  jit,
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
  without: () => (ready.includes(device) ? undefined : `jax-js gave no ${device} backend`),
  choices: () => ({ ahead: [1, 0, 4, 16], ...(device === 'webgpu' && { wait: Object.keys(waiting) }) }),
  async start(work, material) {
    defaultDevice(device);
    return work.kind === 'product' ? startProduct(device, work, material) : startTraining(device, work, material);
  },
});

function startTraining(device, work, material) {
  const batches = material.batches.map(({ x, y }) => [matrix(x, work.batch), matrix(y, work.batch)]);
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

/** parameters: W [in, out] and b [out] of each layer, one after another. */
const forward = ({ layers }, parameters, x) =>
  layers.reduce((a, { activation }, i) => {
    const z = np.matmul(a, parameters[2 * i]).add(parameters[2 * i + 1]);
    return activation === 'linear' ? z : nn[activation](z);
  }, x);

const losses = {
  softmaxCrossEntropy: (z, y) => np.mean(np.sum(nn.logSoftmax(z, -1).mul(y), -1)).neg(),
  squared: (a, y) => np.mean(np.sum(np.square(a.sub(y)), -1)),
};

const matrix = (data, rows) => np.array(data, { shape: [rows, data.length / rows] });

const parametersOf = (parameters, { layers }) =>
  layers.flatMap((_, i) => {
    const { shape, data } = transposed(parameters[`layers.${i}.weight`]);
    return [np.array(data, { shape }), np.array(parameters[`layers.${i}.bias`].data)];
  });
