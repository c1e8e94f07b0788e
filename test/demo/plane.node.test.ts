/** The tab of the plane in a real browser. */
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { button, expectAccessible, launch, type Site, serveBuilt, type Visit, visit } from '../support/page.ts';

let [browser, site]: [Browser, Site] = [] as never;
beforeAll(async () => {
  site = await serveBuilt();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const open = (settings: string, width = 1280) =>
  visit(browser, `${site.url}#/plane?${settings}`, { viewport: { width, height: 900 } });
const ready = (page: Page) => page.locator('.plane-controls [data-status="ready"]').waitFor();
const number = async (page: Page, id: string): Promise<number> =>
  Number((await page.getByTestId(id).innerText()).replace('−', '-').replace(/[^\d.-]/g, ''));
const plane = (page: Page) => page.getByRole('application', { name: /^The plane/ });

describe('two spirals', () => {
  let seen: Visit;
  let page: Page;
  beforeAll(async () => {
    seen = await open('data=spirals&noise=0&share=80&hidden=8,8&learningRate=0.02');
    page = seen.page;
    await ready(page);
  });
  afterAll(() => seen?.close());

  test('are told apart: 97 % of the points that the net has not seen', async () => {
    expect(await number(page, 'plane-step')).toBe(0);
    await page.getByRole('radio', { name: '100 steps' }).check();
    // The loss jumps now and then, and a pause may come right after that.
    const paused = async (): Promise<number> => {
      await button(page, 'Train').click();
      await expect.poll(() => number(page, 'plane-training-loss')).toBeLessThan(0.03);
      await button(page, 'Pause').click();
      await ready(page);
      return number(page, 'plane-accuracy');
    };
    await expect.poll(paused).toBeGreaterThanOrEqual(97);
  });

  test('the pictures are those of the units, and each unit has its own', async () => {
    const pictures = await page
      .locator('.network-node canvas')
      .evaluateAll((all) =>
        all.map((canvas) => (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 50, 50).data.join()),
      );
    expect(pictures.length).toBe(7 + 8 + 8 + 1);
    expect(new Set(pictures).size).toBe(pictures.length);
    expect(await page.locator('.network-lines path').count()).toBe(2 * 8 + 8 * 8 + 8);
  });

  test('a point opens with numbers whose sums and products are right', async () => {
    await plane(page).click({ position: { x: 200, y: 120 } });
    await page.getByRole('button', { name: 'Unit 3 of hidden layer 2' }).click();
    await page.getByRole('heading', { name: 'Unit 3 of hidden layer 2' }).waitFor();
    await plane(page).hover({ position: { x: 40, y: 300 } });
    expect(await page.getByTestId('plane-shows').innerText()).toBe('Unit 3 of hidden layer 2');
    expect(await page.getByTestId('plane-reading').innerText()).toMatch(
      /^x₁ -\d\.\d\d, x₂ -\d\.\d\d → −?(0|1|0\.\d+)$/,
    );
    const rows = await page
      .getByRole('table', { name: /^Forward/ })
      .locator('tbody tr')
      .evaluateAll((all) =>
        all.map((row) =>
          [...row.querySelectorAll('td')].map(({ textContent }) => {
            const [, mantissa, exponent] = /^([−\d.]*)(?: × 10(.*))?$/.exec(textContent!)!;
            const digits = [...(exponent ?? '')].map((c) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c)).map((d) => (d < 0 ? '-' : d));
            return Number(mantissa.replace('−', '-')) * 10 ** Number(digits.join('') || 0);
          }),
        ),
      );
    const [incoming, [bias, sum, activation]] = [rows.slice(0, 8), rows.slice(8)];
    for (const [input, weight, product] of incoming) expect(Math.abs(product - input * weight)).toBeLessThan(2e-3);
    const z = incoming.reduce((total, [, , product]) => total + product, bias[1]);
    expect(Math.abs(z - sum[2])).toBeLessThan(0.01);
    expect(Math.abs(Math.tanh(sum[2]) - activation[2])).toBeLessThan(1e-3);
    const delta = bias[3];
    for (const [input, , , gradient] of incoming) expect(Math.abs(gradient - delta * input)).toBeLessThan(1e-3);
    const [probability, loss] = [await number(page, 'plane-prediction'), await number(page, 'plane-point-loss')];
    const target = Number(/target (\d)/.exec(await page.getByTestId('plane-point').innerText())![1]);
    expect(Math.abs(loss + Math.log(target ? probability : 1 - probability))).toBeLessThan(0.05);
  });

  test('the address holds the settings', async () => {
    await page.getByLabel('Activation').selectOption('relu');
    await ready(page);
    expect(await page.evaluate(() => location.hash)).toContain('activation=relu');
    expect(await number(page, 'plane-step')).toBe(0);
  });

  test('the browser complained of nothing, and no other server was asked', () => {
    expect([...seen.complaints, ...seen.strangers]).toEqual([]);
  });
});

test('points are painted with the pointer and the keyboard, and a net learns them', async () => {
  const { page, close, complaints } = await open('data=own');
  await ready(page);
  expect(await button(page, 'Train').isDisabled()).toBe(true);
  const size = (await plane(page).boundingBox())!.width;
  for (const [x, y] of [
    [0.2, 0.2],
    [0.3, 0.3],
    [0.25, 0.7],
  ])
    await plane(page).click({ position: { x: x * size, y: y * size } });
  await page.getByRole('radio', { name: 'Blue, 0' }).check();
  await plane(page).focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+ArrowUp');
  await page.keyboard.press('Enter');
  await button(page, 'Train').click();
  await expect.poll(() => number(page, 'plane-training-loss')).toBeLessThan(0.05);
  await button(page, 'Pause').click();
  await page.getByRole('radio', { name: 'Look' }).check();
  await plane(page).click({ position: { x: 0.2 * size, y: 0.2 * size } });
  expect(await page.getByTestId('plane-point').innerText()).toMatch(/^Point 0 of 5, trained on/);
  expect(await number(page, 'plane-prediction')).toBeGreaterThan(0.9);
  await button(page, 'Next point').click();
  await button(page, 'Remove all points').click();
  await expect.poll(() => button(page, 'Train').isDisabled()).toBe(true);
  expect(complaints).toEqual([]);
  await close();
});

test('a regression learns its slope, and a rate that is too large is named', async () => {
  const { page, close } = await open('data=slope&noise=0&hidden=&learningRate=0.05');
  await ready(page);
  await button(page, 'Train').click();
  await expect.poll(() => number(page, 'plane-test-loss')).toBeLessThan(0.001);
  await button(page, 'Pause').click();
  await page.getByLabel('Optimizer').selectOption('sgd');
  await ready(page);
  await page.getByLabel('Learning rate').fill('10');
  await page.keyboard.press('Enter');
  await button(page, 'Train').click();
  await page.getByRole('alert').filter({ hasText: 'NonFiniteError' }).waitFor();
  expect(await page.getByRole('alert').innerText()).toContain('Lower it and press Reset');
  await close();
});

test.each([1280, 360])('at %i pixels nothing is cut, and axe finds nothing in either theme', async (width) => {
  const { page, close } = await open('data=own&hidden=4,4,4,4', width);
  await ready(page);
  await plane(page).click({ position: { x: 100, y: 100 } });
  await button(page, 'Step').click();
  await expect.poll(() => number(page, 'plane-step')).toBe(1);
  await button(page, 'Next point').click();
  await page.getByTestId('plane-prediction').waitFor();
  await expectAccessible(page);
  await close();
});

test('the page stays free while a net trains: pictures come, and no task takes longer than 50 ms', async () => {
  const { page, close } = await open('hidden=8,8');
  await ready(page);
  await button(page, 'Train').click();
  await expect.poll(() => number(page, 'plane-step')).toBeGreaterThan(100);
  const before = await number(page, 'plane-step');
  const found = await page.evaluate(async (milliseconds) => {
    const long: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) long.push(duration);
    });
    observer.observe({ entryTypes: ['longtask'] });
    let pictures = 0;
    const step = document.querySelector('[data-testid=plane-step]')!;
    const changes = new MutationObserver(() => pictures++);
    changes.observe(step, { characterData: true, subtree: true, childList: true });
    const began = performance.now();
    await new Promise((done) => setTimeout(done, milliseconds));
    changes.disconnect();
    observer.disconnect();
    return { pictures, long, seconds: (performance.now() - began) / 1000 };
  }, 10_000);
  const steps = (await number(page, 'plane-step')) - before;
  console.log(
    `The plane: ${(found.pictures / found.seconds).toFixed(1)} pictures a second over ${found.seconds.toFixed(1)} s, ` +
      `${found.long.length} tasks over 50 ms (${found.long.map(Math.round).join(', ')})`,
  );
  expect(steps % 10).toBe(0);
  expect(steps).toBeGreaterThanOrEqual(10 * found.pictures);
  expect(found.pictures).toBeGreaterThan(10);
  await button(page, 'Pause').click();
  await close();
});
