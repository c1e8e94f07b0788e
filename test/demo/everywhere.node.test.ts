/** The page where not everything is at hand: a slow processor, no network, no GPU. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  button,
  launch,
  numberOf,
  ready,
  type Site,
  serveBuilt,
  serveFiles,
  type Visit,
  visit,
} from '../support/page.ts';

let browser: Browser;
let site: Awaited<ReturnType<typeof serveBuilt>>;
beforeAll(async () => {
  site = await serveBuilt();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

describe('the page that a browser keeps', () => {
  let [seen, server]: [Visit?, Site?] = [];
  let page: Page;
  beforeAll(async () => {
    server = await serveFiles(site.folder);
    seen = await visit(browser, server.url, { serviceWorkers: 'allow' });
    page = seen.page;
    await ready(page);
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  });
  afterAll(async () => {
    await seen?.close();
    await server?.close();
  });

  /** Puts a version on the server whose page has another title, and a script of another name if it is `half` there. */
  async function publish(version: string, half = false): Promise<void> {
    const edit = async (name: string, change: (text: string) => string) => {
      const path = join(site.folder, name);
      await writeFile(path, change(await readFile(path, 'utf8')));
    };
    await edit('service-worker.js', (text) => text.replace(/VERSION = "\w+"/, `VERSION = "${version}"`));
    await edit('index.html', (text) => {
      const titled = text.replace(/<title>.*<\/title>/, `<title>${version}</title>`);
      return half ? titled.replace(/page-.{8}\.js/, 'page-12345678.js') : titled;
    });
  }

  /** What becomes of the version that is on the server now: 'activated', or 'redundant' where it is refused. */
  const update = () =>
    page.evaluate(async () => {
      const registration = (await navigator.serviceWorker.getRegistration())!;
      const end = new Promise<string>((done) =>
        registration.addEventListener('updatefound', () => {
          const worker = registration.installing!;
          worker.addEventListener('statechange', () => {
            if (worker.state === 'activated' || worker.state === 'redundant') done(worker.state);
          });
        }),
      );
      await registration.update();
      return end;
    });
  const versions = () => page.evaluate(async () => (await caches.keys()).map((name) => name.split(' ').at(-1)));

  test('is replaced by a new version whole, or not at all', async () => {
    const [first] = await versions();
    const titles: string[] = [];
    for (const version of ['second', 'third']) {
      await publish(version);
      expect(await update()).toBe('activated');
      await page.reload();
      titles.push(await page.title());
    }
    expect(titles).toEqual(['second', 'third']);
    expect(await versions()).toEqual(['second', 'third']);
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    await publish('half', true);
    expect(await update()).toBe('redundant');
    await page.reload();
    expect(await page.title()).toBe('third');
    await ready(page);
  });

  test('trains without a network, and opens every tab', async () => {
    await server!.close();
    await page.reload();
    await ready(page);
    await button(page, 'Step').click();
    await expect.poll(() => numberOf(page, 'step')).toBe(1);
    const titles = await page.getByRole('tab').allInnerTexts();
    for (const name of ['Plane', ...titles]) {
      await page.getByRole('tab', { name, exact: true }).click();
      await page.locator('[role=tabpanel] main').waitFor();
    }
    const other = page.evaluate(() => fetch('other.txt').then(String, ({ name }) => name));
    expect(await other).toBe('TypeError'); // there is no network indeed
    expect(seen!.complaints.filter((text) => !text.includes('Failed to load resource'))).toEqual([]);
  });
});
