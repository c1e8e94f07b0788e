/** Samples in every form in which they can go into training -> as a net sees them. */
import { isList, keysOf, member } from '../base/arguments.ts';
import { lengthOf } from '../base/numbers.ts';
import type { TableColumn } from '../data/table-columns.ts';
import type { TableRow } from '../data/table-rows.ts';
import { type Form, samplesFrom } from './raw-samples.ts';

/** Samples [n][features], times their scale. Throws ShapeError and DataError. */
export async function samplesOf(x: unknown, form: Form, columns?: readonly TableColumn[]): Promise<Float32Array> {
  const rows = isList(x) ? x : [x];
  const [first] = rows;
  if (columns && isRow(first, columns, form)) {
    const { encodeRows } = await import('../data/table-rows.ts');
    return samplesFrom(encodeRows(columns, rows as readonly TableRow[], 'predict: x'), { ...form, type: 'any' });
  }
  if (member(first, 'width') === undefined) return samplesFrom(x, form);
  const { bytesOf } = await import('./pictures.ts');
  return samplesFrom(bytesOf(rows, form.shape), form);
}

/** Whether it has a cell for each column. A list of as many numbers as a sample has is a sample as it is. */
const isRow = (row: unknown, columns: readonly TableColumn[], { features }: Form): boolean =>
  lengthOf(row) === undefined
    ? keysOf(row) !== undefined
    : isList(row) && row.length === columns.length && (columns.length !== features || row.some(isText));

const isText = (cell: unknown): boolean => typeof cell === 'string';
