/** What ops share that work on one column after another: their grid, and columns in the references. */
import { columns, rows, type Shape, stride } from '../../base/tensor.ts';
import type { Attributes, Value } from '../../graph/op.ts';
import { grid } from './grid.ts';

/** Grid of a body that walks each column `walks` times: an invocation for each walk, those of the first one first. */
const walkGrid = (shape: Shape, lanes: number, walks: number) => ({
  lanes,
  ...(walks === 1 ? { columns: lanes } : {}),
  workgroups: grid(columns(shape) * walks, lanes),
});

/** Constants and grid of a body that walks columns, or their rows in so many groups: one invocation each. */
export const columnWalk = (shape: Shape, lanes = 64, groups = 1) => ({
  constants: { ROWS: rows(shape) / groups, GROUPS: groups, COLUMNS: columns(shape), STRIDE: stride(shape) },
  ...walkGrid(shape, lanes, groups),
});

/** The same for a body that walks the channels at each of so many places, or the features if there is one. */
export const channelWalk = (shape: Shape, lanes = 64, places = placesIn(shape)) => ({
  constants: { ROWS: rows(shape) / places, PLACES: places, COLUMNS: columns(shape), STRIDE: stride(shape) },
  ...walkGrid(shape, lanes, places),
});

/** How many places a channel of [C, ..., N] has: one where there are only features. */
export const placesIn = (shape: Shape): number => rows(shape) / shape[0];

/** The places of channels, from the attribute of that name: one unless it says more. */
export const placesOf = ({ places = 1 }: Attributes): number => Number(places);

/** [C, ..., N] as [C, places · N], with a column for the channels at each place of each sample. */
export const inChannels = (value: Value, places = placesIn(value.shape)): Value => ({
  ...value,
  shape: [rows(value.shape) / places, columns(value.shape) * places],
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
