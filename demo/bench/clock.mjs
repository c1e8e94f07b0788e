// Timing a block of steps, and how much CPU other processes took meanwhile.
import { cpus } from 'node:os';

/** CPU times come in ticks of 10 ms: of a shorter block, one tick would be a large share. */
const LONG_ENOUGH = 500;

/**
 * Milliseconds per step, the loss of the last one, and the share of the machine's CPU time that others took, 0 to 1, where
 * the block is long enough to tell.
 */
export async function timed(run, steps, choice) {
  const before = reading();
  const loss = await run.block(steps, choice);
  const after = reading();
  const wall = after.wall - before.wall;
  const others = (after.machine - before.machine - (after.process - before.process)) / (wall * cpus().length);
  return { ms: wall / steps, loss, ...(wall >= LONG_ENOUGH && { others: Math.max(0, others) }) };
}

/** Milliseconds since some moment: on the wall, of CPU of this process with its threads, of CPU of the whole machine. */
function reading() {
  const { user, system } = process.cpuUsage();
  const machine = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { wall: performance.now(), process: (user + system) / 1000, machine };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
