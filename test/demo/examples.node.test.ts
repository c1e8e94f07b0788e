/** Every program of demo/examples/ runs as its reader runs it, learns, and prints what docs/examples.md says it prints. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumIsInstalled } from '../../setup/chromium.mjs';
import { digits } from '../../src/data.node.ts';
import { adam, compile, dense, relu, sequential, softmaxCrossEntropy } from '../../src/index.node.ts';
import { launch, serveFiles, visit } from '../support/page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'demo/examples');
const files = readdirSync(folder);
const guide = readFileSync(join(root, 'docs/examples.md'), 'utf8');

/** Where the examples are run, and may leave files. */
let scratch: string;
beforeAll(async () => {
  if (!existsSync(join(root, 'dist/index.js')))
    throw new Error('dist/index.js is not there: the examples import what is built by `npm run build`');
  scratch = await mkdtemp(join(tmpdir(), 'retrograd-examples-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

interface Running {
  readonly child: ChildProcess;
  readonly printed: () => string;
  /** The exit code, once it has ended; rejects with what it said where that is not 0. */
  readonly ended: Promise<void>;
}

function run(file: string, env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [join(folder, file)], { cwd: scratch, env: { ...process.env, ...env } });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (bytes) => {
      text[name] += bytes;
    });
  }
  const ended = new Promise<void>((resolve, reject) => {
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${file}: exit code ${code}\n${text.stderr}`)),
    );
  });
  return { child, printed: () => text.stdout, ended };
}

/** The numbers that stand in the one group of the pattern, one per match. */
const numbers = (text: string, pattern: RegExp): number[] =>
  [...text.matchAll(new RegExp(pattern, 'gm'))].map(([, found]) => Number.parseFloat(found));

function expectFalling(values: readonly number[]): void {
  expect(values.at(-1)).toBeLessThan(values[0]);
}

/** What each program has to print, here and in the guide: a line that is not there, or a number that is too bad, fails. */
const expected: Record<string, (printed: string) => void> = {
  'xor.mjs': (printed) => {
    const answers = numbers(printed, /^[01] xor [01] = (\S+)$/);
    expect(answers.map(Math.round)).toEqual([0, 1, 1, 0]);
    expect(numbers(printed, /^loss (\S+) after 2000 steps$/)[0]).toBeLessThan(0.01);
  },
  'regression.mjs': (printed) => {
    expect(numbers(printed, /^x +(\S+) +curve +\S+ +net +\S+$/)).toEqual(
      Array.from({ length: 13 }, (_, i) => (i - 6) / 2),
    );
    // Noise of 0.2 on 400 points: a curve through their middle is nearer than any of them.
    expect(numbers(printed, /^root mean square error (\S+), noise 0.2$/)[0]).toBeLessThan(0.15);
    // The variance of the curve is 0.7 and that of the noise 0.04, whose mean magnitude is 0.16.
    expect(numbers(printed, /^new points: R² (\S+), mean/)[0]).toBeGreaterThan(0.9);
    expect(numbers(printed, /mean absolute error (\S+)$/)[0]).toBeLessThan(0.2);
  },
  'imbalanced.mjs': (printed) => {
    expect(printed).toMatch(/^99 parameters$/m);
    const [plain, weighted] = printed.split(/^class weights .*$/m).slice(1);
    const matrices = [plain, weighted].map((text) =>
      ['normal', 'worn', 'broken'].map((name) => {
        const [, row] = new RegExp(`^${name} +(\\d+ +\\d+ +\\d+)$`, 'm').exec(text)!;
        return row.split(/ +/).map(Number);
      }),
    );
    for (const rows of matrices) {
      expect(rows.map((row) => row.reduce((sum, count) => sum + count, 0))).toEqual([2700, 210, 90]);
    }
    // The rarest class is found more often, and at the cost of the others.
    expect(matrices[1][2][2]).toBeGreaterThan(matrices[0][2][2]);
    expect(matrices[1][0][0]).toBeLessThan(matrices[0][0][0]);
    for (const [i, text] of [plain, weighted].entries()) {
      const [recall] = numbers(text, /^broken +\S+ +(0\.\d+) +\S+ +90$/);
      expect(recall).toBeCloseTo(matrices[i][2][2] / 90, 2);
    }
  },
  'table.mjs': (printed) => {
    expect(printed).toMatch(/^1000 rows of area,floor,age,distance,price$/m);
    // No less than the noise in the prices, which is 10; without learning it is their deviation, which is beyond 80.
    expect(numbers(printed, /^price \d+ ± (\S+) thousand$/)[0]).toBeGreaterThan(80);
    const [error] = numbers(printed, /^typical error on 200 held-out rows: (\S+) thousand$/);
    expect(error).toBeGreaterThan(8);
    expect(error).toBeLessThan(14);
  },
  'pictures.mjs': (printed) => {
    expect(printed).toMatch(/^1200 pictures to train on, 300 to test on, \[1,20,20\]$/m);
    expect(numbers(printed, /^test accuracy (\S+)$/)[0]).toBeGreaterThan(0.9);
    expect(printed).toMatch(/^new.png shows a seven$/m);
  },
  'text.mjs': (printed) => {
    expect(numbers(printed, /^accuracy on 200 reviews held out: (\S+)$/)[0]).toBeGreaterThan(0.95);
    expect(numbers(printed, /^".+": good with probability (\S+)$/).map(Math.round)).toEqual([1, 0, 1]);
  },
  'memory.mjs': (printed) => {
    expect(numbers(printed, /^accuracy on 102 sequences held out: (\S+)$/)[0]).toBeGreaterThan(0.95);
    expect(numbers(printed, /^[01]+: ends as it began with probability (\S+)$/).map(Math.round)).toEqual([1, 1, 0]);
  },
  'categories.mjs': (printed) => {
    expect(printed).toMatch(
      /^soil: \{"kind":"category","categories":\["clay","loam","sand"\],"as":"one-hot","missing":"\w+"\}$/m,
    );
    expect(printed).toMatch(/^1600 rows to train on, 400 to test on: dry, rotten, thrives$/m);
    // One outcome in 20 is drawn, of which two in three are wrong. Some cells are missing too. A guess is right in a third.
    expect(numbers(printed, /^test accuracy (\S+)$/)[0]).toBeGreaterThan(0.85);
    expect(numbers(printed, /^plant 1: dry \S+, rotten \S+, thrives (\S+)$/)[0]).toBeGreaterThan(0.5);
    expect(printed).toMatch(/^plant 2: dry/m);
  },
  'labels.mjs': (printed) => {
    const rights = /^400 test places: (\S+) % of the labels right, (\S+) % of the places$/m.exec(printed)!;
    const [labels, places] = rights.slice(1).map(Number);
    expect(labels).toBeGreaterThan(95);
    expect(places).toBeGreaterThan(90);
    expect(places).toBeLessThanOrEqual(labels);
    expect(printed).toMatch(/^2600,1700 is in the north, by the river, in the city$/m);
  },
  'larger-than-memory.mjs': (printed) => {
    expect(printed).toMatch(/^26000 images, 0.02 GB, \d+ a second$/m);
    // 2.3 for a guess among ten classes.
    expect(numbers(printed, /^mean loss \S+, of the last batch (\S+)$/)[0]).toBeLessThan(0.5);
    expect(numbers(printed, /^memory of the process at most (\d+) MB$/)[0]).toBeGreaterThan(0);
  },
  'autoencoder.mjs': (printed) => {
    expect(printed.split('\n').filter((line) => line.includes('@')).length).toBeGreaterThan(16);
    expect(numbers(printed, /^root mean square error (\S+) of a pixel/)[0]).toBeLessThan(0.16); // 0.26 for the mean image
  },
  'convolutional-autoencoder.mjs': (printed) => {
    expect(printed.split('\n').filter((line) => line.includes('@')).length).toBeGreaterThan(16);
    const [, error, deviation] = /^root mean square error (\S+), of pixels that deviate by (\S+)$/m.exec(printed)!;
    expect(Number(error)).toBeLessThan(Number(deviation) / 2);
  },
  'segmentation.mjs': (printed) => {
    expectFalling(numbers(printed, /^epoch [1-8]: loss (\S+)$/));
    // All background is right in 79 %, and finds no circle.
    expect(numbers(printed, /^(\S+) % of the pixels are right$/)[0]).toBeGreaterThan(95);
    expect(numbers(printed, /^circle: precision \S+, recall (\S+)$/)[0]).toBeGreaterThan(0.5);
    expect(printed.match(/^[ +]{20} {3}[.#o]{20} {3}[.#o]{20}$/gm)?.length).toBe(20);
  },
  'signals.mjs': (printed) => {
    expectFalling(numbers(printed, /^epoch [1-6]: loss (\S+)$/));
    expect(numbers(printed, /^test accuracy (\S+)$/)[0]).toBeGreaterThan(0.9); // a guess is right in a third
    expect(printed).toMatch(/^a clean square wave is a square wave$/m);
  },
  'digits.mjs': (printed) => {
    expect(numbers(printed, /^[1-5] (0\.\d+)$/).length).toBe(5);
    expect(numbers(printed, /^5 (0\.\d+)$/)[0]).toBeGreaterThan(0.95);
    expect(printed).toMatch(/^ 1 {2}gemm \+ bias \+ relu {2}-> {2}z1 \[100, 50\], a1 \[100, 50\]$/m);
    expect(printed).toMatch(/^\d+ buffers: /m);
  },
  'lenet.mjs': (printed) => {
    expect(numbers(printed, /^epoch 2 +loss \S+ +test accuracy (\S+)$/)[0]).toBeGreaterThan(0.9);
    expectFalling(numbers(printed, /loss (\S+)/));
  },
  'activation.mjs': (printed) => {
    const [snake] = numbers(printed, /^snake: loss (\S+);/);
    const [tanh] = numbers(printed, /^tanh: loss (\S+);/);
    expect(snake).toBeLessThan(0.005);
    expect(tanh).toBeGreaterThan(snake);
    const shares = numbers(printed, /worst rounding error (\d+) % of its bound$/);
    expect(shares.length).toBe(2);
    for (const share of shares) expect(share).toBeLessThanOrEqual(100);
  },
  'loop.mjs': (printed) => {
    expect(numbers(printed, /^step (\d+) +loss \S+ +learning rate/)).toEqual([250, 500, 750, 1000, 1250, 1500]);
    expectFalling(numbers(printed, /learning rate (\S+)$/));
    expect(numbers(printed, /^(\S+) % of 2000 new points right$/)[0]).toBeGreaterThan(97);
  },
  'gan.mjs': (printed) => {
    const [real] = numbers(printed, /^real digits: pixels deviate from their mean by (\S+)$/);
    const off = numbers(printed, /^step \d+ +mean picture off by (\S+) +deviation \S+$/);
    expect(off).toHaveLength(5);
    expect(off[4]).toBeLessThan(off[0] / 2);
    // A generator that makes one picture only, whatever the noise, would deviate by nothing.
    expect(numbers(printed, /deviation (\S+)/)[4]).toBeGreaterThan(real / 2);
  },
  'quantile.mjs': (printed) => {
    const [below] = numbers(printed, /^(\S+) % of the targets/);
    expect(Math.abs(below - 90)).toBeLessThan(3);
    const [found, exact] = [/: (\S+), exact/, /exact (\S+)$/].map((pattern) => numbers(printed, pattern));
    exact.forEach((bound, i) => void expect(Math.abs(found[i] - bound)).toBeLessThan(0.2));
    expect(exact).toHaveLength(3);
  },
  'saliency.mjs': (printed) => {
    const [most, anywhere] = /: (\d+) % right where the gradient is greatest, (\d+) % anywhere$/m
      .exec(printed)!
      .slice(1);
    expect(Number(most)).toBeLessThan(Number(anywhere) - 20);
    const along = numbers(printed, /^all pixels moved by \S+: (\S+) % right/);
    const random = numbers(printed, /% right, (\S+) % in random directions$/);
    expect(along[0]).toBe(random[0]);
    expect(along[0]).toBeGreaterThan(80);
    expect(along[2]).toBeLessThan(50);
    expect(random[2]).toBeGreaterThan(70);
  },
  'early-stopping.mjs': (printed) => {
    const losses = numbers(printed, /^epoch \d+ +training loss \S+ +validation loss (\S+)$/);
    const [last] = numbers(printed, /^stopped after epoch (\d+);/);
    const [best] = numbers(printed, /; back at epoch (\d+),/);
    expect(losses.length).toBe(last);
    expect(last).toBeLessThan(100);
    expect(best).toBe(last - 4);
    expect(losses.indexOf(Math.min(...losses))).toBe(best - 1);
    expect(numbers(printed, /, validation loss (\S+)$/)[0]).toBe(losses[best - 1]);
    expect(losses[best - 1]).toBeLessThan(1.2); // 2.3 for a guess
  },
  'transfer.mjs': (printed) => {
    expect(numbers(printed, /^0 to 5: test accuracy (\S+)$/)[0]).toBeGreaterThan(0.95);
    expect(printed).toMatch(/^taken 6 tensors, missing layers.4.weight and layers.4.bias$/m);
    const [, before, after] = /^dispatches in a step: (\d+), and (\d+) with a frozen body$/m.exec(printed)!.map(Number);
    expect(after).toBeLessThan(before / 2);
    // All of the body, to the bit. A guess is right in a quarter.
    const [alone] = numbers(printed, /^6 to 9, from 24 samples from nothing: test accuracy (\S+)$/);
    const [helped] = numbers(
      printed,
      /^6 to 9, .* with the body of 0 to 5, 6 tensors as they were: test accuracy (\S+)$/,
    );
    expect(alone).toBeGreaterThan(0.4);
    expect(helped).toBeGreaterThan(alone);
  },
  'resume.mjs': (printed) => {
    expect(printed).toMatch(/^saved \d{6} bytes after step 70\nloaded, at step 70 with 1 whole epoch\n/);
    expect(printed).toMatch(/^at step 120 the weights are the same$/m);
  },
  'seeds.mjs': (printed) => {
    const accuracies = numbers(printed, /^seed [1-8] +test accuracy (\S+)$/);
    expect(new Set(accuracies).size).toBeGreaterThan(2);
    expect(accuracies.length).toBe(8);
    for (const accuracy of accuracies) expect(accuracy).toBeGreaterThan(0.7);
    const [mean] = numbers(printed, /^mean (\S+) ± 0\.\d+$/);
    expect(mean).toBeCloseTo(accuracies.reduce((sum, value) => sum + value) / 8, 2);
  },
  'residual.mjs': (printed) => {
    const [plain] = numbers(printed, /^plain: test accuracy .*, (\S+)$/);
    const [residual] = numbers(printed, /^residual: test accuracy .*, (\S+)$/);
    expect(residual).toBeGreaterThan(0.65);
    expect(plain).toBeLessThan(residual - 0.2);
  },
  'two-outputs.mjs': (printed) => {
    expect(numbers(printed, /^digit: test accuracy (\S+)$/)[0]).toBeGreaterThan(0.8);
    expect(numbers(printed, /^even: test accuracy (\S+)$/)[0]).toBeGreaterThan(0.7);
    expect(numbers(printed, /^the weighted sum of both losses: (\S+)$/)).toHaveLength(1);
  },
  'worker.mjs': (printed) => {
    const epochs = numbers(printed, /^worker: epoch [1-4] +test accuracy (\S+)$/);
    expect(epochs.length).toBe(4);
    expect(epochs[3]).toBeGreaterThan(0.8);
    expect(numbers(printed, /^main: the clock ticked (\d+) times meanwhile$/)[0]).toBeGreaterThan(10);
    expect(numbers(printed, /^main: test accuracy (\S+) with/)[0]).toBeCloseTo(epochs[3], 2);
  },
};

test.each(Object.entries(expected))('%s', async (file, expectIn) => {
  const { printed, ended } = run(file);
  await ended;
  expectIn(printed());
});

test('server.mjs', async () => {
  for (const begins of ['trained; weights are in ring.safetensors now', 'weights from ring.safetensors']) {
    const { child, printed, ended } = run('server.mjs', { PORT: '0' });
    const address = new Promise<string>((resolve) => {
      child.stdout!.on(
        'data',
        () => /http:\S+\/predict/.test(printed()) && resolve(/http:\S+\/predict/.exec(printed())![0]),
      );
    });
    const url = await Promise.race([address, ended.then(() => Promise.reject(new Error('server.mjs ended')))]);
    expect(printed().split('\n')[0]).toBe(begins);
    const ask = async (query: string) => {
      const response = await fetch(`${url}?${query}`);
      return { status: response.status, ...((await response.json()) as { probability: number; error?: string }) };
    };
    // On the ring and off it, all asked at once, each with the answer to its own question.
    const angles = Array.from({ length: 20 }, (_, i) => (Math.PI * i) / 10);
    const answers = await Promise.all(
      angles.map((angle, i) =>
        ask(`x=${[0.6, 0.1][i % 2] * Math.cos(angle)}&y=${[0.6, 0.1][i % 2] * Math.sin(angle)}`),
      ),
    );
    expect(answers.map(({ probability }) => probability > 0.5)).toEqual(angles.map((_, i) => i % 2 === 0));
    expect((await ask('x=nowhere&y=0')).status).toBe(400);
    expect((await fetch(new URL('/elsewhere', url))).status).toBe(404);
    child.kill();
    await ended;
  }
});

test('model-server.mjs', async () => {
  const { train, test: held } = digits({ train: 500, test: 50 });
  const training = { batch: 50, loss: softmaxCrossEntropy(), optimizer: adam() };
  const net = await compile(sequential([784], [dense(32, relu), dense(10)]), training);
  await net.fit(train, { epochs: 2 });
  const outputs = await net.predict(held);
  await net.save(join(scratch, 'digits.safetensors'));
  net.destroy();
  const { child, printed, ended } = run('model-server.mjs', { PORT: '0' });
  const address = new Promise<string>((resolve) => {
    child.stdout!.on('data', () => /http:\S+/.test(printed()) && resolve(/http:\S+/.exec(printed())![0]));
  });
  const url = await Promise.race([address, ended.then(() => Promise.reject(new Error('model-server.mjs ended')))]);
  expect(printed()).toMatch(/^25450 parameters, classes 0 1 2 3 4 5 6 7 8 9\n/);
  const ask = async (body: Uint8Array) => {
    const response = await fetch(url, { method: 'POST', body: body as Uint8Array<ArrayBuffer> });
    return { status: response.status, ...((await response.json()) as { className: string; probability: number }) };
  };
  const imageOf = (i: number) => (held.inputs.data as Uint8Array).subarray(784 * i, 784 * (i + 1));
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => ask(imageOf(i))));
  for (const [i, { className, probability }] of answers.entries()) {
    const own = outputs.subarray(10 * i, 10 * (i + 1));
    expect(own[Number(className)]).toBe(Math.max(...own));
    expect(probability).toBeCloseTo(Math.max(...own), 5);
  }
  expect(new Set(answers.map(({ className }) => className)).size).toBeGreaterThan(3);
  expect(await ask(new Uint8Array(3))).toMatchObject({ status: 400 });
  child.kill();
  await ended;
});

if (!chromiumIsInstalled()) console.warn('page.html is not tried: there is no Chromium (CHROME_PATH names one)');
test.skipIf(!chromiumIsInstalled())('page.html', async () => {
  const [site, browser] = await Promise.all([serveFiles(root), launch()]);
  try {
    const { page, complaints, strangers } = await visit(browser, `${site.url}demo/examples/page.html`);
    const status = page.getByText(/, done$/);
    await status.waitFor();
    expect(numbers(await status.innerText(), /^epoch 20, loss (\S+), done$/)[0]).toBeLessThan(0.15);
    const blue = await page.evaluate(() => {
      const { data } = document.querySelector('canvas')!.getContext('2d')!.getImageData(0, 32, 64, 1);
      return [2, 13, 32, 51, 61].map((x) => data[4 * x] < 128); // red is low where the net says ring
    });
    expect(blue).toEqual([false, true, false, true, false]);
    expect(complaints).toEqual([]);
    expect(strangers).toEqual([]);
  } finally {
    await browser.close();
    await site.close();
  }
});

describe('the examples', () => {
  test('are all tried here', () => {
    expect(files.toSorted()).toEqual(
      [...Object.keys(expected), 'model-server.mjs', 'server.mjs', 'page.html'].toSorted(),
    );
  });

  test.each(files)('%s is short, imports what a user has, and is in the guide', (file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const withoutNames = text.replace(/^import \{[^}]*\}/gm, 'import {}');
    expect(withoutNames.split('\n').length - 1).toBeLessThanOrEqual(60);
    const imported = [...text.matchAll(/from '(.*)'/g)].map(([, name]) => name);
    for (const name of imported) expect(name).toMatch(/^(retrograd(\/(data|predict))?|node:[a-z/_]+)$/);
    expect(guide).toContain(`<<< ../demo/examples/${file}`);
  });

  test.each(Object.entries(expected))('%s prints what the guide says', (file, expectIn) => {
    const [, section] = guide.split(`<<< ../demo/examples/${file}`);
    expectIn(/```text\n(.*?)```/s.exec(section)![1]);
  });
});
