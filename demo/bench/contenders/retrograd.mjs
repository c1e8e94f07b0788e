// retrograd, the way its users run it: compile, setParameters, fit.
import { data, retrograd, version } from '../library.mjs';
import { waiting } from '../waiting.mjs';
import { startProduct, withoutProduct } from './retrograd-product.mjs';

const device = await retrograd.openDevice();

export const ours = {
  name: 'retrograd',
  library: `retrograd ${version()}`,
  without: (work) => (work.kind === 'product' ? withoutProduct : undefined),
  choices: () => ({ wait: Object.keys(waiting) }),
  start: (work, material) => (work.kind === 'product' ? startProduct(device, work) : startTraining(work, material)),
};

async function startTraining(work, { dataset, parameters }) {
  const { batch } = work;
  const net = await compiled(work, { keep: [] });
  net.setParameters(parameters);
  const epochs = new Map();
  return {
    async block(steps, { wait }) {
      const length = steps % work.steps ? steps : work.steps; // a longer block is more epochs, not a larger data set
      if (!epochs.has(length)) epochs.set(length, repeated(dataset, length * batch));
      await waiting[wait](net.fit(epochs.get(length), { epochs: steps / length, shuffle: false }));
      const last = await waiting[wait](net.loss());
      await waiting[wait](device.gpu.queue.onSubmittedWorkDone());
      return last;
    },
    end: () => net.destroy(),
  };
}

/** The net of a work. */
export function compiled(work, options = {}) {
  const optimizer = optimizers[work.optimizer.kind](work.optimizer);
  const loss = retrograd[work.loss]();
  return retrograd.compile(modelOf(work), { device, batch: work.batch, loss, optimizer, seed: 1, ...options });
}

const optimizers = {
  sgd: ({ learningRate }) => retrograd.sgd({ learningRate }),
  adam: ({ kind, ...options }) => retrograd.adam(options),
};

const convolution =
  (name) =>
  ({ filters, kernel, activation, stride, padding }) =>
    retrograd[name](filters, kernel, retrograd[activation], { stride, padding });

/** Each is made of its plain data, and of the channels that reach it. */
const layers = {
  dense: ({ units, activation }) => retrograd.dense(units, retrograd[activation]),
  conv1d: convolution('conv1d'),
  conv2d: convolution('conv2d'),
  conv2dTranspose: convolution('conv2dTranspose'),
  depthwise: ({ kernel, activation, stride, padding }, channels) =>
    retrograd.conv2d(channels, kernel, retrograd[activation], { stride, padding, groups: channels }),
  embedding: ({ count, units }) => retrograd.embedding(count, units),
  gru: ({ units }) => retrograd.gru(units),
  maxPool2d: ({ size }) => retrograd.maxPool2d(size),
};

function modelOf({ model }) {
  let channels = model.input[0];
  const made = model.layers.map((layer) => {
    const next = layers[layer.layer](layer, channels);
    channels = layer.filters ?? channels;
    return next;
  });
  return retrograd.sequential(model.input, made);
}

/** `count` samples: those of the data set, again and again. */
function repeated({ name, inputs, targets, shape }, count) {
  const again = ({ data }, size) => {
    const out = new data.constructor(count * size);
    for (let at = 0; at < out.length; at += data.length) out.set(data.subarray(0, out.length - at), at);
    return out;
  };
  const labels = targets.kind === 'labels';
  const x = again(inputs, inputs.size);
  const y = again(targets, labels ? 1 : targets.size);
  return data.fromArrays({ name, x, y, shape, scale: inputs.scale, ...(labels && { classes: targets.size }) });
}
