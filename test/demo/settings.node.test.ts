/** The settings of the page: what the address keeps, what takes effect at once, and how the page looks to all visitors. */
import axe from 'axe-core';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { button, launch, numberOf, ready, type Site, serveSources, train, visit } from './browser.ts';

let [browser, site]: [Browser, Site] = [] as never;
beforeAll(async () => {
  site = await serveSources();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

test('the address holds the configuration, and gives it back', async () => {
  const { page, close, complaints } = await visit(browser, `${site.url}#hidden=24:relu,12:tanh&optimizer=sgd&batch=20`);
  await ready(page);
  expect(await page.getByTestId('shape').innerText()).toContain('784 → 24 → 12 → 10');
  await page.getByLabel('Units of hidden layer 2').fill('14');
  await page.getByLabel('Units of hidden layer 2').press('Enter');
  await page.getByLabel('Loss', { exact: true }).selectOption('quadratic');
  await page.getByLabel('Seed').fill('9');
  await page.getByLabel('Seed').press('Enter');
  await expect
    .poll(() => decodeURIComponent(new URL(page.url()).hash))
    .toBe('#hidden=24:relu,14:tanh&cost=quadratic&optimizer=sgd&batch=20&seed=9');
  await page.reload();
  await ready(page);
  expect(await page.getByTestId('shape').innerText()).toContain('784 → 24 → 14 → 10');
  expect(await page.getByLabel('Loss', { exact: true }).inputValue()).toBe('quadratic');
  expect(complaints).toEqual([]);
  await close();
});

test('the learning rate changes while the net trains; a bad number is not taken', async () => {
  const { page, close } = await visit(browser, `${site.url}#hidden=16:sigmoid`);
  await ready(page);
  await button(page, 'Train').click();
  await expect.poll(() => numberOf(page, 'step'), { timeout: 20_000 }).toBeGreaterThan(20);
  const rate = page.getByLabel('Learning rate', { exact: true });
  await rate.fill('0');
  await rate.press('Enter');
  const before = await numberOf(page, 'step');
  await expect.poll(() => numberOf(page, 'step'), { timeout: 20_000 }).toBeGreaterThan(before + 50);
  await button(page, 'Pause').click();
  await ready(page);
  const [still, loss] = [await numberOf(page, 'step'), await numberOf(page, 'test-loss')];
  await button(page, 'Step').click();
  const evaluated = (still + 1).toLocaleString('en');
  await page
    .getByRole('img', { name: new RegExp(`At step ${evaluated}:`) })
    .first()
    .waitFor();
  expect(await numberOf(page, 'test-loss')).toBe(loss);
  const batchField = page.getByLabel('Batch');
  await batchField.fill('0');
  await batchField.press('Enter');
  expect(await batchField.getAttribute('aria-invalid')).toBe('true');
  expect(await numberOf(page, 'step')).toBeGreaterThan(before);
  await close();
});

test('it goes on training behind another tab', async () => {
  const { page, close } = await visit(browser, `${site.url}#hidden=16:sigmoid`);
  await ready(page);
  await button(page, 'Train').click();
  await expect.poll(() => numberOf(page, 'step'), { timeout: 20_000 }).toBeGreaterThan(0);
  const other = await page.context().newPage();
  await other.bringToFront();
  await other.goto('about:blank');
  const before = await numberOf(page, 'step');
  await expect.poll(() => numberOf(page, 'step'), { timeout: 20_000 }).toBeGreaterThan(before + 100);
  await close();
});

// A browser for each, and another if it does not answer: one that had served all the pages above has been seen to hang.
test.each([
  ['light, wide', 'light', 1280],
  ['dark, wide', 'dark', 1280],
  ['light, on a phone', 'light', 360],
  ['dark, on a phone', 'dark', 360],
] as const)(
  'to the eye, %s: no wider than the window; contrast, labels and structure are as WCAG AA asks',
  { retry: 2, timeout: 60_000 },
  async (_, colorScheme, width) => {
    const own = await launch();
    try {
      const { page } = await visit(own, `${site.url}#hidden=16:sigmoid`, {
        colorScheme,
        viewport: { width, height: 800 },
      });
      await ready(page);
      await train(page, 60);
      await button(page, 'Run the test set').click();
      await page.locator('.results-confusion').waitFor();
      await button(page, 'Check against the CPU').click();
      await page.getByText(/tensors are within their bounds/).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.addScriptTag({ content: axe.source });
      const violations = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
        const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
        const { violations } = await axe.run(document, { runOnly: tags });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).slice(0, 3)}`);
      });
      expect(violations).toEqual([]);
    } finally {
      await own.close();
    }
  },
);
