/** What is in the package, and what TypeScript makes of its declarations. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consumer, missing } from '../../setup/consumers.mjs';
import { type Installed, install, root, run } from './installed.ts';

let installed: Installed;
beforeAll(async () => {
  installed = await install();
});
afterAll(() => installed?.remove());

/** Beside the build; the picture is that of the README. */
const papers = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'demo/mnist/screenshots/training.png',
  'dist/node.licenses.md',
  'dist/licenses.md',
  'package.json',
];

test('holds what runs, what describes it, and nothing else', () => {
  const unexpected = installed.files.filter((path) => !/^dist\/.*\.(js|d\.ts)$/.test(path) && !papers.includes(path));
  expect(unexpected).toEqual([]);
  // Packed file by file: the modules for bundlers, the library in one file for Node (337 kB), and the picture (337). Together 1342.
  expect(installed.size).toBeLessThan(1_356_000);
});

test('holds every picture of the README', async () => {
  const readme = await readFile(join(installed.bare, 'node_modules/retrograd/README.md'), 'utf8');
  const pictures = [...readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, path]) => path);
  expect(pictures.length).toBeGreaterThan(0);
  expect(pictures.filter((path) => !installed.files.includes(path))).toEqual([]);
});

test('publint finds nothing', async () => {
  const { messages, pkg } = await publint({ pkgDir: join(installed.bare, 'node_modules/retrograd'), strict: true });
  expect(messages.map((message) => formatMessage(message, pkg!))).toEqual([]);
});

test('the declarations of every entry are found, and are those of its modules', async () => {
  const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const { stdout } = await run(process.execPath, [attw, '--profile', 'esm-only', '--no-color', installed.tarball]);
  for (const entry of [
    'retrograd',
    'retrograd/bench',
    'retrograd/data',
    'retrograd/keras',
    'retrograd/onnx',
    'retrograd/predict',
    'retrograd/pytorch',
  ])
    expect(stdout).toContain(`"${entry}"`);
});

/** A major version, where it is, how it finds modules, and what its user has installed beside. */
const compilers = [
  ['5.9', join(root, 'node_modules/typescript/bin/tsc'), 'bundler', []],
  ['5.9', join(root, 'node_modules/typescript/bin/tsc'), 'nodenext', ['@webgpu/types']],
  ['6.0', consumer('typescript-6/bin/tsc'), 'bundler', []],
  ['7.0', consumer('typescript-7/bin/tsc'), 'nodenext', []],
] as const;

describe.each(compilers)('TypeScript %s', (version, tsc, moduleResolution, types) => {
  test(`${moduleResolution}, ${types[0] ?? 'no other types'}`, async ({ skip }) => {
    if (!tsc) return skip(missing);
    const compilerOptions = {
      module: moduleResolution === 'bundler' ? 'esnext' : moduleResolution,
      moduleResolution,
      target: 'es2022',
      lib: ['es2022', 'dom'],
      types,
      strict: true,
      skipLibCheck: false,
      noEmit: true,
    };
    const folder = types.length > 0 ? installed.full : installed.bare;
    const config = join(folder, `tsconfig.${version}.json`);
    await writeFile(config, JSON.stringify({ compilerOptions, files: ['typed.ts'] }));
    const { stdout } = await run(process.execPath, [tsc, '--project', config]).catch((error) => error);
    expect(stdout).toBe('');
    expect((await run(process.execPath, [tsc, '--version'])).stdout).toContain(`Version ${version}.`);
  });
});
