/** The settings of the page: what the address keeps, what takes effect at once, and how the page looks to all visitors. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Browser, Locator, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  button,
  expectAccessible,
  is,
  launch,
  numberOf,
  ready,
  type Site,
  serveBuilt,
  train,
  visit,
} from '../support/page.ts';

let [browser, site]: [Browser, Site] = [] as never;
beforeAll(async () => {
  site = await serveBuilt();
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
  await page.getByLabel('Seed', { exact: true }).fill('9');
  await page.getByLabel('Seed', { exact: true }).press('Enter');
  await expect
    .poll(() => decodeURIComponent(new URL(page.url()).hash))
    .toBe('#hidden=24:relu,14:tanh&loss=quadratic&optimizer=sgd&batch=20&seed=9');
  await page.reload();
  await ready(page);
  expect(await page.getByTestId('shape').innerText()).toContain('784 → 24 → 14 → 10');
  expect(await page.getByLabel('Loss', { exact: true }).inputValue()).toBe('quadratic');
  // Typed before the next frame.
  await page.getByLabel('Learning rate', { exact: true }).evaluate(async (field: HTMLInputElement) => {
    for (const rate of ['0.02', '0.03']) {
      field.value = rate;
      field.dispatchEvent(new InputEvent('input', { bubbles: true }));
      await Promise.resolve();
      field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
      await Promise.resolve();
    }
  });
  await expect.poll(() => page.url()).toContain('learningRate=0.03');
  expect(complaints).toEqual([]);
  await close();
});

test('the learning rate changes while the net trains; a bad number is not taken', async () => {
  const { page, close } = await visit(browser, `${site.url}#hidden=16:sigmoid`);
  await ready(page);
  await button(page, 'Train').click();
  await expect.poll(() => numberOf(page, 'step')).toBeGreaterThan(20);
  const rate = page.getByLabel('Learning rate', { exact: true });
  await rate.fill('0');
  await rate.press('Enter');
  const before = await numberOf(page, 'step');
  await expect.poll(() => numberOf(page, 'step')).toBeGreaterThan(before + 50);
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
  const batchField = page.getByLabel('Batch', { exact: true });
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
  await expect.poll(() => numberOf(page, 'step')).toBeGreaterThan(0);
  const other = await page.context().newPage();
  await other.bringToFront();
  await other.goto('about:blank');
  const before = await numberOf(page, 'step');
  await expect.poll(() => numberOf(page, 'step')).toBeGreaterThan(before + 100);
  await close();
});

test('a run that gets nowhere is told of, with what to try', async () => {
  const { page, close } = await visit(browser, `${site.url}#hidden=16:sigmoid&learningRate=50`);
  await ready(page);
  const trouble = page.getByTestId('trouble');
  expect(await trouble.innerText()).toBe('');
  await button(page, 'Train').click();
  await trouble.getByText(/^Diverging\. The test loss has risen from .* to .* 50 is too high\./).waitFor();
  await page.locator('[data-status=running]', { hasText: 'Diverging' }).waitFor();
  const rate = page.getByLabel('Learning rate', { exact: true });
  await rate.fill('0');
  await rate.press('Enter');
  await trouble.getByText(/^Not learning\. The learning rate is 0/).waitFor();
  await rate.fill('0.005');
  await rate.press('Enter');
  await expect.poll(() => trouble.innerText()).not.toMatch(/is 0/);
  await close();
});

test('weights and curves survive a reload, and a fresh beginning is at hand', async () => {
  const { page, close, complaints } = await visit(browser, `${site.url}#hidden=16:sigmoid`);
  const back = page.getByText('Your last network is back');
  await ready(page);
  await train(page, 60);
  const [step, loss] = [await numberOf(page, 'step'), await numberOf(page, 'test-loss')];
  const chart = page.getByRole('img', { name: /^Loss/ });
  const label = await chart.getAttribute('aria-label');
  await kept(page, step);
  await page.reload();
  await back.waitFor();
  await ready(page);
  expect([await numberOf(page, 'step'), await numberOf(page, 'test-loss')]).toEqual([step, loss]);
  await page.locator('#training').evaluate((section) => section.scrollIntoView()); // charts are loaded when they are seen
  expect(await chart.getAttribute('aria-label')).toBe(label);
  await button(page, 'Step').click();
  await expect.poll(() => numberOf(page, 'step')).toBe(step + 1);
  await button(page, 'Start over').click();
  await expect.poll(() => numberOf(page, 'step')).toBe(0);
  await kept(page, undefined); // once there is another in its place
  await ready(page);
  expect(await back.count()).toBe(0);
  await page.reload();
  await ready(page);
  expect([await back.count(), await numberOf(page, 'step')]).toEqual([0, 0]);
  expect(complaints).toEqual([]);
  await close();
});

test('a run that is cut by a reload ends with the bits of one that was not', async () => {
  const settings = `${site.url}#hidden=16:sigmoid&batch=1000`; // ten steps make an epoch
  const [cut, whole] = [await visit(browser, settings), await visit(browser, settings)];
  for (const { page } of [cut, whole]) await ready(page);
  await button(cut.page, 'Train').click();
  await expect.poll(() => keptStep(cut.page)).toBeGreaterThan(3);
  await cut.page.reload();
  await cut.page.getByText('Your last network is back').waitFor();
  await ready(cut.page);
  const restored = await numberOf(cut.page, 'step');
  expect(restored).toBeGreaterThan(3);
  await trainTo(cut.page, restored + 20);
  await trainTo(whole.page, (await numberOf(cut.page, 'step')) - 10);
  const steps = [await numberOf(cut.page, 'step'), await numberOf(whole.page, 'step')];
  const last = Math.max(...steps) + 1;
  for (const [i, { page }] of [cut, whole].entries()) {
    for (let step = steps[i] + 1; step <= last; step++) {
      await button(page, 'Step').click();
      await expect.poll(() => numberOf(page, 'step')).toBe(step);
    }
  }
  expect(await weightsOf(cut.page)).toBe(await weightsOf(whole.page));
  for (const { complaints, close } of [cut, whole]) {
    expect(complaints).toEqual([]);
    await close();
  }
});

/** Trains so many steps or a few more, and pauses. */
async function trainTo(page: Page, least: number): Promise<void> {
  await button(page, 'Train').click();
  await page.waitForFunction(
    (step) => Number(document.querySelector('[data-testid=step]')?.textContent?.replace(/\D/g, '')) >= step,
    least,
    { polling: 20 },
  );
  await button(page, 'Pause').click();
  await ready(page);
}

/** The hash of the file with the weights that the page hands out. */
const weightsOf = async (page: Page): Promise<string> =>
  createHash('sha256')
    .update(await downloaded(page, 'Download the weights'))
    .digest('hex');

/** The file that a button hands out. */
async function downloaded(page: Page, name: string): Promise<Buffer> {
  const coming = page.waitForEvent('download');
  await button(page, name).click();
  return readFile(await (await coming).path());
}

test('earlier runs stay: laid over each other, in a table and its file, hidden, opened again, deleted', async () => {
  const { page, close, complaints } = await visit(browser, `${site.url}#hidden=16:sigmoid&batch=200`);
  const [adam, sgd] = ['Adam 0.005', 'SGD 2'];
  await ready(page);
  await train(page, 40);
  const first = { step: await numberOf(page, 'step'), accuracy: await page.getByTestId('test-accuracy').innerText() };
  await page.evaluate(() => {
    location.hash = '#hidden=16:sigmoid&batch=200&optimizer=sgd&learningRate=2';
  });
  await expect.poll(() => numberOf(page, 'step')).toBe(0);
  await ready(page);
  await train(page, 30);
  await page.getByRole('tab', { name: 'Runs' }).click();

  const chart = page.getByRole('img', { name: /^Accuracy on test samples/ });
  await expect.poll(() => chart.getAttribute('aria-label')).toContain(`${adam} ${first.accuracy}; ${sgd} `);
  await expect.poll(() => coloursIn(chart)).toEqual(['#0b57b0', '#b04c00']);
  await page.getByLabel('training', { exact: true }).check();
  await page.getByRole('img', { name: /^Loss on training samples/ }).waitFor();
  await page.getByRole('checkbox', { name: new RegExp(`^${adam}`) }).uncheck();
  await expect.poll(() => coloursIn(page.locator('#runs [role=img]').last())).toEqual(['#b04c00']);
  await page.locator('#runs input[type=checkbox]').first().check();
  await page.getByLabel('test', { exact: true }).check();

  const names = async () => (await page.locator('#runs tbody th').allInnerTexts()).map((name) => name.trim());
  await expect.poll(names).toEqual([adam, `${sgd} now`]);
  await page.getByRole('columnheader', { name: 'Learning rate' }).getByRole('button').click();
  await expect.poll(names).toEqual([`${sgd} now`, adam]);
  const [head, ...lines] = (await downloaded(page, 'Download the table (CSV)')).toString().trim().split('\r\n');
  const cells = lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [head.split(',')[i], cell])));
  expect(cells[1]).toMatchObject({ run: adam, optimizer: 'adam', learningRate: '0.005', parameters: '12730' });
  expect(100 * Number(cells[1]['best test accuracy'])).toBeGreaterThan(Number.parseFloat(first.accuracy) - 1e-3);
  expect(Number(cells[1].steps)).toBe(first.step);
  expect(cells[0]).toMatchObject({ run: sgd, optimizer: 'sgd', learningRate: '2', batch: '200' });
  expect(new URL(cells[0].link).hash).toBe('#hidden=16:sigmoid&optimizer=sgd&learningRate=2&batch=200');
  const png = await downloaded(page, 'Download the charts (PNG)');
  expect([...png.subarray(1, 4)]).toEqual([...'PNG'].map((letter) => letter.charCodeAt(0)));
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 900 });
    await expectAccessible(page);
  }

  await button(page, `Open ${adam}`).click();
  await page.getByText('Your last network is back').waitFor();
  await ready(page);
  expect([await numberOf(page, 'step'), await page.getByTestId('test-accuracy').innerText()]).toEqual([
    first.step,
    first.accuracy,
  ]);
  await expect.poll(() => new URL(page.url()).hash).toBe('#hidden=16:sigmoid&batch=200');
  await page.getByRole('tab', { name: 'Runs' }).click();
  await button(page, `Delete ${sgd}`).click();
  await button(page, 'Keep it').click();
  await expect.poll(names).toEqual([sgd, `${adam} now`]);
  await button(page, `Delete ${sgd}`).click();
  await page
    .getByRole('group', { name: `Delete ${sgd} for good?` })
    .getByRole('button', { name: 'Delete' })
    .click();
  await expect.poll(names).toEqual(['Adam 0.005, 16 sigmoid now']);
  await page.reload();
  await expect.poll(names).toEqual(['Adam 0.005, 16 sigmoid']);
  expect(complaints).toEqual([]);
  await close();
});

/** Which colours of runs a chart has in it, in the order of the runs. */
const coloursIn = (chart: Locator) =>
  chart.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    const found = new Set<string>();
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] === 255)
        found.add(`#${[...data.slice(i, i + 3)].map((c) => c.toString(16).padStart(2, '0')).join('')}`);
    }
    return ['#0b57b0', '#b04c00', '#1a7237'].filter((colour) => found.has(colour));
  });

test('storage that is full is said, and training goes on', async () => {
  const { page, close } = await visit(browser, `${site.url}#hidden=16:sigmoid`);
  await ready(page);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(site.url).origin, quotaSize: 1000 });
  await button(page, 'Train').click();
  await page.getByText('This run is not kept').waitFor();
  const reached = await numberOf(page, 'step');
  await expect.poll(() => numberOf(page, 'step')).toBeGreaterThan(reached + 50);
  expect(await page.getByRole('alert').allInnerTexts()).toEqual(['', '']);
  await close();
});

/** Waits until the run that a reload goes on with is kept at a step, or there is none. */
const kept = (page: Page, step: number | undefined) => expect.poll(() => keptStep(page)).toBe(step);

const keptStep = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number | undefined>((resolve) => {
        const opening = indexedDB.open('retrograd-page');
        opening.onsuccess = () => {
          const { result: database } = opening;
          if (!database.objectStoreNames.contains('runs')) {
            database.close();
            return resolve(undefined);
          }
          const all = database.transaction('runs').objectStore('runs').getAll();
          all.onsuccess = () => {
            database.close();
            resolve(all.result.find(({ goesOn }) => goesOn)?.held?.evaluated.step);
          };
        };
      }),
  );

test('what takes long to prepare says how far it is, and can be given up', async () => {
  const { page, close, complaints } = await visit(browser, `${site.url}#hidden=1024,1024,1024`);
  await is(page, 'preparing');
  await page.getByRole('progressbar', { name: 'Preparing' }).waitFor();
  expect(await page.locator('.toolbar-part').innerText()).toMatch(/kernel \d+ of \d+|weights \d+|first test \d+/);
  await button(page, 'Cancel').click();
  await is(page, 'cancelled');
  expect(await page.getByRole('alert').allInnerTexts()).toEqual(['', '']);
  expect(await button(page, 'Retry').isEnabled()).toBe(true);
  await page.evaluate(() => {
    location.hash = '#hidden=16';
  });
  await ready(page);
  expect(complaints).toEqual([]);
  await close();
});

test('layers are added, moved and removed; what does not fit is said at its layer, and the net stays as it is', async () => {
  const { page, close, complaints } = await visit(browser, `${site.url}#hidden=16:tanh`, {
    viewport: { width: 360, height: 2400 }, // no layer is under the bar that stays
  });
  await ready(page);
  await page.locator('.settings-fold').click();
  const layers = page.getByRole('list', { name: 'Hidden layers' }).getByRole('listitem');
  const hash = () => decodeURIComponent(new URL(page.url()).hash);
  await page.getByLabel('Kind of the next layer').selectOption('Convolution');
  await button(page, 'Add a hidden layer').click();
  expect(await layers.nth(1).getByRole('alert').innerText()).toContain('works on images');
  await page.getByText('Still using the network above').waitFor();
  expect(await page.getByTestId('shape').innerText()).toContain('784 → 16 → 10');
  await expectAccessible(page);
  await button(page, 'Move hidden layer 2 up').focus();
  await page.keyboard.press('Enter');
  await expect.poll(hash).toBe('#hidden=conv8x5:relu,16:tanh');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Move hidden layer 1 up');
  expect(await layers.getByRole('alert').count()).toBe(0);
  expect(await layers.nth(0).innerText()).toContain('8 × 24 × 24');
  await ready(page);
  await page.getByLabel('Kernel of hidden layer 1').fill('12');
  await page.getByLabel('Kernel of hidden layer 1').press('Enter');
  await layers.nth(0).getByText('A whole number from 1 to 11.').waitFor();
  await page.getByLabel('Stride of hidden layer 1').fill('4');
  await page.getByLabel('Stride of hidden layer 1').press('Enter');
  await expect.poll(hash).toBe('#hidden=conv8x5s4:relu,16:tanh');
  await ready(page);
  await expectAccessible(page);
  await button(page, 'Remove hidden layer 1').click();
  await expect.poll(hash).toBe('#hidden=16:tanh');
  await ready(page);
  expect(complaints).toEqual([]);
  await close();
});

test.each([
  ['wide', 1280],
  ['on a phone', 360],
] as const)(
  'to the eye, %s: no wider than the window; contrast, labels and structure are as WCAG AA asks',
  async (_, width) => {
    const { page, close } = await visit(browser, `${site.url}#hidden=16:sigmoid&learningRate=0`, {
      viewport: { width, height: 800 },
    });
    await ready(page);
    await button(page, 'Step').click();
    await expect.poll(() => numberOf(page, 'step')).toBe(1);
    await button(page, 'Run the test set').click();
    await page.locator('.results-confusion').waitFor();
    await button(page, 'Check against the CPU').click();
    await page.getByText(/tensors are within their bounds/).waitFor();
    await expectAccessible(page);
    // What speaks of an earlier visit is to be read as well.
    await kept(page, 1);
    await page.reload();
    await page.getByText('Your last network is back').waitFor();
    await ready(page);
    await expectAccessible(page);
    await close();
  },
);
