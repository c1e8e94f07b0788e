/** What a model is made of: layers, shapes, parameters and work, as plain data and as a table. */

import { isList, isShape, member } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { table } from '../base/table.ts';
import { type Shape, show, size } from '../base/tensor.ts';
import { createGraph } from '../graph/graph.ts';
import { batch, leaf } from '../graph/leaf.ts';
import { multiplyAdds } from '../graph/work.ts';
import { kindOf } from './layers/layer.ts';
import { appendModel, type Model } from './model.ts';

/** A layer in a {@link Summary}. */
export interface LayerSummary {
  /** What its keys in {@link Trainer.parameters} begin with: `'layers.0'`. */
  readonly name: string;
  /** Kind of layer: `'dense'`. */
  readonly kind: string;
  /** What it does, in a few words: `'100 relu'`. */
  readonly description: string;
  /** Shape of one sample that comes out. */
  readonly shape: Shape;
  /** Numbers that training adjusts; a running mean is none of them. */
  readonly parameters: number;
  /**
   * Multiply-adds for one sample, forward: those of matrix products and convolutions. A training step takes about three times
   * as many per sample.
   */
  readonly multiplyAdds: number;
}

/** What a model is made of; made by {@link summary}. */
export interface Summary {
  /** Shape of one input sample. */
  readonly input: Shape;
  /** The layers, in the order in which they run. */
  readonly layers: readonly LayerSummary[];
  /** Numbers that training adjusts, in all layers. */
  readonly parameters: number;
  /** Multiply-adds for one sample, forward. */
  readonly multiplyAdds: number;
  /** Memory of a training step, if its options were given. */
  readonly bytes?: StepBytes;
}

/** Bytes of a training step on the device, without the data sets that it is fed from. */
export interface StepBytes {
  /** Parameters, running statistics included. */
  readonly parameters: number;
  /** Gradients of the parameters. */
  readonly gradients: number;
  /** State of the optimizer, such as the moments of Adam, and gradients that are added up over several batches. */
  readonly optimizer: number;
  /** Everything else, which grows with the batch: a batch of samples, activations, and their gradients. */
  readonly activations: number;
  /** All of these. */
  readonly total: number;
}

/** Layers, shapes, parameters and work of a model. */
export function summarize(model: Model): Summary {
  const graph = createGraph();
  const x = leaf(graph, batch, 'x', [...model.input, 1]);
  const { parameters, ends } = appendModel(graph, model, x, false);
  const trained = parameters.filter((parameter) => parameter.trained);
  const layers = model.layers.map((layer, i) => {
    const name = `layers.${i}`;
    const own = trained.filter(({ key }) => key.startsWith(`${name}.`));
    return {
      name,
      kind: layer.layer,
      description: kindOf(layer).describe(layer),
      shape: model.shapes[i + 1],
      parameters: own.reduce((sum, { shape }) => sum + size(shape), 0),
      multiplyAdds: multiplyAdds(graph.nodes.slice(ends[i - 1] ?? 1, ends[i])),
    };
  });
  const sumOf = (name: 'parameters' | 'multiplyAdds') => layers.reduce((sum, layer) => sum + layer[name], 0);
  return { input: model.input, layers, parameters: sumOf('parameters'), multiplyAdds: sumOf('multiplyAdds') };
}

const grouped = (n: number): string => n.toLocaleString('en-US');

/**
 * Formats a summary as a table, with a line per layer.
 *
 * @throws {ArgumentError} For something else.
 */
export function printSummary(value: Summary): string {
  if (!isSummary(value)) {
    throw new ArgumentError(`printSummary: expected what summary() gives, found ${showValue(value)}`);
  }
  const { input, layers, parameters, multiplyAdds, bytes } = value;
  const rows = layers.map((layer) => [
    layer.name,
    layer.kind,
    layer.description === layer.kind ? '' : layer.description,
    show(layer.shape),
    grouped(layer.parameters),
    grouped(layer.multiplyAdds),
  ]);
  const lines = table(
    [
      ['name', 'layer', '', 'output', 'parameters', 'multiply-adds'],
      ['', 'input', '', show(input), '', ''],
      ...rows,
      ['all', '', '', '', grouped(parameters), grouped(multiplyAdds)],
    ],
    [4, 5],
  );
  if (!bytes) return lines;
  const parts = (['parameters', 'gradients', 'optimizer', 'activations'] as const).map(
    (name) => `${name} ${grouped(bytes[name])}`,
  );
  return `${lines}\nbytes of a step: ${grouped(bytes.total)} (${parts.join(', ')})`;
}

function isSummary(value: unknown): boolean {
  const have = (of: unknown, names: readonly string[]): boolean =>
    names.every((name) => typeof member(of, name) === 'number');
  const counted = ['parameters', 'multiplyAdds'];
  const isLayer = (layer: unknown): boolean => have(layer, counted) && isShape(member(layer, 'shape'));
  const [layers, bytes] = [member(value, 'layers'), member(value, 'bytes')];
  const parts = ['parameters', 'gradients', 'optimizer', 'activations', 'total'];
  const isOfStep = bytes === undefined || have(bytes, parts);
  return isShape(member(value, 'input')) && isList(layers) && layers.every(isLayer) && have(value, counted) && isOfStep;
}
