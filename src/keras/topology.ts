/**
 * The layers of a model.json and what each is applied to. A model inside of another one is a layer of it. Layers may be applied
 * several times, each time as a node of its own.
 */
import { isList, member } from '../base/arguments.ts';
import { DataError } from '../base/errors.ts';
import { isObject } from '../base/json.ts';
import { showValue } from '../base/show-value.ts';
import { Config } from './config.ts';
import { converters } from './layers.ts';
import type { Apply, KerasLayer } from './site.ts';

/** An output of a layer: the number of the layer and of the node. */
export interface Reference {
  readonly layer: number;
  readonly node: number;
}

/** A layer, or a model inside. */
export interface Element {
  readonly layer: KerasLayer;
  /** What makes of it a layer of this library; absent for inputs and for models. */
  readonly apply?: Apply;
  readonly inside?: Topology;
  /** The shape of a sample, for an input and for the first layer of a stack; null where a size is not fixed. */
  readonly shape?: readonly unknown[];
  /** What each node is applied to; of an input one node of nothing. */
  readonly nodes: readonly (readonly Reference[])[];
}

export interface Topology {
  readonly elements: readonly Element[];
  readonly inputs: readonly Reference[];
  readonly outputs: readonly Reference[];
}

/** Layers of a model with all models inside: more than there are in any that runs here, and few enough for any walk. */
const MOST_LAYERS = 2000;
const DEEPEST = 8;

const isModel = (className: unknown): boolean => /^(Sequential|Functional|Model)$/.test(String(className));

/**
 * Reads the model, a part of model.json. Throws DataError for what is none. Layers and options that are not supported go to
 * `unsupported`, a line each.
 */
export function topologyOf(model: unknown, unsupported: string[]): Topology {
  const count = { layers: 0 };
  return read(model, 'modelTopology', 0);

  function read(model: unknown, where: string, depth: number): Topology {
    const [className, config] = [member(model, 'class_name'), member(model, 'config')];
    if (!isModel(className)) throw failure(where, 'class_name', '"Sequential", "Functional" or "Model"', className);
    if (depth > DEEPEST) throw new DataError(`model.json: ${where}: expected models at most ${DEEPEST} deep in models`);
    const layers = isList(config) ? config : member(config, 'layers');
    if (!isList(layers) || layers.length === 0) throw failure(where, 'layers', 'a list of layers', layers);
    count.layers += layers.length;
    if (count.layers > MOST_LAYERS)
      throw new DataError(`model.json: expected at most ${MOST_LAYERS} layers, found ${count.layers}`);
    const isStack = className === 'Sequential';
    const elements = layers.map((layer, i) => element(layer, `${where}.layers[${i}]`, depth));
    const numbers = new Map(elements.map(({ layer }, i) => [layer.name, i]));
    if (numbers.size < elements.length)
      throw new DataError(`model.json: ${where}: expected a name of its own for each layer`);
    if (isStack) return stack(elements);
    const wired = elements.map((element, i) => ({
      ...element,
      nodes: nodesOf(member(layers[i], 'inbound_nodes'), numbers, element.layer.name),
    }));
    const ends = (name: string) => endsOf(member(config, name), numbers, `${where}.${name}`);
    return counted({ elements: wired, inputs: ends('input_layers'), outputs: ends('output_layers') });
  }

  function element(layer: unknown, where: string, depth: number): Element {
    const [className, config] = [member(layer, 'class_name'), member(layer, 'config')];
    if (typeof className !== 'string') throw failure(where, 'class_name', 'a text', className);
    const name = member(layer, 'name') ?? member(config, 'name');
    if (typeof name !== 'string') throw failure(where, 'name', 'a text', name);
    if (isModel(className)) {
      const trainable = member(config, 'trainable') !== false;
      return { layer: { name, className, trainable }, inside: read(layer, name, depth + 1), nodes: [] };
    }
    if (!isObject(config)) throw failure(where, 'config', 'an object', config);
    const options = new Config(config);
    const apply = Object.hasOwn(converters, className) ? converters[className](options) : undefined;
    if (!apply && className !== 'InputLayer') unsupported.push(`${name} (${className}): there is no such layer`);
    else options.finish();
    unsupported.push(...options.problems.map((problem) => `${name} (${className}): ${problem}`));
    const shape = config.batch_input_shape ?? config.batch_shape;
    return {
      layer: { name, className, trainable: config.trainable !== false },
      apply,
      shape: isList(shape) ? shape.slice(1) : undefined,
      nodes: [],
    };
  }
}

const failure = (where: string, what: string, expected: string, found: unknown): DataError =>
  new DataError(`model.json: ${where}: ${what}: expected ${expected}, found ${showValue(found)}`);

/** Each layer applied to the one before. Without an input of its own, the first layer is applied to the input of the model. */
function stack(elements: readonly Element[]): Topology {
  const [first] = elements;
  const hasInput = first.layer.className === 'InputLayer';
  const input: Element = {
    layer: { name: `${first.layer.name} input`, className: 'InputLayer', trainable: true },
    shape: first.shape ?? first.inside?.elements[first.inside.inputs[0]?.layer]?.shape,
    nodes: [[]],
  };
  const all = hasInput ? elements : [input, ...elements];
  const wired = all.map((element, i) => ({ ...element, nodes: [i === 0 ? [] : [{ layer: i - 1, node: 0 }]] }));
  return { elements: wired, inputs: [{ layer: 0, node: 0 }], outputs: [{ layer: all.length - 1, node: 0 }] };
}

/**
 * Nodes counted from 0. Those of a model inside count from 1 where it had been built before it was applied: node 0 is that. Each node
 * leads to an output, so the lowest that is referred to tells.
 */
function counted({ elements, inputs, outputs }: Topology): Topology {
  const all = [...outputs, ...elements.flatMap(({ nodes }) => nodes.flat())];
  const lowest = elements.map(({ inside }, i) =>
    inside ? Math.min(1, ...all.filter(({ layer }) => layer === i).map(({ node }) => node)) : 0,
  );
  const shifted = ({ layer, node }: Reference): Reference => ({ layer, node: node - lowest[layer] });
  return {
    elements: elements.map((element) => ({ ...element, nodes: element.nodes.map((of) => of.map(shifted)) })),
    inputs,
    outputs: outputs.map(shifted),
  };
}

type Numbers = ReadonlyMap<string, number>;

/** [[[name, node, tensor, {}], ...], ...]: what a layer is applied to, node by node. */
function nodesOf(inbound: unknown, numbers: Numbers, name: string): (readonly Reference[])[] {
  const expected = 'a list of what the layer is applied to';
  if (!isList(inbound)) throw failure(name, 'inbound_nodes', expected, inbound);
  if (inbound.length === 0) return [[]];
  return inbound.map((node) => {
    if (!isList(node) || node.length === 0) throw failure(name, 'inbound_nodes', expected, node);
    const isOne = typeof node[0] === 'string';
    return (isOne ? [node] : node).map((of) => referenceIn(of, numbers, `${name}: inbound_nodes`));
  });
}

/** [[name, node, tensor], ...], or one of them. */
function endsOf(ends: unknown, numbers: Numbers, where: string): readonly Reference[] {
  if (!isList(ends) || ends.length === 0) throw failure(where, 'layers', 'a list of layers', ends);
  const isOne = typeof ends[0] === 'string';
  return (isOne ? [ends] : ends).map((of) => referenceIn(of, numbers, where));
}

function referenceIn(of: unknown, numbers: Numbers, where: string): Reference {
  const [name, node, tensor] = isList(of) ? of : [];
  const layer = numbers.get(name as string);
  if (layer === undefined) throw failure(where, 'layer', 'the name of a layer', name);
  if (!Number.isSafeInteger(node) || tensor !== 0)
    throw failure(where, String(name), 'an output of the layer', [node, tensor]);
  return { layer, node: node as number };
}
