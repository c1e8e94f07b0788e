/** A process that trains for so many steps, from a file and to a file; says the loss of each epoch that it ended. */
import { fromArrays } from '../../../dist/node/data.js';
import {
  adam,
  compile,
  dense,
  momentum,
  openDevice,
  relu,
  sequential,
  softmaxCrossEntropy,
  tanh,
} from '../../../dist/node/index.js';

const { size, optimizer, from, steps, to } = JSON.parse(process.argv[2]);
const sizes = { tiny: [4, 6, 3, tanh, 8], large: [64, 200, 10, relu, 20] };
const [inputs, hidden, classes, activation, batch] = sizes[size];
const x = Float32Array.from({ length: inputs * 90 }, (_, i) => Math.sin(i * i));
const data = fromArrays({ x, y: Array.from({ length: 90 }, (_, i) => (i * i) % classes), classes, shape: [inputs] });

const device = await openDevice();
const net = await compile(sequential([inputs], [dense(hidden, activation), dense(classes)]), {
  device,
  batch,
  loss: softmaxCrossEntropy(),
  optimizer: { adam: adam({ learningRate: 0.01 }), momentum: momentum({ learningRate: 0.1 }) }[optimizer],
  seed: from ? 1 : 0,
});
if (from) await net.load(from);
const history = steps > 0 ? await net.fit(data, { steps }) : [];
await net.save(to);
console.log(JSON.stringify(history.map(({ trainLoss }) => trainLoss)));
net.destroy();
device.destroy();
