/** Training to the best test accuracy of some epochs, on a device of the file. */
import { afterAll, beforeAll } from 'vitest';
import type { DatasetPair } from '../../src/data/index.ts';
import {
  adam,
  compile,
  type Device,
  type Layer,
  openDevice,
  sequential,
  softmaxCrossEntropy,
} from '../../src/index.node.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice();
});
afterAll(() => device?.destroy());

export async function train(
  layers: Layer[],
  data: DatasetPair,
  { epochs, batch, seed }: { epochs: number; batch: number; seed: number },
): Promise<number> {
  const net = await compile(sequential([784], layers), {
    device,
    batch,
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
    seed,
  });
  const history = await net.fit(data.train, { epochs, validation: data.test });
  net.destroy();
  return Math.max(...history.map(({ validation }) => validation!.accuracy!));
}
