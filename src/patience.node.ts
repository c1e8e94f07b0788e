/**
 * Waiting in Node without keeping a core busy. While a promise of Dawn is pending, its binding asks the device for news in
 * every turn of the event loop, without a pause; a software adapter needs that core for the work that is waited for. So
 * between the turns the thread sleeps: not in the first millisecond, in which short work is done, and then for half of one.
 */
const SPIN = 1;
const SLEEP = 0.5;

const cell = new Int32Array(new SharedArrayBuffer(4));
let waiting = 0;
let since = 0;

export async function patiently<T>(work: Promise<T>): Promise<T> {
  since = performance.now();
  if (waiting++ === 0) setImmediate(turn);
  try {
    return await work;
  } finally {
    waiting--;
    since = performance.now();
  }
}

function turn(): void {
  if (waiting === 0) return;
  if (performance.now() - since > SPIN) Atomics.wait(cell, 0, 0, SLEEP);
  setImmediate(turn);
}
