/** How samples get to a program: batches of the caller's, or whole data sets that stay on the device. */
import type { Augmentation } from './augment.ts';
import type { Dataset, Field } from './data/dataset.ts';
import type { Engine, Program } from './engine.ts';
import { ArgumentError, DataError, ShapeError } from './errors.ts';
import { isFinite32 } from './finite.ts';
import { features, outputs } from './model.ts';
import { feedNetwork, type NetworkOptions } from './network.ts';
import { shown } from './shown.ts';
import type { StepRow } from './step.ts';
import { toColumns } from './tensor.ts';

/** Throws ArgumentError for what is no data set, ShapeError unless the samples are those of the model. */
export function checkDataset({ model }: NetworkOptions, dataset: Dataset, where: string): void {
  if (!dataset?.inputs?.data || !dataset.targets?.data) {
    const found = dataset ? `an object with ${Object.keys(dataset).join(', ')}` : String(dataset);
    throw new ArgumentError(`${where}: expected a data set, such as the train of digits(), found ${found}`);
  }
  const demand = (what: string, found: number, expected: number) => {
    if (found !== expected)
      throw new ShapeError(`${where}: ${dataset.name} has ${found} ${what} per sample, the model ${expected}`);
  };
  demand('inputs', dataset.inputs.size, features(model));
  demand('targets', dataset.targets.size, outputs(model));
}

/** Samples in x. Throws ShapeError unless they are whole. */
export function countSamples({ model }: NetworkOptions, x: ArrayLike<number>, where: string): number {
  const count = x?.length / features(model);
  if (Number.isInteger(count) && count > 0) return count;
  throw new ShapeError(
    `${where}: x must hold whole samples of ${features(model)} values, found ${x?.length ?? 'no'} values`,
  );
}

/** A batch of the caller's as x and y of a program, and its number of samples. Throws ShapeError or DataError. */
export function packBatch(network: NetworkOptions, x: ArrayLike<number>, y: ArrayLike<number>, where: string) {
  const count = countSamples(network, x, where);
  const [inputs, classes, batch] = [features(network.model), outputs(network.model), network.batch];
  if (count > batch) {
    throw new ShapeError(`${where}: x holds ${count} samples, more than the batch of ${batch} it was compiled for`);
  }
  finite(x, `${where}: x`, count);
  if (y?.length === undefined) {
    throw new ShapeError(`${where}: y must hold the targets of ${count} samples, found ${shown(y)}`);
  }
  const targets = y.length === count && classes > 1 ? oneHot(y, classes, where) : y;
  if (targets.length !== count * classes) {
    const expected = classes > 1 ? `${count} class indices or ${count} × ${classes} values` : `${count} values`;
    throw new ShapeError(`${where}: y must hold ${expected}, as x holds ${count} samples, found ${y.length}`);
  }
  finite(targets, `${where}: y`, count);
  const tensors = new Map([
    ['x', toColumns(x, inputs, batch)],
    ['y', toColumns(targets, classes, batch)],
  ]);
  return { columns: count, tensors };
}

function oneHot(labels: ArrayLike<number>, classes: number, where: string): Float32Array {
  const out = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new DataError(`${where}: y[${i}] must be a class from 0 to ${classes - 1}, found ${shown(label)}`);
    }
    out[i * classes + label] = 1;
  }
  return out;
}

/** Throws DataError for the first of the values, [count][...], that is no finite number. */
export function finite(values: ArrayLike<number>, what: string, count: number): void {
  const perSample = values.length / count;
  for (let i = 0; i < values.length; i++) {
    if (isFinite32(values[i])) continue;
    const place = `value ${i % perSample} of sample ${Math.floor(i / perSample)}`;
    throw new DataError(`${what}: ${place} must be a finite number, found ${shown(values[i])}`);
  }
}

export interface Feed {
  /** Writes x and y of the batch that the step row names. */
  readonly program: Program;
  readonly dataset: Dataset;
}

/** Data sets that a program keeps on the device; of more than these, the one not used for longest goes. */
const KEPT = 4;

interface KeptFeed {
  readonly dataset: Dataset;
  readonly augmentation: string;
  readonly feed: Promise<Feed>;
}

/**
 * Feeds of each program, made once per data set and what is done to its images; they do not notice if its arrays are
 * written to later.
 */
export function feeds(engine: Engine, batch: number) {
  const known = new Map<Program, KeptFeed[]>();
  const release = ({ feed }: KeptFeed): void => void feed.then(({ program }) => program.destroy()).catch(() => {});
  return {
    /** Throws DataError where the device cannot bind that much. */
    of(dataset: Dataset, program: Program, augmentation?: Augmentation): Promise<Feed> {
      const kept = known.get(program) ?? [];
      known.set(program, kept);
      const key = JSON.stringify(augmentation ?? null);
      const at = kept.findIndex((other) => other.dataset === dataset && other.augmentation === key);
      const create = () => createFeed(engine, dataset, program, batch, augmentation);
      const [found] = at >= 0 ? kept.splice(at, 1) : [{ dataset, augmentation: key, feed: create() }];
      kept.push(found); // in order of use
      found.feed.catch(() => {
        if (kept.includes(found)) kept.splice(kept.indexOf(found), 1);
      });
      if (kept.length > KEPT) release(kept.shift()!);
      return found.feed;
    },
  };
}
export type Feeds = ReturnType<typeof feeds>;

async function createFeed(
  engine: Engine,
  dataset: Dataset,
  program: Program,
  batch: number,
  augmentation?: Augmentation,
): Promise<Feed> {
  const fields: [string, Field][] = [
    ['xData', dataset.inputs],
    ['yData', dataset.targets],
  ];
  for (const [name, { data }] of fields) {
    if (data.byteLength <= engine.largest) continue;
    const most = `at most ${engine.largest} can be bound on ${engine.name}`;
    throw new DataError(
      `${dataset.name}: ${name} takes ${data.byteLength} bytes, ${most}; store bytes instead of floats, or train on parts`,
    );
  }
  const graph = feedNetwork(dataset, batch, augmentation);
  const names = ['x', 'y'];
  const feed = await engine.program(graph, { keep: (node) => names.includes(node.name), shared: { program, names } });
  try {
    for (const [name, { data }] of fields) feed.write(name, data);
    await engine.prepare([feed, program]);
  } catch (error) {
    feed.destroy();
    throw error;
  }
  return { program: feed, dataset };
}

/** Which samples batch number i of an epoch holds; the last one may be ragged. */
export function batchRow({ count }: Dataset, batch: number, i: number): Pick<StepRow, 'start' | 'count' | 'columns'> {
  return { start: i * batch, count, columns: Math.min(batch, count - i * batch) };
}

/** Throws ArgumentError for a batch that no step could ever fill. */
export function checkBatch({ batch }: NetworkOptions, dataset: Dataset, where: string): void {
  if (batch <= dataset.count) return;
  throw new ArgumentError(
    `${where}: the batch of ${batch} is larger than ${dataset.name} with its ${dataset.count} samples`,
  );
}
