/** What a compiled model holds while it lives; train.ts, fit.ts, feed.ts and verify.ts work on it. */
import type { Dataset } from './data/dataset.ts';
import type { DatasetIdentity } from './data/identity.ts';
import type { Engine, Program } from './engine.ts';
import { ArgumentError } from './errors.ts';
import { shown } from './finite.ts';
import type { Parameter } from './model.ts';
import type { NetworkOptions } from './network.ts';
import { corrections, type Optimizer } from './optim.ts';
import { stepKey } from './random.ts';
import { type StepRow, stepRow } from './step.ts';
import type { Tuner } from './tune.ts';

/** How far training has come: what later steps depend on beside the tensors. A checkpoint holds every field of it. */
export interface Position {
  /** Of shuffles and masks. */
  seed: number;
  learningRate: number;
  /** Steps trained and epochs begun so far. */
  steps: number;
  epochs: number;
  /** The epoch that `fit` left off, if any, and the steps it has done of it, fewer than all. */
  unfinished?: { readonly dataset: Dataset | DatasetIdentity; readonly steps: number };
}

export interface Session extends Position {
  readonly network: NetworkOptions;
  readonly optimizer: Optimizer;
  /** Every n-th step is compared with the reference; infinity for none. */
  readonly checkEvery: number;
  readonly engine: Engine;
  /** The training step. */
  readonly program: Program;
  readonly parameters: readonly Parameter[];
  /** Of `program`; none on the CPU. */
  readonly tuner?: Tuner;
  /** Steps that the tensors of the last step do not come from: those of a file that was loaded. */
  stepsBefore: number;
}

/** The row of the step that comes next, which is not counted yet. */
export function nextRow({ learningRate, optimizer, seed, steps }: Session, row: Partial<StepRow>): StepRow {
  return stepRow({ learningRate, ...corrections(optimizer, steps + 1), random: stepKey(seed, steps), ...row });
}

/** The row of the next step, counted. */
export function takeRow(session: Session, row: Partial<StepRow>): StepRow {
  const next = nextRow(session, row);
  session.steps++;
  return next;
}

/** Throws ArgumentError unless `value` is a positive integer. */
export function checkCount(value: unknown, what: string): void {
  if (Number.isInteger(value) && (value as number) >= 1) return;
  throw new ArgumentError(`${what} must be a positive integer, found ${shown(value)}`);
}
