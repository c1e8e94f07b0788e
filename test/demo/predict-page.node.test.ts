/** The page that only predicts: what it fetches, and whether it names raw bytes as the net that was saved does. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumIsInstalled } from '../../setup/chromium.mjs';
import { digits } from '../../src/data.node.ts';
import { adam, compile, dense, relu, sequential, softmaxCrossEntropy } from '../../src/index.node.ts';
import { launch, serveFiles, visit } from '../support/page.ts';

const path = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const count = 40;

let folder: string;
/** The digits as the net in this process names them. */
let expected: string[];
beforeAll(async () => {
  if (!existsSync(path('dist/predict.js'))) throw new Error('dist is not there: it is made by `npm run build`');
  folder = await mkdtemp(join(tmpdir(), 'retrograd-predict-'));
  await build({
    ...{ configFile: false, root: path('demo/predict'), base: './', logLevel: 'error' },
    resolve: { alias: { 'retrograd/predict': path('dist/predict.js') } },
    build: { outDir: folder, target: 'es2022' },
  });
  const { train, test } = digits({ train: 1000, test: count });
  const training = { batch: 50, loss: softmaxCrossEntropy(), optimizer: adam() };
  const net = await compile(sequential([784], [dense(100, relu), dense(10)]), training);
  await net.fit(train, { epochs: 2 });
  const outputs = await net.predict(test);
  await net.save(join(folder, 'digits.safetensors'), { weightsOnly: true });
  net.destroy();
  await writeFile(join(folder, 'digits.bytes'), test.inputs.data as Uint8Array);
  expected = Array.from({ length: count }, (_, i) => {
    const own = outputs.subarray(10 * i, 10 * (i + 1));
    return `${own.indexOf(Math.max(...own))} (${Math.round(100 * Math.max(...own))} %)`;
  });
  const right = expected.filter((text, i) => text.startsWith(`${test.targets.data[i]} `)).length;
  expect(right).toBeGreaterThan(0.7 * count);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The scripts that the page names. */
const started = (): string[] => [
  ...new Set(readFileSync(join(folder, 'index.html'), 'utf8').match(/(?<=assets\/)[\w.-]+\.js/g)!),
];

test('fetches no more than what a dense net needs', () => {
  const sizeOf = (file: string) => gzipSync(readFileSync(join(folder, 'assets', file))).length;
  const size = started().reduce((sum, file) => sum + sizeOf(file), 0);
  console.log(`the page starts with ${(size / 1000).toFixed(1)} kB of ${started().length} scripts, gzip`);
  expect(size).toBeLessThan(55_200);
  const scripts = readdirSync(join(folder, 'assets')).filter((file) => file.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(started().length + 5); // layers and all else that this net does not need
});

test.skipIf(!chromiumIsInstalled())('names raw bytes as the net that was saved', async () => {
  const [site, browser] = await Promise.all([serveFiles(folder), launch()]);
  try {
    const { page, complaints, strangers } = await visit(browser, site.url);
    await page.getByText(/^Done on (?!the CPU)/).waitFor();
    const fetched = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    const scripts = fetched.flatMap((name) => /[\w.-]+\.js$/.exec(name)?.[0] ?? []);
    expect([...new Set(scripts)].toSorted()).toEqual(started().toSorted());
    // Another driver may round a share of half a percent the other way.
    const [found, wanted] = [await page.getByRole('listitem').allInnerTexts(), expected].map((texts) =>
      texts.map((text) => /^(\d) \((\d+) %\)$/.exec(text)!.slice(1).map(Number)),
    );
    expect(found.map(([digit]) => digit)).toEqual(wanted.map(([digit]) => digit));
    for (const [i, [, share]] of found.entries()) expect(Math.abs(share - wanted[i][1])).toBeLessThanOrEqual(1);
    expect(complaints).toEqual([]);
    expect(strangers).toEqual([]);
  } finally {
    await browser.close();
    await site.close();
  }
});
