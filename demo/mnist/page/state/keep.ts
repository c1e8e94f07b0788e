/** Keeps weights and curves for a reload, now and then. */
import { lab } from './ask.ts';
import { evaluations, losses, status } from './signals.ts';

/** Milliseconds from one time that weights are kept to the next, unless training pauses or gets another learning rate. */
const KEPT_EVERY = 2000;
let keeping: Promise<unknown> = Promise.resolve();
let keptLast = Number.NEGATIVE_INFINITY;

/** That it fails is no trouble now. */
export function keepSoon(atOnce = status.value !== 'running'): void {
  const now = performance.now();
  if (!atOnce && now - keptLast < KEPT_EVERY) return;
  keptLast = now;
  keeping = keeping.then(() => lab.keep({ losses: losses.value, evaluations: evaluations.value })).catch(() => {});
}
