// A copy of the working tree, and files of tests that are run where the process stands.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { createVitest } from 'vitest/node';

/** Longer than any file of tests takes, in milliseconds: what runs longer is a loop without an end. */
const LIMIT = 300_000;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A copy of the working tree, gone when the process ends. */
export function workingCopy() {
  const copy = mkdtempSync(join(tmpdir(), 'retrograd-mutate-'));
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
  const left = ['node_modules', '.git'].map((name) => join(root, name));
  cpSync(root, copy, { recursive: true, filter: (path) => !left.includes(path) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Builds the library; returns why it cannot be built. */
const refusal = () => build({ logLevel: 'silent' }).then(() => undefined, String);

/**
 * Runs files of tests again and again in one process, which keeps what it has transformed: `failure(test)` is { by, errors } of
 * one that fails, `unbuilt` where it runs what is built, and that cannot be.
 */
export async function testRunner() {
  const options = { project: ['gpu'], watch: false, bail: 1, maxWorkers: 1, reporters: [{}], silent: true };
  let vitest = await createVitest('test', options);
  return {
    changed: (path) => vitest.invalidateFile(path),
    async failure(test) {
      const runsBuilt = readFileSync(test, 'utf8').includes('dist/');
      const refused = runsBuilt && (await refusal());
      if (refused) return { by: `build: ${refused.split('\n')[0]}`, errors: [], unbuilt: true };
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
