// A fit that loses its device so many times in a row, each at another step. It ends with the bits of one that did not.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { data, hashOf, slope, smallNet } from './small.mjs';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');

/** Epochs between two losses. */
const EPOCHS = 5;
/** Bytes that a loss may take for good. */
const MOST = 2 ** 20;

/** Drops what nothing refers to any more: what a lost device held is freed with it. */
async function collected() {
  gc();
  await new Promise((resolve) => setTimeout(resolve));
}

export async function losses(size) {
  const epochs = EPOCHS * (size + 1);
  const trained = async (options) => {
    const net = await smallNet();
    await net.fit(data, { epochs, ...options(net) });
    const hash = await hashOf(net);
    net.destroy();
    return hash;
  };
  const undisturbed = await trained(() => ({}));
  const memory = [];
  let due = EPOCHS;
  const hash = await trained((net) => ({
    recover: { attempts: 3, snapshot: { steps: 7 } },
    onEpoch({ epoch }) {
      if (epoch !== due || memory.length === size) return;
      setTimeout(() => net.device.gpu.destroy(), memory.length % 7);
    },
    async onRecover() {
      due += EPOCHS;
      await collected();
      memory.push([memory.length, process.memoryUsage().rss]);
      if (memory.length % Math.ceil(size / 10) === 0)
        console.log(`${memory.length} losses, ${(memory.at(-1)[1] / 1e6).toFixed(1)} MB`);
    },
  }));
  const broken = [];
  if (memory.length < size) broken.push(`recovered from ${memory.length} losses, expected ${size}`);
  if (hash !== undisturbed) broken.push('the fit that lost its devices has other bits than the one that did not');
  const perLoss = slope(memory.slice(size / 5));
  console.log(`${(perLoss / 1024).toFixed(1)} KiB a loss over the last 80 %`);
  if (perLoss > MOST)
    broken.push(`memory grows by ${(perLoss / 1024).toFixed()} KiB a loss, expected at most ${MOST / 1024}`);
  return broken;
}
