/** Models as plain data, and the graph they stand for. */
import { ArgumentError } from './errors.ts';
import { shown } from './finite.ts';
import { createGraph, type Graph, type Node } from './graph.ts';
import type { Initialiser } from './initialisers.ts';
import { isLayer, kindOf, type Layer } from './layers/index.ts';
import type { ParameterOptions } from './layers/layer.ts';
import { batch, leaf, parameter as parameterLeaf, state } from './ops/leaf.ts';
import { checkCount } from './session.ts';
import { type Shape, size } from './tensor.ts';

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

/**
 * A stack of layers on samples of shape `input`: [784], [1, 28, 28]. Throws ArgumentError for an empty stack, ShapeError
 * where a layer does not suit what comes out of the one before.
 */
export function sequential(input: Shape, layers: readonly Layer[]): Model {
  if (!Array.isArray(input) || input.length === 0)
    throw new ArgumentError('sequential: input must be a shape such as [784]');
  for (const n of input) checkCount(n, 'sequential: every size of input');
  if (!layers?.length) throw new ArgumentError('sequential: expected at least one layer');
  const shapes: Shape[] = [input];
  for (const [i, layer] of layers.entries()) {
    if (!isLayer(layer))
      throw new ArgumentError(`sequential: layer ${i} must be one such as dense(10), found ${shown(layer)}`);
    shapes.push(kindOf(layer).shape(layer, [shapes[i]]));
  }
  return { input, layers, wiring: layers.map((_, i) => [i]), shapes };
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
}

export interface Forward {
  readonly output: Node;
  readonly parameters: readonly Parameter[];
}

/** Appends the model applied to x [...input, N], for a pass that it learns from or not. */
export function appendModel(graph: Graph, model: Model, x: Node, training: boolean): Forward {
  const parameters: Parameter[] = [];
  const values = [x];
  model.layers.forEach((layer, i) => {
    const parameter = (letter: string, { key, shape, init, trained = true }: ParameterOptions): Node => {
      const memory = [shape[0], size(shape.slice(1))];
      const node = leaf(graph, trained ? parameterLeaf : state, `${letter}${i + 1}`, memory);
      parameters.push({ key: `layers.${i}.${key}`, node, shape, init, trained });
      return node;
    };
    const inputs = model.wiring[i].map((value) => values[value]);
    values.push(kindOf(layer).append(layer, { graph, index: i + 1, training, parameter }, inputs));
  });
  return { output: values[values.length - 1], parameters };
}

/** '784 -> 100 relu -> 10 linear' */
export const describeModel = ({ input, layers }: Model): string =>
  [input.join('x'), ...layers.map((layer) => kindOf(layer).describe(layer))].join(' -> ');

/** Numbers that training adjusts. */
export function countParameters(model: Model): number {
  const graph = createGraph();
  const { parameters } = appendModel(graph, model, leaf(graph, batch, 'x', [...model.input, 1]), true);
  return parameters.filter(({ trained }) => trained).reduce((sum, { shape }) => sum + size(shape), 0);
}

/** Numbers in one sample. */
export const features = (model: Model): number => size(model.input);
export const outputs = ({ shapes }: Model): number => size(shapes[shapes.length - 1]);
