/** The page in Firefox, and the build of the library in Firefox and in Node side by side. */
import { fileURLToPath } from 'node:url';
import { type Browser, firefox } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firefoxLaunchOptions } from '../../setup/firefox.mjs';
import * as data from '../../src/data/index.ts';
import * as library from '../../src/index.node.ts';
import { numberOf, ready, type Site, serveBuilt, serveFiles, train, visit } from '../support/page.ts';
import { trained } from '../support/trained.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

let [browser, site, files]: [Browser?, Site?, Site?] = [];
beforeAll(async () => {
  [site, files] = [await serveBuilt(), await serveFiles(root)];
  browser = await firefox.launch(firefoxLaunchOptions());
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  await files?.close();
});

test('a 784-100-10 net reads more than 93 % of the test digits', async () => {
  const { page, complaints, strangers } = await visit(browser!, `${site!.url}#hidden=100:relu`);
  await ready(page);
  expect(await page.getByTestId('adapter').innerText()).not.toMatch(/CPU/);
  expect(await page.getByLabel('The network and its data').innerText()).toContain('79,510');
  await train(page, 93);
  expect(await numberOf(page, 'training-loss')).toBeLessThan(0.4);
  expect([...complaints, ...strangers]).toEqual([]);
});

// Two implementations of WebGPU, wgpu and Dawn, on one driver. Other drivers may give each its own code.
test('on lavapipe, parameters have the same bits as in Node', async (context) => {
  const inNode = await trained(library, data);
  context.skip(!/llvmpipe/.test(inNode.adapter), `Node runs on ${inNode.adapter}`);
  const page = await browser!.newPage();
  await page.route(files!.url, (route) => route.fulfill({ contentType: 'text/html', body: '' }));
  await page.goto(files!.url);
  const inFirefox = (await page.evaluate(`
    Promise.all(['test/support/trained.js', 'dist/index.js', 'dist/data.js'].map((file) => import('/' + file)))
      .then(([{ trained }, library, data]) => trained(library, data))`)) as typeof inNode;
  expect(inFirefox.software).toBe(true);
  expect(inNode.bits).toHaveLength(4 + 10);
  expect(inFirefox.bits).toEqual(inNode.bits);
});
