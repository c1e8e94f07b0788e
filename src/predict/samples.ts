/** Samples in every form in which they can go into training -> as a net sees them. */
import { isList, keysOf, member } from '../base/arguments.ts';
import { lengthOf } from '../base/numbers.ts';
import { type Shape, size } from '../base/tensor.ts';
import type { DataFacts } from '../data/data-facts.ts';
import type { TableColumn } from '../data/table-columns.ts';
import type { TableRow } from '../data/table-rows.ts';
import { inputsRuleOf } from '../nn/model.ts';
import type { Opened } from './opened.ts';
import { type Form, samplesFrom } from './raw-samples.ts';

/** Samples [n][features] of a model, times their scale: whole ones, or those of its inputs by name. Throws as `samplesFrom`. */
export async function samplesOf(x: unknown, { saved: { model, data }, form, scale }: Opened): Promise<Float32Array> {
  const rule = keysOf(x) && inputsRuleOf(model);
  if (!rule) return samplesIn(x, form, data?.columns);
  const parts = rule.partsOf(model.layers, x, 'predict').map(async ({ name, shape, x }) => {
    const given = data?.inputs?.find((one) => one.name === name);
    return { name, shape, samples: await samplesIn(x, formOf(shape, given, scale)) };
  });
  return rule.join(await Promise.all(parts), 'predict');
}

/** The form of samples of this shape, given how they went into training. With a scale they may be any numbers. */
export const formOf = (
  input: Shape,
  given?: Partial<Pick<DataFacts, 'shape' | 'type' | 'scale'>>,
  scale?: number,
): Form => ({
  features: size(input),
  shape: given?.shape ?? input,
  type: scale === undefined ? (given?.type ?? 'float32') : 'any',
  scale: scale ?? given?.scale ?? 1,
});

async function samplesIn(x: unknown, form: Form, columns?: readonly TableColumn[]): Promise<Float32Array> {
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
