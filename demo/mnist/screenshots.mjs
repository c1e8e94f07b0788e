// Takes the pictures of the README and the documentation anew: node demo/mnist/screenshots.mjs, with RETROGRAD_DATA set. Names of
// pictures as arguments take those alone: node demo/mnist/screenshots.mjs plane runs
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { chromiumLaunchOptions } from '../../setup/chromium.mjs';

const path = (file) => fileURLToPath(new URL(file, import.meta.url));
const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };
/** Percent of the test digits. */
const WELL_TRAINED = 92;
const MNIST = '#data=mnist&hidden=30:sigmoid';

const server = await createServer({ configFile: path('vite.config.ts'), logLevel: 'error', server: { port: 0 } });
await server.listen();
const url = `http://localhost:${server.httpServer.address().port}/`;
const launch = chromiumLaunchOptions();
const browser = await chromium.launch({ ...launch, env: withFonts(launch.env) });

/** The browser of the tests has no font for mathematics: those of the system stand in. */
function withFonts(env) {
  if (!env?.FONTCONFIG_PATH) return env;
  const folder = mkdtempSync(join(tmpdir(), 'retrograd-fonts-'));
  const directories = [`${env.FONTCONFIG_PATH}/fonts`, '/usr/share/fonts'].map((name) => `<dir>${name}</dir>`);
  const config = `<fontconfig>${directories.join('')}<cachedir>${folder}</cachedir></fontconfig>`;
  writeFileSync(join(folder, 'fonts.conf'), config);
  return { ...env, FONTCONFIG_PATH: folder };
}

/** A page in a browser that knows nothing of the others. */
async function open(hash, { colorScheme = 'light', viewport = WIDE } = {}) {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  context.setDefaultTimeout(300_000);
  const page = await context.newPage();
  await page.goto(url + hash);
  return page;
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).first().click();
const paused = (page) => page.locator('[data-status=paused]').waitFor();

/** Trains until so many of the test digits are read right. */
async function train(page, percent = WELL_TRAINED) {
  await paused(page);
  await press(page, 'Train');
  await page.waitForFunction(
    (least) => Number.parseFloat(document.querySelector('[data-testid=test-accuracy]').textContent) > least,
    percent,
    { polling: 500 },
  );
  await press(page, 'Pause');
  await paused(page);
}

async function trained(hash, options) {
  const page = await open(hash, options);
  await train(page);
  return page;
}

/** Scrolls until a section is at the top of what can be seen. */
async function show(page, id) {
  await page.locator(`#${id}`).waitFor({ state: 'attached' });
  const scroll = () => page.evaluate((of) => document.getElementById(of).scrollIntoView(), id);
  await scroll();
  await page.waitForTimeout(1000); // parts that were out of sight get their size now
  await scroll();
}

async function draw(page, points) {
  const { x, y, width } = await page.getByRole('img', { name: 'Drawing pad' }).boundingBox();
  const [first, ...rest] = points.map(([u, v]) => [x + u * width, y + v * width]);
  await page.mouse.move(...first);
  await page.mouse.down();
  for (const point of rest) await page.mouse.move(...point, { steps: 6 });
  await page.mouse.up();
}

const three = [
  [0.3, 0.28],
  [0.5, 0.18],
  [0.68, 0.3],
  [0.5, 0.48],
  [0.7, 0.65],
  [0.5, 0.82],
  [0.3, 0.72],
];

/** Each opens a page and brings it to where its picture is taken. */
const pictures = {
  training: () => trained(MNIST),
  dark: () => trained('#hidden=64:relu,32:relu', { colorScheme: 'dark' }),
  phone: () => trained('', { viewport: PHONE }),
  async draw() {
    const page = await trained(MNIST);
    await show(page, 'try');
    await draw(page, three);
    return page;
  },
  async microscope() {
    const page = await trained(MNIST, { colorScheme: 'dark', viewport: { ...WIDE, height: 1240 } });
    await show(page, 'microscope');
    const section = page.locator('#microscope');
    while (!(await section.getByRole('heading', { name: 'Error of layer 1' }).count())) {
      await section.getByRole('button', { name: /^Next/ }).last().click();
    }
    await show(page, 'microscope');
    return page;
  },
  async mistakes() {
    const page = await trained(MNIST);
    await press(page, 'Run the test set');
    await page.locator('.results-confusion').waitFor();
    await show(page, 'results');
    return page;
  },
  async trust() {
    const page = await trained('');
    await press(page, 'Lose the device');
    await page.getByText(/All bits of the weights are the same/).waitFor();
    await press(page, 'Time a step on both');
    await page.getByText(/times as fast/).waitFor();
    await show(page, 'trust');
    return page;
  },
  async plane() {
    const page = await open('#/plane?data=spirals&noise=0&share=80&hidden=8,8&learningRate=0.02');
    await page.locator('[data-status=ready]').waitFor();
    await page.getByRole('radio', { name: '100 steps' }).check();
    await press(page, 'Train');
    await page.waitForFunction(
      () => Number.parseFloat(document.querySelector('[data-testid=plane-accuracy]').textContent) >= 97,
      undefined,
      { polling: 500 },
    );
    await press(page, 'Pause');
    await page.getByRole('application', { name: /^The plane/ }).click({ position: { x: 150, y: 100 } });
    await page.mouse.move(800, 20);
    return page;
  },
  async experiment() {
    const page = await open('#/experiments');
    await page.locator('.toolbar [data-status=ready]').waitFor();
    await press(page, 'Start');
    await page.locator('.toolbar [data-finished=true]').waitFor();
    return page;
  },
  async runs() {
    const page = await open('#hidden=16:sigmoid');
    await train(page);
    for (const hash of ['#hidden=64:relu', '#optimizer=sgd&learningRate=0.5']) {
      await page.goto(url + hash);
      await train(page);
    }
    await page.waitForTimeout(3000); // the last one is kept
    await page.getByRole('tab', { name: 'Runs' }).click();
    await page.locator('[role=tabpanel] main').waitFor();
    return page;
  },
  async 'own-data'() {
    const page = await open('#/own');
    await press(page, 'Try an example');
    await page.locator('.own-controls [data-status=ready]').waitFor();
    await press(page, 'Train');
    await page.locator('.own-controls [data-status=running]').waitFor();
    await page.locator('.own-controls [data-status=ready]').waitFor();
    return page;
  },
};

const asked = process.argv.slice(2);
for (const [name, bring] of Object.entries(pictures)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const page = await bring();
  await page.waitForTimeout(1000);
  await page.screenshot({ path: path(`screenshots/${name}.png`), animations: 'disabled', timeout: 60_000 });
  await page.context().close();
}

await browser.close();
await server.close();
