/** The last run of the test set, as long as it tells of the net that is there. */
import { signal } from '@preact/signals';
import type { TestResult } from '../../lab/protocol.ts';
import { askCurrent, lab } from '../state/index.ts';

export const outcome = signal<TestResult>();
export const isTesting = signal(false);
/** Counts the nets and loaded weights; an answer about an earlier one comes too late. */
let generation = 0;

export function forgetOutcome(): void {
  generation++;
  outcome.value = undefined;
}

export async function runTest(): Promise<void> {
  const mine = generation;
  isTesting.value = true;
  const result = await askCurrent(() => lab.test());
  isTesting.value = false;
  if (mine === generation && result) outcome.value = result;
}
