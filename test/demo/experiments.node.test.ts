/** The tab of the experiments in a real browser: each link shows its effect as a number. */
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { experiments } from '../../demo/mnist/lab/experiments/table.ts';
import { button, expectAccessible, launch, type Site, serveBuilt, type Visit, visit } from '../support/page.ts';

let [browser, site, seen, page]: [Browser, Site, Visit, Page] = [] as never;
beforeAll(async () => {
  site = await serveBuilt();
  browser = await launch();
  seen = await visit(browser, `${site.url}#/experiments`, { reducedMotion: 'reduce' });
  page = seen.page;
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const follow = async (hash: string): Promise<void> => {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
};
const ready = () => page.locator('.toolbar [data-status="ready"][data-finished="false"]').waitFor();
const finished = () => page.locator('.toolbar [data-finished="true"]').waitFor();

/** A finding as its experiment counts it: '1/340' is 340, '88 %' and '88 points' are 0.88, 'step 12' is 12, '2.4 times' is 2.4. */
function numberIn(text: string): number {
  const number = Number(/[\d.]+/.exec(text.replace('1/', '').replaceAll(',', ''))?.[0] ?? Number.NaN);
  return /%|points/.test(text) ? number / 100 : number;
}

describe.each(experiments)('$title', ({ id, title, findings: [{ id: finding, claim }] }) => {
  test('the link opens it, and the number that the page shows in the end is the effect', async () => {
    await follow(`/experiments?show=${id}&seed=2`);
    await page.getByRole('heading', { name: title, level: 2 }).waitFor();
    await ready();
    expect(await page.getByLabel('Seed', { exact: true }).inputValue()).toBe('2');
    await button(page, 'Start').click();
    await finished();
    const number = numberIn(await page.getByTestId(`finding-${finding}`).innerText());
    expect(number).toBeGreaterThanOrEqual(claim.least ?? Number.NEGATIVE_INFINITY);
    expect(number).toBeLessThanOrEqual(claim.most ?? Number.POSITIVE_INFINITY);
  });
});

test('it can be paused, taken step by step and begun again, from the keyboard too, and the address holds the seed', async () => {
  const trained = async () => Number((await page.locator('.toolbar-step').innerText()).match(/\d+/)![0]);
  await follow('/experiments?show=scales');
  await ready();
  await button(page, 'Start').focus();
  await page.keyboard.press('Enter');
  await expect.poll(trained).toBeGreaterThan(5);
  await page.keyboard.press('Enter'); // the same button pauses
  await ready();
  const paused = await trained();
  await button(page, 'Step').click();
  await expect.poll(trained).toBe(paused + 5);
  await button(page, 'Reset').click();
  await expect.poll(trained).toBe(0);
  await page.getByLabel('Seed', { exact: true }).fill('7');
  await page.keyboard.press('Enter');
  await ready();
  expect(await page.evaluate(() => location.hash)).toBe('#/experiments?show=scales&seed=7');
  await page.getByRole('link', { name: experiments[0].title }).click();
  await page.getByRole('heading', { name: experiments[0].title, level: 2 }).waitFor();
  expect(await page.evaluate(() => location.hash)).toBe(`#/experiments?show=${experiments[0].id}&seed=7`);
  await page.getByRole('tab', { name: 'Plane' }).click();
  await page.getByRole('tab', { name: 'Experiments' }).click();
  await page.getByRole('heading', { name: experiments[0].title, level: 2 }).waitFor();
  expect(await page.getByLabel('Seed', { exact: true }).inputValue()).toBe('7');
});

test.each([1280, 360])('at %i pixels nothing is cut, and axe finds nothing in either theme', async (width) => {
  await page.setViewportSize({ width, height: 900 });
  await expectAccessible(page);
});

test('the browser complained of nothing, and no other server was asked', () => {
  expect([...seen.complaints, ...seen.strangers]).toEqual([]);
});
