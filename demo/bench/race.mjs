// The race: the same training on retrograd and on its peers, in one process, on one Dawn and adapter.
//   node demo/bench/race.mjs --help        (npm run race -- --help installs and builds what is missing first)
import './globals.mjs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { heat } from './heat.mjs';
import { machine } from './machine.mjs';
import { forFile, forTerminal, notesOn } from './report.mjs';
import { usual, works } from './works/index.mjs';

const help = `npm run race -- [options]

  --works a,b     of ${works.map(({ name }) => name).join(', ')}
                  (${usual.join(', ')} unless given)
  --peers a,b     those whose name contains one of these, beside retrograd: jax, tfjs, brain, wasm, ... (all)
  --rounds n      rounds that are counted (5)
  --steps n       steps in a block, a multiple of 10 (chosen by work and machine)
  --out folder    where the results go (demo/bench/results)`;

const { values } = parseArgs({
  options: {
    works: { type: 'string', default: usual.join(',') },
    peers: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string' },
    out: { type: 'string', default: fileURLToPath(new URL('results', import.meta.url)) },
    help: { type: 'boolean', default: false },
  },
});

const say = (line) => process.stderr.write(`${line}\n`);

function chosenWorks() {
  return values.works.split(',').map((wanted) => {
    const work = works.find(({ name }) => name === wanted);
    if (!work) throw new Error(`--works: expected some of ${works.map(({ name }) => name)}, found ${wanted}`);
    return work;
  });
}

/** The libraries are loaded only now, when the arguments are known to be good. */
async function chosenContenders() {
  const { contenders } = await import('./contenders/index.mjs');
  const [ours, ...peers] = contenders;
  const chosen = peers.filter(({ name }) => values.peers.split(',').some((part) => name.includes(part)));
  if (!chosen.length)
    throw new Error(`--peers: expected parts of ${peers.map(({ name }) => name)}, found ${values.peers}`);
  return [ours, ...chosen];
}

function count(flag, multiple = 1) {
  const value = Number(values[flag]);
  if (Number.isInteger(value / multiple) && value > 0) return value;
  throw new Error(`--${flag}: expected a positive multiple of ${multiple}, found ${values[flag]}`);
}

function write(report) {
  const slug = report.machine.adapter
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const name = `${slug}-${report.machine.date.slice(0, 16).replace(/[T:]/g, '-')}`;
  mkdirSync(values.out, { recursive: true });
  writeFileSync(`${values.out}/${name}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${values.out}/${name}.md`, `${forFile(report)}\n`);
  say(`\nWritten: ${values.out}/${name}.md and .json`);
}

async function race() {
  const chosen = chosenWorks();
  const options = { rounds: count('rounds'), steps: values.steps && count('steps', 10), say };
  const here = await machine();
  const contenders = await chosenContenders();
  say(`${here.adapter}, ${here.cores} cores, ${here.date}`);
  const results = [];
  for (const work of chosen) {
    say(`\n${work.name}: ${work.title}`);
    const entered = contenders.filter(({ works }) => works?.includes(work.name) ?? true);
    results.push(await heat(work, entered, options));
    console.log(forTerminal(results.at(-1)));
  }
  const notes = notesOn(results, options.rounds);
  for (const note of notes) console.log(note);
  write({ machine: here, rounds: options.rounds, notes, results });
}

try {
  if (values.help) console.log(help);
  else await race();
  process.exit(0); // the worker threads of jax-js would keep the process alive
} catch (error) {
  say(error.stack);
  process.exit(1);
}
