/** Mean and deviation of the inputs of a data set. */
import { member } from '../base/arguments.ts';
import { size as sizeOf } from '../base/tensor.ts';
import { checkedDataset } from './checked-dataset.ts';
import type { Dataset } from './dataset.ts';
import { room } from './stream-of.ts';
import type { AnyDataset, StreamedDataset } from './streamed.ts';

/** Mean and deviation of inputs: one number per feature, one per channel, or one for all. */
export interface Statistics {
  /** Means. */
  readonly mean: readonly number[];
  /** Standard deviations √(Σ (x − mean)² / n), 0 for a feature that is the same in all samples. */
  readonly deviation: readonly number[];
}

/**
 * Computes mean and standard deviation of the inputs as a net sees them, scale included. Give them to the layer `standardize`.
 *
 * Samples of shape `[features]` have one of each per feature, samples `[channels, height, width]` one per channel, and samples
 * `[height, width]` one for all. The deviation divides by n, as scikit-learn's `StandardScaler` does. Use the training part of the
 * data alone, so that nothing of the test part is known in training.
 *
 * @param dataset A data set in memory, or one that is read as it is used: then the result is a promise of a pass over it.
 * @throws {ArgumentError} For a value that is not a data set.
 * @throws {DataError} For an invalid data set made by hand, and as reading does.
 */
export function statistics(dataset: Dataset): Statistics;
export function statistics(dataset: StreamedDataset): Promise<Statistics>;
export function statistics(dataset: AnyDataset): Statistics | Promise<Statistics> {
  if (isRead(dataset)) return statisticsOfRead(dataset);
  const whole = checkedDataset(dataset, 'statistics');
  const sums = sumsOf(whole);
  sums.add(whole.inputs.data);
  return sums.result();
}

const isRead = (dataset: AnyDataset): dataset is StreamedDataset => typeof member(dataset, 'read') === 'function';

/** Bytes of samples that are read at a time. */
const PART = 2 ** 22;

async function statisticsOfRead(dataset: StreamedDataset): Promise<Statistics> {
  const { count, inputs } = dataset;
  const sums = sumsOf(dataset);
  const most = Math.max(1, Math.floor(PART / (4 * inputs.size)));
  let asked = room(new Uint32Array(0), dataset);
  function* requests() {
    for (let first = 0; first < count; first += most) {
      const samples = Uint32Array.from({ length: Math.min(most, count - first) }, (_, i) => first + i);
      asked = room(samples, dataset);
      yield asked;
    }
  }
  for await (const _ of dataset.read(requests())) sums.add(asked.x);
  return sums.result();
}

/** Sums in f64, of the distance from the first number of each feature: what never changes has a deviation of exactly 0. */
function sumsOf({ shape, inputs }: AnyDataset) {
  /** Numbers, one after another, that share a mean: all of a sample, a channel of it, or one. */
  const run = shape.length === 2 ? sizeOf(shape) : sizeOf(shape.slice(1));
  const groups = sizeOf(shape) / run;
  const scale = Math.fround(inputs.scale);
  const [first, sums, squares] = [0, 1, 2].map(() => new Float64Array(groups));
  let samples = 0;
  return {
    /** Whole samples. */
    add(data: Uint8Array | Float32Array): void {
      if (samples === 0) for (let g = 0; g < groups; g++) first[g] = data[g * run];
      for (let at = 0; at < data.length; samples++) {
        for (let g = 0; g < groups; g++) {
          const from = first[g];
          let [sum, square] = [0, 0];
          for (const end = at + run; at < end; at++) {
            const distance = data[at] - from;
            sum += distance;
            square += distance * distance;
          }
          sums[g] += sum;
          squares[g] += square;
        }
      }
    },
    result(): Statistics {
      const n = samples * run;
      const deviationOf = (square: number, g: number) => Math.sqrt(Math.max(0, square / n - (sums[g] / n) ** 2));
      return {
        mean: Array.from(sums, (sum, g) => scale * (first[g] + sum / n)),
        deviation: Array.from(squares, (square, g) => Math.abs(scale) * deviationOf(square, g)),
      };
    },
  };
}
