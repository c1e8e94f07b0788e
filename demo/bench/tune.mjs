// The short run before a race: each contender's options are tried one dimension after another, and the best of each is
// kept. An option is tried on a run of its own, and one that trains wrongly is out.
import { median, timed } from './clock.mjs';
import { judgeProduct, judgeTraining } from './verdict.mjs';

const repeats = 3;
const enough = 1000; // ms for the repeats of one option, where steps are slow

/** The best choice, everything that was tried, and why the contender is out where not one option worked. */
export async function tune(contender, work, material, ours) {
  const choices = contender.choices(work);
  let best = { choice: Object.fromEntries(Object.entries(choices).map(([name, [first]]) => [name, first])) };
  const tried = [await attempt(contender, work, material, best.choice, ours)];
  best = tried[0];
  for (const [name, [, ...others]] of Object.entries(choices)) {
    const from = best.choice;
    for (const option of others) {
      const result = await attempt(contender, work, material, { ...from, [name]: option }, ours);
      tried.push(result);
      if (!result.failed && (best.failed || result.ms < best.ms)) best = result;
    }
  }
  return { ...best, tried };
}

async function attempt(contender, work, material, choice, ours) {
  try {
    const run = await contender.start(work, material);
    try {
      const warm = await run.block(work.warmUp, choice);
      const failed =
        work.kind === 'product'
          ? await judgeProduct(run, work, material)
          : judgeTraining({ warm }, contender.different ? Number.NaN : (ours ?? warm));
      if (failed) return { choice, failed };
      const times = [];
      const started = performance.now();
      do times.push((await timed(run, work.trial, choice)).ms);
      while (times.length < repeats && performance.now() - started < enough);
      return { choice, ms: median(times), warm };
    } finally {
      run.end();
    }
  } catch (error) {
    return { choice, failed: error.message.split('\n')[0] };
  }
}
