/** Waiting without keeping a core busy. */
import { expect, test, vi } from 'vitest';
import { waitFor } from '../../src/platform/wait.node.ts';

const after = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds, 'done'));

test('hands on what is awaited, and what goes wrong', async () => {
  expect(await waitFor(after(2))).toBe('done');
  await expect(waitFor(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});

test('sleeps at most once in a turn of the event loop, however often something has been awaited before', async () => {
  for (let i = 0; i < 50; i++) await waitFor(after(0));
  let turns = 0;
  const count = (): void => {
    turns++;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  const sleep = vi.spyOn(Atomics, 'wait');
  await Promise.all([waitFor(after(30)), waitFor(after(40))]);
  clearImmediate(counting);
  expect(sleep.mock.calls.length).toBeGreaterThan(1);
  expect(sleep.mock.calls.length).toBeLessThanOrEqual(turns + 1);
  sleep.mockRestore();
});

test('sleeps no more once nothing is awaited', async () => {
  await waitFor(after(5));
  const sleep = vi.spyOn(Atomics, 'wait');
  await after(20);
  expect(sleep).not.toHaveBeenCalled();
  sleep.mockRestore();
});
