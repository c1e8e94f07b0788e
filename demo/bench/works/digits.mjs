// The library's generated digits, as the data set and as the same batches in floats.
import { data } from '../library.mjs';

export function digitBatches(batch, batches) {
  const { train: dataset } = data.digits({ train: batch * batches, test: 1 });
  const rows = (i) => Array.from({ length: batch }, (_, k) => i * batch + k);
  return { dataset, batches: Array.from({ length: batches }, (_, i) => data.batch(dataset, rows(i))) };
}
