/** The tab of one's own data in a real browser. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { adam, compile, type LossFunction } from 'retrograd';
import { fromOnnx } from 'retrograd/onnx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleTable } from '../../demo/mnist/lab/own-data/example-table.ts';
import { barPlaces, barPng } from '../support/bars.ts';
import { button, expectAccessible, launch, type Site, serveBuilt, type Visit, visit } from '../support/page.ts';

let [browser, site, seen]: [Browser, Site, Visit] = [] as never;
let page: Page;
beforeAll(async () => {
  [site, browser] = await Promise.all([serveBuilt(), launch()]);
  seen = await visit(browser, `${site.url}#/own`);
  page = seen.page;
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const ready = () => page.locator('.own-controls [data-status="ready"]').waitFor();
const number = async (id: string): Promise<number> =>
  Number((await page.getByTestId(id).innerText()).replace('−', '-').replace(/[^\d.-]/g, ''));
/** Trains until the epochs are over. */
const train = async () => {
  await button(page, 'Train').click();
  await page.locator('.own-controls [data-status="running"]').waitFor();
  await ready();
};
const choose = (name: string, text: string) =>
  page.getByLabel('Choose a CSV file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

describe('a table', () => {
  test('of flowers is shown as the library reads it, and learned to 90 % of those held out', async () => {
    await choose('flowers.csv', exampleTable());
    await ready();
    const head = page.locator('.own-table thead tr').first().locator('th');
    expect(await head.allInnerTexts()).toEqual([
      ...['sepal length', 'sepal width', 'petal length', 'petal width'].map((name) => `${name}\nnumbers`),
      'species\ntexts, 3 different',
    ]);
    expect(await page.locator('.own-table tbody tr').count()).toBe(8);
    await train();
    expect(await number('own-epoch')).toBe(100);
    expect(await number('own-test-measure')).toBeGreaterThanOrEqual(90);
    const counts = await page.locator('.own-matrix tbody td').allInnerTexts();
    const right = Number(counts[0]) + Number(counts[4]) + Number(counts[8]);
    expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(30);
    expect(await number('own-test-measure')).toBeCloseTo((100 * right) / 30, 1);
  });

  test('a row that is typed is put into its class, and what is wrong with it is said', async () => {
    const type = async (length: string, width: string) => {
      await page.getByLabel('petal length', { exact: true }).fill(length);
      await page.getByLabel('petal width', { exact: true }).fill(width);
    };
    await type('1.4', '0.2');
    await expect.poll(() => page.getByTestId('own-prediction').innerText()).toBe('setosa');
    await type('6.1', '2.4');
    await expect.poll(() => page.getByTestId('own-prediction').innerText()).toBe('virginica');
    await type('6.1', 'wide');
    await page.getByText('column "petal width": expected a finite number').waitFor();
  });

  test('the net goes out as ONNX, which gives the same probabilities elsewhere, and comes back', async () => {
    const row = { 'sepal length': 5.9, 'sepal width': 3, 'petal length': 4.9, 'petal width': 1.7 };
    for (const [name, value] of Object.entries(row)) await page.getByLabel(name, { exact: true }).fill(`${value}`);
    const sure = page.locator('.own-answer .own-value');
    await expect.poll(() => sure.innerText()).toMatch(/^(versicolor|virginica) \d+/);
    await page.getByLabel('Format of the file').selectOption('ONNX');
    const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Download the weights').click()]);
    expect(file.suggestedFilename()).toBe('retrograd-table.onnx');
    const bytes = await readFile(await file.path());
    const { model, parameters, loss, classNames } = await fromOnnx(bytes);
    const net = await compile(model, { device: 'cpu', batch: 1, loss: loss as LossFunction, optimizer: adam() });
    net.setParameters(parameters);
    const there = await net.predict([Object.values(row)]);
    net.destroy();
    const best = Math.max(...there);
    const here = await sure.innerText();
    expect(here).toContain(classNames![there.indexOf(best)]);
    expect(Number(/ ([\d.]+)/.exec(here)![1])).toBeCloseTo(100 * best, 0);
    await page.getByLabel('Load weights').setInputFiles({ name: 'a.onnx', mimeType: 'a/b', buffer: bytes });
    await page.getByText('Loaded a.onnx. Training continues from there.').waitFor();
    await page.getByLabel('Load weights').setInputFiles({ name: 'b.onnx', mimeType: 'a/b', buffer: Buffer.from('no') });
    await page.getByText(/^Nothing was changed\./).waitFor();
  });

  test('a number is a target too, and its error is in its units', async () => {
    await page.getByLabel('Predict the column').selectOption('petal width');
    await ready();
    await train();
    expect(await number('own-test-measure')).toBeLessThan(0.4);
    expect(await page.locator('.own-scatter circle').count()).toBe(30);
    expect(await page.getByLabel('species', { exact: true }).inputValue()).toBe('setosa');
    await expect.poll(() => number('own-prediction')).toBeLessThan(0.9);
  });

  test('an error of the library is shown as it is, and the next file starts afresh', async () => {
    await choose('torn.csv', 'a,b\n1,2\n3,"4');
    const alert = page.getByRole('alert').filter({ hasText: 'DataError' });
    await alert.waitFor();
    expect(await alert.innerText()).toContain(
      'torn.csv: line 3, column 1: expected a quote that is closed, found an open one',
    );
    expect(await page.getByLabel('Separated by').inputValue()).toBe(',');
    await choose('gaps.csv', 'size,name,kind\n1,n1,x\n,n2,y\n3,7,x\n4,n4,y\n5,n5,x');
    await page.getByText('gaps.csv: line 4, column 1 ("name"): expected text').waitFor();
    await page.getByRole('alert').filter({ hasText: 'line 3, column 0 ("size")' }).waitFor();
    await page.getByLabel('Missing cells').selectOption('Fill them in');
    await ready();
  });

  test.each([1280, 360])('at %i pixels nothing is cut, and axe finds nothing', async (width) => {
    await button(page, 'Try an example').click();
    await ready();
    await looks('table', width);
  });
});

describe('pictures', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retrograd-bars-'));
    for (const [name, isUpright] of [
      ['lying', false],
      ['standing', true],
    ] as const) {
      await mkdir(join(folder, name));
      for (const at of barPlaces) await writeFile(join(folder, name, `${at}.png`), await barPng(isUpright, at));
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('in two folders are learned, and one that the net has not seen is named', async () => {
    await page.getByRole('radio', { name: 'Pictures' }).check();
    await page.locator('.own-controls [data-status="empty"]').waitFor();
    await page.getByLabel('Choose a folder').setInputFiles(folder);
    await page.getByText('16 samples to train on, 4 held out. 3 × 24 × 24 numbers').waitFor();
    await page.getByLabel('Colours').selectOption('grey');
    await page.getByText('1 × 24 × 24 numbers').waitFor();
    await train();
    expect(await number('own-test-measure')).toBe(100);
    expect(await page.locator('.own-mistakes canvas').count()).toBe(4);
    const buffer = Buffer.from(await barPng(true, 7.4));
    await page.getByLabel('Choose a picture').setInputFiles({ name: 'new.png', mimeType: 'image/png', buffer });
    await expect.poll(() => page.getByTestId('own-prediction').innerText()).toBe('standing');
  });

  test('are given class by class too, and a file that is no picture is named', async () => {
    await button(page, 'Remove all pictures').click();
    await page.locator('.own-controls [data-status="empty"]').waitFor();
    await page.getByLabel('Class 1', { exact: true }).fill('up');
    const file = async (name: string, at: number) => ({
      ...{ name, mimeType: 'image/png' },
      buffer: at ? Buffer.from(await barPng(true, at)) : Buffer.from('GIF89a'),
    });
    await page.getByLabel('Add pictures to class 1').setInputFiles([await file('a.png', 4), await file('b.png', 6)]);
    await page.getByLabel('Add pictures to class 2').setInputFiles([await file('c.png', 0)]);
    const alert = page.getByRole('alert').filter({ hasText: 'DataError' });
    await alert.waitFor();
    expect(await alert.innerText()).toContain('c.png: byte 0: expected a PNG or JPEG file, found GIF; convert it');
  });

  test.each([1280, 360])('at %i pixels nothing is cut, and axe finds nothing', (width) => looks('pictures', width));
});

describe('symbols', () => {
  /** Draws by the mouse: lines between places, in sides of the pad. */
  const draw = async (...lines: (readonly (readonly [number, number])[])[]): Promise<void> => {
    const pad = page.getByRole('img', { name: 'Drawing pad' });
    await pad.scrollIntoViewIfNeeded();
    const { x, y, width } = (await pad.boundingBox())!;
    for (const [[fromX, fromY], ...rest] of lines) {
      await page.mouse.move(x + fromX * width, y + fromY * width);
      await page.mouse.down();
      for (const [toX, toY] of rest) await page.mouse.move(x + toX * width, y + toY * width, { steps: 2 });
      await page.mouse.up();
    }
  };
  /** Two strokes that cross, or a square; each a little different. */
  const cross = (d: number) =>
    draw(
      [
        [0.2 + d, 0.2],
        [0.8, 0.8 - d],
      ],
      [
        [0.8, 0.2 + d],
        [0.2 + d, 0.8],
      ],
    );
  const box = (d: number) =>
    draw([
      [0.2 + d, 0.2],
      [0.8, 0.2 + d],
      [0.8 - d, 0.8],
      [0.2, 0.8 - d],
      [0.2 + d, 0.2],
    ]);

  test('are drawn, kept, learned, and recognised while one draws', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole('radio', { name: 'Drawn symbols' }).check();
    await page.getByLabel('Symbol 1', { exact: true }).fill('box');
    for (let i = 0; i < 5; i++) {
      await box(0.02 * i);
      await button(page, 'Keep as box').click();
      await cross(0.02 * i);
      await button(page, 'Keep as cross').click();
    }
    await button(page, 'Make a network of them').click();
    await page.getByText('8 samples to train on, 2 held out. 1 × 28 × 28 numbers').waitFor();
    await train();
    await cross(0.05);
    await expect.poll(() => page.getByTestId('own-prediction').innerText()).toBe('cross');
    await button(page, 'Clear').click();
    await box(0.05);
    await expect.poll(() => page.getByTestId('own-prediction').innerText()).toBe('box');
  });

  test('are there after a reload, and go out as a file and come back in', async () => {
    await page.reload();
    await page.getByRole('radio', { name: 'Drawn symbols' }).check();
    expect(await page.locator('.own-drawings canvas').count()).toBe(10);
    const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Save as a file').click()]);
    const path = await file.path();
    await button(page, 'Remove drawing 2 of box').click();
    await button(page, 'Remove cross').click();
    await expect.poll(() => page.locator('.own-drawings canvas').count()).toBe(4);
    await page
      .getByLabel('Open a file')
      .setInputFiles({ name: 'a.json', mimeType: 'text/plain', buffer: Buffer.from('[]') });
    await page.getByText('a.json is no file of symbols').waitFor();
    await page.getByLabel('Open a file').setInputFiles(path);
    await expect.poll(() => page.locator('.own-drawings canvas').count()).toBe(10);
  });

  test.each([1280, 360])('at %i pixels nothing is cut, and axe finds nothing', (width) => looks('symbols', width));
});

/** Nothing is wider than the window, and axe finds nothing in either theme. */
async function looks(name: string, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  const folder = process.env.RETROGRAD_PICTURES;
  for (const colorScheme of folder ? (['light', 'dark'] as const) : []) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, fullPage: true });
  }
  await expectAccessible(page);
}

test('the browser complained of nothing, and no other server was asked', () => {
  expect([...seen.complaints, ...seen.strangers]).toEqual([]);
});
