// A fit that loses its device so many times in a row, each at another step. It ends with the bits of one that did not.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { data, hashOf, slope, smallNet } from './small.mjs';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');

/** Epochs for each loss: the device goes in the first few, and more run until it is heard of. */
const [FIRST, EPOCHS] = [3, 12];
/** Bytes that a loss may take for good, what the driver keeps of a device included, and those that the process may grow by in any case. */
const [MOST, WARM] = [2 ** 21, 200e6];
/** Devices that may be there after the last loss: the one in use, and the first one. */
const ALIVE = 2;

/** Drops what nothing refers to any more: what a lost device held is freed with it. */
async function collect() {
  gc();
  await new Promise((resolve) => setTimeout(resolve, 10));
  gc();
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
  const [memory, devices] = [[], []];
  let [last, due] = [0, FIRST];
  const hash = await trained((net) => ({
    recover: { attempts: 3, snapshot: { steps: 7 } },
    onEpoch({ epoch }) {
      last = epoch;
      if (epoch < due || memory.length === size) return;
      due = Number.POSITIVE_INFINITY;
      devices.push(new WeakRef(net.device));
      setTimeout(() => net.device.gpu.destroy(), memory.length % 7);
    },
    async onRecover() {
      due = last + FIRST;
      await collect();
      memory.push([memory.length, process.memoryUsage().rss]);
      if (memory.length % Math.ceil(size / 10) === 0)
        console.log(`${memory.length} losses, ${(memory.at(-1)[1] / 1e6).toFixed(1)} MB`);
    },
  }));
  const broken = [];
  if (memory.length < size) broken.push(`recovered from ${memory.length} losses, expected ${size}`);
  if (hash !== undisturbed) broken.push('the fit that lost its devices has other bits than the one that did not');
  await collect();
  const alive = devices.filter((device) => device.deref()).length;
  if (alive > ALIVE) broken.push(`${alive} devices are still held, expected at most ${ALIVE}`);
  const perLoss = slope(memory.slice(size / 5));
  console.log(`${(perLoss / 1024).toFixed(1)} KiB a loss over the last 80 %, ${alive} lost devices held`);
  if (perLoss > MOST && perLoss * size > WARM)
    broken.push(`memory grows by ${(perLoss / 1024).toFixed()} KiB a loss, expected at most ${MOST / 1024}`);
  return broken;
}
