/** A checkpoint with damage anywhere. It is read in the same way everywhere; in Chromium, the thousands of readings take 50 times longer. */
import { expect, test } from 'vitest';
import { fromArrays } from '../../../src/data/index.ts';
import { adam, compile, DataError, dense, sequential, squared } from '../../../src/index.node.ts';
import { random } from '../../support/nets.ts';

test('no byte of a checkpoint, flipped or cut off, brings forth anything but a DataError', async () => {
  const net = await compile(sequential([1], [dense(1)]), {
    device: 'cpu',
    batch: 2,
    loss: squared(),
    optimizer: adam(),
  });
  await net.fit(fromArrays({ x: random(5, 1), y: random(5, 2), shape: [1] }), { steps: 2 });
  const file = await net.save();
  const attempt = async (damaged: Uint8Array): Promise<boolean> => {
    const error = await net.load(damaged).then(
      () => undefined,
      (error) => error,
    );
    if (error) expect(error).toBeInstanceOf(DataError);
    return error !== undefined;
  };
  for (let at = 0; at < file.length; at++) {
    expect(await attempt(file.subarray(0, at)), `the first ${at} bytes`).toBe(true);
    for (const flip of [1, 0x20, 0x80, 0xff]) await attempt(file.map((byte, i) => (i === at ? byte ^ flip : byte)));
  }
  await net.load(file);
  expect(await net.save()).toEqual(file);
  net.destroy();
});
