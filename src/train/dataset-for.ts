/** Checks that a data set fits a model and its loss. */
import { isCount, isShape, member } from '../base/arguments.ts';
import { ArgumentError, DataError, ShapeError } from '../base/errors.ts';
import { MOST_SHUFFLED } from '../base/random.ts';
import { sameSamples, show } from '../base/tensor.ts';
import { checkedDataset, rangeOf } from '../data/checked-dataset.ts';
import type { AnyDataset } from '../data/streamed.ts';
import { checkInputs } from '../nn/demands.ts';
import { type LossFunction, targetsOf } from '../nn/losses/loss.ts';
import { choicesIn, features, inputsRuleOf, type Model, outputs, severalOutputs } from '../nn/model.ts';
import { checkNamedTargets, checkTargets } from './batch.ts';
import type { Task } from './graphs.ts';

/**
 * The data set, as it is now. Throws ArgumentError if this is not a data set, ShapeError if its samples do not fit the model,
 * DataError for targets that the loss cannot take, or if it was made by hand and breaks the rules of `fromArrays`.
 */
export function datasetFor<T extends AnyDataset>({ model, loss }: Task, dataset: T, where: string): T {
  const taken = inputsFor(model, dataset, where);
  if (!checkParts(model, loss, taken, where)) checkOutputs(model, loss, taken, where);
  checkRange(loss, taken, where);
  return taken;
}

/** The same where targets are of no use: they may be of any kind. Throws DataError for inputs that a layer cannot take. */
export function inputsFor<T extends AnyDataset>(model: Model, dataset: T, where: string): T {
  const taken = isRead(dataset) ? dataset : (checkedDataset(dataset, where) as T);
  const { name, count, shape, inputs } = taken;
  if (count > MOST_SHUFFLED)
    throw new DataError(`${where}: ${name} has ${count} samples, but the most is ${MOST_SHUFFLED}`);
  if (inputs.size !== features(model))
    throw new ShapeError(
      `${where}: ${name} has ${inputs.size} inputs per sample, but the model has ${features(model)}`,
    );
  if (inputs.parts) inputsRuleOf(model)?.check(model.layers, inputs.parts, `${where}: ${name}`);
  if (!sameSamples(shape, model.input)) {
    const expected = `expected samples of shape ${show(model.input)}, or rows of ${features(model)} numbers`;
    throw new ShapeError(
      `${where}: ${expected}, found ${name} with ${show(shape)}: its numbers are in a different order`,
    );
  }
  if ('data' in inputs) checkInputs(model, inputs, `${where}: ${name}: x`);
  return taken;
}

/** A streamed data set, by all that is asked of one before it is read. */
function isRead(dataset: unknown): boolean {
  const of = (name: string): unknown => member(dataset, name);
  if (typeof of('read') !== 'function') return false;
  const isField = (field: unknown): boolean =>
    isCount(member(field, 'size')) && ['uint8', 'float32'].includes(member(field, 'type') as string);
  const isDescribed = typeof of('name') === 'string' && isCount(of('count')) && isShape(of('shape'));
  return isDescribed && isField(of('inputs')) && isField(of('targets'));
}

/** Whether the targets are those of several outputs. Throws ShapeError where they are not, but have to be. */
function checkParts(
  model: Model,
  loss: LossFunction,
  { name, targets: { kind, parts } }: AnyDataset,
  where: string,
): boolean {
  const several = severalOutputs(model);
  if (!several && !parts) return false;
  if (several && parts) several.rule.table(several.outputs, parts, `${where}: ${name}`);
  else if (parts || kind === 'labels') {
    const found = parts ? `targets by name, ${parts.map(({ name }) => name).join(', ')}` : 'labels of one output';
    const expected = several ? several.outputs.map(({ name }) => name).join(', ') : 'targets of one output';
    throw new ShapeError(
      `${where}: expected ${several ? `targets by name, ${expected}` : expected}, found ${name} with ${found}`,
    );
  }
  const labels = parts?.filter(({ kind }) => kind === 'labels').map(({ name }) => name) ?? [];
  const odd = loss.heads?.find((head) => head.choices > 1 && labels.includes(head.name));
  if (odd) {
    const expected = perPixel(odd.loss.name, odd.outputs, odd.choices);
    throw new ShapeError(`${where}: ${name} has one label per sample for ${odd.name}, but ${expected}`);
  }
  return Boolean(several && parts);
}

function checkOutputs(
  model: Model,
  loss: LossFunction,
  { name, targets: { kind, size } }: AnyDataset,
  where: string,
): void {
  const units = outputs(model);
  const choices = choicesIn(model, loss);
  if (kind === 'labels' && choices > 1)
    throw new ShapeError(`${where}: ${name} has one label per sample, but ${perPixel(loss.name, units, choices)}`);
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

/** What a loss that chooses a class for each of so many places needs, for a message. */
export const perPixel = (loss: string, units: number, choices: number): string =>
  `${loss} chooses one of ${units / choices} classes at each of ${choices} places: give y as ${choices} labels, which fromArrays takes with labelShape, or ${units} values per sample`;

/** Looks at the targets one by one only where some of them are out of range; those that are yet to be read, when they are. */
function checkRange(loss: LossFunction, dataset: AnyDataset, where: string): void {
  const { name, targets } = dataset;
  if (loss.heads && 'data' in targets) checkNamedTargets(loss, targets, targets.data, `${where}: ${name}`);
  const rule = targetsOf(loss);
  if (!('data' in targets) || targets.kind === 'labels' || !rule) return;
  const { least, most } = rangeOf(targets);
  const ends = [least * targets.scale, most * targets.scale];
  if (rule.range && Math.min(...ends) >= rule.range[0] && Math.max(...ends) <= rule.range[1]) return;
  const { data, size, scale } = targets;
  checkTargets(loss, scale === 1 ? data : Float32Array.from(data, (y) => y * scale), size, `${where}: ${name}: y`);
}

/** Throws ArgumentError for a batch that no step could ever fill. */
export function checkBatch({ batch }: Task, dataset: AnyDataset, where: string): void {
  if (batch <= dataset.count) return;
  throw new ArgumentError(
    `${where}: the batch of ${batch} is larger than ${dataset.name}, which has ${dataset.count} samples`,
  );
}
