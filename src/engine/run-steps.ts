/**
 * Runs many steps. A submit holds as many as take about the requested time, and at most two submits are ahead of the device.
 * How steps are grouped does not change any result.
 */
import { stretches } from '../base/stretches.ts';
import { together } from '../base/together.ts';
import type { StepRow } from '../graph/step-row.ts';
import { unlessAborted } from './compile-progress.ts';
import type { Engine, Program } from './engine.ts';

export interface RunOptions {
  readonly steps: number;
  /** The programs of step i = 0, 1, ...: the same list for all steps of one kind. */
  programs(i: number): readonly Program[];
  /** The row of step i. */
  row(i: number): StepRow;
  /** How many steps one submit may hold from step i on. The submit waits for it. Default: what the engine takes. */
  ready?(i: number): number | Promise<number>;
  /** Length of one submit; a page stays responsive below about 16. */
  readonly milliseconds: number;
  /** Abandons the run between two submits, up to step `abortable`; rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Default: all steps. */
  readonly abortable?: number;
  /** Asked before each submit for something to do on a quiet queue, which then waits for it. */
  between?(): (() => Promise<void>) | undefined;
  /** Steps that the device refused, from the first of them on; the run then rejects. */
  refused?(first: number, rows: readonly StepRow[]): void;
  /** After each submit, with the steps queued so far and a promise for the end of them. What it returns is waited for as well. */
  onSubmit?(queued: number, settled: Promise<unknown>): unknown;
}

/** Milliseconds of work per submit where nobody says otherwise: short where there is a page to keep alive. */
export const defaultMilliseconds = (): number => (typeof process !== 'undefined' && process.versions?.node ? 50 : 15);

/** What a step of a program is taken to last, as found in a run with submits of so many milliseconds. */
const costs = new WeakMap<Program, { readonly perStep: number; readonly milliseconds: number }>();

/** When each engine was last seen to have finished a submit. What is queued behind another run does not take its time. */
const finishedAt = new WeakMap<Engine, number>();

/** Resolves when all steps are queued, with a promise for the end of them. */
export async function queueSteps(engine: Engine, options: RunOptions): Promise<{ readonly done: Promise<unknown> }> {
  const { steps, programs, row, ready, refused, milliseconds, signal, between, onSubmit } = options;
  const { abortable = steps } = options;
  const pending: Promise<unknown>[] = [];
  const costOf = (i: number): number | undefined => costIn(programs(i), milliseconds);
  const submit = (first: number, n: number): Promise<void> => {
    const started = performance.now();
    const queued = Array.from({ length: n }, (_, k) => ({ programs: programs(first + k), row: row(first + k) }));
    const parts = stretches(queued, (step) => step.programs).map(({ key, items }) => ({
      programs: key,
      rows: items.map((step) => step.row),
    }));
    engine.run(parts, () =>
      refused?.(
        first,
        parts.flatMap(({ rows }) => rows),
      ),
    );
    return engine.settled().then(() => {
      const now = performance.now();
      learn(parts, now - Math.max(started, finishedAt.get(engine) ?? 0), milliseconds);
      finishedAt.set(engine, now);
    });
  };
  try {
    for (let i = 0; i < steps; ) {
      const stops = i < abortable ? signal : undefined;
      stops?.throwIfAborted();
      const interlude = between?.();
      if (interlude) {
        await Promise.all(pending.splice(0));
        await interlude();
      }
      const room = ready?.(i) ?? engine.maxRows;
      const most = typeof room === 'number' ? room : await unlessAborted(room, stops);
      const n = stepsWithin(milliseconds, i, Math.min(i + engine.maxRows, i + most, steps), costOf);
      const settled = submit(i, n);
      settled.catch(() => {}); // it is awaited below; until then it is not unhandled
      i += n;
      const submitted = together([settled, (async () => onSubmit?.(i, settled))()]);
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
export async function runSteps(engine: Engine, options: RunOptions): Promise<void> {
  const { done } = await queueSteps(engine, options);
  await done;
}

/** Where submits are to be longer than they were, they begin as short, and grow by what is measured. */
function costIn(programs: readonly Program[], milliseconds: number): number | undefined {
  const known = costs.get(programs[programs.length - 1]);
  return known && known.perStep * Math.max(1, milliseconds / known.milliseconds);
}

/** How many steps from the first on take so many milliseconds, or nearly so. One whose cost is not known is run alone. */
function stepsWithin(
  milliseconds: number,
  first: number,
  end: number,
  costOf: (i: number) => number | undefined,
): number {
  let left = milliseconds;
  for (let i = first; i < end; i++) {
    const cost = costOf(i) ?? Number.POSITIVE_INFINITY;
    if (left < cost / 2) return Math.max(1, i - first);
    left -= cost;
  }
  return Math.max(1, end - first);
}

/**
 * A submit took so long. It counts as half of what it might take at least, so that the next one holds at most twice as many
 * steps: where the event loop was held up, a submit may look as if it took no time.
 */
function learn(
  parts: readonly { readonly programs: readonly Program[]; readonly rows: readonly unknown[] }[],
  took: number,
  milliseconds: number,
): void {
  const steps = parts.reduce((sum, { rows }) => sum + rows.length, 0);
  const expected = parts.map(({ programs, rows }) => rows.length * (costIn(programs, milliseconds) ?? Number.NaN));
  const factor = Math.max(took, milliseconds / 2) / expected.reduce((sum, cost) => sum + cost, 0);
  for (const programs of new Set(parts.map((part) => part.programs))) {
    const known = costIn(programs, milliseconds);
    const perStep = Number.isFinite(factor) ? known! * factor : Math.max(took, milliseconds / 2) / steps;
    costs.set(programs[programs.length - 1], { perStep, milliseconds });
  }
}
