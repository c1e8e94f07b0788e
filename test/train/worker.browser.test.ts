/** In a dedicated worker everything is as on the page, to the bit. */
import { expect, test } from 'vitest';
import { trained } from './worker.browser.ts';

test('a net trains in a dedicated worker as on the page', { timeout: 30_000 }, async () => {
  const worker = new Worker(new URL('./worker.browser.ts', import.meta.url), { type: 'module' });
  const answer = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  const here = await trained();
  expect(here.weights.length).toBe(6);
  expect(here.trainLoss).toBeGreaterThan(0);
  expect(await answer).toEqual({ ...here, page: false });
  worker.terminate();
});
