/** The package in what its users run and bundle it with: each trains a few steps. */
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import type { Browser } from 'playwright';
import { build as vite } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumIsInstalled } from '../../setup/chromium.mjs';
import { consumer, missing } from '../../setup/consumers.mjs';
import { launch, serveFiles, visit } from '../support/page.ts';
import { type Installed, install, run } from './installed.ts';

let installed: Installed;
beforeAll(async () => {
  installed = await install();
});
afterAll(() => installed?.remove());

interface Outcome {
  readonly before: number;
  readonly after: number;
  /** The name of the adapter, or else what kept it from being opened. */
  readonly adapter?: string;
  readonly error?: string;
}

/** The loss falls from that of guessing, ln 10 = 2.3. */
function expectLearned({ before, after }: Outcome): void {
  expect(before).toBeGreaterThan(2);
  expect(after).toBeLessThan(0.8 * before);
}

/** Of Dawn itself, which has no switch for it: https://dawn.googlesource.com/dawn/+/refs/heads/main/src/dawn/native/Limits.cpp */
const dawnWarning =
  /^Warning: maxDynamic(Uniform|Storage)BuffersPerPipelineLayout artificially reduced from \d+ to \d+ to fit dynamic offset allocation limit\.\n/gm;

/** Runs one of the programs, and reads what it prints; to stderr nothing. */
async function outcomeOf(command: string, args: readonly string[], folder: string): Promise<Outcome> {
  const { stdout, stderr } = await run(command, args, { cwd: folder });
  expect(stderr.replace(dawnWarning, '')).toBe('');
  return JSON.parse(stdout);
}

describe('Node', () => {
  test.each(['import.mjs', 'require.cjs', 'worker.mjs'])('%s', async (program) => {
    const outcome = await outcomeOf(process.execPath, [program], installed.full);
    expect(outcome.adapter).toBeTruthy();
    expectLearned(outcome);
  });

  test('without webgpu: imports, and openDevice says what is missing', async () => {
    const outcome = await outcomeOf(process.execPath, ['import.mjs'], installed.bare);
    expect(outcome.error).toBe('NoAdapterError');
    expectLearned(outcome);
  });

  test('the command', async () => {
    const { stdout } = await run(join(installed.bare, 'node_modules/.bin/retrograd'), ['--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
  });
});

/** Deno has a WebGPU of its own, and Bun loads the package. Neither promises an adapter on every machine. */
describe.each([
  ['deno', ['run', '--allow-all', 'import.mjs'], 'bare'],
  ['bun', ['import.mjs'], 'full'],
] as const)('%s', (name, args, folder) => {
  test('import.mjs', async ({ skip, annotate }) => {
    const command = consumer(`.bin/${name}`);
    if (!command) return skip(missing);
    const outcome = await outcomeOf(command, args, installed[folder]);
    if (!outcome.adapter) await annotate(`${name} has no adapter here (${outcome.error}), and trained on the CPU`);
    expectLearned(outcome);
  });
});

describe.runIf(chromiumIsInstalled())('bundled, in Chromium, on a page and in a worker', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  async function expectLearnedIn(folder: string): Promise<void> {
    const site = await serveFiles(folder);
    const { page, complaints, close } = await visit(browser, site.url);
    await page.waitForFunction(() => document.title.startsWith('['));
    const outcomes: Outcome[] = JSON.parse(await page.title());
    expect(complaints).toEqual([]);
    expect(outcomes).toHaveLength(2);
    for (const outcome of outcomes) {
      expect(outcome.adapter).toMatch(/swiftshader|GPU/i);
      expectLearned(outcome);
    }
    await close();
    await site.close();
  }

  test('Vite', async () => {
    const outDir = join(installed.bare, 'vite');
    await vite({
      root: join(installed.bare, 'page'),
      base: './',
      configFile: false,
      logLevel: 'error',
      build: { outDir },
    });
    await expectLearnedIn(outDir);
  });

  test('esbuild', async () => {
    const page = join(installed.bare, 'page');
    const outdir = join(installed.bare, 'esbuild');
    const { warnings } = await esbuild({
      absWorkingDir: page,
      entryPoints: ['index.html', 'page.js', 'worker.js'],
      outdir,
      bundle: true,
      format: 'esm',
      loader: { '.html': 'copy' },
      logLevel: 'silent',
    });
    expect(warnings).toEqual([]);
    await expectLearnedIn(outdir);
  });
});
