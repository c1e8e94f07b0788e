/** The evaluations of a validation set after the epochs of a fit: many may be under way, each in a slot of its own. */
import type { AnyDataset } from '../data/streamed.ts';
import type { Program, Wanted } from '../engine/engine.ts';
import { type StepRow, stepRow } from '../graph/step-row.ts';
import { slotsIn } from '../graph/storage.ts';
import type { Access } from './access.ts';
import { stepsIn } from './batches.ts';
import { type Evaluation, type Evaluator, evaluationOf } from './evaluate.ts';
import type { Feed } from './feed.ts';
import type { Task } from './graphs.ts';
import { isWhole, type Ring, slotIn, totalsIn, wantedOf } from './totals.ts';

export interface Validation {
  readonly dataset: AnyDataset;
  /** Steps of one evaluation. */
  readonly steps: number;
  readonly programs: readonly Program[];
  /** How many evaluations may be under way. */
  readonly most: number;
  /** Whether its samples are on the device at any time. */
  readonly isResident: boolean;
  /** Begins the evaluations of a fit. */
  begin(evaluations: number): ValidationRun;
  /** What to read of the evaluations of the epochs from one to another. */
  wanted(from: number, to: number): Wanted[];
  /** From what was read so: the evaluation of an epoch. Throws as `evaluateOn` does. */
  found(from: number, to: number, read: readonly Float32Array[]): (epoch: number) => Evaluation;
}

/** The evaluations of a fit, in their order. */
export interface ValidationRun {
  /** How many steps, from this one of an evaluation on, find their samples on the device. */
  ready(evaluation: number, step: number): number | Promise<number>;
  /** For a step that is ready, of the evaluation after an epoch of the net. */
  row(evaluation: number, step: number, epoch: number): StepRow;
  close(signal?: AbortSignal): Promise<void>;
}

/** An evaluation of samples that come in windows has its turn among others on the same net. */
export function validationOn(evaluator: Evaluator, feed: Feed, task: Task, access: Access): Validation {
  const { dataset, isWindowed } = feed;
  const { program, totals } = evaluator;
  const programs = [feed.program, program];
  const steps = stepsIn(dataset, task.batch);
  const ring: Ring = { program, names: totals, first: 1, count: slotsIn(program.graph, totals[0]) - 1 };
  return {
    ...{
      dataset,
      steps,
      programs,
      most: totals.some((name) => isWhole(program, name)) ? 1 : ring.count,
      isResident: !isWindowed,
    },
    begin(evaluations) {
      const batches = feed.batches({ first: 0, last: evaluations * steps, keyOf: () => undefined });
      const row = (evaluation: number, step: number, epoch: number): StepRow =>
        stepRow({ ...batches.row(evaluation * steps + step), slot: slotIn(ring, epoch), begins: Number(step === 0) });
      const ready = (evaluation: number, step: number) => batches.ready(evaluation * steps + step);
      return isWindowed
        ? inTurns({ ready, row, close: batches.close }, access, steps)
        : { ready, row, close: batches.close };
    },
    wanted: (from, to) => wantedOf(ring, from, to),
    found(from, to, read) {
      const totalsOf = totalsIn(ring, from, to, read);
      return (epoch) => evaluationOf(dataset, task, evaluator, totalsOf(epoch));
    },
  };
}

/** Each evaluation waits for its turn before its first step, and has it until its last step is queued. */
function inTurns({ ready, row, close }: ValidationRun, access: Access, steps: number): ValidationRun {
  let isOver = false;
  let end = (): void => {};
  const turn = (): Promise<void> =>
    new Promise((begin) => {
      access.take(async () => {
        begin();
        if (isOver) return;
        await new Promise<void>((resolve) => {
          end = resolve;
        });
      });
    });
  return {
    ready: (evaluation, step) => (step > 0 ? ready(evaluation, step) : turn().then(() => ready(evaluation, 0))),
    row(evaluation, step, epoch) {
      // The steps of a submit are queued in the same turn of the event loop as their rows are asked for.
      if (step === steps - 1) end();
      return row(evaluation, step, epoch);
    },
    close(signal) {
      isOver = true;
      end();
      return close(signal);
    },
  };
}
