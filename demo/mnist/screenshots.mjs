// Takes the screenshots of the README anew: node demo/mnist/screenshots.mjs, with RETROGRAD_DATA set, and CHROME_PATH to a
// browser with fonts for mathematics, which the one of the tests has not.
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { chromiumLaunchOptions } from '../../setup/chromium.mjs';

const path = (file) => fileURLToPath(new URL(file, import.meta.url));
const SECONDS_OF_TRAINING = 20;

const server = await createServer({ configFile: path('vite.config.ts'), logLevel: 'error', server: { port: 0 } });
await server.listen();
const browser = await chromium.launch(chromiumLaunchOptions());

async function open(hash, colorScheme, height) {
  const page = await browser.newPage({ viewport: { width: 1280, height }, colorScheme });
  await page.goto(`http://localhost:${server.httpServer.address().port}/${hash}`);
  return page;
}

async function trained(colorScheme, height) {
  const page = await open('#data=mnist&hidden=30:sigmoid', colorScheme, height);
  await page.locator('[data-status=paused]').waitFor();
  await press(page, 'Train');
  await page.waitForTimeout(1000 * SECONDS_OF_TRAINING);
  await press(page, 'Pause');
  await page.locator('[data-status=paused]').waitFor();
  return page;
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const take = (page, name) =>
  page.screenshot({ path: path(`screenshots/${name}.png`), animations: 'disabled', timeout: 60_000 });

/** Scrolls until a section is at the top of what can be seen. */
async function show(page, id) {
  await page.evaluate((of) => document.getElementById(of).scrollIntoView(), id);
  await page.waitForTimeout(1000); // parts that were out of sight get their size now
  await page.evaluate((of) => document.getElementById(of).scrollIntoView(), id);
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

const light = await trained('light', 860);
await take(light, 'training');
await show(light, 'try');
await draw(light, three);
await light.waitForTimeout(1000);
await take(light, 'draw');

const dark = await trained('dark', 1240);
await show(dark, 'microscope');
const section = dark.locator('#microscope');
while (!(await section.getByRole('heading', { name: 'Error of layer 1' }).count())) {
  await section.getByRole('button', { name: /^Next/ }).last().click();
}
await show(dark, 'microscope');
await dark.waitForTimeout(500);
await take(dark, 'microscope');

const spirals = '#/plane?data=spirals&noise=0&share=80&hidden=8,8&learningRate=0.02';
const plane = await open(spirals, 'light', 860);
await plane.locator('[data-status=ready]').waitFor();
await plane.getByRole('radio', { name: '100 steps' }).check();
await press(plane, 'Train');
await plane.waitForTimeout(1000 * SECONDS_OF_TRAINING);
await press(plane, 'Pause');
await plane.getByRole('application', { name: /^The plane/ }).click({ position: { x: 150, y: 100 } });
await plane.mouse.move(800, 20);
await plane.waitForTimeout(500);
await take(plane, 'plane');

await browser.close();
await server.close();
