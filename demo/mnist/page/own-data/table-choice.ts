/** What is chosen of the columns of a table. */
import type { MissingCells, OwnColumn, OwnTable, TableData } from '../../lab/own-data/own-protocol.ts';

/** What a column is for. */
export const roles = { input: 'Input', category: 'Input, as categories', out: 'Left out' } as const;
export type Role = keyof typeof roles;

/** What is chosen of a table. */
export interface TableChoice {
  readonly target: number;
  readonly isClass: boolean;
  /** Of each column; that of the target does not count. */
  readonly roles: readonly Role[];
  readonly missing: MissingCells;
}

/** The last column of texts, else the last one. Columns that the library refuses are left out. */
export function usualChoice({ columns }: OwnTable): TableChoice {
  const last = (wanted: OwnColumn['kind']) => columns.findLastIndex(({ kind }) => kind === wanted);
  const target = [last('category'), last('number'), 0].find((at) => at >= 0)!;
  return {
    target,
    isClass: columns[target].kind === 'category',
    roles: columns.map(({ problem }) => (problem ? 'out' : 'input')),
    missing: 'error',
  };
}

/** Undefined where nothing is left to learn from. */
export function dataOf(file: File, { delimiter }: OwnTable, choice: TableChoice): TableData | undefined {
  const { target, isClass, roles, missing } = choice;
  const all = roles.map((_, at) => at).filter((at) => at !== target);
  const inputs = all.filter((at) => roles[at] !== 'out');
  if (inputs.length === 0) return undefined;
  const categorical = inputs.filter((at) => roles[at] === 'category');
  return { kind: 'table', file, delimiter, target, isClass, inputs, categorical, missing };
}
