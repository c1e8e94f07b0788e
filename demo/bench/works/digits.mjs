// The library's generated digits, as the data set and as the same batches in floats.
import { data } from '../library.mjs';

/** `shape` is that of a sample: [28, 28], or another of as many pixels. */
export function digitBatches(batch, batches, shape = [28, 28]) {
  const { train: digits } = data.digits({ train: batch * batches, test: 1 });
  const dataset = { ...digits, shape };
  const rows = (i) => Array.from({ length: batch }, (_, k) => i * batch + k);
  return { dataset, batches: Array.from({ length: batches }, (_, i) => data.batch(dataset, rows(i))) };
}
