/** A net that learns real MNIST, where it is at hand (RETROGRAD_DATA). */
import { expect, test } from 'vitest';
import { mnist } from '../../src/data.node.ts';
import { dense, relu } from '../../src/index.node.ts';
import { train } from '../support/learning.ts';

// The README says how to run ten epochs with three seeds.
test.runIf(process.env.RETROGRAD_DATA)('784-100-10 with Adam passes 96.6 % on MNIST within 5 epochs', async () => {
  expect(
    await train([dense(100, relu), dense(10)], await mnist(), { epochs: 5, batch: 100, seed: 1 }),
  ).toBeGreaterThanOrEqual(0.966);
});
test.skipIf(process.env.RETROGRAD_DATA)('MNIST is not tested: RETROGRAD_DATA is not set', () => {
  console.warn('MNIST is not tested: set RETROGRAD_DATA to a folder that holds mnist/.');
});
