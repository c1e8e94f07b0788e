// A data set that need not fit into memory: a generator makes its samples as the net needs them.
// node demo/examples/larger-than-memory.mjs [gigabytes]
import { compile, dense, relu, sequential, sgd, softmaxCrossEntropy } from 'retrograd';
import { fromBatches } from 'retrograd/data';

const gigabytes = Number(process.argv[2] ?? 0.02);
const [size, batch] = [784, 1000];
const count = Math.ceil((gigabytes * 1e9) / size / batch) * batch;

/** Noise with a bright band, whose height is the class: 1000 images of 784 bytes. */
function* images() {
  const noise = Uint8Array.from({ length: 2 * batch * size }, () => 80 * Math.random());
  for (let made = 0; made < count; made += batch) {
    const start = Math.floor(Math.random() * batch * size);
    const x = noise.slice(start, start + batch * size);
    const y = Uint8Array.from({ length: batch }, (_, i) => (made + i) % 10);
    y.forEach((label, i) => {
      x.fill(255, i * size + label * 78, i * size + label * 78 + 56);
    });
    yield { x, y };
  }
}

const net = await compile(sequential([size], [dense(100, relu), dense(10)]), {
  batch: 100,
  loss: softmaxCrossEntropy(),
  optimizer: sgd({ learningRate: 0.05 }),
  seed: 1,
});
const data = fromBatches(images, { count, shape: [28, 28], classes: 10, type: 'uint8', scale: 1 / 255 });
const [{ trainLoss, samplesPerSecond }] = await net.fit(data, { epochs: 1 });
console.log(`${count} images, ${((count * size) / 1e9).toFixed(2)} GB, ${Math.round(samplesPerSecond)} a second`);
console.log(`mean loss ${trainLoss.toFixed(4)}, of the last batch ${(await net.loss()).toFixed(4)}`);
console.log(`memory of the process at most ${Math.round(process.resourceUsage().maxRSS / 1000)} MB`);
net.destroy();
