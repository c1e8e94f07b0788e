/** A net as the message of an ONNX file. */
import type { Shape, Tensor } from '../../base/tensor.ts';
import { kindOf } from '../../nn/layers/layer.ts';
import { factsOf } from '../../nn/losses/registry.ts';
import { describeModel, type Model, severalOutputs } from '../../nn/model.ts';
import type { Saved } from '../../saved/model-text.ts';
import { DATA_TYPES, type Entry, type ModelMessage, type NodeMessage, type ValueInfo } from '../messages.ts';
import { appendActivation } from './activations.ts';
import { type Builder, createBuilder, type Scope } from './builder.ts';
import { type Folded, foldNorms } from './fold.ts';
import { type GraphInput, inputsOf } from './inputs.ts';
import { appendLayer } from './layers.ts';

/** The first with layer normalisation, and the version of the format that came with it. */
const VERSIONS = { opset: 17, format: 8 };

/** The size of the batch, by name. */
const BATCH = 'N';

interface Choices {
  readonly foldBatchNorm: boolean;
  readonly logits: boolean;
  readonly raw: boolean;
}

/** A value of the graph. */
interface Value {
  readonly name: string;
  /** Shape of one sample. */
  readonly shape: Shape;
  /** One of the data types. */
  readonly type: number;
}

/** A tensor of a layer, by its number and the key; undefined where it has none of that key. */
type ParameterOf = (i: number, key: string) => Tensor | undefined;

/** The net of a file, with its tensors by key. */
export function messageOf(
  saved: Saved,
  tensors: Readonly<Record<string, Tensor>>,
  { foldBatchNorm, logits, raw }: Choices,
): ModelMessage {
  const { model, loss } = saved;
  const builder = createBuilder();
  const inputs = inputsOf(saved, raw).map((input) => ({ ...input, name: builder.unique(input.name) }));
  const outputs = outputsOf(model).map((output) => ({ ...output, name: builder.unique(output.name) }));
  const parameterOf: ParameterOf = (i, key) => tensors[`layers.${ownerIn(model, i)}.${key}`];
  const folded = foldBatchNorm ? foldNorms(model, parameterOf) : new Map<number, Folded>();
  const values = appendLayers(model, builder, inputs, parameterOf, folded);
  const losses = loss.outputs ? Object.values(loss.outputs) : [loss];
  const names = new Map<string, string>();
  outputs.forEach(({ name, value }, i) => {
    const scope = builder.scope('prediction');
    const { name: z } = values[value];
    const found = logits ? z : appendActivation(scope, factsOf(losses[i]).prediction, z);
    const isFree = !names.has(found) && inputs.every((input) => input.name !== found);
    names.set(isFree ? found : scope.node('Identity', [found]), name);
  });
  const ends = new Set([...names.keys(), ...inputs.map(({ name }) => name)]);
  const between = new Map(values.flatMap((value) => (ends.has(value.name) ? [] : [[value.name, infoOf(value)]])));
  return {
    irVersion: VERSIONS.format,
    producerName: 'retrograd',
    opsetImport: [{ domain: '', version: VERSIONS.opset }],
    graph: {
      name: 'net',
      docString: describeModel(model),
      node: builder.nodes.map((node) => renamed(node, names)),
      initializer: [...builder.initializers.values()],
      input: inputs.map(infoOf),
      output: outputs.map((output) => infoOf({ ...output, type: DATA_TYPES.float })),
      valueInfo: [...between.values()],
    },
    metadataProps: propsOf(saved, parameterOf),
  };
}

const ownerIn = ({ weightsOf }: Model, i: number): number => weightsOf?.[i] ?? i;

/** What a model predicts: the names, the numbers of the values, the shapes of one sample. */
function outputsOf(model: Model): { readonly name: string; readonly value: number; readonly shape: Shape }[] {
  const last = model.layers.length;
  const several = severalOutputs(model);
  if (!several) return [{ name: 'output', value: last, shape: model.shapes[last] }];
  return several.outputs.map(({ name, shape }, i) => ({ name, shape, value: model.wiring[last - 1][i] }));
}

/** Appends all layers -> the values of the model, by number. */
function appendLayers(
  model: Model,
  builder: Builder,
  inputs: readonly GraphInput[],
  parameterOf: ParameterOf,
  folded: ReadonlyMap<number, Folded>,
): Value[] {
  const { layers, wiring, shapes } = model;
  const values: Value[] = [];
  for (const input of inputs) values[input.value] = appendInput(builder.scope(input.name), input);
  const norms = new Set([...folded.values()].map(({ norm }) => norm));
  layers.forEach((layer, i) => {
    if (values[i + 1]) return; // an input
    const given = wiring[i].map((value) => values[value]);
    if (norms.has(i)) {
      values[i + 1] = given[0];
      return;
    }
    const scope = builder.scope(`layers.${i}.${layer.layer}`);
    const areIndices = given.every(isIndex);
    const rearranges = kindOf(layer).rearranges === true;
    const keepsIndices = areIndices && (rearranges || layer.layer === 'embedding');
    const toFloat = (value: Value): string =>
      isIndex(value) && !keepsIndices ? scope.node('Cast', [value.name], { to: DATA_TYPES.float }) : value.name;
    const taken = folded.get(i);
    const name = appendLayer(layer, {
      ...scope,
      inputs: given.map(toFloat),
      shapes: given.map(({ shape }) => shape),
      shape: shapes[i + 1],
      areIndices,
      parameter: (key) => taken?.tensors[key] ?? parameterOf(i, key),
      nameOf: (key) => (taken ? `layers.${i}.folded.${key}` : `layers.${ownerIn(model, i)}.${key}`),
    });
    values[i + 1] = {
      name,
      shape: shapes[i + 1],
      type: areIndices && rearranges ? DATA_TYPES.int64 : DATA_TYPES.float,
    };
  });
  return values;
}

const isIndex = ({ type }: Value): boolean => type === DATA_TYPES.int64;

/** Samples as they are given -> as the net sees them. */
function appendInput({ node, number }: Scope, { name, shape, type, scale }: GraphInput): Value {
  const isBytes = type === DATA_TYPES.uint8;
  const numbers = isBytes ? node('Cast', [name], { to: DATA_TYPES.float }) : name;
  const scaled = scale === 1 ? numbers : node('Mul', [numbers, number(scale)]);
  return { name: scaled, shape, type: isBytes ? DATA_TYPES.float : type };
}

function renamed(node: NodeMessage, names: ReadonlyMap<string, string>): NodeMessage {
  const [input, output] = [node.input, node.output].map((all) => all?.map((name) => names.get(name) ?? name));
  return { ...node, input, output };
}

function infoOf({ name, shape, type }: Value): ValueInfo {
  const dim = [{ dimParam: BATCH }, ...shape.map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { elemType: type, shape: { dim } } } };
}

/** What is known of the data of training, as JSON texts. */
function propsOf({ model, data }: Saved, parameterOf: ParameterOf): Entry[] {
  const { classNames, columns, ...facts } = data ?? {};
  const first = model.layers.findIndex(({ layer }) => layer === 'standardize');
  const numbers = (key: string): number[] => [...parameterOf(first, key)!.data];
  const standardize = first < 0 ? undefined : { mean: numbers('mean'), deviation: numbers('std') };
  const props = { classNames, columns, data: data && facts, standardize };
  return Object.entries(props).flatMap(([key, value]) => (value ? [{ key, value: JSON.stringify(value) }] : []));
}
