// What compiling a net costs as it grows: milliseconds of `compile` and of the first step, and pipelines, by depth and width.
//   node demo/bench/depth.mjs [--dense 10,30,100,300] [--blocks 5,20,50] [--wide 5792]        (build the library before)
// RETROGRAD_LIBRARY names another build to measure. Caches of the driver make later runs faster: MESA_SHADER_CACHE_DISABLE=true.
import { parseArgs } from 'node:util';
import { retrograd } from './library.mjs';

const { values } = parseArgs({
  options: {
    dense: { type: 'string', default: '10,30,100,300' },
    blocks: { type: 'string', default: '5,20,50' },
    wide: { type: 'string', default: '5792' },
  },
});

const { activation, adam, add, apply, batchNorm, compile, conv2d, dense, flatten, input, linear, meanSquared } =
  retrograd;
const { model, openDevice, relu, sequential, sgd, softmaxCrossEntropy } = retrograd;

/** So many dense layers of 100 on 784 inputs. */
const deep = (count) => sequential([784], [...Array.from({ length: count }, () => dense(100, relu)), dense(10)]);

/** So many blocks: two convolutions with batch normalization, added to what they are applied to. */
function residual(count) {
  const normalized = (x) => apply(batchNorm(), apply(conv2d(8, 3, linear, { padding: 1 }), x));
  const activated = (x) => apply(activation(relu), x);
  const image = input([1, 12, 12]);
  let value = apply(conv2d(8, 3, linear, { padding: 1 }), image);
  for (let i = 0; i < count; i++) value = activated(apply(add(), normalized(activated(normalized(value))), value));
  return model(image, apply(dense(10), apply(flatten(), value)));
}

const classes = { batch: 32, loss: softmaxCrossEntropy(), optimizer: adam() };
const numbers = { batch: 8, loss: meanSquared(), optimizer: sgd({ learningRate: 0.1 }) };
const sizes = (list) => list.split(',').filter(Boolean).map(Number);
const nets = [
  ...sizes(values.dense).map((n) => [`${n} dense layers`, deep(n), classes, new Uint8Array(32)]),
  ...sizes(values.blocks).map((n) => [`${n} residual blocks`, residual(n), classes, new Uint8Array(32)]),
  ...sizes(values.wide).map((n) => [
    `dense ${n} × ${n}`,
    sequential([n], [dense(n)]),
    numbers,
    new Float32Array(8 * n),
  ]),
];

for (const [name, net, options, y] of nets) {
  const device = await openDevice();
  const create = device.gpu.createComputePipelineAsync.bind(device.gpu);
  let pipelines = 0;
  device.gpu.createComputePipelineAsync = (descriptor) => {
    pipelines++;
    return create(descriptor);
  };
  const features = net.input.reduce((product, n) => product * n, 1);
  const x = new Float32Array(options.batch * features).fill(0.1);
  const started = performance.now();
  const trainer = await compile(net, { device, seed: 1, tune: 'off', ...options });
  const compiled = performance.now();
  trainer.step(x, y);
  await trainer.loss();
  const stepped = performance.now();
  const [first, second] = [compiled - started, stepped - compiled].map((ms) => `${ms.toFixed(0).padStart(6)} ms`);
  const { length } = trainer.schedule.dispatches;
  console.log(
    `${name.padEnd(20)} compile ${first}   first step ${second}   ${pipelines} pipelines, ${length} dispatches`,
  );
  trainer.destroy();
  device.destroy();
}
process.exit();
