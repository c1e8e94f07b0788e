/** Models of TensorFlow.js and Keras, to be trained on. */
import { checkKeys, isList, keysOf, member } from '../base/arguments.ts';
import { asBytes, type Bytes } from '../base/as-bytes.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { firstOdd } from '../base/numbers.ts';
import { indented, showValue } from '../base/show-value.ts';
import { sameShape, show, size, type Tensor } from '../base/tensor.ts';
import { model as modelFrom } from '../nn/functional.ts';
import type { Model } from '../nn/model.ts';
import { type Built, build, type Layout } from './build.ts';
import type { Assigned } from './site.ts';
import { topologyOf } from './topology.ts';
import { inOrder } from './values.ts';
import { joined, type LayersWeights, type Weight, weightsIn } from './weights.ts';

/** Options of {@link fromLayersModel}. */
export interface LayersModelOptions {
  /**
   * In which order images go in, and come out where they do. `'hwc'` is that of TensorFlow.js, `[height, width, channels]`, so that
   * samples for it are samples here. `'chw'` is that of this library, `[channels, height, width]`, for its data sets of pictures and
   * for `'class'` losses on images. Default: `'hwc'`.
   */
  layout?: Layout;
}

/** A model with its weights, and what else the file says. */
export interface LayersModel {
  /** The model, for `compile`. */
  readonly model: Model;
  /** Its parameters, for `setParameters`. */
  readonly parameters: Record<string, Tensor>;
  /**
   * Keys of the parameters that Keras does not train: those of layers that are not trainable, and those that Keras does not have,
   * such as the scale of a normalisation without one. `compile(model, { freeze })` leaves them as they are.
   */
  readonly freeze: readonly string[];
  /** Names of weights in the file that no layer has, such as those of an optimizer. */
  readonly unused: readonly string[];
}

/**
 * Reads a Layers model of TensorFlow.js: what `model.save()` of tfjs writes, or `tensorflowjs_converter` from a model of Keras.
 *
 * @param json The `model.json`, as text, bytes or the object that it holds; or the artifacts that tfjs gives to an `IOHandler`,
 * with their `weightData`.
 * @param weights The weight files: their bytes, in a list in the order of `model.json`, or by the names that they have there. Leave
 * it out for artifacts.
 * @throws {ArgumentError} For an invalid argument.
 * @throws {DataError} For an invalid file, or naming every layer and option that is not supported.
 */
export function fromLayersModel(
  json: string | Bytes | object,
  weights?: LayersWeights,
  options: LayersModelOptions = {},
): LayersModel {
  checkKeys('fromLayersModel', options, ['layout']);
  const { layout = 'hwc' } = options;
  if (layout !== 'hwc' && layout !== 'chw')
    throw new ArgumentError(`fromLayersModel: layout must be 'hwc' or 'chw', found ${showValue(layout)}`);
  const file = objectIn(json);
  const stored = storedIn(file, weights);
  const unsupported: string[] = [];
  const { modelTopology } = file;
  const topology = topologyOf(member(modelTopology, 'model_config') ?? modelTopology, unsupported);
  const built = build(topology, layout, unsupported);
  if (unsupported.length > 0)
    throw new DataError(['model.json: expected layers that are supported, found others:', ...indented(unsupported)]);
  const sources = new Map(built.assigned.map((one) => [one, sourceOf(one, stored)]));
  const wrong = [...sources.values()].filter((source) => typeof source === 'string');
  if (wrong.length > 0) throw new DataError(['model.json: expected the weights of its layers:', ...indented(wrong)]);
  const model = modelOf(built, layout);
  const parameters = parametersOf(model, sources as ReadonlyMap<Assigned, Weight | undefined>);
  const used = new Set([...sources.values()].map((source) => member(source, 'name')));
  return {
    model,
    parameters: Object.fromEntries(parameters.map(({ key, tensor }) => [key, tensor])),
    freeze: parameters.filter(({ isFrozen }) => isFrozen).map(({ key }) => key),
    unused: [...stored.keys()].filter((name) => !used.has(name)),
  };
}

/** What is read of a model.json. */
const PARTS = ['modelTopology', 'weightsManifest', 'weightSpecs', 'weightData'] as const;
type LayersFile = Readonly<Record<(typeof PARTS)[number], unknown>>;

function objectIn(json: unknown): LayersFile {
  const bytes = asBytes(json, 'model.json');
  const text = bytes ? new TextDecoder().decode(bytes) : json;
  const found = typeof text === 'string' ? parseJson(text) : text;
  const isFile = keysOf(found) !== undefined;
  if (isFile && keysOf(member(found, 'modelTopology')))
    return Object.fromEntries(PARTS.map((name) => [name, member(found, name)])) as LayersFile;
  const expected = 'a model.json with its modelTopology';
  if (isFile || bytes || typeof json === 'string')
    throw new DataError(`model.json: expected ${expected}, found ${showValue(text)}`);
  throw new ArgumentError(`fromLayersModel: json must be ${expected}, found ${showValue(json)}`);
}

/** Parts in which tfjs hands over the bytes of weights. */
const MOST_PARTS = 2 ** 16;

function storedIn(file: LayersFile, weights: unknown): Map<string, Weight> {
  if (file.weightSpecs === undefined || file.weightSpecs === null) {
    const { specs, bytes } = joined(file.weightsManifest, weights);
    return weightsIn(specs, bytes, 'model.json: weights');
  }
  const data = weights ?? file.weightData;
  const parts = isList(data) && data.length <= MOST_PARTS ? data : [data];
  const paths = parts.map((_, i) => `part ${i}`);
  const { bytes } = joined([{ paths, weights: [] }], parts);
  return weightsIn(file.weightSpecs, bytes, 'weightSpecs');
}

/** The weight of a parameter, nothing for one that Keras does not have, or what is wrong with it. */
function sourceOf({ of, from }: Assigned, stored: ReadonlyMap<string, Weight>): Weight | string | undefined {
  if (!from) return undefined;
  const found = weightOf(of.name, from.name, stored);
  if (typeof found === 'string') return found;
  if (sameShape(found.shape, from.shape)) return found;
  return `${found.name}: expected ${show(from.shape)}, found ${show(found.shape)}`;
}

/** A weight by its layer and name: 'dense/kernel', 'gru/gru_cell/kernel' or 'outer/dense/kernel', with or without ':0'. */
function weightOf(layer: string, name: string, stored: ReadonlyMap<string, Weight>): Weight | string {
  const exact = stored.get(`${layer}/${name}`);
  if (exact) return exact;
  const names = [...stored.keys()].filter((key) => {
    const path = `/${key.replace(/:0$/, '')}`;
    return path.endsWith(`/${name}`) && path.includes(`/${layer}/`);
  });
  const [only] = names;
  if (names.length === 1) return stored.get(only)!;
  return `${layer}/${name}: ${names.length === 0 ? 'missing' : `expected one, found ${names.join(', ')}`}`;
}

function modelOf({ inputs, outputs }: Built, layout: Layout): Model {
  const ends = outputs.map(
    ([name, value]) => [name, (layout === 'chw' && value.shape.length > 1 ? value : inOrder(value)).value] as const,
  );
  const from = inputs.length === 1 ? inputs[0][1] : Object.fromEntries(inputs);
  return ends.length === 1 ? modelFrom(from, ends[0][1]) : modelFrom(from, Object.fromEntries(ends));
}

/** Numbers of the parameters. Throws DataError for those that are not finite. */
function parametersOf({ layers }: Model, sources: ReadonlyMap<Assigned, Weight | undefined>) {
  const found = [...sources].map(([{ of, layer, key, shape, from, value = 0 }, weight]) => {
    const data = weight && from ? from.arrange(weight.read()) : new Float32Array(size(shape)).fill(value);
    const odd = firstOdd(data);
    if (odd >= 0) throw new DataError(`${weight?.name ?? key}: expected finite numbers, found ${showValue(data[odd])}`);
    return { key: `layers.${layers.indexOf(layer)}.${key}`, tensor: { shape, data }, isFrozen: !from || !of.trainable };
  });
  return found;
}
