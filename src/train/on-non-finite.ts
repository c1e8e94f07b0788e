/** What a fit may do about steps that make NaN or infinity, and which steps of it those are. */
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';

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
  /** Those whose update is left out. */
  readonly skipped: Set<number>;
}

/** Steps from this many on that come before the next odd one. */
export function beforeOdd({ suspect = Number.POSITIVE_INFINITY, skipped }: OddSteps, steps: number): number {
  const next = [suspect, ...skipped].filter((step) => step > steps);
  return Math.min(...next) - steps - 1;
}
