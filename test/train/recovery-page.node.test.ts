/**
 * A page in Chromium that loses its GPU process while it trains, again and again, ends with the parameters of one that did not.
 * It loses it twice; RETROGRAD_LOSSES=10 ten times.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { chromiumLaunchOptions } from '../../setup/chromium.mjs';
import { launch, serveFiles } from '../support/page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const losses = Number(process.env.RETROGRAD_LOSSES ?? 2);

/** What the page has loaded, and a way to crash its GPU process. */
interface Loaded {
  readonly retrograd: typeof import('../../src/index.ts');
  readonly data: typeof import('../../src/data/index.ts');
  crash(): Promise<void>;
}

const html = `<script type="module">
  import * as retrograd from '/dist/index.js';
  import * as data from '/dist/data.js';
  Object.assign(globalThis, { retrograd, data });
</script>`;

/** In the page: trains, asks for so many losses of the GPU process, and says what came of it. */
async function train([wanted, epochs]: readonly [number, number]) {
  const loaded = globalThis as unknown as Loaded;
  const { adam, compile, dense, dropout, relu, sequential, softmaxCrossEntropy } = loaded.retrograd;
  const { fromArrays } = loaded.data;
  const data = fromArrays({
    x: Array.from({ length: 600 }, (_, i) => [i / 600, ((i * 7) % 11) / 11, ((i * 13) % 17) / 17]),
    y: Array.from({ length: 600 }, (_, i) => i % 3),
  });
  const net = await compile(sequential([3], [dense(64, relu), dropout(0.3), dense(3)]), {
    ...{ batch: 10, loss: softmaxCrossEntropy(), optimizer: adam(), seed: 1 },
  });
  let asked = 0;
  const recovered: number[] = [];
  const told: number[] = [];
  const results = await net.fit(data, {
    ...{ epochs, validation: data, keepBest: true, millisecondsPerSubmit: 5 },
    recover: { attempts: 10, snapshot: { steps: 50 } },
    onRecover: ({ step }) => void recovered.push(step),
    onEpoch: async ({ epoch }) => {
      told.push(epoch);
      if (asked === wanted || asked > recovered.length) return;
      const crashed = loaded.crash();
      // Between two epochs, or within the next one.
      if (++asked % 2 === 0) await crashed;
    },
  });
  const file = await net.save();
  net.destroy();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', file));
  const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const plain = results.map(({ trainLoss, validation, best }) => ({ trainLoss, validation, best }));
  return { sha256, plain, told, recovered: recovered.length };
}

test(`a page that loses its GPU process ${losses} times while it trains ends with the same bits`, async () => {
  if (!existsSync(join(root, 'dist/index.js'))) throw new Error('dist/index.js is not there: run `npm run build`');
  const site = await serveFiles(root);
  // By itself Chromium gives up its GPU process after a few crashes, and WebGPU with it.
  const args = ['--disable-gpu-process-crash-limit', '--disable-domain-blocking-for-3d-apis'];
  const browser = await launch([...chromiumLaunchOptions().args, ...args]);
  try {
    const page = await browser.newPage();
    await page.route('**/blank.html', (route) => route.fulfill({ contentType: 'text/html', body: html }));
    await page.goto(`${site.url}blank.html`);
    const session = await browser.newBrowserCDPSession();
    await page.exposeFunction('crash', () => session.send('Browser.crashGpuProcess').catch(() => {}));
    await page.waitForFunction('globalThis.retrograd');
    const run = (wanted: number) => page.evaluate(train, [wanted, 4 * losses + 4] as const);
    const sound = await run(0);
    expect(await run(losses)).toEqual({ ...sound, recovered: losses });
  } finally {
    await browser.close();
    await site.close();
  }
}, 300_000);
