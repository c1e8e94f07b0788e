/**
 * Reads the text of a model. Layers are made by their functions, which check them, and have to be written by the same text
 * again: so a text holds nothing that is not understood.
 */
import { isCount, isList, isShape, member } from '../base/arguments.ts';
import { DataError, RetrogradError } from '../base/errors.ts';
import { isFinite32 } from '../base/float32.ts';
import { isObject, parseJson } from '../base/json.ts';
import { shorten, showValue } from '../base/show-value.ts';
import { size } from '../base/tensor.ts';
import { EXPECTED_FACTS, isFacts } from '../data/data-facts.ts';
import type { TableColumn } from '../data/table-columns.ts';
import type { Layer } from '../nn/layers/index.ts';
import { activationIn, type LayerActivation } from '../nn/layers/layer.ts';
import { activationNamed, kindNamed } from '../nn/layers/registry.ts';
import { factsOf, type NamedLoss } from '../nn/losses/registry.ts';
import {
  apply,
  features,
  input as inputOf,
  type Model,
  modelOf,
  outputs,
  type Symbolic,
  severalOutputs,
} from '../nn/model.ts';
import { MODEL, NO_MODEL, plain, type Saved, type SavedLoss, VERSION } from './model-text.ts';

/**
 * The model of a text that `formatModel` wrote. Throws DataError for any other text, or none, naming the file and the place. `own` are
 * the activations that are not of the library, of which a text has only the names.
 */
export async function readModel(
  text: string | undefined,
  where: string,
  own: readonly LayerActivation[] = [],
): Promise<Saved> {
  if (text === undefined) throw new DataError(`${where}: ${NO_MODEL}`);
  try {
    return await read(text, own);
  } catch (cause) {
    if (!(cause instanceof RetrogradError)) throw cause;
    throw new DataError(`${where}: ${MODEL}: ${cause.message}`, { cause });
  }
}

const failure = (what: string, expected: string, found: unknown): DataError =>
  new DataError(`${what}expected ${expected}, found ${showValue(found)}`);

const mismatch = (what: string, expected: unknown, found: unknown): DataError =>
  new DataError(`${what}: expected ${shorten(JSON.stringify(expected))}, found ${shorten(JSON.stringify(found))}`);

async function read(text: string, own: readonly LayerActivation[]): Promise<Saved> {
  const saved = parseJson(text);
  if (!isObject(saved)) throw failure('', 'a JSON object', text);
  const { version, input, layers, wiring, weightsOf, loss, data, ...more } = saved;
  if (version !== VERSION) {
    const newer = isCount(version) && version > VERSION ? ` or an older one; update retrograd to open this file` : '';
    throw failure('version: ', `${VERSION}${newer}`, version);
  }
  for (const key of Object.keys(more)) throw failure(`${key}: `, 'nothing', more[key]);
  if (!isShape(input)) throw failure('input: ', 'a shape such as [784]', input);
  if (!isList(layers) || layers.length === 0) throw failure('layers: ', 'a list of layers', layers);
  const made: Layer[] = [];
  for (const [i, layer] of layers.entries()) made.push(await readLayer(layer, own, `layers[${i}]`));
  const model = wired(input, sharing(made, weightsOf), wiring);
  if (!sameJson(model.weightsOf, weightsOf)) throw mismatch('weightsOf', model.weightsOf, weightsOf);
  if (data !== undefined && !isFacts(data, features(model), outputs(model)))
    throw failure('data: ', EXPECTED_FACTS, data);
  if (data?.columns) await checkTable(data.columns, features(model));
  return { model, loss: readLosses(loss, model), data };
}

/** Columns of a table. Throws DataError for what are none, or not those of a sample. */
async function checkTable(columns: readonly TableColumn[], features: number): Promise<void> {
  const table: typeof import('../data/table-columns.ts') = await import('../data/table-columns.ts');
  table.checkColumns(columns, 'data: columns');
  const inputs = table.inputsIn(columns);
  if (inputs !== features) throw failure('data: columns: ', `those of ${features} inputs`, inputs);
}

/** A layer as its function makes it. */
async function readLayer(layer: unknown, own: readonly LayerActivation[], where: string): Promise<Layer> {
  const name = member(layer, 'layer');
  const kind = await kindNamed(name);
  if (!isObject(layer) || !kind) throw failure(`${where}: `, 'a layer of this version of retrograd', name ?? layer);
  const activation = 'activation' in layer ? activationIn(await activationOf(layer.activation, own, where)) : {};
  const made = kind.remade({ ...layer, ...activation } as unknown as Layer);
  const again = plain(made);
  if (!sameJson(again, layer)) throw mismatch(where, again, layer);
  return made;
}

async function activationOf(saved: unknown, own: readonly LayerActivation[], where: string): Promise<LayerActivation> {
  const known = await activationNamed(saved);
  if (known) return known;
  const found = own.find((of) => sameJson(plain(of), { activation: saved }));
  if (found) return found;
  const name = member(saved, 'name');
  if (typeof name !== 'string') throw failure(`${where}: `, 'an activation of this version of retrograd', saved);
  const isKnown = own.some(({ activation }) => member(activation, 'name') === name);
  const what = isKnown
    ? 'with the same WGSL as in training, found another'
    : 'from pointwise(), found none of that name';
  throw new DataError(`${where}: expected the activation ${showValue(name)} in { activations: [...] }, ${what}`);
}

/** The layers, each one that uses the weights of another replaced by that. */
function sharing(layers: readonly Layer[], weightsOf: unknown): readonly Layer[] {
  if (weightsOf === undefined) return layers;
  const isOwner = (of: unknown, i: number) =>
    layers[of as number] && sameJson(plain(layers[of as number]), plain(layers[i]));
  if (!isList(weightsOf) || weightsOf.length !== layers.length || !weightsOf.every(isOwner))
    throw failure('weightsOf: ', `for each of ${layers.length} layers, the number of an equal one`, weightsOf);
  return weightsOf.map((of) => layers[of as number]);
}

/** The layers applied to what the file says; the model that this gives has to be wired in the same way. */
function wired(input: readonly number[], layers: readonly Layer[], wiring: unknown): Model {
  const expected = `the values that each of ${layers.length} layers is applied to`;
  if (!isList(wiring) || wiring.length !== layers.length) throw failure('wiring: ', expected, wiring);
  const values: Symbolic[] = [inputOf(input)];
  for (const [i, layer] of layers.entries()) {
    const of = wiring[i];
    if (!isList(of) || !of.every((at) => Object.hasOwn(values, at as number)))
      throw failure(`wiring[${i}]: `, `numbers of values from 0 to ${i}`, of);
    values.push(apply(layer, ...of.map((at) => values[at as number])));
  }
  const odd = values.findIndex(({ shape }) => !isCount(size(shape)));
  if (odd >= 0) throw failure(`layers[${odd - 1}]: `, 'outputs that can be counted', values[odd].shape);
  const model = modelOf(values[0], values[values.length - 1]);
  if (!sameJson(model.wiring, wiring)) throw mismatch('wiring', model.wiring, wiring);
  return model;
}

/** The loss, or those of several outputs. */
function readLosses(loss: unknown, model: Model): SavedLoss {
  const several = severalOutputs(model);
  if (!several) return readLoss(loss, model.shapes[model.shapes.length - 1]);
  const { outputs: given, ...more } = isObject(loss) ? loss : {};
  if (!isObject(given) || Object.keys(more).length > 0)
    throw failure('loss: ', '{ outputs } with a loss for each output', loss);
  const names = several.outputs.map(({ name }) => name);
  if (!sameJson(Object.keys(given), names)) throw mismatch('loss: outputs', names, Object.keys(given));
  const read = several.outputs.map(({ name, shape }) => {
    const { weight, ...own } = given[name] as Record<string, unknown>;
    if (!isFinite32(weight) || weight < 0) throw failure(`loss: ${name}: weight: `, 'a finite number ≥ 0', weight);
    return [name, { weight, ...readLoss(own, shape) }] as const;
  });
  return { ...read[0][1], outputs: Object.fromEntries(read) };
}

/** A loss of an output of this shape, held to what its function takes. */
function readLoss(loss: unknown, shape: readonly number[]): NamedLoss {
  const odd = () => failure('loss: ', 'one that goes with the layers', loss);
  if (!isObject(loss) || typeof loss.name !== 'string') throw odd();
  const { name, reduction, labelSmoothing, ...others } = loss as unknown as NamedLoss;
  if (reduction !== 'mean' && reduction !== 'sum') throw odd();
  const settings = labelSmoothing === 0 ? others : { labelSmoothing, ...others };
  const { settings: checks } = factsOf({ name, ...settings });
  for (const [key, value] of Object.entries(settings)) {
    if (!Object.hasOwn(checks, key) || (isList(value) && value.length !== shape[0])) throw odd();
    checks[key](`loss: ${key}`, value);
  }
  return { name, reduction, ...settings };
}

/** Whether two values are the same JSON text, whatever the order of members. */
function sameJson(a: unknown, b: unknown): boolean {
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  if (!isObject(a) || !isObject(b)) return a === b;
  const keys = Object.keys({ ...a, ...b });
  return keys.every((key) => Object.hasOwn(a, key) && Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}
