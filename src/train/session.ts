/** The state of a compiled model, on which `Trainer` and the functions it calls work. */
import { stepKey } from '../base/random.ts';
import type { DataFacts } from '../data/data-facts.ts';
import type { Known } from '../data/identity.ts';
import type { Engine } from '../engine/engine.ts';
import type { Node } from '../graph/graph.ts';
import { numberOf, type StepRow, stepRow } from '../graph/step-row.ts';
import { storageOf } from '../graph/storage.ts';
import { type LearningRate, learningRateAt } from '../nn/learning-rate.ts';
import { corrections } from '../nn/optimizers/optimizer.ts';
import { retained, type StateFrom } from '../nn/updates.ts';
import type { BestSoFar } from './best-epoch.ts';
import type { Task } from './graphs.ts';
import type { Recipe, TrainingStep } from './training-program.ts';

/** How far training has come: what later steps depend on beside the tensors. A checkpoint holds every field of it. */
export interface Position {
  /** Seeds shuffles and masks. */
  seed: number;
  learningRate: LearningRate;
  /** Steps trained, updates made and epochs begun so far. */
  steps: number;
  updates: number;
  epochs: number;
  /** Steps, and samples in them, whose gradients wait for the next update. */
  pending: Counted;
  /**
   * Updates before the first one that the averages of the weights are of; less than 0 where the averages are also of updates before
   * the count began.
   */
  averageFrom: number;
  /** Of parameters that were frozen before: their state begins anew. */
  stateFrom: StateFrom;
  /** The epoch that `fit` left off, if any, the steps it has done of it, fewer than all, and those of them whose update it left out. */
  unfinished?: { readonly dataset: Known; readonly steps: number; readonly skipped?: Counted };
  /** The state of the fit under way, or of one that was aborted. */
  best?: BestSoFar;
}

/** The training step is another one, with parameters of its own, once what is frozen changes: see `freeze`. */
export interface Session extends Position, TrainingStep, Recipe {
  readonly task: Task;
  /** Every n-th step is compared with the reference; infinity for none. */
  readonly checkEvery: number;
  readonly engine: Engine;
  /** Steps that the tensors of the last step do not come from: those of a file, or of the training step before this one. */
  stepsBefore: number;
  /** Steps after which the parameters were last seen to be finite. */
  finiteAt?: number;
  /** How often weights came from the caller or a file: others than `compile` drew, trained or not. */
  given: number;
  /** While a fit runs: rates that the caller has set since it began, and the steps before. A fit that goes back sets them again. */
  rates?: { readonly steps: number; rate: number }[];
  /** How the samples of the last fit were given. */
  data?: DataFacts;
}

/** The tensor that adds up the losses of epochs. */
export const LOSSES = 'lossTotal';

/** Whether a node is that tensor, or overwrites it. It may hold NaN or infinity of an earlier step. */
export const isTotal = (node: Node): boolean => storageOf(node).name === LOSSES;

/** The slot of `LOSSES` for the epoch that was begun last. */
export const slotOf = ({ epochs }: Pick<Position, 'epochs'>, slots: number): number => Math.max(0, epochs - 1) % slots;

/** Steps, and samples in them. */
export interface Counted {
  readonly steps: number;
  readonly samples: number;
}
export const NOTHING: Counted = { steps: 0, samples: 0 };

/** With one step more. */
export const counted = ({ steps, samples }: Counted = NOTHING, { columns }: Batch): Counted => ({
  steps: steps + 1,
  samples: samples + columns,
});

export type Batch = Partial<StepRow> & Pick<StepRow, 'columns'>;

/** The row of the step that comes next, which is not counted yet; the last one of an epoch updates whatever is pending. */
export function nextRow(session: Session, batch: Batch, last = false): StepRow {
  const { learningRate, optimizer, seed, steps, updates, pending, update } = session;
  return stepRow({
    learningRate: learningRateAt(learningRate, updates),
    ...corrections(optimizer, updates + 1),
    update: updates + 1,
    random: stepKey(seed, steps),
    number: numberOf(steps + 1),
    fresh: Number(pending.steps === 0),
    due: Number(last || pending.steps + 1 >= (update.accumulate ?? 1)),
    share: 1 / (pending.samples + batch.columns),
    retained: update.average === undefined ? 0 : retained(update.average, updates + 1 - session.averageFrom),
    ...batch,
  });
}

/** The row of the next step, counted. */
export function takeRow(session: Session, batch: Batch, last = false): StepRow {
  const { pending } = session;
  const row = nextRow(session, batch, last);
  session.steps++;
  session.updates += row.due;
  session.pending = row.due ? NOTHING : counted(pending, batch);
  return row;
}

/** For steps that the device refused: they are none, and what was added up for an update or an epoch is let go of. */
export function giveBack(session: Session, rows: readonly StepRow[]): void {
  session.steps -= rows.length;
  session.updates -= rows.reduce((sum, { due }) => sum + due, 0);
  session.epochs -= rows.reduce((sum, { begins }) => sum + begins, 0);
  session.stepsBefore = Math.min(session.stepsBefore, session.steps);
  session.averageFrom = Math.min(session.averageFrom, session.updates);
  session.unfinished = undefined;
  session.pending = NOTHING;
}

/** For finite parameters that steps did not make: what was added up, and the epoch left off, are of those before. */
export function startAfresh(session: Session): void {
  session.given++;
  session.program.setFlags();
  session.finiteAt = session.steps;
  session.best = undefined;
  session.unfinished = undefined;
  session.pending = NOTHING;
}
