/** The page when something is not as it should be: no adapter, a device that goes, files that are none. */
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  accuracyAbove,
  button,
  fileOf,
  filesOfText,
  is,
  launch,
  numberOf,
  ready,
  type Site,
  serveBuilt,
  visit,
} from '../support/page.ts';

let [browser, site]: [Browser?, Site?] = [];
beforeAll(async () => {
  site = await serveBuilt();
});
afterEach(() => browser?.close());
afterAll(() => site?.close());

const open = async (hash = '', args?: readonly string[]) => {
  browser = await launch(args);
  return visit(browser, site!.url + hash);
};

test('without an adapter the page says so, and trains a small net on the CPU', async () => {
  const { page, complaints } = await open('', []);
  await ready(page);
  expect(await page.getByTestId('adapter').innerText()).toMatch(/CPU/);
  // Chromium has WebGPU there, and no adapter.
  await page.getByText('Training on the CPU: this browser has WebGPU, but found no GPU to use').waitFor();
  await page.getByText('How to train on a GPU').click();
  await page.getByRole('heading', { name: /^Chrome \d+ on/ }).waitFor();
  await button(page, 'Train').click();
  await accuracyAbove(page, 60);
  await button(page, 'Pause').click();
  await page.getByText('there are no kernels to time').waitFor();
  // Chromium itself says that it has no adapter.
  expect(complaints.filter((text) => !/adapter/i.test(text))).toEqual([]);
});

test('after the loss of the device training goes on by itself, and a net that rests from what the page holds', async () => {
  const { page } = await open();
  await ready(page);
  await button(page, 'Train').click();
  await accuracyAbove(page, 90);
  const held = await numberOf(page, 'step');
  const session = await browser!.newBrowserCDPSession();
  const crash = () => session.send('Browser.crashGpuProcess').catch(() => {}); // the answer may go with it
  await crash();
  await expect.poll(() => numberOf(page, 'step')).toBeGreaterThan(held + 100);
  expect(await page.getByText('The GPU was lost').count()).toBe(0);
  await button(page, 'Pause').click();
  await is(page, 'paused');
  await crash();
  await is(page, 'lost');
  await page.getByText('The GPU was lost').waitFor();
  expect(await button(page, 'Train').isDisabled()).toBe(true);
  await button(page, 'Continue from there').click();
  await ready(page);
  expect(await numberOf(page, 'test-accuracy')).toBeGreaterThan(85);
  const resumed = await numberOf(page, 'step');
  expect(resumed).toBeGreaterThan(held);
  await button(page, 'Train').click();
  await expect.poll(() => numberOf(page, 'step')).toBeGreaterThan(resumed);
  expect(await page.getByText('The GPU was lost').count()).toBe(0);
});

const names = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

test('files that are no IDX files are refused by name when dropped, and the net stays', async () => {
  const { page, complaints } = await open('#hidden=16:sigmoid');
  await ready(page);
  await button(page, 'Step').click();
  await expect.poll(() => numberOf(page, 'step')).toBe(1);
  const dataTransfer = await filesOfText(page, names);
  await page.dispatchEvent('body', 'dragover', { dataTransfer });
  await page.getByText('Drop the four IDX files').waitFor();
  await page.dispatchEvent('body', 'drop', { dataTransfer });
  const alert = page.getByRole('alert').filter({ hasText: 'DataError' });
  await alert.waitFor();
  expect(await alert.innerText()).toMatch(/train-images-idx3-ubyte is a text file\..*Choose the four IDX files/s);
  await alert.getByRole('button', { name: 'Dismiss' }).click();
  await page.dispatchEvent('body', 'drop', { dataTransfer: await fileOf(page, 'digit.png', '\x89PNG\r\n\x1a\n') });
  await alert.getByText(/digit\.png is a PNG picture\. Pictures cannot be loaded: draw the digit/).waitFor();
  await button(page, 'Step').click();
  await expect.poll(() => numberOf(page, 'step')).toBe(2);
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Download the weights').click()]);
  const own = await readFile(await download.path(), 'latin1');
  await page.dispatchEvent('body', 'drop', { dataTransfer: await fileOf(page, download.suggestedFilename(), own) });
  await alert
    .getByText(/step-2\.safetensors is a file with the weights of a 784 → 16 → 10 network\. Load weights in/)
    .waitFor();
  const labels = { name: names[1], mimeType: 'application/octet-stream', buffer: idx([3], 10) };
  await page.getByLabel('Load weights').setInputFiles(labels);
  await page.getByText(/Nothing was changed\. train-labels-idx1-ubyte is an IDX file of 3 labels/).waitFor();
  expect(await numberOf(page, 'step')).toBe(2);
  expect(complaints).toEqual([]);
});

/** An IDX file of random bytes below a limit. */
function idx(shape: number[], below: number): Buffer {
  const head = Buffer.from([0, 0, 8, shape.length, ...shape.flatMap((n) => [n >>> 24, n >>> 16, n >>> 8, n])]);
  const size = shape.reduce((a, b) => a * b);
  return Buffer.concat([head, Buffer.from(Array.from({ length: size }, (_, i) => (i * 7919 + (i >> 3)) % below))]);
}

test('where MNIST cannot be had, a set of the visitor’s own in IDX files is trained on, and is not called MNIST', async () => {
  const { page } = await open('#hidden=16:sigmoid');
  await page.route(
    ({ origin }) => origin !== new URL(site!.url).origin,
    (route) => route.abort(),
  );
  await ready(page);
  await page.getByLabel('Data set').selectOption('mnist');
  await page.getByText('MNIST is not loaded.').waitFor();
  const buffers = [idx([200, 28, 28], 256), idx([200], 10), idx([100, 28, 28], 256), idx([100], 10)];
  const files = names.map((name, i) => ({ name, mimeType: 'application/octet-stream', buffer: buffers[i] }));
  await page.getByLabel('Choose the four files').setInputFiles(files);
  const summary = page.getByLabel('The network and its data');
  await expect.poll(() => summary.innerText()).toMatch(/custom IDX set/);
  await ready(page);
  expect(await summary.innerText()).toContain('200 train, 100 test');
  await button(page, 'Step').click();
  await expect.poll(() => numberOf(page, 'step')).toBe(1);
});
