/** The last run of the test set, as long as it tells of the net that is there. */
import { signal } from '@preact/signals';
import type { TestResult } from '../../lab/protocol.ts';
import { askCurrent, lab, type Subject } from '../state/index.ts';
import type { Cell } from './confusion.tsx';

export const outcome = signal<TestResult>();
export const isTesting = signal(false);
/** The cell whose digits are shown, and those that have come. */
export const opened = signal<{ readonly cell: Cell; readonly digits: readonly Subject[] }>();
/** Counts the nets and loaded weights; an answer about an earlier one comes too late. */
let generation = 0;

export function forgetOutcome(): void {
  generation++;
  outcome.value = undefined;
  opened.value = undefined;
}

export async function runTest(): Promise<void> {
  const mine = generation;
  isTesting.value = true;
  const result = await askCurrent(() => lab.test());
  isTesting.value = false;
  if (mine !== generation || !result) return;
  outcome.value = result;
  opened.value = undefined;
}

/** Shows digits of a cell of the matrix. */
export async function openCell(cell: Cell): Promise<void> {
  const indices = outcome.value?.examples[cell.label][cell.guess] ?? [];
  opened.value = { cell, digits: [] };
  const digits = await Promise.all(
    indices.map(async (index) => {
      const sample = await askCurrent(() => lab.sample('test', index));
      return sample && { ...sample, title: `test sample ${index}` };
    }),
  );
  if (opened.value?.cell === cell) opened.value = { cell, digits: digits.filter((digit) => digit !== undefined) };
}
