// The first loss: milliseconds from the start of a process to the loss of its first step, with no cache of shaders, and those
// that the processor worked for it, which other work on the machine changes less.
//   node demo/bench/cold.mjs --help        (build the library, and install the peers, before)
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const help = `node demo/bench/cold.mjs [options]

  --works a,b      of lenet, mlp-small, wide, ... (lenet,mlp-small)
  --peers jax      also jax-js (none)
  --beside folder  also the build of retrograd in another folder
  --repeats n      processes of each (5)`;

const { values } = parseArgs({
  options: {
    works: { type: 'string', default: 'lenet,mlp-small' },
    peers: { type: 'string', default: '' },
    beside: { type: 'string' },
    repeats: { type: 'string', default: '5' },
    measured: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** Turns off the caches of the drivers (Mesa, NVIDIA), and that of what the tuner found. */
const noCaches = {
  MESA_SHADER_CACHE_DISABLE: 'true',
  __GL_SHADER_DISK_CACHE: '0',
  RETROGRAD_NO_TUNING_CACHE: '1',
};

const contenders = {
  retrograd: { env: {}, first: firstOfOurs },
  ...(values.beside && { beside: { env: { RETROGRAD_LIBRARY: values.beside }, first: firstOfOurs } }),
  ...(values.peers.includes('jax') && { 'jax-js': { env: {}, first: firstOfJax } }),
};

async function firstOfOurs(work, { batches: [{ x, y }] }) {
  const { compiled } = await import('./contenders/retrograd.mjs');
  const net = await compiled(work);
  net.step(x, y);
  return net.loss();
}

async function firstOfJax(work, material) {
  const { jax } = await import('./contenders/jax.mjs');
  const run = await jax('webgpu').start(work, material);
  return run.block(1, { ahead: 0 });
}

/** In a process of its own. What the samples take to draw does not count. */
async function measure(contender, name) {
  await import('./globals.mjs');
  const { works } = await import('./works/index.mjs');
  const work = works.find((work) => work.name === name);
  const now = () => {
    const { user, system } = process.cpuUsage();
    return { ms: performance.now(), cpu: (user + system) / 1000 };
  };
  const before = now();
  const material = work.material();
  const after = now();
  const loss = await contenders[contender].first(work, material);
  const end = now();
  const spent = (unit) => end[unit] - (after[unit] - before[unit]);
  console.log(JSON.stringify({ ms: spent('ms'), cpu: spent('cpu'), loss }));
  process.exit();
}

function inProcess(contender, work) {
  const own = ['--measured', `${contender}:${work}`, '--peers', values.peers];
  const beside = values.beside ? ['--beside', values.beside] : [];
  const env = { ...process.env, ...noCaches, ...contenders[contender].env };
  const options = { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  const out = execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...own, ...beside], options);
  return JSON.parse(out.trim().split('\n').at(-1));
}

function race(work) {
  const names = Object.keys(contenders);
  const times = new Map(names.map((name) => [name, []]));
  for (let i = 0; i < Number(values.repeats); i++) {
    for (const name of names) times.get(name).push(inProcess(name, work));
  }
  const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
  for (const [name, list] of times) {
    const told = (unit) => {
      const all = list.map((one) => one[unit]);
      return `${median(all).toFixed(0).padStart(6)} ms (${all.map((ms) => ms.toFixed(0)).join(', ')})`;
    };
    console.log(`${work.padEnd(10)} ${name.padEnd(10)} ${told('ms')}, of the processor ${told('cpu')}`);
  }
}

if (values.help) console.log(help);
else if (values.measured) await measure(...values.measured.split(':'));
else values.works.split(',').forEach(race);
