/**
 * Runs many steps. A submit holds as many as take about the requested time, and at most two submits are ahead of the device.
 * How steps are grouped does not change any result.
 */
import { together } from '../base/together.ts';
import type { StepRow } from '../graph/step-row.ts';
import { unlessAborted } from './compile-progress.ts';
import type { Engine, Program } from './engine.ts';

export interface RunOptions {
  readonly steps: number;
  /** The row of step i = 0, 1, ... */
  row(i: number): StepRow;
  /** How many steps one submit may hold from step i on. The submit waits for it. Default: what the engine takes. */
  ready?(i: number): number | Promise<number>;
  /** Length of one submit; a page stays responsive below about 16. */
  readonly milliseconds: number;
  /** Abandons the run between two submits; rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Asked before each submit for something to do on a quiet queue, which then waits for it. */
  between?(): (() => Promise<void>) | undefined;
  /** Steps that the device refused; the run then rejects. */
  refused?(rows: readonly StepRow[]): void;
  /** After each submit, with the steps queued so far. A promise is waited for as the submit is: what is read after it. */
  onSubmit?(queued: number): unknown;
}

/** Milliseconds of work per submit where nobody says otherwise: short where there is a page to keep alive. */
export const defaultMilliseconds = (): number => (typeof process !== 'undefined' && process.versions?.node ? 50 : 15);

/** Steps of a submit when the same program last ran, and for how many milliseconds: a new run need not begin with one. */
const chunks = new WeakMap<Program, { readonly steps: number; readonly milliseconds: number }>();

/** When each engine was last seen to have finished a submit. What is queued behind another run does not take its time. */
const finishedAt = new WeakMap<Engine, number>();

/** Resolves when all steps are queued, with a promise for the end of them. */
export async function queueSteps(
  engine: Engine,
  programs: readonly Program[],
  options: RunOptions,
): Promise<{ readonly done: Promise<unknown> }> {
  const { steps, row, ready, refused, milliseconds, signal, between, onSubmit } = options;
  const pending: Promise<unknown>[] = [];
  const last = programs[programs.length - 1];
  const before = chunks.get(last);
  let chunk = before ? Math.max(1, Math.floor(before.steps * Math.min(1, milliseconds / before.milliseconds))) : 1;
  const submit = (first: number, n: number): Promise<void> => {
    const started = performance.now();
    const rows = Array.from({ length: n }, (_, k) => row(first + k));
    engine.run(programs, rows, refused);
    return engine.settled().then(() => {
      const now = performance.now();
      const perStep = (now - Math.max(started, finishedAt.get(engine) ?? 0)) / n;
      finishedAt.set(engine, now);
      // At most twice as many: where the event loop was held up, a submit may look as if it took no time.
      chunk = Math.max(1, Math.min(2 * n, Math.round(milliseconds / perStep)));
      chunks.set(last, { steps: chunk, milliseconds });
    });
  };
  try {
    for (let i = 0; i < steps; ) {
      signal?.throwIfAborted();
      const interlude = between?.();
      if (interlude) {
        await Promise.all(pending.splice(0));
        await interlude();
      }
      const room = ready?.(i) ?? engine.maxRows;
      const most = typeof room === 'number' ? room : await unlessAborted(room, signal);
      const n = Math.min(chunk, steps - i, engine.maxRows, most);
      const settled = submit(i, n);
      settled.catch(() => {}); // it is awaited below; until then it is not unhandled
      i += n;
      const submitted = together([settled, (async () => onSubmit?.(i))()]);
      submitted.catch(() => {});
      pending.push(submitted);
      if (pending.length >= 2) await pending.shift();
    }
  } catch (error) {
    await Promise.allSettled(pending); // so that nothing of it happens any more
    throw error;
  }
  const done = together(pending);
  done.catch(() => {});
  return { done };
}

/** Resolves when all steps are done. */
export async function runSteps(engine: Engine, programs: readonly Program[], options: RunOptions): Promise<void> {
  const { done } = await queueSteps(engine, programs, options);
  await done;
}
