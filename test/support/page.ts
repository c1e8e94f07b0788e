/** What the end-to-end tests of the page share: servers, a browser, and pages that note every complaint. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page, type Request } from 'playwright';
import { build, createServer as createViteServer } from 'vite';
import { afterEach, expect } from 'vitest';
import { chromiumLaunchOptions } from '../../setup/chromium.mjs';

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

const configFile = fileURLToPath(new URL('../../demo/mnist/vite.config.ts', import.meta.url));

/** As `npm run demo` serves it, with MNIST where RETROGRAD_DATA has it; but no page is reloaded because a file was edited. */
export async function serveSources(): Promise<Site> {
  const still = { hmr: false, watch: null };
  const server = await createViteServer({
    configFile,
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1', ...still },
  });
  await server.listen();
  const { port } = server.httpServer!.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

/** What `npm run demo:build` makes, in a folder of its own, under a sub-path of a server that knows nothing but files. */
export async function serveBuilt(): Promise<Site & { readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'retrograd-demo-'));
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production'; // else it would be what tests run in, and larger
  await build({ configFile, logLevel: 'error', build: { outDir: folder } });
  process.env.NODE_ENV = NODE_ENV;
  const site = await serveFiles(folder, '/some/where/');
  const close = () => site.close().then(() => rm(folder, { recursive: true, force: true }));
  return { ...site, folder, close };
}

/** The files of a folder, under a path. */
export async function serveFiles(folder: string, base = '/'): Promise<Site> {
  const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url!, 'http://localhost').pathname;
    const file = path === base ? 'index.html' : normalize(path.slice(base.length));
    const bytes = path.startsWith(base) ? await readFile(join(folder, file)).catch(() => undefined) : undefined;
    response.writeHead(bytes ? 200 : 404, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
    response.end(bytes);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${base}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** `args` in place of those that make WebGPU work. */
export const launch = (args?: readonly string[]): Promise<Browser> =>
  chromium.launch({ ...chromiumLaunchOptions(), ...(args && { args: [...args] }) });

/** Milliseconds: a wait ends before the test does, and so says what it waited for; the machine may be busy. */
const PATIENCE = 100_000;

export interface Visit {
  readonly page: Page;
  /** Errors on the console and exceptions nobody caught. */
  readonly complaints: string[];
  /** Names of the scripts that were fetched, in order. */
  readonly scripts: string[];
  /** Addresses of all requests that left the page's own server. */
  readonly strangers: string[];
  close(): Promise<void>;
}

/** Opens the page in a context of its own. Only options with `serviceWorkers: 'allow'` keep the page for a visit without a network. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    serviceWorkers: 'block',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  reports.set(page, reportOf(page));
  const complaints: string[] = [];
  const scripts: string[] = [];
  const strangers: string[] = [];
  page.on('console', (message) => {
    if (/^Service Worker registration blocked by Playwright/.test(message.text())) return; // as it is asked to
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const name = /[^/]*\.js$/.exec(request.url())?.[0];
    if (name && !scripts.includes(name)) scripts.push(name);
    if (/^https?:/.test(request.url()) && !request.url().startsWith(new URL(url).origin)) strangers.push(request.url());
  });
  page.on('close', () => reports.delete(page));
  await page.goto(url);
  return { page, complaints, scripts, strangers, close: () => context.close() };
}

/** What became of each page that is open: for the message of a wait that failed. */
const reports = new Map<Page, () => Promise<string>>();
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const report of reports.values()) console.error(await report());
});

/** Notes what happens to a page; what comes back says it, and in what state the page is. */
function reportOf(page: Page): () => Promise<string> {
  const began = performance.now();
  const events: string[] = [];
  const underWay = new Set<Request>();
  const note = (what: string) => events.push(`  ${((performance.now() - began) / 1000).toFixed(1)} s: ${what}`);
  page.on('console', (message) => note(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => note(`exception: ${error.stack ?? error}`));
  page.on('crash', () => note('the page crashed'));
  page.on('worker', (worker) => {
    note(`worker started: ${worker.url()}`);
    worker.on('close', () => note(`worker ended: ${worker.url()}`));
  });
  page.on('request', (request) => underWay.add(request));
  page.on('requestfinished', (request) => underWay.delete(request));
  page.on('requestfailed', (request) => {
    underWay.delete(request);
    note(`request failed: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) note(`response ${response.status()}: ${response.url()}`);
  });
  return async () => {
    const [shown, ...workers] = await Promise.all([
      soon(page.evaluate(shownNow)),
      ...page.workers().map(async (worker) => `${worker.url()}: ${await soon(worker.evaluate(() => 'answers'))}`),
    ]);
    const waiting = [...underWay].map((request) => request.url());
    return [`The page ${page.url()}`, shown, ...events, 'Workers:', ...workers, 'Requests under way:', ...waiting].join(
      '\n  ',
    );
  };
}

/** Runs in the page: its status and its notices. */
const shownNow = () =>
  [...document.querySelectorAll<HTMLElement>('[data-status], .notices')]
    .map((of) => `${of.dataset.status ?? of.className}: ${of.innerText}`)
    .join('\n  ') || 'shows nothing';

/** What is asked of a page that may not answer. */
const soon = (answer: Promise<string>): Promise<string> =>
  Promise.race([answer.catch(String), new Promise<string>((end) => setTimeout(end, 3000, 'gives no answer in 3 s'))]);

/** By its accessible name. */
export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
/** Waits for a status of the lab. */
export const is = (page: Page, state: string, timeout = PATIENCE) =>
  page
    .locator(`[data-status="${state}"]`)
    .waitFor({ timeout })
    .catch(async (error: Error) => {
      throw new Error(`${error.message}\n${await reports.get(page)?.()}`, { cause: error });
    });
export const ready = (page: Page) => is(page, 'paused');
/** A number of the training section. */
export const numberOf = async (page: Page, id: string): Promise<number> =>
  Number((await page.getByTestId(id).innerText()).replace(/[^\d.]/g, ''));
export const accuracyAbove = (page: Page, percent: number, timeout = PATIENCE) =>
  page.waitForFunction(
    (least) => Number.parseFloat(document.querySelector('[data-testid=test-accuracy]')?.textContent ?? '') > least,
    percent,
    { timeout, polling: 100 }, // not by frame: those are few where the processor draws them and trains
  );
/** Trains until more of the test digits are read right, and pauses. */
export const train = async (page: Page, percent: number, timeout?: number): Promise<void> => {
  await button(page, 'Train').click();
  await accuracyAbove(page, percent, timeout);
  await button(page, 'Pause').click();
  await ready(page);
};

/** What axe finds against WCAG AA, with its script in the page already. */
const violations = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).slice(0, 3)}`);
  });

/**
 * Expects the page to be no wider than its window and without findings of axe, in light and in dark, as its top is: elsewhere a
 * button may be half under a bar that stays.
 */
export async function expectAccessible(page: Page): Promise<void> {
  await page.addScriptTag({ content: axe.source });
  await page.evaluate(() => scrollTo(0, 0));
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(beyond, 'pixels beyond the window').toBeLessThanOrEqual(0);
    expect(await violations(page), colorScheme).toEqual([]);
  }
}

/** Files that hold nothing but words, to drop. */
export const filesOfText = (page: Page, names: readonly string[]) =>
  page.evaluateHandle((all) => {
    const transfer = new DataTransfer();
    for (const name of all) transfer.items.add(new File(['no such thing'], name));
    return transfer;
  }, names);

/** One file to drop, of bytes that stand for themselves. */
export const fileOf = (page: Page, name: string, latin1: string) =>
  page.evaluateHandle(
    ([name, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(content, (character) => character.charCodeAt(0))], name));
      return transfer;
    },
    [name, latin1] as const,
  );
