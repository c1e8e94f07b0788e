/**
 * Waits in Node without keeping a core busy. While a promise of Dawn is pending, its binding polls the device in every turn
 * of the event loop, without a pause, although a software adapter needs that core for the work itself. So the thread sleeps
 * between turns, for an eighth of the time waited so far: little is lost when the work is done. It never sleeps long,
 * because other callbacks wait for their turn as well.
 */
const SHARE = 1 / 8;
const LONGEST = 2;

const cell = new Int32Array(new SharedArrayBuffer(4));
let waiting = 0;
let turning = false;
let since = 0;

export async function waitFor<T>(work: Promise<T>): Promise<T> {
  since = performance.now();
  waiting++;
  if (!turning) setImmediate(turn);
  turning = true;
  try {
    return await work;
  } finally {
    waiting--;
    since = performance.now();
  }
}

function turn(): void {
  turning = waiting > 0;
  if (!turning) return;
  const milliseconds = Math.min(LONGEST, SHARE * (performance.now() - since));
  if (milliseconds > 0.05) Atomics.wait(cell, 0, 0, milliseconds);
  setImmediate(turn);
}
