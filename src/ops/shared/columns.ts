/** What ops share that work on one column after another: their grid, and columns in the references. */
import { columns, rows, type Shape, stride } from '../../base/tensor.ts';
import type { Attributes, Value } from '../../graph/op.ts';

/** Constants and grid of a body that walks columns, or their rows in so many groups: one invocation each. */
export const columnWalk = (shape: Shape, lanes = 64, groups = 1) => ({
  constants: { ROWS: rows(shape) / groups, COLUMNS: columns(shape), STRIDE: stride(shape) },
  lanes,
  columns: lanes,
  workgroups: [Math.ceil(columns(shape) / lanes), groups, 1] as const,
});

/** The groups that the rows of a column are in, from the attribute of that name: one unless it says more. */
export const groupsOf = ({ groups = 1 }: Attributes): number => Number(groups);

/** What the values of a column come to in each group, one group after another. */
export function byGroup<T>(values: readonly T[], groups: number, f: (of: readonly T[]) => number): number[] {
  const count = values.length / groups;
  return Array.from({ length: groups }, (_, g) => f(values.slice(g * count, (g + 1) * count)));
}

/** Column j of a tensor as an array. */
export const column = (data: ArrayLike<number>, shape: Shape, j: number): number[] =>
  Array.from({ length: rows(shape) }, (_, i) => data[i * columns(shape) + j]);

/** The bounds on its errors; zeros where it is exact. */
export const columnErrors = (value: Value, j: number): number[] =>
  value.error ? column(value.error, value.shape, j) : new Array(rows(value.shape)).fill(0);

/** Runs `f` on every column and lays its results side by side. */
export function byColumn(shape: Shape, f: (j: number) => readonly number[]): Float64Array {
  const [n, out] = [columns(shape), new Float64Array(rows(shape) * columns(shape))];
  for (let j = 0; j < n; j++) for (const [i, value] of f(j).entries()) out[i * n + j] = value;
  return out;
}
