// npm run mutate -- FILE... [--sample n] [--seed s] [-- TESTS...]: puts one fault after another into the files (a folder is all
// files in it), runs the tests that concern them, and prints the faults that no test notices. It works on a copy of the
// working tree, in a temporary folder that is removed at the end, by Ctrl-C too. docs/testing.md says more.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isUncompiled, mutantsOf, mutate, sample } from './mutants.mjs';
import { testRunner, workingCopy } from './runner.mjs';
import { witnesses } from './witnesses.mjs';

/** Tests that most of the library goes through, the quickest first. */
const broad = [
  ...['train/session', 'nn/optimizers', 'nn/model', 'nn/images', 'nn/equations', 'nn/defaults', 'train/misuse'],
  ...['compiler/differentiate', 'base/random', 'ops/ops.gpu', 'train/control.gpu', 'nn/layers.gpu', 'train/step.gpu'],
  'train/fit.gpu',
].map((name) => `test/${name}.test.ts`);

/** Tests of the command. */
const command = 'test/cli/cli.node.test.ts';

const read = (file) => readFileSync(file, 'utf8');

/** Files of a folder, or the file. */
function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true }).map((file) => join(path, file));
}

/** Those of a folder that run in Node. */
const testsIn = (path) => filesOf(path).filter((file) => /\.test\.ts$/.test(file) && !file.includes('.browser.'));

/** Test files in the order in which they are tried: those beside the file in test/, those that import it, the broad ones. */
function testsOf(file) {
  const name = basename(file).replace(/\.\w+$/, '');
  const tests = testsIn('test').filter((test) => !test.includes('demo'));
  const called = tests.filter((test) => test.startsWith(`${file.replace(/^src/, 'test').replace(/\.\w+$/, '')}.`));
  const importing = tests.filter((test) => read(test).includes(`/${name}.ts'`));
  const near = [...called, ...importing].filter((test) => test !== command);
  return [...new Set([...near, ...(file.startsWith('src/cli') ? [command] : broad)])];
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
process.chdir(workingCopy());
const files = positionals.flatMap(filesOf).filter((file) => /\.(ts|wgsl)$/.test(file));
if (files.length === 0) throw new Error(`${usage}: no file to put a fault into`);
const all = files.flatMap((file) => mutantsOf(file, read(file)).map((mutant) => ({ file, ...mutant })));
const given = named.flatMap(testsIn);
const chosen = sample(all, Number(values.sample ?? all.length), Number(values.seed));

const runner = await testRunner();
const { first } = witnesses(runner.failure, ({ by }) => console.log(`NO TEST   fails without a fault: ${by}`));
const write = (file, text) => {
  writeFileSync(file, text);
  runner.changed(resolve(file));
};
const counts = { killed: 0, survived: 0, uncompiled: 0 };
for (const { file, ...mutant } of chosen) {
  const text = read(file);
  const failure = await first(given.length > 0 ? given : testsOf(file), {
    put: () => write(file, mutate(text, mutant)),
    take: () => write(file, text),
  });
  const uncompiled = failure?.unbuilt || (file.endsWith('.wgsl') && isUncompiled(failure?.errors ?? []));
  counts[uncompiled ? 'uncompiled' : failure ? 'killed' : 'survived']++;
  const change = `${file}:${mutant.line}  ${mutant.old.replace(/\s+/g, ' ')}  →  ${mutant.new}`;
  if (uncompiled) console.log(`no fault  ${change}\n            does not compile: ${failure.by}`);
  else if (failure) console.log(`killed    ${change}\n            by ${failure.by}`);
  else console.log(`SURVIVED  ${change}`);
}
const tried = counts.killed + counts.survived;
const share = tried > 0 ? `, ${Math.round((100 * counts.killed) / tried)} %` : '';
const left = counts.uncompiled > 0 ? `; ${counts.uncompiled} left out, which do not compile` : '';
console.log(`\n${counts.killed} of ${tried} killed${share}${left}; ${all.length} faults in all`);
process.exit(0); // of the tests that failed, as they should, vitest has made 1
