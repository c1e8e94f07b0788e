/** Nets that learn what they should, on the generated digits. */
import { expect, test } from 'vitest';
import { digits } from '../../src/data/index.ts';
import { dense, relu } from '../../src/index.node.ts';
import { train } from '../support/learning.ts';

const data = digits();

test('the generated digits need a hidden layer: 95 % with one, not 92 % without', async () => {
  expect(await train([dense(100, relu), dense(10)], data, { epochs: 6, batch: 50, seed: 1 })).toBeGreaterThan(0.95);
  expect(await train([dense(10)], data, { epochs: 15, batch: 50, seed: 1 })).toBeLessThan(0.92);
});
