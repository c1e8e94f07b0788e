// Sizes at which a library may fall off: each row is one, with what it takes here, or the error it ends in.
//   node demo/bench/cliffs.mjs [part of a name ...]        (build the library before)
// RETROGRAD_LIBRARY names another build to measure. Caches of the driver make later runs faster: MESA_SHADER_CACHE_DISABLE=true.
import { data, retrograd } from './library.mjs';

const wanted = process.argv.slice(2);
const { fromArrays } = data;
const { adam, compile, conv2d, dense, flatten, maxPool2d, openDevice, quadratic } = retrograd;
const { sequential, sgd, sigmoid, softmaxCrossEntropy } = retrograd;

const device = await openDevice();
const milliseconds = async (work) => {
  const start = performance.now();
  const result = await work();
  return { time: performance.now() - start, result };
};
const shown = (time) => (time < 10 ? `${time.toPrecision(2)} ms` : `${Math.round(time)} ms`);

/** A net, and one step of it. */
async function firstStep(
  model,
  { batch = 1, loss = quadratic(), optimizer = sgd({ learningRate: 0.01 }), ...more } = {},
) {
  const net = await compile(model, { device, batch, loss, optimizer, seed: 1, tune: 'off', ...more });
  const [inputs, outputs] = [model.input, model.shapes.at(-1)].map((shape) => batch * shape.reduce((a, b) => a * b, 1));
  const step = async () => {
    net.step(new Float32Array(inputs).fill(0.5), new Float32Array(outputs).fill(1 / outputs));
    return net.loss();
  };
  await step();
  return { net, step };
}

async function compiled(model, options) {
  const { time, result } = await milliseconds(() => firstStep(model, options));
  const { time: step } = await milliseconds(result.step);
  result.net.destroy();
  return `compile and first step ${shown(time)}, a step ${shown(step)}`;
}

const xor = fromArrays({
  x: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  y: [[0], [1], [1], [0]],
}); // prettier-ignore
async function epochs(options, n = 2000) {
  const model = sequential([2], [dense(16, sigmoid), dense(1, sigmoid)]);
  const optimizer = sgd({ learningRate: 1 });
  const net = await compile(model, { device, batch: 4, loss: quadratic(), optimizer, seed: 1, tune: 'off' });
  await net.fit(xor, { ...options, epochs: 200 });
  const { time } = await milliseconds(() => net.fit(xor, { ...options, epochs: n }));
  net.destroy();
  return `${(time / n).toFixed(4)} ms an epoch, ${n} epochs`;
}

/** As many samples as MNIST has, in floats, or CIFAR-10 in bytes: more than 128 MiB. */
async function large(count, size, Numbers) {
  const y = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const dataset = fromArrays({ x: new Numbers(count * size).fill(1), y, shape: [size], classes: 10 });
  const [model, loss, optimizer] = [
    sequential([size], [dense(10)]),
    softmaxCrossEntropy(),
    sgd({ learningRate: 0.01 }),
  ];
  const net = await compile(model, { device, batch: 100, loss, optimizer, seed: 1, tune: 'off' });
  const { time } = await milliseconds(() => net.fit(dataset, { epochs: 1 }));
  net.destroy();
  return `${Math.round((count * size * Numbers.BYTES_PER_ELEMENT) / 1e6)} MB, an epoch in ${shown(time)}`;
}

const pool =
  (n, size = n, stride = n) =>
  () =>
    compiled(sequential([1, n, n], [maxPool2d(size, { stride }), flatten(), dense(1)]));
const deep = (layers) => () =>
  compiled(sequential([64], [...Array.from({ length: layers }, () => dense(64, sigmoid)), dense(10)]), { batch: 32 });

const rows = {
  'epochs of one step': () => epochs({}),
  'epochs with a validation': () => epochs({ validation: xor }, 500),
  'maxPool2d(32), a global pool': pool(32),
  'maxPool2d(64), a global pool': pool(64),
  'maxPool2d(100), a global pool': pool(100),
  'maxPool2d(31, stride 1) on 64 x 64, overlapping': pool(64, 31, 1),
  'conv2d(512, 3) on [512, 4, 4], batch 16': () =>
    compiled(sequential([512, 4, 4], [conv2d(512, 3), flatten(), dense(1)]), { batch: 16 }),
  'conv2d(32, [9, 1]) on [1, 44100, 1]': () =>
    compiled(sequential([1, 44100, 1], [conv2d(32, [9, 1]), flatten(), dense(1)])),
  'conv2d(32, [1, 9]) on [1, 1, 44100]': () =>
    compiled(sequential([1, 1, 44100], [conv2d(32, [1, 9]), flatten(), dense(1)])),
  '3000 class weights': () =>
    compiled(sequential([16], [dense(3000)]), {
      batch: 8,
      loss: softmaxCrossEntropy({ classWeights: Array.from({ length: 3000 }, (_, i) => 1 + (i % 7)) }),
    }),
  '30 dense layers': deep(30),
  '300 dense layers': deep(300),
  'a data set as large as CIFAR-10 in bytes': () => large(50_000, 3072, Uint8Array),
  'a data set as large as MNIST in floats': () => large(60_000, 784, Float32Array),
  '5792 x 5792 dense': () => compiled(sequential([5792], [dense(5792)]), { batch: 4, optimizer: adam() }),
};

console.log(`${device.info.name}, Node ${process.version}`);
for (const [name, row] of Object.entries(rows)) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
  const found = await Promise.resolve()
    .then(row)
    .catch((error) => `${error.name}: ${error.message.split('\n')[0]}`);
  console.log(`${name.padEnd(50)} ${found}`);
}
process.exit();
