/** Keeps whole data sets on the device, and feeds batches of them to a program. */
import { ArgumentError, DataError, ShapeError } from '../base/errors.ts';
import { sameSamples, show } from '../base/tensor.ts';
import { checkedDataset, copyOf, isKnown, rangeOf } from '../data/checked-dataset.ts';
import type { Dataset, Field } from '../data/dataset.ts';
import { identityOf, sameDataset, sameFields } from '../data/identity.ts';
import type { Engine, Program } from '../engine/engine.ts';
import type { StepRow } from '../graph/step-row.ts';
import type { LossFunction } from '../nn/losses.ts';
import { features, type Model, outputs } from '../nn/model.ts';
import type { Augmentation } from './augmentation.ts';
import { checkTargets } from './batch.ts';
import { feedGraph, type Task } from './graphs.ts';

/**
 * The data set, as it is now. Throws ArgumentError if this is not a data set, ShapeError if its samples do not fit the model,
 * DataError for targets that the loss cannot take, or if it was made by hand and breaks the rules of `fromArrays`.
 */
export function datasetFor({ model, loss }: Task, dataset: Dataset, where: string): Dataset {
  const taken = checkedDataset(dataset, where);
  const { name, shape, inputs } = taken;
  if (inputs.size !== features(model))
    throw new ShapeError(
      `${where}: ${name} has ${inputs.size} inputs per sample, but the model has ${features(model)}`,
    );
  if (!sameSamples(shape, model.input)) {
    const expected = `expected samples of shape ${show(model.input)}, or rows of ${features(model)} numbers`;
    throw new ShapeError(
      `${where}: ${expected}, found ${name} with ${show(shape)}: its numbers are in a different order`,
    );
  }
  checkOutputs(model, taken, where);
  checkRange(loss, taken, where);
  return taken;
}

function checkOutputs(model: Model, { name, targets: { kind, size } }: Dataset, where: string): void {
  const units = outputs(model);
  if (size === units && !(kind === 'labels' && units === 1)) return;
  const found = `${where}: ${name} has ${size} targets per sample, but the model has ${units} outputs`;
  if (kind === 'values') throw new ShapeError(found);
  const classes = `${where}: ${name} has labels of ${size} ${size === 1 ? 'class' : 'classes'}`;
  if (units === 1) {
    const values = 'give y as values, [[0], [1], ...] or a Float32Array, or end the model with one unit per class';
    throw new ShapeError(`${classes}, which need one output each, but the model has 1: ${values}`);
  }
  const hint = size < units ? `; if there are ${units} classes, make the data set with { classes: ${units} }` : '';
  throw new ShapeError(`${found}: its labels are of ${size} classes${hint}`);
}

/** Looks at the targets one by one only where some of them are out of range. */
function checkRange(loss: LossFunction, { name, targets }: Dataset, where: string): void {
  if (targets.kind === 'labels' || !loss.classifies) return;
  const { least, most } = rangeOf(targets);
  const ends = [least * targets.scale, most * targets.scale];
  if (Math.min(...ends) >= 0 && Math.max(...ends) <= 1) return;
  const { data, size, scale } = targets;
  checkTargets(loss, scale === 1 ? data : Float32Array.from(data, (y) => y * scale), size, `${where}: ${name}: y`);
}

export interface Feed {
  /** Writes x and y of the batch that the step row names. */
  readonly program: Program;
  readonly dataset: Dataset;
  /** The samples that the program holds, kept only where steps are compared with them. */
  readonly copy?: Dataset;
}

/** Data sets that a program keeps on the device; of more than these, the one not used for longest goes. */
const KEPT = 4;

interface KeptFeed {
  readonly dataset: Dataset;
  readonly augmentation: string;
  readonly feed: Promise<Feed>;
}

/**
 * Feeds of each program, made once per data set and what is done to its images. Each has a copy of the samples, so that
 * nothing written to the arrays later, were it during the call, reaches a net unseen.
 */
export function feeds(engine: Engine, task: Task, { checked = false } = {}) {
  const known = new Map<Program, KeptFeed[]>();
  const release = ({ feed }: KeptFeed): void => void feed.then(({ program }) => program.destroy()).catch(() => {});
  return {
    /** Throws DataError where the device cannot bind that much. */
    of(dataset: Dataset, program: Program, augmentation?: Augmentation): Promise<Feed> {
      const kept = known.get(program) ?? [];
      known.set(program, kept);
      const key = JSON.stringify(augmentation ?? null);
      const at = kept.findIndex((other) => sameNumbers(other.dataset, dataset) && other.augmentation === key);
      const create = async (): Promise<Feed> => {
        const feed = await createFeed(engine, dataset, program, task, augmentation);
        return checked ? feed : { ...feed, copy: undefined };
      };
      const [found] = at >= 0 ? kept.splice(at, 1) : [{ dataset, augmentation: key, feed: create() }];
      kept.push(found); // in order of use
      found.feed.catch(() => {
        if (kept.includes(found)) kept.splice(kept.indexOf(found), 1);
      });
      if (kept.length > KEPT) release(kept.shift()!);
      return found.feed.then((feed) => ({ ...feed, dataset }));
    },
  };
}
export type Feeds = ReturnType<typeof feeds>;

/** One that the library did not make may have changed since: its digest is of what it held when its samples were copied. */
function sameNumbers(kept: Dataset, dataset: Dataset): boolean {
  if (isKnown(dataset) || isKnown(kept)) return sameFields(kept, dataset);
  return sameDataset(kept, dataset);
}

async function createFeed(
  engine: Engine,
  dataset: Dataset,
  program: Program,
  task: Task,
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
      `${dataset.name}: ${name} needs ${data.byteLength} bytes, but ${most}; store bytes instead of floats, or train on parts`,
    );
  }
  // Before anything is awaited, and so together with the digest.
  if (!isKnown(dataset)) identityOf(dataset);
  const taken = { ...dataset, inputs: copyOf(dataset.inputs), targets: copyOf(dataset.targets) };
  datasetFor(task, taken, 'data set');
  const graph = feedGraph(dataset, task.batch, augmentation);
  const names = ['x', 'y'];
  const feed = await engine.program(graph, { keep: (node) => names.includes(node.name), shared: { program, names } });
  try {
    feed.write('xData', taken.inputs.data);
    feed.write('yData', taken.targets.data);
    await engine.settled(); // a feed is kept: one whose samples the device refused would be of zeros from then on
    await engine.prepare([feed, program]);
  } catch (error) {
    feed.destroy();
    throw error;
  }
  return { program: feed, dataset, copy: taken };
}

/** Which samples batch number i of an epoch holds; the last one may be ragged. */
export function batchRow({ count }: Dataset, batch: number, i: number): Pick<StepRow, 'start' | 'count' | 'columns'> {
  return { start: i * batch, count, columns: Math.min(batch, count - i * batch) };
}

/** Throws ArgumentError for a batch that no step could ever fill. */
export function checkBatch({ batch }: Task, dataset: Dataset, where: string): void {
  if (batch <= dataset.count) return;
  throw new ArgumentError(
    `${where}: the batch of ${batch} is larger than ${dataset.name}, which has ${dataset.count} samples`,
  );
}
