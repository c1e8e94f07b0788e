// Weights written so many times, with nothing trained in between. The memory of the process does not grow: a driver keeps what was
// written until something is submitted.
import { adam, compile, dense, openDevice, relu, sequential, softmaxCrossEntropy } from './library.mjs';

/** Bytes that the process may grow by once it is warm, which is after a tenth; a write takes 1.6 MB. */
const MOST = 64e6;

export async function uploads(size) {
  const device = await openDevice();
  const net = await compile(sequential([784], [dense(512, relu), dense(10)]), {
    ...{ device, batch: 10, loss: softmaxCrossEntropy(), optimizer: adam(), tune: 'off' },
  });
  const weights = await net.parameters();
  const tenth = Math.ceil(size / 10);
  const memory = [];
  for (let i = 1; i <= size; i++) {
    net.setParameters(weights);
    if (i % tenth > 0) continue;
    await new Promise((resolve) => setTimeout(resolve, 50));
    memory.push(process.memoryUsage().rss);
    console.log(`${i} writes, ${(memory.at(-1) / 1e6).toFixed(1)} MB`);
  }
  net.destroy();
  device.destroy();
  const grown = memory.at(-1) - memory[0];
  return grown > MOST ? [`memory has grown by ${(grown / 1e6).toFixed(1)} MB, expected at most ${MOST / 1e6}`] : [];
}
