/**
 * Waits for a driver, whose promises may never settle: once it has given no answer for long enough, all that waits for it
 * rejects. Time is counted in ticks, and a tick that comes late counts as one, so that neither a machine that slept nor a page
 * that was frozen makes a driver look dead. The clock ticks only while something waits, and keeps no process alive.
 */
import { DeviceHungError } from '../base/errors.ts';

/** Milliseconds without an answer, by default: far beyond what a kernel or a pipeline takes, also on software drivers. */
export const HUNG_AFTER = 180_000;

/** Ticks until then, at least, and milliseconds of a tick, at most. */
const [TICKS, LONGEST] = [20, 3000];

export interface Watchdog {
  /** The same promise, which rejects with DeviceHungError where the driver hangs; `what` says what it is for, as in 'to read W1'. */
  answer<T>(work: Promise<T>, what: string): Promise<T>;
  /** Throws once the driver hangs. */
  assertAnswers(): void;
}

interface Wait {
  readonly what: string;
  readonly reject: (error: Error) => void;
}

/** @param who What is asked, for people. */
export function watchdogOf(who: string, hungAfter = HUNG_AFTER): Watchdog {
  const milliseconds = Math.min(LONGEST, hungAfter / TICKS);
  const most = hungAfter / milliseconds;
  const waits = new Set<Wait>();
  let silent = 0;
  let clock: ReturnType<typeof setInterval> | undefined;
  let hung: DeviceHungError | undefined;
  const tick = (): void => {
    const isOver = waits.size > 0 && silent++ >= most; // one tick more than so many: the first came early
    if (waits.size > 0 && !isOver) return;
    // Not with each answer: a timer for every wait would cost more.
    clearInterval(clock);
    clock = undefined;
    if (isOver) hang();
  };
  const hang = (): void => {
    const [{ what }] = waits;
    const advice = 'Where work takes longer, pass hungAfter to openDevice().';
    hung = new DeviceHungError(`${who} has not answered for ${hungAfter / 1000} s. It was due ${what}. ${advice}`);
    for (const { reject } of waits) reject(hung);
    waits.clear();
  };
  return {
    answer: (work, what) =>
      new Promise((resolve, reject) => {
        const wait = { what, reject };
        const heard = (): void => {
          waits.delete(wait);
          silent = 0;
        };
        work.then(
          (value) => {
            heard();
            resolve(value);
          },
          (cause) => {
            heard();
            reject(cause);
          },
        );
        if (hung) return reject(hung);
        if (waits.size === 0) silent = 0;
        waits.add(wait);
        if (clock === undefined) {
          clock = setInterval(tick, milliseconds);
          (clock as { unref?(): void }).unref?.();
        }
      }),
    assertAnswers() {
      if (hung) throw hung;
    },
  };
}
