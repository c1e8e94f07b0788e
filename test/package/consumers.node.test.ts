/** The package in what its users run and bundle it with: each trains a few steps. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build as esbuild } from 'esbuild';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumIsInstalled } from '../../setup/chromium.mjs';
import { consumer, missing } from '../../setup/consumers.mjs';
import { launch, serveFiles, visit } from '../support/page.ts';
import { type Installed, install, root, run } from './installed.ts';

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

/** The driver, if it is one that computes on the CPU: the part of an adapter's name that is the same in every runtime. */
const softwareDriver = ({ adapter }: Outcome): string | undefined => /llvmpipe|swiftshader/i.exec(adapter!)?.[0];

/** Each trains on the GPU wherever Node does, and says on which. */
describe('beside Node', () => {
  let inNode: Outcome;
  beforeAll(async () => {
    inNode = await outcomeOf(process.execPath, ['import.mjs'], installed.full);
  });

  async function outcomeIn(name: string, args: readonly string[], folder: string): Promise<Outcome> {
    const outcome = await outcomeOf(consumer(`.bin/${name}`)!, args, folder);
    console.log(`${name} trained on ${outcome.adapter ?? `the CPU: ${outcome.error}`}`);
    expect(outcome.adapter).toBeTruthy();
    expectLearned(outcome);
    return outcome;
  }

  // It loads the same package `webgpu`, and so finds the same adapter.
  test('Bun', async ({ skip }) => {
    if (!consumer('.bin/bun')) return skip(missing);
    const outcome = await outcomeIn('bun', ['import.mjs'], installed.full);
    expect(outcome.adapter).toBe(inNode.adapter);
  });

  // Its own WebGPU finds drivers where Dawn does, and names adapters in another way.
  test('Deno', async ({ skip }) => {
    if (!consumer('.bin/deno')) return skip(missing);
    const outcome = await outcomeIn('deno', ['run', '--allow-all', 'import.mjs'], installed.bare);
    expect(softwareDriver(outcome)).toBe(softwareDriver(inNode));
  });
});

/** A major version of Vite, and the folder it is in. */
const vites = [
  ['7', consumer('vite-7')],
  ['8', join(root, 'node_modules/vite')],
] as const;

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

  test.for(vites)('Vite %s', async ([major, folder], { skip }) => {
    if (!folder) return skip(missing);
    const entry = pathToFileURL(join(folder, 'dist/node/index.js')).href;
    const { build, version }: typeof import('vite') = await import(entry);
    expect(version.split('.')[0]).toBe(major);
    const outDir = join(installed.bare, `vite-${major}`);
    await build({
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
