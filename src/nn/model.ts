/** Models as plain data, made of a stack of layers or of layers applied to values, and the graph they stand for. */
import { checkCount, isList, isShape, member } from '../base/arguments.ts';
import { ArgumentError, ShapeError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { type Shape, sameShape, show, size } from '../base/tensor.ts';
import { createGraph, type Graph, type Node } from '../graph/graph.ts';
import { batch, leaf, parameter as parameterLeaf, state } from '../graph/leaf.ts';
import type { Initialiser } from './initialisers.ts';
import { isLayer, kindOf, type Layer } from './layers/index.ts';
import type { ParameterOptions } from './layers/layer.ts';

/**
 * Layers applied to values. Value 0 is the input, value i what comes out of layer i − 1; the last one is the output of the
 * model.
 */
export interface Model {
  /** Shape of one sample. */
  readonly input: Shape;
  readonly layers: readonly Layer[];
  /** The values that each layer is applied to, by number. */
  readonly wiring: readonly (readonly number[])[];
  /** Shape of one sample of each value. */
  readonly shapes: readonly Shape[];
}

/** What a layer is applied to or gives: the input of a model, or a layer and the values that it takes. */
export interface Symbolic {
  /** Of one sample. */
  readonly shape: Shape;
  /** Absent for the input. */
  readonly layer?: Layer;
  readonly of: readonly Symbolic[];
}

/** The input of a model, for samples of this shape: [784], [1, 28, 28]. Throws ArgumentError unless it is one. */
export const input = (shape: Shape): Symbolic => inputOf(shape, 'input: shape');

function inputOf(shape: Shape, what: string): Symbolic {
  if (!isList(shape) || shape.length === 0)
    throw new ArgumentError(`${what} must be a shape such as [784], found ${showValue(shape)}`);
  for (const n of shape) checkCount(`every size of ${what}`, n);
  return { shape: [...shape], of: [] };
}

/**
 * A layer applied to values; each application has weights of its own. Throws ArgumentError for what is no layer or no
 * value, ShapeError where the layer does not suit their number or shapes.
 */
export function apply(layer: Layer, ...values: readonly Symbolic[]): Symbolic {
  if (!isLayer(layer)) throw new ArgumentError(`apply: expected a layer such as dense(10), found ${showValue(layer)}`);
  kindOf(layer).check(layer);
  for (const value of values) {
    if (!isValue(value))
      throw new ArgumentError(`apply: ${layer.layer} takes values of input() or apply(), found ${showValue(value)}`);
  }
  const kind = kindOf(layer);
  const shapes = values.map(({ shape }) => shape);
  const { least, most } = kind.takes ?? { least: 1, most: 1 };
  if (values.length < least || values.length > most) {
    const expected = least === most ? `${least}` : `${least} or more`;
    throw new ShapeError(
      `${layer.layer}: expected ${expected} values, found ${shapes.map(show).join(' and ') || 'none'}`,
    );
  }
  return { shape: kind.shape(layer, shapes), layer, of: values };
}

const isValue = (value: unknown): value is Symbolic => isShape(member(value, 'shape')) && isList(member(value, 'of'));

/**
 * The model that makes `output` of `from`, which is an input(). Its layers are numbered in the order in which they
 * run, those that the output does not need left out. Throws ArgumentError where the output is made of another input.
 */
export function model(from: Symbolic, output: Symbolic): Model {
  if (!isValue(from) || from.layer)
    throw new ArgumentError(`model: expected an input() first, found ${showValue(from)}`);
  if (!isValue(output) || !output.layer)
    throw new ArgumentError(`model: expected what apply() gave for the output, found ${showValue(output)}`);
  const values = neededBy(output);
  const other = values.find((value) => !value.layer && value !== from);
  if (other) {
    throw new ArgumentError(
      `model: expected an output of the input ${show(from.shape)}, found one of another, ${show(other.shape)}`,
    );
  }
  const order = [from, ...values.filter((value) => value !== from)];
  return {
    input: from.shape,
    layers: order.flatMap(({ layer }) => layer ?? []),
    wiring: order.slice(1).map(({ of }) => of.map((value) => order.indexOf(value))),
    shapes: order.map(({ shape }) => shape),
  };
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
 * A stack of layers on samples of shape `input`: [784], [1, 28, 28]. Throws ArgumentError for an empty stack, ShapeError with
 * the number of a layer that does not suit what comes out of the one before.
 */
export function sequential(input: Shape, layers: readonly Layer[]): Model {
  const from = inputOf(input, 'sequential: input');
  if (!isList(layers) || layers.length === 0)
    throw new ArgumentError(`sequential: expected an array of layers, found ${showValue(layers)}`);
  for (const [i, layer] of layers.entries()) {
    if (!isLayer(layer))
      throw new ArgumentError(`sequential: layer ${i} must be one such as dense(10), found ${showValue(layer)}`);
  }
  const applied = (value: Symbolic, layer: Layer, i: number): Symbolic => {
    try {
      return apply(layer, value);
    } catch (error) {
      if (error instanceof ShapeError) throw new ShapeError(`layer ${i}: ${error.message}`, { cause: error });
      throw error;
    }
  };
  return model(from, layers.reduce(applied, from));
}

export interface Parameter {
  /** 'layers.0.weight' */
  readonly key: string;
  readonly node: Node;
  /** [out, in] of a weight, [out] of a bias. */
  readonly shape: Shape;
  readonly init: Initialiser;
  /** Whether the optimizer changes it. */
  readonly trained: boolean;
  /** Whether it is a weight to optimizers that let no others decay. */
  readonly decays: boolean;
}

export interface Forward {
  readonly output: Node;
  readonly parameters: readonly Parameter[];
  /** Each appends what a layer itself changes in a step that learns, such as a running mean. */
  readonly updates: readonly (() => Node)[];
}

/** Appends the model applied to x [...input, N], for a pass that it learns from or not. */
export function appendModel(graph: Graph, model: Model, x: Node, training: boolean): Forward {
  const parameters: Parameter[] = [];
  const updates: (() => Node)[] = [];
  const values = [x];
  model.layers.forEach((layer, i) => {
    const parameter = (letter: string, { key, shape, init, trained = true, ...options }: ParameterOptions): Node => {
      const { memory = [shape[0], size(shape.slice(1))], decays = shape.length > 1 } = options;
      const node = leaf(graph, trained ? parameterLeaf : state, `${letter}${i + 1}`, memory);
      parameters.push({ key: `layers.${i}.${key}`, node, shape, init, trained, decays });
      return node;
    };
    const inputs = model.wiring[i].map((value) => values[value]);
    const site = { graph, index: i + 1, training, parameter, update: (append: () => Node) => updates.push(append) };
    values.push(kindOf(layer).append(layer, site, inputs));
  });
  return { output: values[values.length - 1], parameters, updates };
}

/** '784 -> 100 relu -> 10 linear'; a layer that takes something else than what comes before says what: 'add of 1, 2'. */
export function describeModel({ input, layers, wiring }: Model): string {
  const parts = layers.map((layer, i) => {
    const follows = wiring[i].length === 1 && wiring[i][0] === i;
    return `${kindOf(layer).describe(layer)}${follows ? '' : ` of ${wiring[i].join(', ')}`}`;
  });
  return [input.join('x'), ...parts].join(' -> ');
}

/** Throws ArgumentError for what neither sequential() nor model() would have made. */
export function checkModel(where: string, value: unknown): void {
  if (isModel(value)) return;
  throw new ArgumentError(`${where}: model must be one made by sequential() or model(), found ${showValue(value)}`);
}

/** Whether its layers, applied as it says, have the shapes that it says. */
function isModel(value: unknown): value is Model {
  const [layers, wiring, shapes] = ['layers', 'wiring', 'shapes'].map((name) => member(value, name));
  if (!isShape(member(value, 'input')) || !isList(layers) || !isList(wiring) || !isList(shapes)) return false;
  if (layers.length === 0 || wiring.length !== layers.length || shapes.length !== layers.length + 1) return false;
  const values: Symbolic[] = [{ shape: (value as Model).input, of: [] }];
  for (const [i, layer] of layers.entries()) {
    const [of, shape] = [wiring[i], shapes[i + 1]];
    if (
      !isList(of) ||
      of.length > values.length ||
      !Array.from(of).every((at) => typeof at === 'number' && at in values)
    )
      return false;
    values.push(apply(layer as Layer, ...of.map((at) => values[at as number])));
    if (!isShape(shape) || !sameShape(shape, values[i + 1].shape)) return false;
  }
  return true;
}

/** Numbers that training adjusts. */
export function countParameters(model: Model): number {
  const graph = createGraph();
  const { parameters } = appendModel(graph, model, leaf(graph, batch, 'x', [...model.input, 1]), false);
  return parameters.filter(({ trained }) => trained).reduce((sum, { shape }) => sum + size(shape), 0);
}

/** Numbers in one sample. */
export const features = (model: Model): number => size(model.input);
export const outputs = ({ shapes }: Model): number => size(shapes[shapes.length - 1]);
