/** A model and its parameters out of an ONNX file. */
import { checkFlag, checkKeys } from '../../base/arguments.ts';
import { asBytes, type Bytes } from '../../base/as-bytes.ts';
import { ArgumentError, DataError, ShapeError } from '../../base/errors.ts';
import { isObject, parseJson } from '../../base/json.ts';
import { indented, showValue } from '../../base/show-value.ts';
import { type Shape, size, type Tensor } from '../../base/tensor.ts';
import type { Layer } from '../../nn/layers/index.ts';
import type { LayerKind } from '../../nn/layers/layer.ts';
import { activationNamed, kindNamed, usualActivations } from '../../nn/layers/registry.ts';
import type { LossFunction } from '../../nn/losses/loss.ts';
import { classesOf, type Model, parametersOf, severalOutputs } from '../../nn/model.ts';
import { differences } from '../../saved/differences.ts';
import { type ModelMessage, modelFields, type ValueInfo } from '../messages.ts';
import { decode } from '../protobuf/reader.ts';
import { BATCH, type Constant, constant, constantOf } from './constant.ts';
import { type Activations, elementwise } from './elementwise.ts';
import { assembled, fused, inOrder, type Named, parametersFor, withLosses } from './finish.ts';
import { fold, isFolded } from './fold.ts';
import { commonLayers, operators } from './operators.ts';
import { pointwise } from './pointwise.ts';
import { type Graph, readGraph } from './read-graph.ts';
import { Site } from './site.ts';
import { Steps } from './steps.ts';
import { type Data, dataOf, Refusal, type Step, sampleOf, UNKNOWN, Unknown, type Value } from './value.ts';

/** Options of {@link fromOnnx}. */
export interface FromOnnxOptions {
  /** The bytes of other files in which the graph has numbers, by the paths that it has for them. Default: none. */
  externalData?: Readonly<Record<string, Bytes>>;
  /**
   * Whether a softmax or sigmoid at the end stays a layer. If not, it is left to the {@link ImportedModel.loss | loss}, which trains
   * better on logits. Default: false.
   */
  keepLast?: boolean;
}

/** What an ONNX file holds, as a model to compile and its parameters. */
export interface ImportedModel {
  /** The model, for `compile`. */
  readonly model: Model;
  /** Its parameters, for `net.setParameters`. */
  readonly parameters: Record<string, Tensor>;
  /**
   * What the outputs are made for, where the graph says it: softmaxCrossEntropy() for a softmax at the end, which is no layer then,
   * and sigmoidCrossEntropy() for a sigmoid. By name for several outputs that all say it. With it, `net.predict` gives what the
   * graph gives.
   */
  readonly loss?: LossFunction | Record<string, LossFunction>;
  /** Names of the classes, where the metadata of the file has as many under `classNames`. */
  readonly classNames?: readonly string[];
  /** The metadata of the file. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Layers of a model. */
const MOST_LAYERS = 2000;

/** Nodes that a message names. */
const MOST_NAMED = 1000;

/**
 * Reads a net from an [ONNX](https://onnx.ai) file, such as `torch.onnx.export` of PyTorch writes, to train it further or to predict
 * with it:
 *
 * `const { model, parameters, loss } = await fromOnnx(bytes)`, then `compile(model, { loss, ... })` and
 * `net.setParameters(parameters)`.
 *
 * The graph may branch, and have several inputs and outputs. Its operators are those of the layers and activations of the library,
 * also where an exporter has written one of them as several nodes, and those that only give numbers other axes. The first axis of
 * each input is the batch, or the one whose size alone is not fixed. Operators with the same weights become one layer that is
 * applied several times. Biases, scales and slopes that are constants of the graph are parameters, unless they standardise inputs.
 *
 * @param source The bytes of the file.
 * @throws {ArgumentError} For a source that is not bytes, or an invalid option.
 * @throws {DataError} For a file that is damaged, and for one with nodes that no layer computes: the message lists all of them, with
 * what is not supported. Nothing is allocated before.
 */
export async function fromOnnx(source: Bytes, options: FromOnnxOptions = {}): Promise<ImportedModel> {
  const where = 'fromOnnx';
  checkKeys(where, options, ['externalData', 'keepLast']);
  const { externalData = {}, keepLast = false } = options;
  checkFlag(`${where}: keepLast`, keepLast);
  if (!isObject(externalData))
    throw new ArgumentError(`${where}: externalData must be bytes by path, found ${showValue(externalData)}`);
  const bytes = asBytes(source, where);
  if (!bytes) throw new ArgumentError(`${where}: expected the bytes of an ONNX file, found ${showValue(source)}`);
  const message = decode(modelFields, bytes, where) as ModelMessage;
  const graph = readGraph(message, externalData, where);
  const { inputs, outputs } = convert(graph, await kindsFor(graph), await activationsOf(), keepLast, where);
  return finished(graph, inputs, outputs, keepLast, where);
}

/** The kinds of the layers that the operators of a graph may become. */
async function kindsFor({ nodes }: Graph): Promise<ReadonlyMap<Layer['layer'], LayerKind<Layer>>> {
  const ofNodes = nodes.flatMap(({ op }) => (Object.hasOwn(operators, op) ? operators[op].layers : []));
  const names = [
    ...new Set([...commonLayers, ...ofNodes, ...(nodes.some(({ op }) => op === 'Div') ? normLayers : [])]),
  ];
  const kinds = await Promise.all(names.map(kindNamed));
  return new Map(names.map((name, i) => [name, kinds[i]!]));
}

/** What a quotient may end. */
const normLayers = ['layerNorm'] as const;

const activationsOf = async (): Promise<Activations> => ({
  ...usualActivations,
  exactGelu: (await activationNamed('exactGelu'))!,
});

interface Converted {
  readonly inputs: Named;
  readonly outputs: Named;
}

/** The graph as steps. Throws DataError that lists all nodes that are not supported. */
function convert(
  graph: Graph,
  kinds: ReadonlyMap<Layer['layer'], LayerKind<Layer>>,
  activations: Activations,
  keepLast: boolean,
  where: string,
): Converted {
  const steps = new Steps(kinds);
  const values = new Map<string, Value>();
  for (const [name, one] of graph.initializers) values.set(name, { kind: 'constant', ...one });
  const given = graph.inputs.map((info) => inputOf(info, where));
  for (const { name, data } of given) values.set(name, data);
  const batchSize = given[0]?.batch;
  const wrong = new Map<string, string>();
  const refuse = (error: unknown, label: string): void => {
    if (error instanceof Refusal) wrong.set(error.label ?? label, error.reason);
    else if (error instanceof ArgumentError || error instanceof ShapeError) wrong.set(label, error.message);
    else if (!(error instanceof Unknown)) throw error;
  };
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => (name === '' ? undefined : values.get(name)));
    const site = new Site(node, inputs, graph, steps, batchSize);
    let found: readonly (Value | undefined)[];
    try {
      if (node.op === 'LogSoftmax' && keepLast) throw new Refusal('keepLast: no layer computes it');
      found = [converted(site, activations)].flat();
      site.demandAllRead();
    } catch (error) {
      refuse(error, node.label);
      found = node.outputs.map(() => UNKNOWN);
      // What an activation of several nodes is not has to be said by them.
      for (const value of inputs)
        if (value?.kind === 'data') attempt(value.step, (reason) => refuse(reason, node.label));
    }
    node.outputs.forEach((name, i) => {
      if (name !== '') values.set(name, labelled(found[i] ?? UNKNOWN, node.label, inputs));
    });
  }
  const outputs = new Map<string, Step>();
  for (const name of graph.outputs) {
    const value = values.get(name)!;
    if (value.kind === 'constant') wrong.set(`output ${showValue(name)}`, 'it does not depend on an input');
    if (value.kind !== 'data') continue;
    const step = attempt(
      () => steps.shaped(value.step(), sampleOf(value.dims)),
      (reason) => refuse(reason, `output ${showValue(name)}`),
    );
    if (step) outputs.set(name, step);
  }
  if (wrong.size > 0) throw unsupported(wrong, where);
  return { inputs: new Map(given.map(({ name, data }) => [name, data.step()])), outputs };
}

function unsupported(wrong: ReadonlyMap<string, string>, where: string): DataError {
  const lines = [...wrong].map(([label, reason]) => `${label}: ${reason}`);
  const more = lines.length > MOST_NAMED ? [`and ${lines.length - MOST_NAMED} more`] : [];
  const count = wrong.size === 1 ? 'a node that is' : `${wrong.size} nodes that are`;
  return new DataError([`${where}: ${count} not supported:`, ...indented([...lines.slice(0, MOST_NAMED), ...more])]);
}

function attempt<T>(make: () => T, refuse: (reason: unknown) => void): T | undefined {
  try {
    return make();
  } catch (error) {
    refuse(error);
    return undefined;
  }
}

/** A value whose step names the node where it cannot be made. */
function labelled(value: Value, label: string, inputs: readonly (Value | undefined)[]): Value {
  if (value.kind !== 'data') return value;
  if (inputs.some((one) => one?.kind === 'data' && one.step === value.step)) return value;
  const step = (): Step => {
    try {
      return value.step();
    } catch (error) {
      if (error instanceof Refusal) error.label ??= label;
      throw error;
    }
  };
  return { ...value, step };
}

function converted(site: Site, activations: Activations): Value | readonly (Value | undefined)[] {
  const { op, label, inputs } = site.node;
  if (op === 'Constant') return { kind: 'constant', ...constantNode(site, label) };
  const known = site.inputs.flatMap((value) => (value?.kind === 'constant' ? [value] : []));
  if (inputs.length > 0 && known.length === inputs.length && isFolded(op))
    return { kind: 'constant', ...fold(site, known) };
  if (op === 'Shape' && known.length === 1)
    return { kind: 'constant', ...constant(`shape of ${known[0].key}`, [known[0].dims.length], known[0].dims) };
  if (Object.hasOwn(pointwise, op)) return elementwise(site, activations);
  if (Object.hasOwn(operators, op)) return operators[op].convert(site);
  throw new Refusal('no layer computes this operator');
}

function constantNode(site: Site, label: string): Constant {
  const key = site.node.outputs[0] ?? '';
  const tensor = site.tensor('value');
  if (tensor) return constantOf(tensor, key, {}, label);
  for (const [name, whole] of [
    ['value_int', true],
    ['value_float', false],
  ] as const)
    if (site.has(name)) return constant(key, [], [whole ? site.int(name, 0) : site.float(name, 0)], whole);
  const [ints, floats] = [site.ints('value_ints'), site.floats('value_floats')];
  const all = ints ?? floats;
  if (!all) throw new Refusal('a constant that is not a tensor of numbers');
  return constant(key, [all.length], all, ints !== undefined);
}

/** An input of the graph, and the size of its batch where that is fixed. Throws DataError for one without a batch. */
function inputOf(
  { name = '', type }: ValueInfo,
  where: string,
): { name: string; data: Data; batch: number | undefined } {
  const what = `${where}: input ${showValue(name)}`;
  const dim = type?.tensorType?.shape?.dim;
  if (!dim) throw new DataError(`${what}: expected a tensor with a shape, found none`);
  const sizes = dim.map(({ dimValue, dimParam }) => (dimParam ? 0 : (dimValue ?? 0)));
  const open = sizes.flatMap((n, i) => (n <= 0 ? [i] : []));
  const at = open.length === 1 ? open[0] : 0;
  const shape: Shape = sizes.filter((_, i) => i !== at);
  if (shape.length === 0)
    throw new DataError(`${what}: expected the batch and one axis or more, found ${dim.length} in all`);
  if (!shape.every((n) => Number.isSafeInteger(n) && n > 0) || !Number.isSafeInteger(size(shape))) {
    const found = dim.map(({ dimParam, dimValue }) => dimParam || String(dimValue ?? '?'));
    throw new DataError(`${what}: expected fixed sizes of all axes but that of the batch, found [${found.join(', ')}]`);
  }
  const dims = sizes.map((n, i) => (i === at ? BATCH : n));
  return { name, data: dataOf(dims, { of: [], shape, tensors: {} }), batch: sizes[at] > 0 ? sizes[at] : undefined };
}

function finished({ metadata }: Graph, inputs: Named, given: Named, keepLast: boolean, where: string): ImportedModel {
  const left = keepLast ? undefined : withLosses(given);
  const outputs = fused(left?.outputs ?? given);
  const layers = inOrder(outputs.values()).length - inputs.size;
  if (layers > MOST_LAYERS) throw new DataError(`${where}: expected at most ${MOST_LAYERS} layers, found ${layers}`);
  if ([...outputs.values()].some(({ layer }) => !layer))
    throw new DataError(`${where}: expected nodes that compute something, found an output that is an input`);
  try {
    const { model, steps } = assembled(inputs, outputs);
    const parameters = parametersFor(model, steps);
    const wrong = differences(parametersOf(model), parameters);
    if (wrong.length > 0) throw new DataError([`${where}: expected the parameters of its model:`, ...indented(wrong)]);
    const names = namesIn(metadata.get('classNames'), model);
    return {
      model,
      parameters,
      ...(left
        ? { loss: left.losses.size === 1 ? [...left.losses.values()][0] : Object.fromEntries(left.losses) }
        : {}),
      ...(names ? { classNames: names } : {}),
      metadata: Object.fromEntries(metadata),
    };
  } catch (cause) {
    if (cause instanceof ArgumentError || cause instanceof ShapeError)
      throw new DataError(`${where}: ${cause.message}`, { cause });
    throw cause;
  }
}

/** A JSON list of as many texts as the model has classes. */
function namesIn(text: string | undefined, model: Model): readonly string[] | undefined {
  const names = text === undefined || severalOutputs(model) ? undefined : parseJson(text);
  const isList = Array.isArray(names) && names.length === classesOf(model);
  return isList && names.every((name) => typeof name === 'string') ? names : undefined;
}
