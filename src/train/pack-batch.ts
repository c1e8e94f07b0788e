/** Batches of a caller's as the tensors of a program. */
import { checkKeys, keysOf } from '../base/arguments.ts';
import { ArgumentError, ShapeError } from '../base/errors.ts';
import { foundInstead, isNumbers, type NamedRows, type Rows } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import { sideBySide, size, toColumns } from '../base/tensor.ts';
import { checkWeights } from '../data/checked-dataset.ts';
import type { Dataset, Field } from '../data/dataset.ts';
import { stored } from '../data/parts.ts';
import { isStreamed } from '../data/stream-of.ts';
import type { DeviceTensor } from '../engine/device-tensor.ts';
import { type Held, heldOf } from '../engine/held.ts';
import { checkInputs } from '../nn/demands.ts';
import type { Head } from '../nn/losses/loss.ts';
import { choicesIn, features, outputs, severalOutputs } from '../nn/model.ts';
import { checkNamedTargets, checkTargets, isDataset, isRows, oneHot, samplesFrom, seen, targetsFrom } from './batch.ts';
import { datasetFor, perPixel } from './dataset-for.ts';
import type { Task } from './graphs.ts';
import { wholeSamples } from './named-samples.ts';
import type { NonFiniteOptions } from './non-finite-options.ts';
import type { Session } from './session.ts';

/** A tensor of a program as it is written: numbers, or one on the device. */
type Values = Float32Array | Held;

/** A batch as x and y of a program, w where its samples have weights, and its number of samples. */
export interface PackedBatch {
  readonly columns: number;
  readonly tensors: ReadonlyMap<string, Values>;
  /** The data set that the samples are of. */
  readonly dataset?: Dataset;
}

/** What a caller gives as samples. */
export type GivenSamples = Rows | NamedRows | DeviceTensor;
/** What a caller gives for each of them. */
export type GivenTargets = Rows | NamedRows | DeviceTensor;

/** Options of a batch of a caller's. */
export interface BatchOptions {
  /** A factor ≥ 0 for the loss of each sample, as in a data set. Default: 1 for every sample. */
  sampleWeights?: ArrayLike<number>;
}

/** Options of {@link Trainer.check}. */
export interface CheckOptions extends BatchOptions, NonFiniteOptions {}

type Site = Pick<Session, 'task' | 'engine' | 'data'>;

/**
 * A batch of the caller's: x and y, or a data set, all of it. `data` says what bytes in x are multiplied by. Throws ShapeError or
 * DataError, and for a tensor on a device what `Held` does.
 */
export function packBatch(
  site: Site,
  x: GivenSamples | Dataset,
  y: GivenTargets | undefined,
  where: string,
  options: BatchOptions = {},
): PackedBatch {
  checkKeys(where, options, ['sampleWeights']);
  const { sampleWeights } = options;
  if (isDataset(x)) return packDataset(site.task, x, { y, sampleWeights }, where);
  const samples = packSamples(site, x, where);
  const targets =
    heldTargets(site, y, samples, `${where}: y`) ?? packTargets(site.task, y as Rows | NamedRows, samples, where);
  return paired(site.task, samples, targets, weightsFrom(sampleWeights, samples.count, `${where}: sampleWeights`));
}

function weightsFrom(weights: ArrayLike<number> | undefined, count: number, what: string) {
  if (weights === undefined) return undefined;
  if (!isNumbers(weights) || weights.length !== count) {
    const found = isNumbers(weights) ? `found ${weights.length}` : foundInstead(weights);
    throw new ShapeError(`${what} must hold a number for each of the ${count} samples of x, ${found}`);
  }
  checkWeights(weights, what);
  return weights;
}

/** The batch of these samples. A weighted task has weights of 1 where there are none. */
export function paired(
  { batch, weighted }: Task,
  { count, values }: Packed,
  y: Values,
  weights?: ArrayLike<number>,
): PackedBatch {
  const w = weights ?? (weighted ? new Float32Array(count).fill(1) : undefined);
  const tensors = new Map([
    ['x', values],
    ['y', y],
  ]);
  if (w) tensors.set('w', toColumns(w, 1, batch));
  return { columns: count, tensors };
}

interface Packed {
  readonly count: number;
  readonly values: Values;
}

/** Samples of the caller's as x of a program, and how many there are. */
export function packSamples({ task, engine, data }: Site, x: GivenSamples, where: string): Packed {
  const { model, batch } = task;
  const held = heldOf(x);
  if (held) return { count: held.samples(`${where}: x`, engine, [...model.input, batch]), values: held };
  const samples = wholeSamples(model, x as Rows | NamedRows, where, data);
  checkInputs(model, { data: samples }, `${where}: x`);
  const count = samples.length / features(model);
  demandRoom(task, count, `${where}: x holds`);
  return { count, values: toColumns(samples, features(model), batch) };
}

/** What is on the device for each output of as many samples; undefined for numbers. */
export function heldTargets(
  { task: { model, batch }, engine }: Site,
  y: unknown,
  { count: expected }: Packed,
  what: string,
): Held | undefined {
  const held = heldOf(y);
  const count = held?.samples(what, engine, [...model.shapes[model.shapes.length - 1], batch]) ?? expected;
  if (count === expected) return held;
  throw new ShapeError(`${what} must hold as many samples as x, ${expected}, found ${count}`);
}

function packTargets(
  { model, batch, loss }: Task,
  y: Rows | NamedRows | undefined,
  { count }: Packed,
  where: string,
): Float32Array {
  const classes = outputs(model);
  if (severalOutputs(model)) return toColumns(namedTargets(model, loss, y, count, where), classes, batch);
  const choices = choicesIn(model, loss);
  demandPixels(y, count, { loss, outputs: classes, choices }, `${where}: y`);
  const targets = targetsFrom(y as Rows | undefined, count, classes, where, choices);
  checkTargets(loss, targets, classes, `${where}: y`);
  return toColumns(targets, classes, batch);
}

/** Throws ShapeError for one label per sample where the loss chooses a class at each pixel. */
function demandPixels(
  y: unknown,
  count: number,
  { loss, outputs, choices }: Pick<Head, 'loss' | 'outputs' | 'choices'>,
  what: string,
): void {
  if (choices > 1 && isNumbers(y) && y.length === count && !isRows(y))
    throw new ShapeError(`${what} holds one label per sample, but ${perPixel(loss.name, outputs, choices)}`);
}

function packDataset(task: Task, given: Dataset, beside: object, where: string): PackedBatch {
  for (const [name, value] of Object.entries(beside)) {
    if (value === undefined) continue;
    throw new ArgumentError(`${where}: expected no ${name} beside a data set, found ${showValue(value)}`);
  }
  const dataset = datasetFor(task, given, where);
  if (isStreamed(dataset))
    throw new ArgumentError(
      `${where}: expected a data set in memory, found ${dataset.name}, which is read as it is used`,
    );
  const { name, count, inputs, targets, sampleWeights } = dataset;
  demandRoom(task, count, `${where}: ${name} has`);
  const several = targets.parts && severalOutputs(task.model);
  const wanted = several
    ? seenThrough(several.rule.table(several.outputs, targets.parts!, where), targets, count)
    : targets.kind === 'labels'
      ? oneHot(targets.data, targets.size, where)
      : seen(targets.data, targets.scale);
  const samples = toColumns(seen(inputs.data, inputs.scale), features(task.model), task.batch);
  const packed = toColumns(wanted, outputs(task.model), task.batch);
  return { ...paired(task, { count, values: samples }, packed, sampleWeights?.data), dataset };
}

/** The targets of several outputs, one after the other, [count][size]: given by name, or as rows of all values. */
function namedTargets(
  model: Task['model'],
  loss: Task['loss'],
  y: unknown,
  count: number,
  where: string,
): Float32Array {
  const { rule, outputs: all } = severalOutputs(model)!;
  const width = outputs(model);
  if (!keysOf(y)) {
    const values = samplesFrom(y as Rows, width, `${where}: y`);
    if (values.length !== count * width)
      throw new ShapeError(`${where}: y must hold the targets of ${count} samples, found ${values.length / width}`);
    checkNamedTargets(loss, { kind: 'values', size: width, scale: 1 }, values, `${where}: y`);
    return values;
  }
  const given = rule.named(all, y, `${where}: y`, 'targets');
  const parts = all.map(({ name, shape }, o) => {
    const n = size(shape);
    demandPixels(given[o], count, loss.heads![o], `${where}: y.${name}`);
    const values = targetsFrom(given[o] as Rows, count, n, `${where}: ${name}`, loss.heads![o].choices);
    checkTargets(loss.heads![o].loss, values, n, `${where}: y.${name}`);
    return values;
  });
  return sideBySide(parts, count);
}

/** What a net sees of stored targets, by the table of their places. */
function seenThrough(table: readonly number[], field: Field, count: number): Float32Array {
  const [width, factor, all] = [table.length / 2, Math.fround(field.scale), stored(field)];
  return Float32Array.from({ length: count * width }, (_, i) => {
    const [at, label] = [table[2 * (i % width)], table[2 * (i % width) + 1]];
    const value = field.data[Math.floor(i / width) * all + at];
    return label < 0 ? value * factor : Number(value === label);
  });
}

function demandRoom({ batch }: Task, count: number, what: string): void {
  if (count <= batch) return;
  throw new ShapeError(`${what} ${count} samples, more than the batch of ${batch} that the net was compiled for`);
}
