// So many steps on one device. Memory may not grow, all buffers are those of the beginning, and a net that goes on from a file
// of the first half ends with the same bits.
import { openDevice } from './library.mjs';
import { data, hashOf, perEpoch, slope, smallNet } from './small.mjs';

/** Bytes that a step may take for good, and those that the process may grow by in any case, as it warms up. */
const [MOST, WARM] = [32, 20e6];
const PARTS = 10;

export async function steps(size) {
  const device = await openDevice();
  const net = await smallNet(device);
  const epochs = Math.max(1, Math.round(size / perEpoch / PARTS));
  const broken = [];
  const [memory, buffers] = [[], []];
  let half;
  for (let part = 1; part <= PARTS; part++) {
    await net.fit(data, { epochs });
    if (part === PARTS / 2) half = await net.save();
    memory.push([net.steps, process.memoryUsage().rss]);
    buffers.push(device.bytesInUse);
    console.log(`${net.steps} steps, ${(memory.at(-1)[1] / 1e6).toFixed(1)} MB, ${device.bytesInUse} bytes in buffers`);
  }
  const perStep = slope(memory.slice(PARTS / 5));
  console.log(`${perStep.toFixed(2)} bytes a step over the last ${100 - 100 / (PARTS / 2)} %`);
  if (perStep > MOST && perStep * net.steps > WARM)
    broken.push(`memory grows by ${perStep.toFixed(1)} bytes a step, expected at most ${MOST}`);
  if (new Set(buffers).size > 1) broken.push(`bytes in buffers changed: ${buffers.join(', ')}`);
  const ended = await hashOf(net);
  net.destroy();
  const other = await smallNet(device);
  await other.load(half);
  await other.fit(data, { epochs: (epochs * PARTS) / 2 });
  if ((await hashOf(other)) !== ended)
    broken.push('the net that went on from the file of the first half has other bits');
  other.destroy();
  if (device.bytesInUse > 0) broken.push(`${device.bytesInUse} bytes in buffers are left`);
  device.destroy();
  return broken;
}
