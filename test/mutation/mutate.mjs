// npm run mutate -- FILE... [--sample n] [--seed s] [-- TESTS...]: puts one fault after another into the files (a folder is all
// files in it), runs the tests that concern them, and prints the faults that no test notices. It works on a copy of the
// working tree, in a temporary folder that is removed at the end, by Ctrl-C too. docs/testing.md says more.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { createVitest } from 'vitest/node';
import { isUncompiled, mutantsOf, mutate, sample } from './mutants.mjs';

/** Tests that most of the library goes through, the quickest first. */
const broad = [
  ...['train/session', 'nn/optimizers', 'nn/model', 'nn/images', 'nn/equations', 'nn/defaults', 'train/misuse'],
  ...['compiler/differentiate', 'base/random', 'ops/ops.gpu', 'train/control.gpu', 'nn/layers.gpu', 'train/step.gpu'],
  'train/fit.gpu',
].map((name) => `test/${name}.test.ts`);

/** Tests of the command. */
const command = 'test/cli/cli.node.test.ts';

/** Longer than any file of tests takes, in milliseconds: what runs longer is a loop without an end. */
const LIMIT = 300_000;

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file) => readFileSync(join(root, file), 'utf8');

/** Files of a folder, or the file. */
function filesOf(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { recursive: true }).map((file) => join(path, file));
}

/** Test files in the order in which they are tried: those beside the file in test/, those that import it, the broad ones. */
function testsOf(file) {
  const name = basename(file).replace(/\.\w+$/, '');
  const tests = filesOf('test').filter((test) => /\.test\.ts$/.test(test) && !/\.browser\.|demo/.test(test));
  const called = tests.filter((test) => test.startsWith(`${file.replace(/^src/, 'test').replace(/\.\w+$/, '')}.`));
  const importing = tests.filter((test) => read(test).includes(`/${name}.ts'`));
  const near = [...called, ...importing].filter((test) => test !== command);
  return [...new Set([...near, ...(file.startsWith('src/cli') ? [command] : broad)])];
}

/** A copy of the working tree, gone when the process ends. */
function workingCopy() {
  const copy = mkdtempSync(join(tmpdir(), 'retrograd-mutate-'));
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
  const left = ['node_modules', '.git'].map((name) => join(root, name));
  cpSync(root, copy, { recursive: true, filter: (path) => !left.includes(path) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  process.chdir(copy);
  return copy;
}

/** Runs tests again and again in one process, which keeps what it has transformed: `failure(test)` is { by, errors } of one. */
async function testRunner(copy) {
  const options = { root: copy, project: ['gpu'], watch: false, bail: 1, maxWorkers: 1, reporters: [{}], silent: true };
  let vitest = await createVitest('test', options);
  return {
    changed: (path) => vitest.invalidateFile(path),
    async failure(test) {
      const found = await vitest.globTestSpecifications([test]);
      const specifications = found.filter(({ moduleId }) => moduleId.endsWith(test));
      const limit = sleep(LIMIT, 'over', { ref: false });
      if ((await Promise.race([vitest.runTestSpecifications(specifications), limit])) === 'over') {
        // A loop without an end answers to nothing, and neither does the runner that waits for it.
        spawnSync('pkill', ['-KILL', '-P', String(process.pid)]);
        vitest = await createVitest('test', options);
        return { by: `${test}: no end after ${LIMIT / 1000} s`, errors: [] };
      }
      for (const { moduleId } of specifications) {
        const [file] = vitest.state.getFiles([moduleId]);
        const module = file && vitest.state.getReportedEntity(file);
        if (!module) throw new Error(`${test} did not run`);
        if (module.ok()) continue;
        const [failed] = module.children.allTests('failed');
        const inSuites = [...module.children.allSuites()].flatMap((suite) => suite.errors());
        const errors = [...module.errors(), ...inSuites, ...(failed?.result().errors ?? [])];
        return { by: failed ? `${test}: ${failed.fullName}` : test, errors };
      }
    },
  };
}

/** { by }: the first test that notices a mutant; { uncompiled }: why it is none, since nothing of it can run. */
async function noticed(copy, runner, { file, ...mutant }, tests) {
  const path = join(copy, file);
  writeFileSync(path, mutate(read(file), mutant));
  runner.changed(path);
  try {
    for (const test of tests) {
      if (read(test).includes('dist/')) {
        // It runs what is built.
        const refusal = await build({ root: copy, logLevel: 'silent' }).then(() => undefined, String);
        if (refusal) return { uncompiled: `build: ${refusal.split('\n')[0]}` };
      }
      const failure = await runner.failure(test);
      if (!failure) continue;
      const isUncompiledShader = file.endsWith('.wgsl') && isUncompiled(failure.errors);
      return isUncompiledShader ? { uncompiled: failure.by } : failure;
    }
    return {};
  } finally {
    writeFileSync(path, read(file));
    runner.changed(path);
  }
}

const usage = 'npm run mutate -- FILE... [--sample n] [--seed s] [-- TESTS...]';
const dashes = process.argv.indexOf('--', 2);
const end = dashes < 0 ? process.argv.length : dashes;
const named = process.argv.slice(end + 1);
const { values, positionals } = parseArgs({
  args: process.argv.slice(2, end),
  allowPositionals: true,
  options: { sample: { type: 'string' }, seed: { type: 'string', default: '1' } },
});
const files = positionals.flatMap(filesOf).filter((file) => /\.(ts|wgsl)$/.test(file));
if (files.length === 0) throw new Error(`${usage}: no file to put a fault into`);
const all = files.flatMap((file) => mutantsOf(file, read(file)).map((mutant) => ({ file, ...mutant })));
const chosen = sample(all, Number(values.sample ?? all.length), Number(values.seed));

const copy = workingCopy();
const runner = await testRunner(copy);
const counts = { killed: 0, survived: 0, uncompiled: 0 };
for (const mutant of chosen) {
  const { by, uncompiled } = await noticed(copy, runner, mutant, named.length > 0 ? named : testsOf(mutant.file));
  counts[by ? 'killed' : uncompiled ? 'uncompiled' : 'survived']++;
  const change = `${mutant.file}:${mutant.line}  ${mutant.old.replace(/\s+/g, ' ')}  →  ${mutant.new}`;
  if (by) console.log(`killed    ${change}\n            by ${by}`);
  else if (uncompiled) console.log(`no fault  ${change}\n            does not compile: ${uncompiled}`);
  else console.log(`SURVIVED  ${change}`);
}
const tried = counts.killed + counts.survived;
const share = tried > 0 ? `, ${Math.round((100 * counts.killed) / tried)} %` : '';
const left = counts.uncompiled > 0 ? `; ${counts.uncompiled} left out, which do not compile` : '';
console.log(`\n${counts.killed} of ${tried} killed${share}${left}; ${all.length} faults in all`);
process.exit();
