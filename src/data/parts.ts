/** Several inputs, or several targets, as one field: the numbers of a sample one part after the other. */
import { isCount, isList } from '../base/arguments.ts';
import { isUint8Array } from '../base/as-bytes.ts';
import { DataError } from '../base/errors.ts';
import { allocate } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import type { Field, FieldPart } from './dataset.ts';

/** Numbers that a part takes in the data of a sample. */
const width = ({ kind, size }: Pick<FieldPart, 'kind' | 'size'>): number => (kind === 'labels' ? 1 : size);

/** Numbers that a sample takes in `data`. */
export const stored = ({ kind, size, parts }: Pick<Field, 'kind' | 'size' | 'parts'>): number =>
  parts ? parts.reduce((sum, part) => sum + width(part), 0) : width({ kind, size });

/** A field on its way to become a part of another. */
export interface Joined extends Pick<FieldPart, 'name' | 'shape' | 'classNames'> {
  readonly field: Field;
}

/** One field of several: bytes where all of them are, with one scale, else floats with their scales applied. */
export function joinedFields(joined: readonly Joined[], count: number, what: string): Field {
  const [{ field: first }] = joined;
  const isAlike = joined.every(({ field: { data, scale } }) => isUint8Array(data) && scale === first.scale);
  const parts = joined.map(({ name, field: { kind, size, data, scale }, shape, classNames }): FieldPart => {
    const type = isUint8Array(data) ? 'uint8' : 'float32';
    return { name, kind, size, type, scale, ...(shape && { shape }), ...(classNames && { classNames }) };
  });
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const field = { kind: 'values', size, scale: isAlike ? first.scale : 1, parts } as const;
  const all = stored(field);
  const data = allocate(what, count * all, (n) => (isAlike ? new Uint8Array(n) : new Float32Array(n)));
  let from = 0;
  for (const { field: part } of joined) {
    const n = width(part);
    const factor = isAlike ? 1 : Math.fround(part.scale);
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < n; k++) data[i * all + from + k] = part.data[i * n + k] * factor;
    }
    from += n;
  }
  return { ...field, data };
}

/** Throws DataError for parts that are none, or not those of a field of this size. */
export function checkParts({ kind, size, parts }: Pick<Field, 'kind' | 'size' | 'parts'>, what: string): void {
  if (parts === undefined) return;
  const isPart = (part: FieldPart): boolean =>
    typeof part?.name === 'string' && (part.kind === 'values' || part.kind === 'labels') && isCount(part.size);
  if (kind === 'values' && isList(parts) && parts.every(isPart)) {
    const sum = parts.reduce((sum, part) => sum + part.size, 0);
    if (sum === size && new Set(parts.map(({ name }) => name)).size === parts.length) return;
  }
  const expected = `parts { name, kind, size } with names of their own, ${size} values together`;
  throw new DataError(`${what}.parts: expected ${expected}, found ${showValue(parts)}`);
}

/** Throws DataError naming the first number that stands for a class and is none. */
export function checkClassesIn({ data, ...field }: Field, what: string): void {
  const all = stored(field);
  let from = 0;
  for (const part of field.parts ?? []) {
    for (let at = from; part.kind === 'labels' && at < data.length; at += all) {
      if (Number.isInteger(data[at]) && data[at] >= 0 && data[at] < part.size) continue;
      const expected = `a class from 0 to ${part.size - 1} of ${part.name}`;
      throw new DataError(`${what}[${at}]: expected ${expected}, found ${showValue(data[at])}`);
    }
    from += width(part);
  }
}

/** Writes what a net sees of sample `at` of a field with parts, [size], into `out` from `first` on, which is zeros there. */
export function seePart(field: Field, at: number, out: Float32Array, first: number): void {
  const factor = Math.fround(field.scale);
  let [from, to] = [at * stored(field), first];
  for (const { kind, size } of field.parts!) {
    if (kind === 'labels') out[to + field.data[from]] = 1;
    else for (let k = 0; k < size; k++) out[to + k] = field.data[from + k] * factor;
    from += width({ kind, size });
    to += size;
  }
}
