/** A device that is gone is collected, with the nets on it: nothing of the library or of the driver holds it any longer. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { fromArrays } from '../../src/data/arrays.ts';
import { compile, dense, openDevice, sequential, sgd, softmaxCrossEntropy } from '../../src/index.node.ts';
import '../support/harness.ts'; // its driver compiles faster

setFlagsFromString('--expose-gc');
const gc: () => void = runInNewContext('gc');

const data = fromArrays({
  x: [
    [0, 1],
    [1, 0],
  ],
  y: [0, 1],
});

/** A net that has trained, and its device, both destroyed. */
async function used(): Promise<WeakRef<object>[]> {
  const device = await openDevice();
  const options = { device, batch: 2, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.1 }) };
  const net = await compile(sequential([2], [dense(2)]), options);
  await net.fit(data, { epochs: 1 });
  net.destroy();
  device.destroy();
  return [new WeakRef(net), new WeakRef(device), new WeakRef(device.gpu)];
}

it('a device that is destroyed, with a net that was trained on it', async () => {
  const held = await used();
  await expect
    .poll(() => {
      gc();
      return held.filter((ref) => ref.deref()).length;
    })
    .toBe(0);
});
