/** What ops share that work on one column after another: their grid, and columns in the references. */
import { columns, rows, type Shape, stride } from '../../base/tensor.ts';
import type { Value } from '../../graph/op.ts';

/** Constants and grid of a body that walks columns, one invocation each. */
export const columnWalk = (shape: Shape, lanes = 64) => ({
  constants: { ROWS: rows(shape), COLUMNS: columns(shape), STRIDE: stride(shape) },
  lanes,
  columns: lanes,
  workgroups: [Math.ceil(columns(shape) / lanes), 1, 1] as const,
});

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
