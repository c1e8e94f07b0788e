// The race over one work: a pre-run to configure everybody, then rounds in which the contenders take turns, then a row
// for each.
import { median, timed } from './clock.mjs';
import { tune } from './tune.mjs';
import { judgeProduct, judgeTraining } from './verdict.mjs';

/** Rows of the table, ours first. `options`: rounds, steps (undefined to choose), say. */
export async function heat(work, contenders, options) {
  const material = work.material();
  const entries = await prepare(work, contenders, material, options);
  const racing = entries.filter(({ out }) => !out);
  const steps = options.steps ?? stepsOf(work, racing);
  for (const entry of racing) await guarded(entry, () => start(entry, work, material));
  for (const entry of racing) await turn(entry, steps); // not counted: caches, uploads, clocks
  for (let round = 0; round < options.rounds; round++) {
    options.say(`  round ${round + 1} of ${options.rounds}, ${steps} steps each`);
    for (const entry of shifted(racing, round)) entry.blocks.push(await turn(entry, steps));
  }
  for (const entry of racing) await guarded(entry, () => finish(entry, work, material, entries[0]));
  return { work, steps, rows: entries.map((entry) => row(entry, entries[0], work)) };
}

async function prepare(work, contenders, material, { say }) {
  const entries = [];
  for (const contender of contenders) {
    const entry = { contender, blocks: [], out: contender.without(work) };
    entries.push(entry);
    if (!entry.out) {
      const tuned = await tune(contender, work, material, entries[0].warm);
      Object.assign(entry, { choice: tuned.choice, tried: tuned.tried, trialMs: tuned.ms, warm: tuned.warm });
      entry.out = entry.void = tuned.failed;
    }
    say(
      `  ${contender.name}: ${entry.out ?? `${show(entry.choice) || 'nothing to set'}, ${entry.trialMs.toPrecision(3)} ms`}`,
    );
  }
  return entries;
}

/** Longer blocks where everybody is fast, so that a block is more than its end; never so long that the slowest takes more than ten seconds. */
function stepsOf({ steps }, runners) {
  const times = runners.map(({ trialMs }) => trialMs * steps);
  const factor = Math.min(500 / Math.min(...times), 10_000 / Math.max(...times), 50);
  return steps * Math.max(1, Math.floor(factor));
}

/** A fresh run and its warm-up; `first` is the loss at its end. */
async function start(entry, work, material) {
  entry.run = await entry.contender.start(work, material);
  entry.first = await entry.run.block(work.warmUp, entry.choice);
}

/** One block, or undefined from a contender that has failed. */
const turn = (entry, steps) => guarded(entry, () => timed(entry.run, steps, entry.choice));

/** Who fails is out from then on; the others go on. */
async function guarded(entry, work) {
  if (entry.void) return undefined;
  try {
    return await work();
  } catch (error) {
    entry.void = `it failed: ${error.message.split('\n')[0]}`;
  }
}

/** Everybody goes first at some time. */
const shifted = (entries, by) => entries.map((_, i) => entries[(i + by) % entries.length]);

async function finish(entry, work, material, ours) {
  const { run, contender, blocks, first } = entry;
  entry.last = blocks.at(-1)?.loss;
  const comparable = contender.different ? Number.NaN : (ours.first ?? first);
  entry.void =
    work.kind === 'product'
      ? await judgeProduct(run, work, material)
      : judgeTraining({ warm: first, last: entry.last }, comparable);
  run.end();
}

function row(entry, ours, work) {
  const { contender, choice, tried, first, last, out } = entry;
  const blocks = entry.blocks.filter(Boolean);
  const name = { name: contender.name, library: contender.library };
  const outcome = { void: entry.void, absent: entry.void ? undefined : out, choice, tried };
  if (!blocks.length) return { ...name, ...outcome };
  const times = blocks.map(({ ms }) => ms);
  const ms = { median: median(times), min: Math.min(...times), max: Math.max(...times) };
  const theirs = entry !== ours && !entry.void && ours.blocks[0] && !ours.void;
  const ratio = theirs ? ms.median / median(ours.blocks.map((block) => block.ms)) : undefined;
  const unchecked = work.kind === 'product' && !entry.run.product;
  const gigaflops = work.kind === 'product' ? (2 * work.size ** 3) / ms.median / 1e6 : undefined;
  return { ...name, ...outcome, ms, ratio, gigaflops, first, last, different: contender.different, unchecked, blocks };
}

/** { submit: 64, wait: 'plain' } as 'submit 64, wait plain'. */
export const show = (choice = {}) =>
  Object.entries(choice)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
