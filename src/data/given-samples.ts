/** Samples that a source of one's own gives. They are checked as `fromArrays` checks them, while they are copied into a request. */
import { keysOf } from '../base/arguments.ts';
import { isTypedArray, isUint8Array } from '../base/as-bytes.ts';
import { DataError } from '../base/errors.ts';
import { foundInstead, isNumbers } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import { expectedOf, firstRefused, holderOf } from './field-numbers.ts';
import { type FieldLetter, fieldsOf } from './fields.ts';
import { stored } from './parts.ts';
import type { Request, StreamedDataset, StreamedField } from './streamed.ts';

/** Some samples with their targets, in arrays as `fromArrays` takes them. */
export interface Batch {
  /** Inputs: a row of numbers per sample, or all numbers one after another, `[n][size]`. */
  x: ArrayLike<number> | readonly ArrayLike<number>[];
  /** Targets: a class index per sample, or values: a row per sample, or all one after another, `[n][outputs]`. */
  y: ArrayLike<number> | readonly ArrayLike<number>[];
  /** Weights: a number ≥ 0 per sample, where the options of the data set say that there are some. */
  sampleWeights?: ArrayLike<number>;
}

/** What the fields are called in a batch. */
const KEYS = { x: 'x', y: 'y', w: 'sampleWeights' } as const satisfies Record<FieldLetter, keyof Batch>;

/** The samples of a batch, or the inputs or targets of them. */
export interface GivenSamples<To> {
  readonly count: number;
  /** Copies `n` samples, from place `from` of the batch on, to place `at`. Throws DataError with the sample and the number. */
  copy(from: number, n: number, to: To, at: number): void;
}

/**
 * A batch, after a look at its lengths. `numberOf` gives the number of the sample at a place of it. Throws DataError for what
 * is no batch.
 */
export function givenSamples(
  batch: Batch,
  set: Pick<StreamedDataset, 'name' | 'inputs' | 'targets' | 'sampleWeights'>,
  numberOf: (place: number) => number,
): GivenSamples<Request> {
  const { name } = set;
  const fields = fieldsOf(set);
  const keys = fields.map(([letter]) => KEYS[letter]);
  if (keysOf(batch)?.sort().join() !== [...keys].sort().join()) {
    throw new DataError(`${name}: expected { ${keys.join(', ')} } of some samples, found ${showValue(batch)}`);
  }
  const columns = fields.map(([letter, field]) => {
    const key = KEYS[letter];
    return { key, letter, ...column(batch[key]!, field as StreamedField, `${name}.${key}`, numberOf) };
  });
  const [{ count }] = columns;
  const odd = columns.find((column) => column.count !== count);
  if (odd) {
    throw new DataError(
      `${name}.${odd.key}: expected ${count} samples, as many as x in the batch with sample ${numberOf(0)}, found ${odd.count}`,
    );
  }
  return {
    count,
    copy(from, n, request, at) {
      for (const { letter, copy } of columns) copy(from, n, request[letter]!, at);
    },
  };
}

function column(
  array: Batch['x'],
  field: StreamedField,
  what: string,
  numberOf: (place: number) => number,
): GivenSamples<Uint8Array | Float32Array> {
  if (!isNumbers(array)) throw new DataError(`${what}: expected numbers or rows of them, ${foundInstead(array)}`);
  const width = stored(field);
  const rows =
    Array.isArray(array) && typeof array[0] === 'object' ? (array as readonly ArrayLike<number>[]) : undefined;
  const count = rows ? rows.length : array.length / width;
  if (!Number.isInteger(count)) {
    const where = `in the batch with sample ${numberOf(0)}`;
    throw new DataError(`${what}: expected ${width} numbers per sample ${where}, found ${array.length} numbers in all`);
  }
  const sampleAt = (place: number): string => `sample ${numberOf(place)}`;
  const rowAt = (place: number): ArrayLike<number> => {
    const row = rows![place];
    if (isNumbers(row) && row.length === width) return row;
    const found = isNumbers(row) ? `found ${row.length}` : foundInstead(row);
    throw new DataError(`${what}: ${sampleAt(place)}: expected a row of ${width} numbers, ${found}`);
  };
  const put = putterOf(field);
  return {
    count,
    copy(from, n, to, at) {
      for (let i = 0; i < n; i++) {
        const place = from + i;
        const values = rows ? rowAt(place) : (array as ArrayLike<number>);
        const start = rows ? 0 : place * width;
        const odd = put(values, start, to.subarray((at + i) * width, (at + i + 1) * width));
        if (odd < 0) continue;
        const found = showValue(values[start + odd]);
        throw new DataError(`${what}: ${sampleAt(place)}: expected ${expectedOf(field)} at ${odd}, found ${found}`);
      }
    },
  };
}

/** Copies as many numbers as `to` holds, from place `start` on. Answers which is the first that it may not hold, or −1. */
type Put = (values: ArrayLike<number>, start: number, to: Uint8Array | Float32Array) => number;

function putterOf(field: StreamedField): Put {
  const holds = holderOf(field);
  const isBulk = field.kind === 'labels' ? undefined : field.type === 'uint8' ? isUint8Array : isTypedArray;
  return (values, start, to) => {
    if (isBulk?.(values)) {
      to.set((values as Uint8Array).subarray(start, start + to.length));
      return firstRefused(field, to);
    }
    for (let i = 0; i < to.length; i++) {
      if (!holds(values[start + i])) return i;
      to[i] = values[start + i];
    }
    return -1;
  };
}
