// Builds of the library, for bundlers and for Node, and test projects.
import { chmodSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import type { LaunchOptions } from 'playwright';
import { type BuildEnvironmentOptions, esmExternalRequirePlugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { chromiumIsInstalled, chromiumLaunchOptions } from './setup/chromium.mjs';
import { firefoxIsInstalled, firefoxLaunchOptions } from './setup/firefox.mjs';
import { python } from './setup/python.mjs';
import { swiftShaderEnvironment, swiftShaderIsInstalled } from './setup/swiftshader.mjs';
import { wgsl } from './setup/wgsl.mjs';
import { LongFirst } from './test/support/long-first.ts';
import { whereTimeGoes } from './test/support/where-time-goes.ts';

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Lowers the limits of every device to those that all devices have. */
const defaultLimits = 'test/support/default-limits.ts';

const inFirefox = { library: 'test/**/*.firefox.test.ts', page: 'test/demo/firefox.node.test.ts' };

/** In Node: all but what only a browser has. RETROGRAD_DEFAULT_LIMITS=1 lowers the limits. */
const gpu = {
  extends: true as const,
  test: {
    name: 'gpu',
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.browser.test.ts', inFirefox.library, inFirefox.page],
    setupFiles: process.env.RETROGRAD_DEFAULT_LIMITS ? [defaultLimits] : [],
  },
};

/**
 * What meets the limits of a device most: 8 storage buffers in a dispatch decide how optimizers, accumulation, clipping and
 * totals are fused. RETROGRAD_DEFAULT_LIMITS=1 and the project `gpu` are all tests in that mode.
 */
const limits = {
  extends: true as const,
  test: {
    name: 'limits',
    include: [
      'test/engine/budget.gpu.test.ts',
      'test/nn/optimizers.gpu.test.ts',
      'test/ops/total.gpu.test.ts',
      'test/train/{best-epoch,check-sizes,compile,fit,watch}.gpu.test.ts',
    ],
    setupFiles: [defaultLimits],
  },
};

/** Compiles every variant and runs none: that is no numerics, and takes minutes on SwiftShader. */
const compileOnly = 'test/compiler/link.gpu.test.ts';

/** Every op, form, layer and loss on a second driver: the two round, fuse and order differently. */
const numerics = ['test/{base,ops,nn}/**/*.gpu.test.ts', 'test/metrics/metrics.gpu.test.ts'];

/**
 * Nets against PyTorch, the adapter and the self-test, in Node on that driver. Chromium has the same driver and runs all tests of a
 * device there. Where there is no Chromium, `numerics` run in Node.
 */
const swiftshader = {
  extends: true as const,
  test: {
    name: 'swiftshader',
    include: [
      'test/oracle/**/*.gpu.test.ts',
      'test/engine/{self-test,adapter}.gpu*.test.ts',
      ...(chromiumIsInstalled() ? [] : numerics),
    ],
    env: { ...swiftShaderEnvironment(), RETROGRAD_EXPECT_ADAPTER: 'swiftshader' },
  },
};

/** Tests in a browser. Their Node entries become the others, as the "exports" of package.json do it for a user. */
const inBrowser = (
  browser: 'chromium' | 'firefox',
  launchOptions: LaunchOptions,
  files: { name: string; include: string[]; exclude?: string[] },
) => ({
  extends: true as const,
  resolve: {
    alias: [
      { find: /\/(index|platform|image-decoder)\.node\.ts$/, replacement: '/$1.ts' },
      { find: /\/(data|predict)\.node\.ts$/, replacement: '/$1/index.ts' },
    ],
  },
  test: {
    ...files,
    setupFiles: ['test/support/platform.browser.ts'],
    browser: {
      enabled: true,
      headless: true,
      fileParallelism: false,
      screenshotFailures: false,
      instances: [{ browser }],
      provider: playwright({ launchOptions }),
    },
  },
});

const notInBrowser = ['test/**/*.node.test.ts', compileOnly];

/** The files of the project `gpu` in Chromium. */
const chromium = () =>
  inBrowser('chromium', chromiumLaunchOptions(), {
    name: 'browser',
    include: ['test/**/*.test.ts'],
    exclude: [...notInBrowser, inFirefox.library],
  });

/** Take more than half a minute in Firefox. Chromium runs them, which does for all browsers. */
const long = ['test/tune/choices.browser.test.ts', 'test/demo/lab.browser.test.ts'];

/**
 * In Firefox, whose WebGPU is not Dawn: another compiler of WGSL, other limits and other ways to fail. RETROGRAD_FIREFOX=all runs
 * all files of the project `browser` there. Its driver is told what test/support/harness.ts tells that of Node.
 */
const firefox = () =>
  inBrowser(
    'firefox',
    { ...firefoxLaunchOptions(), env: { ...process.env, GALLIVM_PERF: 'nopt' } },
    {
      name: 'firefox',
      include: [process.env.RETROGRAD_FIREFOX === 'all' ? 'test/**/*.test.ts' : 'test/**/*.{browser,firefox}.test.ts'],
      exclude: [...notInBrowser, ...long],
    },
  );

/** The page in Firefox, driven from Node. */
const firefoxPage = { extends: true as const, test: { name: 'firefox-page', include: [inFirefox.page] } };

/** Those that bundlers look at. What people read is in the declarations, and licences are in files of their own. */
const comments = { annotation: true, legal: false, jsdoc: false };

/** What is imported as `retrograd/NAME`, and as `retrograd`. */
const entries = {
  index: path('src/index.ts'),
  data: path('src/data/index.ts'),
  predict: path('src/predict/index.ts'),
  bench: path('src/bench/index.ts'),
  keras: path('src/keras/index.ts'),
  onnx: path('src/onnx/index.ts'),
  pytorch: path('src/pytorch/index.ts'),
};

/**
 * One file per source, so that the bundler of a user leaves out what a program does not name; `npm run size` measures it. Packages
 * are bundled, in `dist/packages/`: npm would not publish a folder named node_modules.
 */
const library: BuildEnvironmentOptions = {
  lib: { formats: ['es'], entry: entries },
  license: { fileName: 'licenses.md' },
  rolldownOptions: {
    output: {
      comments,
      preserveModules: true,
      preserveModulesRoot: path('src'),
      entryFileNames: ({ name }) => `${name.replace(/^.*node_modules/, 'packages')}.js`,
    },
  },
};

/** `vite build --mode node`, after that of the library: the entries and the command in few files, since Node takes 0.5 ms to open each. */
const node: BuildEnvironmentOptions = {
  lib: {
    formats: ['es'],
    // "sideEffects" in package.json is heeded here too: it has to name the sources that set up Node, or they are dropped.
    entry: {
      ...entries,
      index: path('src/index.node.ts'),
      data: path('src/data.node.ts'),
      predict: path('src/predict.node.ts'),
      cli: path('src/cli.ts'),
    },
  },
  emptyOutDir: false,
  license: { fileName: 'node.licenses.md' },
  rolldownOptions: {
    external: ['webgpu'],
    output: {
      comments,
      entryFileNames: ({ name }) => (name === 'cli' ? 'cli.js' : `node/${name}.js`),
      chunkFileNames: ({ name }) => (name === 'library' ? 'node/library.js' : `node/later/${name}.js`),
      codeSplitting: { groups: [{ name: 'library', test: /\/(src\/(?!cli)|shaders\/)/ }] },
    },
  },
};

export default defineConfig(({ mode }) => ({
  build: { target: 'es2022', minify: false, ...(mode === 'node' ? node : library) },
  plugins: [
    wgsl(),
    python(),
    // The packages of the command line are bundled, so that installing retrograd installs nothing more. They are CommonJS:
    // their require('node:fs') has to become an import to work in an ES module.
    esmExternalRequirePlugin({ external: [/^node:/, ...builtinModules] }),
    { name: 'executable', writeBundle: () => void (mode === 'node' && chmodSync(path('dist/cli.js'), 0o755)) },
  ],
  resolve: {
    alias: {
      'retrograd/bench': path('src/bench/index.ts'),
      'retrograd/data': path('src/data.node.ts'),
      'retrograd/keras': path('src/keras/index.ts'),
      'retrograd/onnx': path('src/onnx/index.ts'),
      'retrograd/pytorch': path('src/pytorch/index.ts'),
      'retrograd/predict': path('src/predict.node.ts'),
      retrograd: path('src/index.node.ts'),
    },
  },
  test: {
    setupFiles: ['test/support/same-bytes.ts'],
    env: { RETROGRAD_NO_TUNING_CACHE: '1' }, // tests neither use nor change what a user's runs have measured
    pool: 'forks', // what tells Dawn its driver has to be in the environment when the process starts
    testTimeout: 120_000, // software drivers on few cores
    hookTimeout: 120_000,
    expect: { poll: { timeout: 100_000 } }, // the same, one wait at a time
    // Two files at a time, and one in the browser: much of a test is one core compiling, or a process starting.
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
    reporters: ['default', whereTimeGoes],
    projects: [
      gpu,
      limits,
      ...(swiftShaderIsInstalled() ? [swiftshader] : []),
      ...(chromiumIsInstalled() ? [chromium()] : []),
      ...(firefoxIsInstalled() ? [firefox(), firefoxPage] : []),
    ],
  },
}));
