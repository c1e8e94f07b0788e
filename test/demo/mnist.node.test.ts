/** The page on the real MNIST. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accuracyAbove, button, launch, numberOf, ready, type Site, serveSources, visit } from '../support/page.ts';

const folder = process.env.RETROGRAD_DATA && join(process.env.RETROGRAD_DATA, 'mnist');
const isHere = Boolean(folder && existsSync(folder));
if (!isHere) console.warn('The page on the real MNIST is not tested (skipped: RETROGRAD_DATA holds no mnist/)');

let [browser, site]: [Browser, Site] = [] as never;
beforeAll(async () => {
  if (!isHere) return;
  site = await serveSources();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

test.runIf(isHere)('a 784-32-10 net reads more than 90 % of the test digits', async () => {
  const { page, close, complaints, strangers } = await visit(browser, `${site.url}#data=mnist`);
  await ready(page);
  expect(await page.getByLabel('The network and its data').innerText()).toContain('60,000 train, 10,000 test');
  await button(page, 'Train').click();
  await accuracyAbove(page, 90);
  await button(page, 'Pause').click();
  expect(await numberOf(page, 'training-time')).toBeGreaterThan(0);
  expect([...complaints, ...strangers]).toEqual([]);
  await close();
});

test.runIf(isHere)('LeNet-5 from the presets reads 95 % of the test digits after 5,000 images', async () => {
  const { page, close, complaints, strangers } = await visit(browser, `${site.url}#data=mnist&samples=5000&hidden=`);
  await ready(page);
  await page.getByRole('link', { name: 'LeNet-5' }).click();
  await expect.poll(() => page.getByTestId('shape').innerText()).toContain('conv6x5same');
  await ready(page);
  expect(await page.getByLabel('The network and its data').innerText()).toContain('5,000 train, 10,000 test');
  expect(await page.locator('.layers-out').allInnerTexts()).toEqual(
    ['6 × 28 × 28', '6 × 14 × 14', '16 × 10 × 10', '16 × 5 × 5', '120', '84'].map((shape) =>
      expect.stringContaining(shape),
    ),
  );
  await button(page, 'Train').click();
  await accuracyAbove(page, 94.99);
  await button(page, 'Pause').click();
  await ready(page);
  expect(await numberOf(page, 'test-accuracy')).toBeGreaterThanOrEqual(95);
  // What the filters find in the digit that is watched, as pictures: each map has dark and bright places, or is dark where its
  // filter finds nothing.
  const shades = await page.locator('.network-map').evaluateAll((maps) => maps.map(shadesOf));
  expect(shades).toHaveLength(6 + 6 + 12 + 12);
  expect(shades.filter((count) => count > 8).length).toBeGreaterThan(18);
  expect([...complaints, ...strangers]).toEqual([]);
  await close();
});

/** Runs in the page: how many different values a canvas has. */
function shadesOf(canvas: Element): number {
  const { width, height } = canvas as HTMLCanvasElement;
  const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
  return new Set(data.filter((_, i) => i % 4 === 0)).size;
}
