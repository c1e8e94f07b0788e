// `npm start`, `npm run bench` and `npm test` on a machine that has Node and nothing else: packages, a WebGPU adapter, a
// build; then the command line or the tests. Plain Node, since it runs before any package is there.
// RETROGRAD_NO_INSTALL=1 keeps it from installing Vulkan drivers and browsers.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findAdapter, mayInstall } from './setup/adapter.mjs';
import {
  chromiumIsInstalled,
  chromiumIsNamed,
  chromiumRunsHere,
  installChromium,
  probeChromium,
} from './setup/chromium.mjs';
import { installConsumers } from './setup/consumers.mjs';
import { firefoxIsNamed, installFirefox, probeFirefox } from './setup/firefox.mjs';
import { installPackages, npm } from './setup/packages.mjs';
import { installPyTorch } from './setup/pytorch.mjs';
import { foreground, say } from './setup/shell.mjs';
import { installSwiftShader, swiftShaderIsInstalled, swiftShaderRunsHere } from './setup/swiftshader.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
process.chdir(root);

const start = (args) => retrograd('train', args);
const bench = (args) => retrograd('bench', args);

const demo = (args) => page(args);
const demoBuild = (args) => page(['build', ...args]);

/** The browser demo: needs no adapter here, but one in the browser. */
function page(args) {
  installPackages(root, 'npm packages');
  return foreground(process.execPath, [
    'node_modules/vite/bin/vite.js',
    ...args,
    '--config',
    'demo/mnist/vite.config.ts',
  ]);
}

async function retrograd(command, args) {
  const { adapter, environment, reason } = prepare();
  if (!adapter) say(`${reason}\nContinuing without a GPU.`);
  if (!isBuilt()) {
    say('Building ...');
    npm(['run', 'build']);
  }
  const env = { ...process.env, ...environment };
  return foreground(process.execPath, ['dist/cli.js', command, ...args], { env });
}

async function test(args) {
  const { adapter, environment, reason } = prepare();
  if (!adapter) throw new Error(reason);
  const others = [
    secondDriver(adapter) && 'swiftshader',
    browser() && 'browser',
    ...(firefox(environment) ? ['firefox', 'firefox-page'] : []),
  ];
  const projects = ['gpu', 'limits', ...others.filter(Boolean)];
  consumers();
  pytorch();
  const env = { ...process.env, ...environment, RETROGRAD_EXPECT_ADAPTER: adapter.description };
  for (const step of ['types', 'lint', 'build']) {
    const code = await npm(['run', step], { env }, foreground);
    if (code !== 0) return code;
  }
  return foreground(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', ...projects.flatMap((name) => ['--project', name]), ...args],
    { env },
  );
}

/** Packages and an adapter, which every command needs first. */
function prepare() {
  installPackages(root, 'npm packages');
  const found = findAdapter();
  if (found.adapter) say(`WebGPU adapter: ${found.adapter.description || JSON.stringify(found.adapter)}`);
  return found;
}

/** Whether the numerics are to run on SwiftShader as well, which is then installed. Throws where that fails. */
function secondDriver(adapter) {
  if (swiftShaderRunsHere && !mayInstall && !swiftShaderIsInstalled())
    throw new Error('The tests need SwiftShader, but RETROGRAD_NO_INSTALL=1 forbids installing it.');
  if (swiftShaderRunsHere) installSwiftShader();
  const second = swiftShaderRunsHere && adapter.architecture !== 'swiftshader';
  const why = swiftShaderRunsHere ? 'this machine has only SwiftShader' : 'SwiftShader runs only on Linux x64';
  if (!second) say(`\n!!! The tests run on one driver, not two: ${why}.\n`);
  return second;
}

/** Whether the tests are to run in Chromium as well, which is then installed. Throws where one that should work does not. */
function browser() {
  const required = chromiumRunsHere || chromiumIsNamed;
  try {
    if (mayInstall) installChromium();
    else if (chromiumRunsHere && !chromiumIsInstalled())
      throw new Error('The tests need Chromium, but RETROGRAD_NO_INSTALL=1 forbids installing it.');
    const { version, adapter } = probeChromium();
    say(`Browser: Chromium ${version} on ${adapter}`);
    return true;
  } catch (error) {
    if (required) throw error;
    say(`\n!!! The tests do not run in a browser. ${error.message}\n`);
    return false;
  }
}

/** Whether some tests are to run in Firefox as well, which is installed where it can be. Throws where one that was named does not work. */
function firefox(environment) {
  try {
    installFirefox();
    const { version, adapter } = probeFirefox(environment);
    say(`Browser: Firefox ${version} on ${adapter}`);
    return true;
  } catch (error) {
    if (firefoxIsNamed) throw error;
    say(`\n!!! The library and the page are not tested in Firefox. ${error.message}\n`);
    return false;
  }
}

/** Other runtimes and compilers that the package is tested in, where they can be installed; those tests say if not. */
function consumers() {
  if (!mayInstall) return;
  try {
    installConsumers();
  } catch (error) {
    say(`\n!!! The package is not tested in Deno, Bun, and TypeScript 6 and 7. ${error.message}\n`);
  }
}

/** What exported nets and random nets are compared with, where it can be installed; those tests say if not. */
function pytorch() {
  try {
    installPyTorch();
  } catch (error) {
    say(
      `\n!!! Some is not compared with PyTorch or checked as ONNX: no python3 has torch, numpy and onnx. ${error.message}\n`,
    );
  }
}

/** The type declarations are written last, and only if all else went well. */
function isBuilt() {
  const configuration = [
    'setup/wgsl.mjs',
    'package-lock.json',
    'package.json',
    'vite.config.ts',
    'tsconfig.json',
    'tsconfig.build.json',
  ];
  const built = modified('dist/index.d.ts');
  return ['src', 'shaders', ...configuration].every((input) => newest(input) < built);
}

/** When anything in a folder last changed; that something was removed shows in the folder itself. */
function newest(path) {
  const inside = statSync(path).isDirectory() ? readdirSync(path, { recursive: true }) : [];
  return Math.max(modified(path), ...inside.map((file) => modified(join(path, file))));
}

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const [command, ...args] = process.argv.slice(2);
const commands = { start, bench, test, demo, 'demo-build': demoBuild };
const run = commands[command];
if (!run) throw new Error(`setup.mjs: expected one of ${Object.keys(commands).join(', ')}, found "${command}"`);
try {
  process.exitCode = await run(args);
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
