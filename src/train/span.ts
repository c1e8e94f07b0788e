/**
 * What a fit has to do, in steps counted from the beginning of its first epoch. It takes turns: those of the steps of an
 * epoch, then those of its validation.
 */

import { sameDataset } from '../data/identity.ts';
import type { AnyDataset } from '../data/streamed.ts';
import type { FitOptions } from './fit-options.ts';
import type { Session } from './session.ts';

export interface Span {
  readonly first: number;
  readonly last: number;
  /** Steps in an epoch. */
  readonly perEpoch: number;
  /** How many epochs it touches. */
  readonly epochs: number;
  /** Epochs of the net before the first of these. */
  readonly before: number;
  /** Turns of the validation after an epoch. */
  readonly ofValidation: number;
}

/** From where the last fit on this data set left off. */
export function spanOf(
  { task, unfinished, epochs: begun }: Session,
  dataset: AnyDataset,
  options: FitOptions,
  ofValidation: number,
): Span {
  const { epochs, steps } = options;
  const perEpoch = Math.ceil(dataset.count / task.batch);
  const first = unfinished && sameDataset(unfinished.dataset, dataset) ? unfinished.steps : 0;
  const last = steps === undefined ? epochs! * perEpoch : first + steps;
  const before = first > 0 ? begun - 1 : begun;
  return { first, last, perEpoch, epochs: Math.ceil(last / perEpoch), before, ofValidation };
}

/** Where the epoch ends that a step belongs to, or the span does. */
export const endOfEpoch = ({ last, perEpoch }: Span, step: number): number =>
  Math.min((Math.floor(step / perEpoch) + 1) * perEpoch, last);

/** Samples in the first steps of a span. */
export const samplesIn = ({ perEpoch }: Span, { count }: AnyDataset, batch: number, steps: number): number =>
  Math.floor(steps / perEpoch) * count + Math.min((steps % perEpoch) * batch, count);

/** The turn of a step: those of all before it, and of the validations between. */
export const turnOf = ({ perEpoch, ofValidation }: Span, step: number): number =>
  step + Math.floor(step / perEpoch) * ofValidation;

/** The epoch that a turn belongs to, counted from 0, and which of its turns it is. */
export function inEpoch({ perEpoch, ofValidation }: Span, turn: number): { epoch: number; at: number } {
  const turns = perEpoch + ofValidation;
  return { epoch: Math.floor(turn / turns), at: turn % turns };
}

/** How many steps come before a turn. */
export function stepsBefore(span: Span, turn: number): number {
  const { epoch, at } = inEpoch(span, turn);
  return epoch * span.perEpoch + Math.min(at, span.perEpoch);
}
