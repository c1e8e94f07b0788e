// A worker: the net trains in a thread of its own, the main thread stays free, and takes the weights in the end.
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { adam, compile, dense, relu, sequential, softmaxCrossEntropy } from 'retrograd';
import { digits } from 'retrograd/data';

const { train, test } = digits({ train: 2000, test: 500 });
const make = (device) =>
  compile(sequential([784], [dense(32, relu), dense(10)]), {
    device,
    batch: 50,
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.003 }),
    seed: 1,
  });

async function inWorker() {
  const net = await make();
  await net.fit(train, {
    epochs: 4,
    validation: test,
    onEpoch: ({ epoch, validation }) => parentPort.postMessage({ epoch, accuracy: validation.accuracy }),
  });
  const weights = await net.save();
  net.destroy();
  parentPort.postMessage({ weights }, [weights.buffer]); // moved, not copied
}

async function inMain() {
  let ticks = 0;
  const clock = setInterval(() => ticks++, 10);
  const weights = await new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url));
    worker.on('error', reject);
    worker.on('message', (message) => {
      if (message.weights) resolve(message.weights);
      else console.log(`worker: epoch ${message.epoch}   test accuracy ${message.accuracy}`);
    });
  });
  clearInterval(clock);
  console.log(`main: the clock ticked ${ticks} times meanwhile`);
  const net = await make('cpu'); // enough for predictions, and takes no second device
  await net.load(weights);
  console.log(`main: test accuracy ${(await net.evaluate(test)).accuracy} with the weights of the worker`);
  net.destroy();
}

await (isMainThread ? inMain() : inWorker());
