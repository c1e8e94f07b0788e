/** The page at the widths of a phone, a tablet and a desktop: everything is there to be read. */
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { button, launch, ready, type Site, serveBuilt, type Visit, visit } from '../support/page.ts';

let [browser, site]: [Browser, Site] = [] as never;
beforeAll(async () => {
  site = await serveBuilt();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

let seen: Visit;
let page: Page;
beforeAll(async () => {
  seen = await visit(browser, `${site.url}#hidden=16:sigmoid`);
  page = seen.page;
  await ready(page);
  await button(page, 'Step').click();
  await button(page, 'Run the test set').click();
  await page.locator('.results-confusion').waitFor({ timeout: 60_000 });
  await button(page, 'Check against the CPU').click();
  await page.getByText(/tensors are within their bounds/).waitFor({ timeout: 60_000 });
  await page.locator('#microscope').scrollIntoViewIfNeeded();
  await page.locator('.microscope-tile').first().waitFor();
});
afterAll(() => seen?.close());

/** Everything that can be opened is open, and has its size. */
async function resize(width: number): Promise<void> {
  await page.setViewportSize({ width, height: 700 });
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    for (const details of document.querySelectorAll('details')) details.open = true;
    for (let i = 0; i < 3; i++) await frame();
  });
}

/** Texts that are too small, and places where something is cut or has to be scrolled sideways. */
const faults = () =>
  page.evaluate(() => {
    const least = 11;
    const found = new Set<string>();
    const isSeen = (element: Element) =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      !element.closest('.unseen, option');
    const nameOf = (element: Element) =>
      `${element.tagName.toLowerCase()}.${element.getAttribute('class')} in ${element.parentElement?.className}`;
    /** How much larger than its CSS says: transforms, and the viewBox of an SVG. */
    const scaleOf = (element: Element) => {
      if (element instanceof SVGGraphicsElement) return element.getScreenCTM()!.a;
      let scale = 1;
      for (let of: Element | null = element; of; of = of.parentElement) {
        scale *= new DOMMatrix(getComputedStyle(of).transform).a;
      }
      return scale;
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const element = text.parentElement!;
      if (!text.textContent!.trim() || !isSeen(element)) continue;
      const size = Number.parseFloat(getComputedStyle(element).fontSize) * scaleOf(element);
      if (size < least - 0.01) found.add(`${size} px: ${nameOf(element)}`);
    }
    for (const element of document.body.querySelectorAll('*')) {
      if (!isSeen(element) || element.closest('svg, select, input, .u-wrap')) continue;
      const { left, right, width } = element.getBoundingClientRect();
      if (width > 1 && (left < -0.5 || right > innerWidth + 0.5)) found.add(`outside: ${nameOf(element)}`);
      const isCut = element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible';
      if (isCut && element.clientWidth > 1) found.add(`cut: ${nameOf(element)}`);
    }
    if (document.documentElement.scrollWidth > innerWidth) found.add('the page scrolls sideways');
    return [...found];
  });

/** What is seen where an element is. */
const coverOf = (selector: string) =>
  page.locator(selector).evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const seen = [0.1, 0.5, 0.9].map((share) => document.elementFromPoint(left + width / 2, top + share * height));
    return seen.filter((found) => !found || !element.contains(found)).map((found) => found?.className ?? 'nothing');
  });

describe.each([360, 768, 1280])('at %i pixels', (width) => {
  beforeAll(() => resize(width));

  test('no text is smaller than 11 pixels, nothing is cut, and nothing scrolls sideways', async () => {
    expect(await faults()).toEqual([]);
    await page.locator('.microscope-tile').first().click(); // which leads to the first step
    const next = page.getByRole('button', { name: /^Next/ }).last();
    const all: string[] = [];
    while (await next.isEnabled()) {
      await next.click();
      const title = await page.locator('.microscope-turn h3').innerText();
      all.push(...(await faults()).map((fault) => `${title}: ${fault}`));
    }
    expect(all).toEqual([]);
    await page.getByRole('radio', { name: 'All at once' }).check();
    expect(await faults()).toEqual([]);
    await page.getByRole('radio', { name: 'Step by step' }).check();
  });

  test('the title of a step stays below the bar of the page while its pictures scroll', async () => {
    const distance = await page.evaluate(() => {
      document.querySelector('.microscope-worked')!.scrollIntoView({ block: 'center', behavior: 'instant' });
      const of = (selector: string) => document.querySelector(selector)!.getBoundingClientRect();
      return of('.microscope-turn').top - of('.navigation').bottom;
    });
    expect(Math.abs(distance)).toBeLessThanOrEqual(1);
    expect(await coverOf('.microscope-turn h3')).toEqual([]);
  });

  test.each(['training', 'try', 'microscope', 'results', 'trust'])(
    'a link to #%s leads to its whole title',
    async (id) => {
      await page.evaluate((of) => document.getElementById(of)!.scrollIntoView({ behavior: 'instant' }), id);
      expect(await coverOf(`#${id} h2`)).toEqual([]);
    },
  );
});

test('units are numbered as tensors are, from 0, and a loss is called nothing else', async () => {
  const names = await page
    .locator('.training-names li')
    .evaluateAll((all) => all.map((of) => of.getAttribute('title')));
  expect(names).toEqual(Array.from({ length: 16 }, (_, unit) => `unit ${unit}`));
  await page.locator('.microscope-tile').first().click(); // which leads to the first step
  await page.getByLabel('Unit of layer 1, 0 to 15').waitFor();
  const words = await page.locator('body').evaluate((body) => {
    const labels = [...body.querySelectorAll('[aria-label], [title]')].map(
      (of) => `${of.ariaLabel} ${of.getAttribute('title')}`,
    );
    return `${body.textContent} ${labels.join(' ')}`;
  });
  expect(words).toContain('Loss');
  expect(words).not.toMatch(/\bcosts?\b/i);
});

test('letters of equations are there without a font for mathematics: italic, and words upright', async () => {
  const { page, close } = await visit(browser, `${site.url}#hidden=16:tanh`);
  await ready(page);
  await page.getByRole('link', { name: 'Microscope' }).click();
  const equation = page.locator('.microscope-equation');
  await equation.scrollIntoViewIfNeeded();
  await page.getByRole('button', { name: /^Next/ }).last().click();
  // Drawn: more than the one colour of the paper.
  for (const letter of await equation.locator('mi').all()) {
    const shot = (await letter.screenshot()).toString('base64');
    const colours = await page.evaluate(async (png) => {
      const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
      const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
      context.drawImage(image, 0, 0);
      return new Set(new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer)).size;
    }, shot);
    expect(colours, (await letter.textContent())!).toBeGreaterThan(2);
  }
  await page.getByRole('radio', { name: 'All at once' }).check();
  await page.locator('figure[data-tensor=nb2]').waitFor();
  const letters = await page.locator('#microscope mi').evaluateAll((all) =>
    all.map((of) => ({
      text: of.textContent!,
      style: getComputedStyle(of).fontStyle,
      as: getComputedStyle(of).textTransform,
    })),
  );
  for (const { text, style, as } of letters) {
    expect({ text, style, as }).toEqual({
      text,
      style: /^([a-z]{2,}|T)$/.test(text) ? 'normal' : 'italic',
      as: 'none',
    });
  }
  const words = ['σ', 'σ′', 'W′', 'b′', 'ln', 'softmax'];
  expect(new Set(letters.map(({ text }) => text))).toEqual(new Set([...'WbzayxpCδ∂ηT', ...words]));
  await close();
});
