/** Batches of a caller's as the tensors of a program. */
import { ArgumentError, ShapeError } from '../base/errors.ts';
import type { NamedRows, Rows } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import { toColumns } from '../base/tensor.ts';
import type { DataFacts } from '../data/data-facts.ts';
import type { Dataset } from '../data/dataset.ts';
import { isStreamed } from '../data/stream-of.ts';
import { checkInputs } from '../nn/demands.ts';
import { features, outputs } from '../nn/model.ts';
import { checkTargets, isDataset, oneHot, seen, targetsFrom } from './batch.ts';
import { datasetFor } from './dataset-for.ts';
import type { Task } from './graphs.ts';
import { wholeSamples } from './named-samples.ts';

/** A batch as x and y of a program, and its number of samples. */
export interface PackedBatch {
  readonly columns: number;
  readonly tensors: ReadonlyMap<string, Float32Array>;
  /** The data set that the samples are of. */
  readonly dataset?: Dataset;
}

/**
 * A batch of the caller's: x and y, or a data set, all of it. `data` says what bytes in x are multiplied by. Throws ShapeError or
 * DataError.
 */
export function packBatch(
  task: Task,
  x: Rows | NamedRows | Dataset,
  y: Rows | undefined,
  where: string,
  data?: DataFacts,
): PackedBatch {
  if (isDataset(x)) return packDataset(task, x, y, where);
  const [inputs, classes] = [features(task.model), outputs(task.model)];
  const samples = wholeSamples(task.model, x, where, data);
  checkInputs(task.model, { data: samples }, `${where}: x`);
  const count = samples.length / inputs;
  demandRoom(task, count, `${where}: x holds`);
  const targets = targetsFrom(y, count, classes, where);
  checkTargets(task.loss, targets, classes, `${where}: y`);
  return { columns: count, tensors: packed(task, samples, targets) };
}

function packDataset(task: Task, given: Dataset, y: unknown, where: string): PackedBatch {
  if (y !== undefined) throw new ArgumentError(`${where}: expected no y beside a data set, found ${showValue(y)}`);
  const dataset = datasetFor(task, given, where);
  if (isStreamed(dataset))
    throw new ArgumentError(
      `${where}: expected a data set in memory, found ${dataset.name}, which is read as it is used`,
    );
  const { name, count, inputs, targets } = dataset;
  demandRoom(task, count, `${where}: ${name} has`);
  const wanted =
    targets.kind === 'labels' ? oneHot(targets.data, targets.size, where) : seen(targets.data, targets.scale);
  return { columns: count, tensors: packed(task, seen(inputs.data, inputs.scale), wanted), dataset };
}

function demandRoom({ batch }: Task, count: number, what: string): void {
  if (count <= batch) return;
  throw new ShapeError(`${what} ${count} samples, more than the batch of ${batch} that the net was compiled for`);
}

const packed = ({ model, batch }: Task, samples: Float32Array, targets: ArrayLike<number>) =>
  new Map([
    ['x', toColumns(samples, features(model), batch)],
    ['y', toColumns(targets, outputs(model), batch)],
  ]);
