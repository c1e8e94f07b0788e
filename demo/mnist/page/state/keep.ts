/** Keeps the run for a reload, now and then. */
import { lab } from './ask.ts';
import { evaluations, isReady, losses, status, unkept } from './signals.ts';

/** Milliseconds from one time to the next, unless training pauses or gets another learning rate. */
const KEPT_EVERY = 2000;
/** Keeping a large net takes at most this share of the time. */
const SHARE = 0.1;

let next = Number.NEGATIVE_INFINITY;

/**
 * Asked for at once, so that it comes before what is asked of the lab next, which may be another net. That it fails is said,
 * and is no trouble to training.
 */
export function keepSoon(atOnce = status.value !== 'running'): void {
  const began = performance.now();
  if (!atOnce && began < next) return;
  next = Number.POSITIVE_INFINITY;
  const kept = lab.keep({ losses: losses.value, evaluations: evaluations.value }).then(() => undefined, reason);
  void kept.then((why) => {
    unkept.value = why;
    next = began + Math.max(KEPT_EVERY, (performance.now() - began) / SHARE);
  });
}

const reason = ({ name, message }: Error): string => message || name;

/** The last chance before another net comes, or before a visitor leaves, which may come without a warning on a phone. */
export function keepBeforeLeaving(): void {
  if (isReady.value) keepSoon(true);
}
addEventListener('pagehide', keepBeforeLeaving);
addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') keepBeforeLeaving();
});
