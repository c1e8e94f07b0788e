import type { Browser } from 'playwright';
import {
  compile,
  dense,
  sequential,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  tanh,
} from 'retrograd';
import { batch, digits } from 'retrograd/data';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  button,
  expectAccessible,
  launch,
  ready,
  type Site,
  serveBuilt,
  train,
  type Visit,
  visit,
} from '../support/page.ts';

let [browser, site, seen]: [Browser?, Site?, Visit?] = [];
let tensors: Record<string, Tensor>;
const SAMPLE = 7;
/** As the page has them by default. */
const [BATCH, RATE] = [50, 0.005];

beforeAll(async () => {
  site = await serveBuilt();
  browser = await launch();
  seen = await visit(browser, `${site.url}#hidden=20:sigmoid,12:tanh&seed=5`);
  await ready(seen.page);
  await train(seen.page, 60);
  const [download] = await Promise.all([
    seen.page.waitForEvent('download'),
    button(seen.page, 'Download the weights').click(),
  ]);
  const net: Trainer = await compile(sequential([784], [dense(20, sigmoid), dense(12, tanh), dense(10)]), {
    device: 'cpu',
    batch: BATCH,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 1 }),
  });
  await net.load(await download.path());
  const { x, y } = batch(digits().test, [SAMPLE]);
  tensors = { ...(await net.tensors(x, y)), ...(await stepOf(net)) };
});
afterAll(async () => {
  await seen?.close();
  await browser?.close();
  await site?.close();
});

/** Mean gradients of the sample and of 49 training samples, one by one, and parameters after a step against them. */
async function stepOf(net: Trainer): Promise<Record<string, Tensor>> {
  const { train: training, test: others } = digits();
  const samples = [batch(others, [SAMPLE]), ...Array.from({ length: BATCH - 1 }, (_, i) => batch(training, [i]))];
  const found: Record<string, Tensor> = {};
  for (const { x, y } of samples) {
    for (const [name, { shape, data }] of Object.entries(await net.tensors(x, y))) {
      if (!/^d[Wb]/.test(name)) continue;
      const mean = `g${name.slice(1)}`;
      found[mean] ??= { shape, data: new Float32Array(data.length) };
      for (const [i, value] of data.entries()) found[mean].data[i] += value / BATCH;
    }
  }
  const { W1, b1, W2, b2, W3, b3 } = await net.tensors(samples[0].x, samples[0].y);
  for (const [name, { shape, data }] of Object.entries({ W1, b1, W2, b2, W3, b3 })) {
    found[`n${name}`] = { shape, data: data.map((value, i) => value - RATE * found[`g${name}`].data[i]) };
  }
  return found;
}

interface Shown {
  readonly tensor: string;
  readonly shape: string;
  readonly min: string;
  readonly max: string;
  readonly values?: string;
}

test('every quantity of both passes, number by number', async () => {
  const { page } = seen!;
  const section = page.locator('#microscope');
  await section.scrollIntoViewIfNeeded();
  await section.getByLabel('Number', { exact: true }).fill(String(SAMPLE));
  await section.getByLabel('Number', { exact: true }).press('Enter');
  await section.getByText(`Test sample ${SAMPLE}`, { exact: true }).waitFor();
  await section.getByRole('radio', { name: 'All at once' }).check();
  const figures = section.locator('figure[data-tensor]');
  await section.locator('figure[data-tensor=nb3]').waitFor(); // the last of them
  await expect
    .poll(async () => JSON.parse((await section.locator('[data-tensor=z3]').getAttribute('data-values'))!)[0])
    .toBeCloseTo(tensors.z3.data[0], 4);
  const shown = await figures.evaluateAll((all) => all.map(({ dataset }) => ({ ...dataset }) as unknown as Shown));
  const names = shown.map(({ tensor }) => tensor);
  expect(new Set(names)).toEqual(
    new Set([
      ...[
        'x',
        'y',
        'W1',
        'b1',
        'z1',
        'a1',
        'slope1',
        'W2',
        'b2',
        'z2',
        'a2',
        'slope2',
        'W3',
        'b3',
        'z3',
        'p',
        'losses',
      ],
      ...['delta3', 'delta2', 'delta1', 'dW3', 'db3', 'dW2', 'db2', 'dW1', 'db1'],
      ...[1, 2, 3].flatMap((layer) => [`gW${layer}`, `gb${layer}`, `nW${layer}`, `nb${layer}`]),
    ]),
  );
  for (const { tensor, shape, min, max, values } of shown) {
    const { data, shape: expected } = tensors[tensor === 'p' ? 'prediction' : tensor];
    if (tensor !== 'losses') expect(shape, tensor).toBe(expected.join());
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const close = (found: number, wanted: number) =>
      expect(Math.abs(found - wanted), `${tensor}: ${found} for ${wanted}`).toBeLessThanOrEqual(1e-4 * largest + 1e-7);
    close(Number(min), Math.min(...data));
    close(Number(max), Math.max(...data));
    if (values) for (const [i, value] of (JSON.parse(values) as number[]).entries()) close(value, data[i]);
  }
  expect(seen!.complaints).toEqual([]);
});

test('the picture of the network shows the same activations and outputs', async () => {
  const { page } = seen!;
  const network = page.locator('#network');
  const numbersIn = async (label: string, what: string) =>
    (await network.getByRole('list', { name: label }).locator(`li ${what}`).allInnerTexts()).map(Number.parseFloat);
  const outputs = () => numbersIn('Outputs', '.network-share');
  const expected = Array.from(tensors.prediction.data, (share) => Math.round(100 * share));
  await expect.poll(outputs).toEqual(expected);
  for (const layer of [1, 2]) {
    const shown = await numbersIn(`Units of layer ${layer}`, '.unseen');
    expect(shown).toHaveLength(12);
    for (const [unit, value] of shown.entries()) expect(value).toBeCloseTo(tensors[`a${layer}`].data[unit], 1);
  }
  const says = await page.getByTestId('network-says').innerText();
  expect(says).toContain(`read as ${expected.indexOf(Math.max(...expected))}`);
});

test('a step forward shows the operands of its equation and the result', async () => {
  const section = seen!.page.locator('#microscope');
  await section.getByRole('radio', { name: 'Step by step' }).check();
  const shown = () => section.locator('figure[data-tensor]').evaluateAll((all) => all.map((of) => of.dataset.tensor));
  const pages: string[] = [];
  const titles: string[] = [];
  for (;;) {
    pages.push((await shown()).sort().join(' '));
    titles.push(await section.locator('.microscope-turn h3').innerText());
    const next = section.getByRole('button', { name: /^Next( →)?$/ }).last();
    if (await next.isDisabled()) break;
    await next.click();
    if (pages.length > 30) throw new Error('the pages do not end');
  }
  const named = titles.flatMap((title) => /BP\d/.exec(title) ?? []);
  expect(named).toEqual(['BP1', 'BP4', 'BP3', 'BP2', 'BP4', 'BP3', 'BP2', 'BP4', 'BP3']);
  expect(pages).toContain('W1 b1 x z1');
  expect(pages).toContain('a1 z1');
  expect(pages).toContain('W2 delta1 delta2 slope1');
  expect(pages).toContain('a1 dW2 delta2');
  expect(pages).toContain('dW1 delta1 x');
  expect(pages).toContain('dW1 gW1');
  expect(pages.slice(-2)).toEqual(['W3 gW3 nW3', 'b3 gb3 nb3']);
});

test('a symbol and its picture light up together', async () => {
  const section = seen!.page.locator('#microscope');
  const lit = async () => [
    await section.locator('figure.microscope-lit').evaluateAll((all) => all.map((of) => of.dataset.tensor)),
    await section
      .locator('.microscope-display mrow.microscope-lit')
      .evaluateAll((all) => all.map((of) => of.textContent!)),
  ];
  await section.locator('.microscope-display mrow').nth(1).hover(); // b′ ← b − η ...: what the last page computes
  expect(await lit()).toEqual([['nb3'], [expect.stringContaining('b′')]]);
  await section.locator('figure[data-tensor=b3] figcaption').hover();
  const [[figure], [symbol = '']] = await lit();
  expect([figure, symbol.replace(/\s/g, '')]).toEqual(['b3', 'b3']);
});

test('LeNet-5: a pixel of a convolution is the sum of the products shown, and the largest of a window goes on', async () => {
  const { page, complaints } = seen!;
  await page.getByRole('navigation', { name: 'Presets' }).getByRole('link', { name: 'LeNet-5' }).click();
  await ready(page);
  const section = page.locator('#microscope');
  const turnTo = async (tile: string, title: string) => {
    await section.locator('.microscope-tile', { hasText: tile }).click();
    await section.getByRole('heading', { name: title }).waitFor();
  };
  const choose = async (map: number, row: number, column: number) => {
    const fields = section.locator('.microscope-unit input');
    for (const [i, value] of [map, row, column].entries()) await fields.nth(i).fill(String(value));
  };
  const numbers = async (name: string): Promise<number[]> =>
    JSON.parse((await section.locator(`[data-numbers=${name}]`).getAttribute('data-values'))!);
  /** The element that a picture has chosen, as it stands below it. */
  const shown = async (tensor: string): Promise<number> => {
    const text = await section.locator(`figure[data-tensor=${tensor}] .microscope-element dd`).innerText();
    return Number(text.replace('−', '-').replace(/ × 10(.*)/, (_, power: string) => `e${plain(power)}`));
  };
  const add = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

  await turnTo('weighted sums, layer 3', 'Convolution of layer 3');
  await choose(5, 4, 6);
  const sums: number[] = [];
  for (const map of [0, 1, 2, 3, 4, 5]) {
    await section.getByRole('button', { name: `Input map ${map}:` }).click();
    const [left, right, products] = [await numbers('left'), await numbers('right'), await numbers('products')];
    expect(products).toHaveLength(25);
    for (const [i, product] of products.entries()) expect(product).toBeCloseTo(left[i] * right[i], 6);
    sums.push(add(products));
  }
  expect(sums.some((sum) => Math.abs(sum) > 0.01)).toBe(true);
  expect(await shown('z3')).toBeCloseTo(add(sums) + (await shown('b3')), 4);
  expect(await section.locator('figure[data-tensor=a2] .microscope-region').count()).toBe(6);
  const position = await section.locator('figure[data-tensor=a2] .microscope-region').first().getAttribute('style');
  await section.getByRole('slider', { name: /^z³/ }).press('ArrowRight'); // its window moves too
  await expect
    .poll(() => section.locator('figure[data-tensor=a2] .microscope-region').first().getAttribute('style'))
    .not.toBe(position);
  expect(await section.locator('.microscope-unit input').nth(2).inputValue()).toBe('7');

  await turnTo('activations, layer 4', 'Max pooling, layer 4');
  for (const [map, row, column] of [
    [8, 1, 3],
    [2, 2, 2],
  ]) {
    await choose(map, row, column);
    const window = await numbers('window');
    expect(window).toHaveLength(4);
    expect(await shown('a4')).toBeCloseTo(Math.max(...window), 6);
    const winner = Number(await section.locator('.breakdown-chosen').getAttribute('title'));
    expect(winner).toBeCloseTo(Math.max(...window), 6);
  }
  await expectAccessible(page);
  expect(complaints).toEqual([]);
});

/** Digits above a line as they stand on it: '⁻⁷' is '-7'. */
const plain = (power: string): string =>
  [...power].map((digit) => '-0123456789'['⁻⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit)]).join('');
