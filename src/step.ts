/**
 * The step row: everything that changes from one training step to the next. The GPU sees it as the uniform `step`
 * (shaders/step.wgsl, same order), many rows in one table, one row a step by dynamic offset.
 */
export interface StepRow {
  /** Valid columns of this batch; the last batch of an epoch may be ragged. */
  columns: number;
  learningRate: number;
  /** 1/(1 − β₁ᵗ) and 1/(1 − β₂ᵗ) of Adam; 1 for other optimizers. */
  correction1: number;
  correction2: number;
  /** Position of the batch's first sample in the (shuffled) order, and samples in the data set. */
  start: number;
  count: number;
  /** Key of the shuffle, and whether to shuffle at all (0 or 1). */
  key: number;
  shuffled: number;
}

const FLOATS = ['columns', 'learningRate', 'correction1', 'correction2'] as const;
const WORDS = ['start', 'count', 'key', 'shuffled'] as const;

/** Bytes from one row to the next: the portable alignment of a dynamic uniform offset. */
export const ROW_STRIDE = 256;
/** Bytes of a row that the shader reads. */
export const ROW_BYTES = 4 * (FLOATS.length + WORDS.length);

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
    ...row,
  };
  for (const name of FLOATS) full[name] = Math.fround(full[name]);
  return full;
}

export function packRows(table: readonly StepRow[]): ArrayBuffer {
  const buffer = new ArrayBuffer(table.length * ROW_STRIDE);
  const view = new DataView(buffer);
  for (const [r, row] of table.entries()) {
    let at = r * ROW_STRIDE;
    for (const name of FLOATS) {
      view.setFloat32(at, row[name], true);
      at += 4;
    }
    for (const name of WORDS) {
      view.setUint32(at, row[name], true);
      at += 4;
    }
  }
  return buffer;
}
