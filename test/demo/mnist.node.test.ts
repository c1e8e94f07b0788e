/** The page on the real MNIST. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { accuracyAbove, button, launch, numberOf, ready, serveSources, visit } from '../support/page.ts';

const folder = process.env.RETROGRAD_DATA && join(process.env.RETROGRAD_DATA, 'mnist');
const isHere = Boolean(folder && existsSync(folder));
if (!isHere) console.warn('The page on the real MNIST is not tested (skipped: RETROGRAD_DATA holds no mnist/)');

// One visit for both: MNIST is read once, and a test of its 10,000 digits takes LeNet-5 12 s of a core here.
test.runIf(isHere)(
  'a 784-32-10 net reads more than 90 % of the test digits, and LeNet-5 from the presets 95 % after 5,000 images',
  { timeout: 400_000 },
  async () => {
    const site = await serveSources();
    const browser = await launch();
    try {
      const { page, complaints, strangers } = await visit(browser, `${site.url}#data=mnist`);
      const summary = page.getByLabel('The network and its data');
      await ready(page);
      expect(await summary.innerText()).toContain('60,000 train, 10,000 test');
      await button(page, 'Train').click();
      await accuracyAbove(page, 90);
      await button(page, 'Pause').click();
      await ready(page);
      expect(await numberOf(page, 'training-time')).toBeGreaterThan(0);

      await page.getByLabel('Samples', { exact: true }).fill('5000');
      await page.getByLabel('Samples', { exact: true }).press('Enter');
      await page.getByRole('link', { name: 'LeNet-5' }).click();
      await page.getByTestId('shape').getByText('conv6x5same').waitFor();
      await ready(page);
      await expect.poll(() => summary.innerText()).toContain('5,000 train, 10,000 test');
      expect(await page.locator('.layers-out').allInnerTexts()).toEqual(
        ['6 × 28 × 28', '6 × 14 × 14', '16 × 10 × 10', '16 × 5 × 5', '120', '84'].map((shape) =>
          expect.stringContaining(shape),
        ),
      );
      await button(page, 'Train').click();
      await page.waitForFunction(twoEpochs, undefined, { timeout: 300_000, polling: 200 });
      await button(page, 'Pause').click();
      await ready(page);
      expect(await numberOf(page, 'test-accuracy')).toBeGreaterThanOrEqual(95);
      // What the filters find in the digit that is watched. A filter may find nothing in it.
      const shades = await page.locator('.network-map').evaluateAll(shadesOf);
      expect(shades).toHaveLength(6 + 6 + 12 + 12);
      expect(shades.filter((count) => count > 8).length).toBeGreaterThan(18);
      expect([...complaints, ...strangers]).toEqual([]);
    } finally {
      await browser.close();
      await site.close();
    }
  },
);

/** Runs in the page: whether LeNet-5 has seen 5,000 images twice, 50 in a step. */
const twoEpochs = () => Number(document.querySelector('[data-testid=step]')?.textContent?.replace(/\D/g, '')) >= 200;

/** Runs in the page: how many different values each canvas has. */
const shadesOf = (maps: Element[]): number[] =>
  maps.map((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
    return new Set(data.filter((_, i) => i % 4 === 0)).size;
  });
