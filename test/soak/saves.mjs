// A process that saves all the time, killed at a random moment, so many times. What is at the path is always a whole file of a save
// that began before, never an older one than one that ended, and what killed processes have begun is removed by a later save.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { smallNet } from './small.mjs';

/** Milliseconds of saves before a kill, at most. A save takes a few. */
const LONGEST = 40;

/** Kills the process after so long; says which save was the last that had ended. */
function killed(path, first, milliseconds) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), path, String(first)]);
  let told = '';
  let failure = '';
  child.stderr.on('data', (text) => {
    failure += text;
  });
  child.stdout.on('data', (text) => {
    if (told === '') setTimeout(() => child.kill('SIGKILL'), milliseconds);
    told += text;
  });
  return new Promise((resolve, reject) =>
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(Number(told.split('\n').at(-2)));
      else reject(new Error(`the process that saves ended by itself: ${failure}`));
    }),
  );
}

export async function saves(size, seed) {
  const folder = mkdtempSync(join(tmpdir(), 'retrograd-saves-'));
  const path = join(folder, 'net.safetensors');
  const net = await smallNet('cpu');
  await net.save(path);
  const broken = [];
  let [last, litter] = [0, 0];
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  try {
    for (let kill = 1; kill <= size; kill++) {
      const ended = await killed(path, last, random() * LONGEST);
      await net.load(path).catch((error) => broken.push(`kill ${kill}: ${error}`));
      if (net.steps < ended) broken.push(`kill ${kill}: found save ${net.steps}, though save ${ended} had ended`);
      last = net.steps;
      if (kill % Math.ceil(size / 10) === 0) console.log(`${kill} kills, ${last} saves`);
    }
    const begun = readdirSync(folder).filter((name) => name.endsWith('.part'));
    litter = begun.length;
    for (const name of begun) utimesSync(join(folder, name), 0, 0); // what is young may be of another machine
    await net.save(path);
    const left = readdirSync(folder);
    if (left.length > 1) broken.push(`files are left: ${left.join(', ')}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(`${litter} of ${size} kills came while a file was being written`);
  if (size >= 100 && litter === 0) broken.push('no kill came while a file was being written: this has shown nothing');
  return broken;
}

/** The process that is killed: takes a step and saves, over and over, and tells of each save that has ended. */
async function saveForEver(path, first) {
  const net = await smallNet('cpu');
  await net.load(path);
  const [x, y] = [new Float32Array(32), new Uint8Array(16)];
  process.stdout.write(`${first}\n`);
  for (;;) {
    net.step(x, y);
    await net.save(path);
    process.stdout.write(`${net.steps}\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await saveForEver(process.argv[2], Number(process.argv[3]));
