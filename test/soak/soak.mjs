// npm run soak -- NAME [SIZE] [SEED]: something done very often, with a rule for what has to come of it. It runs the build, on the
// adapter of the machine, says how far it is, and ends with an exit code of 1 where the rule is broken. docs/developing.md says more.
import { calls } from './calls.mjs';
import { losses } from './losses.mjs';
import { saves } from './saves.mjs';
import { steps } from './steps.mjs';
import { uploads } from './uploads.mjs';

/** Each with the size of a whole run. */
const soaks = {
  steps: [steps, 1_000_000],
  saves: [saves, 500],
  losses: [losses, 200],
  calls: [calls, 10_000],
  uploads: [uploads, 1000],
};

const [name, size, seed] = process.argv.slice(2);
const [soak, whole] = soaks[name] ?? [];
if (!soak) throw new Error(`npm run soak -- NAME [SIZE] [SEED]: expected one of ${Object.keys(soaks).join(', ')}`);

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));
const started = performance.now();
const broken = await soak(Number(size ?? whole), Number(seed ?? Date.now() % 2 ** 31));
await new Promise((resolve) => setTimeout(resolve, 10));
for (const reason of unhandled) broken.push(`a rejection that nobody handled: ${reason}`);
for (const rule of broken) console.log(`BROKEN  ${rule}`);
const { user, system } = process.cpuUsage();
const [wall, cpu] = [(performance.now() - started) / 1000, (user + system) / 1e6];
console.log(
  `${broken.length === 0 ? 'passed' : 'FAILED'} in ${wall.toFixed()} s, ${cpu.toFixed()} s of CPU in this process`,
);
process.exitCode = broken.length === 0 ? 0 : 1;
