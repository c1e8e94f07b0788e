/** The page in a real browser: what a visitor does, and what has to come of it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { button, filesOfText, launch, numberOf, ready, serveBuilt, train, type Visit, visit } from '../support/page.ts';

let browser: Browser;
let built: Awaited<ReturnType<typeof serveBuilt>>;
beforeAll(async () => {
  built = await serveBuilt();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await built?.close();
});

/** Bytes of scripts, each packed for itself. */
async function packed(names: readonly string[]): Promise<number> {
  const sizes = names.map(async (name) => gzipSync(await readFile(join(built.folder, 'assets', name))).length);
  return (await Promise.all(sizes)).reduce((a, b) => a + b);
}

describe('a visit', () => {
  let seen: Visit;
  let page: Page;
  beforeAll(async () => {
    seen = await visit(browser, built.url);
    page = seen.page;
    await ready(page);
  });
  afterAll(() => seen?.close());

  test('begins with a net on generated digits, and asks no other server for anything', async () => {
    expect(await page.getByTestId('adapter').innerText()).toMatch(/swiftshader|GPU/i);
    expect(await page.getByLabel('The network and its data').innerText()).toContain('digits');
    expect(await numberOf(page, 'step')).toBe(0);
    expect(seen.strangers).toEqual([]);
    expect(seen.complaints).toEqual([]);
  });

  test('a first view fetches less than 147 kB of scripts, packed, and the rest when the visitor does something', async () => {
    const firstView = [...seen.scripts];
    expect(firstView.map((name) => name.replace(/-.*/, ''))).toContain('worker');
    expect(await packed(firstView)).toBeLessThan(146_700);
    await page.getByRole('heading', { name: 'retrograd' }).click();
    await page.locator('#trust').waitFor({ state: 'attached' });
    const later = seen.scripts.slice(firstView.length).map((name) => name.replace(/-.{8}\.js$/, ''));
    expect(later).toEqual(expect.arrayContaining(['below', 'curves']));
  });

  test('a word is explained where it is pointed at or focused, until Escape', async () => {
    const note = page.getByRole('tooltip').filter({ hasText: 'The samples that one step learns from' });
    await button(page, 'What is batch?').focus();
    await note.waitFor();
    await page.keyboard.press('Escape');
    await note.waitFor({ state: 'hidden' });
    await button(page, 'What is seed?').hover();
    await page.getByRole('tooltip').filter({ hasText: 'Where the random numbers begin' }).waitFor();
    await page.mouse.move(0, 0);
  });

  test('the tour leads from the network to the loss, its error, a step and back, in five steps', async () => {
    await button(page, 'Take the tour').click();
    const tour = page.getByRole('dialog');
    const turned: string[] = [];
    for (let step = 1; step <= 5; step++) {
      await tour.getByText(`Step ${step} of 5`).waitFor();
      expect(await tour.getByRole('heading').evaluate((heading) => heading === document.activeElement)).toBe(true);
      turned.push(await page.locator('.microscope-turn h3').innerText());
      await tour.getByRole('button', { name: /^(Go on|Done)$/ }).click();
    }
    expect(await tour.count()).toBe(0);
    expect(turned.map((title) => title.replace(/\s+/g, ' '))).toEqual([
      expect.stringContaining('Weighted sums of layer 1'),
      expect.stringContaining('Loss'),
      expect.stringContaining('Error of layer 1 BP2'),
      expect.stringContaining('Weights of layer 1 after the step'),
      expect.stringContaining('Weights of layer 1 after the step'),
    ]);
  });

  test('one step, then training: the numbers and charts move, and most digits are read', async () => {
    await button(page, 'Step').click();
    await expect.poll(() => numberOf(page, 'step')).toBe(1);
    const chart = page.getByRole('img', { name: /^Loss/ });
    const [before, label] = [await chart.screenshot(), await chart.getAttribute('aria-label')];
    await train(page, 93);
    expect(await numberOf(page, 'step')).toBeGreaterThan(50);
    expect(await numberOf(page, 'training-loss')).toBeLessThan(0.4);
    expect(await chart.getAttribute('aria-label')).not.toBe(label);
    expect((await chart.screenshot()).equals(before)).toBe(false);
    const accuracy = (await page.getByRole('img', { name: /^Accuracy/ }).getAttribute('aria-label'))!;
    const [training, chance] = [/([\d.]+)\s% of training/, /Guessing gets ([\d.]+)/].map((part) =>
      Number(part.exec(accuracy)![1]),
    );
    expect(training).toBeGreaterThan(90);
    expect(chance).toBe(10);
    const reached = page.getByRole('row', { name: /90 %/ });
    expect(await reached.innerText()).toMatch(/\d\ss\s+\d/);
  });

  test('a pause holds, and training goes on after it', async () => {
    const held = await numberOf(page, 'step');
    await page.waitForTimeout(500);
    expect(await numberOf(page, 'step')).toBe(held);
    await button(page, 'Train').click();
    await expect.poll(() => numberOf(page, 'step')).toBeGreaterThan(held + 20);
    await button(page, 'Pause').click();
    await ready(page);
  });

  test('a drawn digit is read', async () => {
    const pad = page.getByRole('img', { name: 'Drawing pad' });
    await pad.scrollIntoViewIfNeeded();
    const { x, y, width } = (await pad.boundingBox())!;
    const at = (u: number, v: number): [number, number] => [x + u * width, y + v * width];
    await page.mouse.move(...at(0.28, 0.22));
    await page.mouse.down();
    await page.mouse.move(...at(0.72, 0.22), { steps: 8 });
    await page.mouse.move(...at(0.46, 0.82), { steps: 8 });
    await page.mouse.up();
    await expect.poll(() => page.locator('.try-guess').innerText()).toMatch(/\b7\b/);
    await button(page, 'Open in the microscope').click();
    await page.locator('#microscope', { hasText: 'Your drawing' }).waitFor();
  });

  test('the check finds every tensor within its bound', async () => {
    await button(page, 'Check against the CPU').click();
    await page.getByText(/All \d+ tensors are within their bounds/).waitFor();
    await page.getByRole('rowheader', { name: 'delta1' }).waitFor();
  });

  test('kernels are timed', async () => {
    await button(page, 'Time the kernels').click();
    await page.getByRole('rowheader', { name: /gemm/ }).first().waitFor();
  });

  test('a device that is lost changes no bit of a training, and a step is timed on GPU and CPU', async () => {
    await button(page, 'Lose the device').click();
    await page.getByText('The device was lost after 12 of 24 steps. All bits of the weights are the same.').waitFor();
    const digests = await page.locator('.trust-digests dd').allInnerTexts();
    expect(digests).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), digests[0]]);
    await button(page, 'Time a step on both').click();
    const times = page.getByLabel('Time of a step on GPU and CPU').locator('td[data-label^=Milli]');
    await expect.poll(() => times.count()).toBe(2);
    for (const time of await times.allInnerTexts()) expect(Number(time.replace(',', ''))).toBeGreaterThan(0);
    const bytes = (await page.locator('.trust-memory dd').allInnerTexts()).map((text) => Number.parseFloat(text));
    expect(bytes[1]).toBeCloseTo((4 * (784 * 32 + 32 + 32 * 10 + 10)) / 1e6, 3); // weights, of 784-32-10
  });

  test('the test set is counted, and a mistake opens in the microscope', async () => {
    await button(page, 'Run the test set').click();
    const confusion = page.locator('.results-confusion');
    await confusion.waitFor();
    const counts = (await confusion.locator('tbody td').allInnerTexts())
      .filter((text) => /^\d+$/.test(text))
      .map(Number);
    expect(counts.reduce((a, b) => a + b)).toBe(2000);
    const cell = page.locator('.results-wrong button').first();
    const [, all, row, guess] = /^(\d+): (\d) read as (\d)/.exec((await cell.getAttribute('aria-label'))!)!;
    await cell.click();
    const examples = page.getByTestId('examples').locator('li button');
    await expect.poll(() => examples.count()).toBe(Math.min(12, Number(all)));
    await examples.first().click();
    const read = new RegExp(`It is an? ${row}, and the network says ${guess}`);
    await page.locator('#microscope', { hasText: read }).waitFor();
    const mistake = page.getByRole('button', { name: /^\d read as \d/ }).first();
    const [, label] = /^(\d) read/.exec(await mistake.innerText())!;
    await mistake.click();
    await page.locator('#microscope', { hasText: new RegExp(`Test sample \\d+\\s*It is an? ${label}`) }).waitFor();
  });

  test('weights go out as a file and come back in', async () => {
    const accuracy = await numberOf(page, 'test-accuracy');
    const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Download the weights').click()]);
    const file = await download.path();
    await button(page, 'Reset').click();
    await expect.poll(() => numberOf(page, 'test-accuracy')).toBeLessThan(40);
    await ready(page);
    await page.getByLabel('Load weights').setInputFiles(file);
    await expect.poll(() => numberOf(page, 'test-accuracy')).toBe(accuracy);
    const other = { name: 'other.safetensors', mimeType: 'application/octet-stream', buffer: Buffer.from('weights') };
    await page.getByLabel('Load weights').setInputFiles(other);
    await page.getByText(/Nothing was changed. other.safetensors/).waitFor();
    expect(await numberOf(page, 'test-accuracy')).toBe(accuracy);
    expect(await page.locator('.trust-memory dd').count()).toBe(5); // of the net after the reset
  });

  test('errors keep their names in what the minifier leaves', async () => {
    await page.dispatchEvent('body', 'drop', { dataTransfer: await filesOfText(page, ['one.bin']) });
    await page.getByRole('alert').filter({ hasText: 'DataError' }).waitFor();
  });

  test('nothing of all that made the browser complain', () => {
    expect(seen.complaints).toEqual([]);
  });
});
