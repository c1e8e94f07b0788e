/**
 * What a fit does about a step that makes NaN or infinity: it goes back to a snapshot from before the step. From there it finds
 * where that began and stops; or it goes on without the update of the step; or with half the learning rate.
 */
import { ArgumentError, NonFiniteError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { scaledRate } from '../nn/learning-rate.ts';
import type { Snapshot } from './checkpoint/snapshot.ts';
import type { FitOptions } from './fit-options.ts';
import { goBack, type Remedy } from './ongoing.ts';
import type { Session } from './session.ts';

/** What {@link Trainer.fit} does about a step that makes NaN or infinity. */
export type OnNonFinite = 'stop' | 'skip' | 'rewind';
const choices: readonly unknown[] = ['stop', 'skip', 'rewind'] satisfies OnNonFinite[];

export function checkOnNonFinite(onNonFinite: unknown): void {
  if (onNonFinite === undefined || choices.includes(onNonFinite)) return;
  const found = showValue(onNonFinite);
  throw new ArgumentError(`fit: onNonFinite must be 'stop', 'skip' or 'rewind', found ${found}`);
}

/** Steps of a net that a fit takes one at a time, when it comes to them again. */
export interface OddSteps {
  /** The one to be looked into. */
  suspect?: number;
  /** Those whose update is left out, and what was left out once they were. */
  readonly skipped: Map<number, LeftOut | undefined>;
}

export interface LeftOut {
  /** Counted from 0 within the fit. */
  readonly epoch: number;
  readonly samples: number;
}

/** What was left out of an epoch. */
export const leftOutOf = ({ skipped }: OddSteps, epoch: number): readonly LeftOut[] =>
  [...skipped.values()].filter((one) => one !== undefined).filter((one) => one.epoch === epoch);

/** Steps from this many on that come before the next odd one. */
export function beforeOdd({ suspect = Number.POSITIVE_INFINITY, skipped }: OddSteps, steps: number): number {
  const next = [suspect, ...skipped.keys()].filter((step) => step > steps);
  return Math.min(...next) - steps - 1;
}

/** How often the rate is halved from one snapshot on. */
const MOST = 10;

/** Goes back for what `onNonFinite` asks for: to leave a step out, to learn more slowly, or to see where it went wrong. */
export function afterNonFinite(session: Session, { onNonFinite = 'stop' }: FitOptions): Remedy {
  let from: Snapshot | undefined;
  let halved = 0;
  return (error, { odd }) => {
    if (!(error instanceof NonFiniteError) || error.step === undefined || error.step === odd.suspect) return undefined;
    const { step } = error;
    return async (to) => {
      if (step <= to.session.steps) throw error;
      [from, halved] = to === from ? [from, halved] : [to, 0];
      await goBack(session, to);
      if (onNonFinite === 'skip') odd.skipped.set(step, undefined);
      else if (onNonFinite === 'rewind' && halved < MOST) {
        halved++;
        session.learningRate = scaledRate(session.learningRate, 0.5 ** halved);
      } else odd.suspect = step;
    };
  };
}
