/** Parts of tensors, to sample what an op computes. */
import type { Selection } from '../../graph/op.ts';

export const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** These rows and columns, as a matrix unless they have other axes. */
export const selection = (
  rows: readonly number[],
  columns: readonly number[],
  axes: readonly number[] = [rows.length],
): Selection => ({ rows, columns, shape: [...axes, columns.length] });
