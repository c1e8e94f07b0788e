/** The table that the visitor gave, and what is made of its columns. */
import { batch, computed, signal } from '@preact/signals';
import { exampleTable } from '../../lab/own-data/example-table.ts';
import type { Delimiter, OwnTable } from '../../lab/own-data/own-protocol.ts';
import { fail, give, lab } from './own-state.ts';
import { dataOf, type Role, type TableChoice, usualChoice } from './table-choice.ts';

export const file = signal<File>();
/** What separates its columns, once that is known. */
export const delimiter = signal<Delimiter>();
export const table = signal<OwnTable>();
export const choice = signal<TableChoice>();
/** A row to predict: what was typed, by the names of the columns. */
export const typed = signal<Readonly<Record<string, string>>>({});
export const targetName = computed(() => (choice.value && table.value?.columns[choice.value.target].name) ?? 'target');

/** Counts the files that were opened: what an earlier one holds is of no use any more. */
let opened = 0;

export async function openFile(chosen: File, separatedBy?: Delimiter): Promise<void> {
  const mine = ++opened;
  batch(() => {
    file.value = chosen;
    delimiter.value = separatedBy;
    table.value = undefined;
    choice.value = undefined;
    typed.value = {};
  });
  await give('table', undefined);
  try {
    const found = await (await lab).openTable(chosen, separatedBy);
    if (mine !== opened) return;
    batch(() => {
      table.value = found;
      delimiter.value = found.delimiter;
      choice.value = usualChoice(found);
    });
    await handOver();
  } catch (error) {
    if (mine === opened) fail(error);
  }
}

export const openExample = (): Promise<void> => openFile(new File([exampleTable()], 'flowers.csv'));

/** Reads the same file with another delimiter. */
export const separateBy = async (separatedBy: Delimiter): Promise<void> => {
  if (file.value) await openFile(file.value, separatedBy);
};

export function change(changes: Partial<TableChoice>): void {
  if (!choice.value) return;
  choice.value = { ...choice.value, ...changes };
  void handOver();
}

/** A target of texts is a class. */
export function chooseTarget(target: number): void {
  change({ target, isClass: table.value?.columns[target].kind !== 'number' });
}

export function setRole(at: number, role: Role): void {
  if (choice.value) change({ roles: choice.value.roles.with(at, role) });
}

function handOver(): Promise<void> {
  return give('table', file.value && table.value && choice.value && dataOf(file.value, table.value, choice.value));
}
