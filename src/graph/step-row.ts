/**
 * The step row: everything that changes from one training step to the next. The GPU sees it as the uniform `step`
 * (shaders/shared/step.wgsl, same order), many rows in one table, one row a step by dynamic offset.
 */
export interface StepRow {
  /** Valid columns of this batch; the last batch of an epoch may be ragged. */
  columns: number;
  learningRate: number;
  /** 1/(1 − β₁ᵗ) and 1/√(1 − β₂ᵗ) of Adam, for m and √v; 1 for other optimizers. */
  correction1: number;
  correction2: number;
  /** Position of the batch's first sample in the (shuffled) order, and samples in the data set. */
  start: number;
  count: number;
  /** Where on the device the first sample of the batch is, the others behind it; or `BY_NUMBER`. */
  place: number;
  /** Key of the shuffle, and whether to shuffle at all (0 or 1). */
  key: number;
  shuffled: number;
  /** Key of everything else that is random in this step. */
  random: number;
  /** Of several batches whose gradients are added up: whether this is the first, and whether the update is due (0 or 1). */
  fresh: number;
  due: number;
  /** 1 / samples in them up to now. */
  share: number;
  /** What the averages of the weights keep of themselves in this update; the rest is of the new weights. */
  retained: number;
  /** t of the update that this step is part of, counted from 1. */
  update: number;
  /** What a step raises a flag with: 1 or more, and less than 2²⁴; see `numberOf`. */
  number: number;
  /** Which slot of a total is added to, and whether it starts from 0 (0 or 1). */
  slot: number;
  begins: number;
}

/** The place of a batch whose samples are on the device by their numbers in the data set. */
export const BY_NUMBER = 2 ** 32 - 1;

const FLOATS = ['columns', 'learningRate', 'correction1', 'correction2', 'share', 'retained'] as const;
const WORDS = [
  'start',
  'count',
  'key',
  'shuffled',
  'random',
  'fresh',
  'due',
  'slot',
  'begins',
  'place',
  'update',
  'number',
] as const;

/** Bytes of a row: the entries, and the number of rows in the table; a multiple of 16. */
export const ROW_BYTES = 16 * Math.ceil((FLOATS.length + WORDS.length + 1) / 4);

/** How many steps have numbers of their own, which a float holds. */
const NUMBERS = 2 ** 23;

/** The number of the n-th step of a net, n = 1, 2, ... */
export const numberOf = (n: number): number => ((n - 1) % NUMBERS) + 1;

/** The last step that has a number, of the first `steps` steps of a net. */
export const stepOfNumber = (number: number, steps: number): number =>
  steps - ((numberOf(steps) - number + NUMBERS) % NUMBERS);

/** Every float as the GPU will hold it, so that the CPU reference computes with the same numbers. */
export function stepRow(row: Partial<StepRow>): StepRow {
  const full = {
    columns: 0,
    learningRate: 0,
    correction1: 1,
    correction2: 1,
    start: 0,
    count: 0,
    key: 0,
    shuffled: 0,
    random: 0,
    fresh: 1,
    due: 1,
    share: 1,
    retained: 0,
    slot: 0,
    begins: 0,
    place: BY_NUMBER,
    update: 1,
    number: 1,
    ...row,
  };
  for (const name of FLOATS) full[name] = Math.fround(full[name]);
  return full;
}

/** Tables one after another as the GPU reads them, `stride` bytes from row to row, each with the number of rows in its table. */
export function packRows(tables: readonly (readonly StepRow[])[], stride: number): ArrayBuffer {
  const buffer = new ArrayBuffer(tables.reduce((sum, table) => sum + table.length, 0) * stride);
  const view = new DataView(buffer);
  const rows = tables.flatMap((table) => table.map((row) => ({ row, count: table.length })));
  for (const [r, { row, count }] of rows.entries()) {
    let at = r * stride;
    for (const name of FLOATS) {
      view.setFloat32(at, row[name], true);
      at += 4;
    }
    for (const name of WORDS) {
      view.setUint32(at, row[name], true);
      at += 4;
    }
    view.setUint32(at, count, true);
  }
  return buffer;
}
