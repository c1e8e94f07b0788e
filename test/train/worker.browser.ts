/** A small net, trained; as a worker it does so once and posts what came out. */
import { fromArrays } from '../../src/data/index.ts';
import { adam, compile, dense, openDevice, sequential, softmaxCrossEntropy } from '../../src/index.ts';

const data = fromArrays({
  x: Array.from({ length: 60 }, (_, i) => [i % 2, i % 3, i % 5]),
  y: Array.from({ length: 60 }, (_, i) => i % 2),
});

export async function trained() {
  const device = await openDevice();
  const model = sequential([3], [dense(2)]);
  const net = await compile(model, { device, batch: 10, loss: softmaxCrossEntropy(), optimizer: adam(), seed: 1 });
  const [{ trainLoss }] = await net.fit(data, { epochs: 1 });
  const { data: weights } = (await net.parameters())['layers.0.weight'];
  net.destroy();
  device.destroy();
  return { page: typeof document !== 'undefined', adapter: device.info.name, trainLoss, weights };
}

if (typeof document === 'undefined') {
  // Thrown outside of the promise: only such errors reach the page.
  trained().then(postMessage, (error) =>
    setTimeout(() => {
      throw error;
    }),
  );
}
