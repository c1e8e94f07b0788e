/** Models as plain data: a stack of layers, or layers applied to values; and the graph that a model stands for. */
import { checkCount, isList, isShape, member } from '../base/arguments.ts';
import { ArgumentError, ShapeError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { type Shape, sameShape, show, size } from '../base/tensor.ts';
import { createGraph, type Graph, type Node } from '../graph/graph.ts';
import { batch, leaf, parameter as parameterLeaf, state } from '../graph/leaf.ts';
import type { Initialiser } from './initialisers.ts';
import type { Layer } from './layers/index.ts';
import type { InputLayer } from './layers/input.ts';
import {
  type InputsRule,
  isLayer,
  kindOf,
  type Output,
  type OutputsRule,
  type ParameterOptions,
  type Site,
} from './layers/layer.ts';
import type { OutputsLayer } from './layers/outputs.ts';

/**
 * A model as plain data: layers applied to values. Value 0 is the input, value i + 1 is the output of layer i, and the last
 * value is the output of the model. Made by {@link sequential} and {@link model}.
 *
 * In a model of several inputs, value 0 holds the numbers of all of them one after the other, and the first layers are
 * `{ layer: 'input', name, shape, first }`.
 */
export interface Model {
  /** Shape of one input sample. */
  readonly input: Shape;
  /** The layers, in the order in which they run. */
  readonly layers: readonly Layer[];
  /** For each layer, the numbers of the values it is applied to. */
  readonly wiring: readonly (readonly number[])[];
  /** For each value, the shape of one sample. */
  readonly shapes: readonly Shape[];
  /**
   * For each layer, the number of the layer whose weights it uses: its own, or that of the same layer where it was applied
   * first. Absent where every layer has weights of its own.
   */
  readonly weightsOf?: readonly number[];
}

declare const OUTPUTS: unique symbol;

/** What the type of a model says of its several outputs: their names. */
export interface NamedOutputs<Name extends string> {
  /** For types alone. */
  readonly [OUTPUTS]: Name;
}

/** What a model predicts: numbers `[n][outputs]`, or those of each of several outputs by its name. */
export type Predictions<M> = M extends NamedOutputs<infer Name> ? Record<Name, Float32Array> : Float32Array;

/** A value in a model under construction; made by {@link input} and {@link apply}. */
export interface Symbolic {
  /** Shape of one sample. */
  readonly shape: Shape;
  /** The layer that makes this value; absent for the input. */
  readonly layer?: Layer;
  /** The values that the layer is applied to; empty for the input. */
  readonly of: readonly Symbolic[];
}

/**
 * The input of a model.
 *
 * @param shape Shape of one sample: `[784]`, `[1, 28, 28]`.
 * @throws {ArgumentError} For an empty shape, or a size that is not a positive integer.
 */
export const input = (shape: Shape): Symbolic => inputOf(shape, 'input: shape');

function inputOf(shape: Shape, what: string): Symbolic {
  if (!isList(shape) || shape.length === 0)
    throw new ArgumentError(`${what} must be a shape such as [784], found ${showValue(shape)}`);
  for (const n of shape) checkCount(`every size of ${what}`, n);
  return { shape: [...shape], of: [] };
}

/**
 * Applies a layer to values. A layer that is applied several times has one set of weights, which gets the sum of the gradients
 * of all its applications: `const shared = dense(10)`, then `apply(shared, a)` and `apply(shared, b)`.
 *
 * @param layer A layer such as `dense(10)`.
 * @param values What it is applied to: one value, or two or more for {@link add}.
 * @throws {ArgumentError} For something that is not a layer or not a value.
 * @throws {ShapeError} For a number of values, or shapes, that the layer does not take.
 */
export function apply(layer: Layer, ...values: readonly Symbolic[]): Symbolic {
  if (!isLayer(layer)) throw new ArgumentError(`apply: expected a layer such as dense(10), found ${showValue(layer)}`);
  const kind = kindOf(layer);
  kind.remade(layer);
  for (const value of values) {
    if (!isValue(value))
      throw new ArgumentError(`apply: ${layer.layer} takes values from input() or apply(), found ${showValue(value)}`);
  }
  const shapes = values.map(({ shape }) => shape);
  const { least, most } = kind.takes ?? { least: 1, most: 1 };
  if (values.length < least || values.length > most) {
    const expected = least === most ? `${least}` : `${least} or more`;
    throw new ShapeError(
      `${layer.layer}: expected ${expected} values, found ${shapes.map(show).join(' and ') || 'none'}`,
    );
  }
  kind.applied?.(layer, values);
  return { shape: kind.shape(layer, shapes), layer, of: values };
}

export const isValue = (value: unknown): value is Symbolic =>
  isShape(member(value, 'shape')) && isList(member(value, 'of'));

/** The model that computes an output from an input, as `model` makes it of one. */
export function modelOf(from: Symbolic, output: Symbolic): Model {
  if (!isValue(from) || from.layer)
    throw new ArgumentError(`model: expected an input() first, found ${showValue(from)}`);
  if (!isValue(output) || !output.layer)
    throw new ArgumentError(`model: expected an output from apply(), found ${showValue(output)}`);
  const values = neededBy(output);
  const other = values.find((value) => !value.layer && value !== from);
  if (other) {
    throw new ArgumentError(
      `model: expected an output of the input ${show(from.shape)}, found one of another input, ${show(other.shape)}`,
    );
  }
  const isInput = ({ layer }: Symbolic): boolean => layer?.layer === 'input';
  const applied = values.filter((value) => value !== from);
  const order = [from, ...applied.filter(isInput).sort(byPlace), ...applied.filter((value) => !isInput(value))];
  return withShared({
    input: from.shape,
    layers: order.flatMap(({ layer }) => layer ?? []),
    wiring: order.slice(1).map(({ of }) => of.map((value) => order.indexOf(value))),
    shapes: order.map(({ shape }) => shape),
  });
}

/** Inputs in the order in which a sample has them. */
const byPlace = (a: Symbolic, b: Symbolic): number => (a.layer as InputLayer).first - (b.layer as InputLayer).first;

/** The model with the weights of layers that are applied several times in common. Throws ShapeError where they do not suit. */
function withShared(model: Model): Model {
  const weightsOf = model.layers.map((layer) => model.layers.indexOf(layer));
  if (weightsOf.every((of, i) => of === i)) return model;
  const shared = { ...model, weightsOf };
  return parametersOf(shared).length < parametersOf(model).length ? shared : model;
}

/** The values that lead to this one, each once and after those it is made of; itself last. */
function neededBy(output: Symbolic): readonly Symbolic[] {
  const found = new Set<Symbolic>();
  const visit = (value: Symbolic): void => {
    if (found.has(value)) return;
    value.of.forEach(visit);
    found.add(value);
  };
  visit(output);
  return [...found];
}

/**
 * A model that applies layers one after another. A layer that is listed twice has one set of weights, as in {@link apply}.
 *
 * @param input Shape of one sample: `[784]`, `[1, 28, 28]`.
 * @param layers At least one layer.
 * @throws {ArgumentError} For an invalid shape, an empty list, or something that is not a layer.
 * @throws {ShapeError} For a layer that does not take the output of the one before, or would need other weights than where it
 * was listed first, with its number.
 */
export function sequential(input: Shape, layers: readonly Layer[]): Model {
  const from = inputOf(input, 'sequential: input');
  if (!isList(layers) || layers.length === 0)
    throw new ArgumentError(`sequential: expected an array of layers, found ${showValue(layers)}`);
  for (const [i, layer] of layers.entries()) {
    if (!isLayer(layer))
      throw new ArgumentError(`sequential: layer ${i} must be a layer such as dense(10), found ${showValue(layer)}`);
  }
  const applied = (value: Symbolic, layer: Layer, i: number): Symbolic => {
    try {
      return apply(layer, value);
    } catch (error) {
      if (error instanceof ShapeError) throw new ShapeError(`layer ${i}: ${error.message}`, { cause: error });
      throw error;
    }
  };
  return modelOf(from, layers.reduce(applied, from));
}

export interface Parameter {
  /** 'layers.0.weight' */
  readonly key: string;
  readonly node: Node;
  /** [out, in] of a weight, [out] of a bias. */
  readonly shape: Shape;
  /** How its values are drawn, or the values. */
  readonly init: Initialiser | Float32Array;
  /** Whether the optimizer changes it: it is neither frozen nor one that the layer itself changes. */
  readonly trained: boolean;
  /** Whether it is a weight to optimizers that let no others decay. */
  readonly decays: boolean;
}

export interface Forward {
  readonly output: Node;
  /** The output, or what it consists of where there are several. */
  readonly outputs: readonly Node[];
  readonly parameters: readonly Parameter[];
  /** Each appends what a layer itself changes in a step that learns, such as a running mean. */
  readonly updates: readonly (() => void)[];
  /** How many nodes the graph has after each layer. */
  readonly ends: readonly number[];
}

/** Appends the model applied to x [...input, N], for a pass that it learns from or not, except for what is frozen, by key. */
export function appendModel(
  graph: Graph,
  model: Model,
  x: Node,
  training: boolean,
  frozen: ReadonlySet<string> = new Set(),
): Forward {
  const parameters: Parameter[] = [];
  const latest = new Map<Node, Node>();
  const updates: (() => void)[] = [];
  const ends: number[] = [];
  const values = [x];
  model.layers.forEach((layer, i) => {
    const of = model.weightsOf?.[i] ?? i;
    const keyOf = (key: string): string => `layers.${of}.${key}`;
    const isFrozen = (key: string): boolean => frozen.has(keyOf(key));
    const parameter = (letter: string, { key, shape, init, trained = true, ...options }: ParameterOptions): Node => {
      const known = of === i ? undefined : parameters.find((parameter) => parameter.key === keyOf(key));
      if (known) return shared(known, shape, i);
      const { memory = [shape[0], size(shape.slice(1))], decays = shape.length > 1 } = options;
      const node = leaf(graph, trained ? parameterLeaf : state, `${letter}${of + 1}`, memory);
      parameters.push({ key: keyOf(key), node, shape, init, trained: trained && !isFrozen(key), decays });
      return node;
    };
    const update: Site['update'] = (node, append) =>
      updates.push(() => {
        latest.set(node, append(latest.get(node) ?? node));
      });
    const inputs = model.wiring[i].map((value) => values[value]);
    const site = { graph, index: i + 1, training, isFrozen, parameter, update };
    values.push(kindOf(layer).append(layer, site, inputs));
    ends.push(graph.nodes.length);
  });
  const output = values[values.length - 1];
  const of = model.wiring[model.wiring.length - 1];
  return {
    output,
    outputs: severalOutputs(model) ? of.map((value) => values[value]) : [output],
    parameters,
    updates,
    ends,
  };
}

/** A parameter of a layer for another application of it. Throws ShapeError where that needs one of another shape. */
function shared({ key, node, shape }: Parameter, needed: Shape, i: number): Node {
  if (sameShape(shape, needed)) return node;
  throw new ShapeError(
    `layer ${i} is the same layer as before, with ${key} ${show(shape)}, but would need ${show(needed)} here: make a layer of its own for it`,
  );
}

/** '784 -> 100 relu -> 10 linear'; a layer that takes something else than what comes before says what: 'add of 1, 2'. */
export function describeModel({ input, layers, wiring, weightsOf }: Model): string {
  const parts = layers.map((layer, i) => {
    const follows = wiring[i].length === 1 && wiring[i][0] === i;
    const of = weightsOf?.[i] ?? i;
    const shared = of === i ? '' : ` with weights of layer ${of}`;
    return `${kindOf(layer).describe(layer)}${follows ? '' : ` of ${wiring[i].join(', ')}`}${shared}`;
  });
  return [input.join('x'), ...parts].join(' -> ');
}

/** The option of all layers that sets how wide they are, and the largest it is given as. */
export function widest({ layers }: Model): { readonly option: string; readonly count: number } {
  const widths = layers.flatMap((layer) => {
    const { width } = kindOf(layer);
    return width ? [{ option: width, count: Number(member(layer, width)) }] : [];
  });
  const options = [...new Set(widths.map(({ option }) => option))];
  return { option: options.join(' and '), count: Math.max(0, ...widths.map(({ count }) => count)) };
}

/** The same model with no layer wider than that. */
export function capped({ input, layers, wiring, weightsOf }: Model, most: number): Model {
  const values: Symbolic[] = [{ shape: input, of: [] }];
  const narrow: Layer[] = [];
  for (const [i, layer] of layers.entries()) {
    const inputs = wiring[i].map((value) => values[value]);
    const shapes = inputs.map(({ shape }) => shape);
    narrow.push(narrow[weightsOf?.[i] ?? i] ?? narrowed(layer, shapes, most));
    values.push(apply(narrow[i], ...inputs));
  }
  return modelOf(values[0], values[values.length - 1]);
}

function narrowed(layer: Layer, inputs: readonly Shape[], most: number): Layer {
  const { width, narrowed } = kindOf(layer);
  const narrow = width ? { [width]: Math.min(most, Number(member(layer, width))) } : {};
  const made = Object.assign({ ...layer }, narrow);
  return narrowed?.(made, inputs) ?? made;
}

/** Whether they are numbers of values, each as often as one likes. */
function areIn(values: readonly Symbolic[], numbers: readonly unknown[]): boolean {
  for (const at of numbers) if (typeof at !== 'number' || !(at in values)) return false; // as in isShape
  return true;
}

/** Throws ArgumentError for what neither sequential() nor model() would have made. */
export function checkModel(where: string, value: unknown): void {
  if (isModel(value)) return;
  throw new ArgumentError(`${where}: model must be made by sequential() or model(), found ${showValue(value)}`);
}

/** Whether its layers, applied as it says, have the shapes that it says. */
function isModel(value: unknown): value is Model {
  const [layers, wiring, shapes] = ['layers', 'wiring', 'shapes'].map((name) => member(value, name));
  if (!isShape(member(value, 'input')) || !isList(layers) || !isList(wiring) || !isList(shapes)) return false;
  if (layers.length === 0 || wiring.length !== layers.length || shapes.length !== layers.length + 1) return false;
  if (!areOwners(member(value, 'weightsOf'), layers)) return false;
  const values: Symbolic[] = [{ shape: (value as Model).input, of: [] }];
  for (const [i, layer] of layers.entries()) {
    const [of, shape] = [wiring[i], shapes[i + 1]];
    if (!isList(of) || !areIn(values, of)) return false;
    values.push(apply(layer as Layer, ...of.map((at) => values[at as number])));
    if (!isShape(shape) || !sameShape(shape, values[i + 1].shape)) return false;
  }
  return true;
}

/** Whether it says of each layer whose weights it uses: those of an equal layer, the first of them. */
function areOwners(owners: unknown, layers: readonly unknown[]): boolean {
  if (owners === undefined) return true;
  if (!isList(owners) || owners.length !== layers.length) return false;
  return layers.every((layer, i) => {
    const of = owners[i] as number;
    return owners[of] === of && of <= i && layers[of] === layer;
  });
}

/** The tensors that its layers have, each once. */
export function parametersOf(model: Model): readonly Parameter[] {
  const graph = createGraph();
  return appendModel(graph, model, leaf(graph, batch, 'x', [...model.input, 1]), false).parameters;
}

/** Numbers that training adjusts. */
export function countParameters(model: Model): number {
  const parameters = parametersOf(model);
  return parameters.filter(({ trained }) => trained).reduce((sum, { shape }) => sum + size(shape), 0);
}

/** What a model of several inputs does besides; undefined for one of a single input. */
export const inputsRuleOf = ({ layers: [first] }: Model): InputsRule | undefined => kindOf(first).inputs;

/** What a model of several outputs does besides, and the outputs; undefined for one of a single output. */
export function severalOutputs({ layers, wiring, shapes }: Model): SeveralOutputs | undefined {
  const last = layers[layers.length - 1];
  const { outputs: rule } = kindOf(last);
  if (!rule) return undefined;
  const { names } = last as OutputsLayer;
  const of = wiring[wiring.length - 1];
  return { rule, outputs: names.map((name, i) => ({ name, shape: shapes[of[i]], layer: layers[of[i] - 1] })) };
}

/** Predictions [n][outputs] as callers get them: of several outputs by name. */
export function predictionsOf<M extends Model>(model: M, values: Float32Array): Predictions<M> {
  const several = severalOutputs(model);
  return (several ? several.rule.split(several.outputs, values) : values) as Predictions<M>;
}

export interface SeveralOutputs {
  readonly rule: OutputsRule;
  readonly outputs: readonly Output[];
}

/** Numbers in one sample. */
export const features = (model: Model): number => size(model.input);
export const outputs = ({ shapes }: Model): number => size(shapes[shapes.length - 1]);
/** Classes that its output chooses between: its features, or the channels of an image, for each of its places. */
export const classesOf = ({ shapes }: Model): number => shapes[shapes.length - 1][0];
/** How many such choices there are for a sample under a loss that asks for classes: the pixels of an image. Else one. */
export const choicesIn = (model: Model, { question }: { readonly question: string }): number =>
  question === 'class' ? outputs(model) / classesOf(model) : 1;
