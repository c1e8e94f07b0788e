/** The page on the real MNIST. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { accuracyAbove, button, launch, numberOf, ready, serveSources, visit } from '../support/page.ts';

const folder = process.env.RETROGRAD_DATA && join(process.env.RETROGRAD_DATA, 'mnist');
const isHere = Boolean(folder && existsSync(folder));
if (!isHere) console.warn('The page on the real MNIST is not tested (skipped: RETROGRAD_DATA holds no mnist/)');

test.runIf(isHere)('a 784-32-10 net reads more than 90 % of the test digits', async () => {
  const site = await serveSources();
  const browser = await launch();
  try {
    const { page, complaints, strangers } = await visit(browser, `${site.url}#data=mnist`);
    await ready(page);
    expect(await page.getByLabel('The network and its data').innerText()).toContain('60,000 train, 10,000 test');
    await button(page, 'Train').click();
    await accuracyAbove(page, 90);
    await button(page, 'Pause').click();
    expect(await numberOf(page, 'training-time')).toBeGreaterThan(0);
    expect([...complaints, ...strangers]).toEqual([]);
  } finally {
    await browser.close();
    await site.close();
  }
});
