/** Several outputs, one after the other; `model` puts this layer last. Each output keeps its name, loss and targets. */
import { isList, keysOf } from '../../base/arguments.ts';
import { ArgumentError, ShapeError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';
import { type Shape, size } from '../../base/tensor.ts';
import { append, type Graph, type Node, rename } from '../../graph/graph.ts';
import { appendConstant, stepOf } from '../../graph/leaf.ts';
import { concatOf } from '../../ops/concat.ts';
import { gatherParts } from '../../ops/gather-parts.ts';
import { axesOf, reshape } from '../../ops/reshape.ts';
import type { LossFunction } from '../losses/loss.ts';
import { severalLosses } from '../losses/several.ts';
import { appendActivation } from './activation.ts';
import { type LayerKind, type Output, type OutputsRule, ofKind, type TargetPart } from './layer.ts';

/** The several outputs of a model, as plain data; made by {@link model}. */
export interface OutputsLayer {
  /** Kind of layer. */
  readonly layer: 'outputs';
  /** Names of the outputs, in their order. */
  readonly names: readonly string[];
}

export function outputsLayer({ names }: Pick<OutputsLayer, 'names'>): OutputsLayer {
  const areNames = isList(names) && names.every((name) => typeof name === 'string' && name !== '');
  if (areNames && names.length > 0 && new Set(names).size === names.length)
    return ofKind(outputsKind, { layer: 'outputs', names: [...names] });
  throw new ArgumentError(`outputs: expected a name of its own for each output, found ${showValue(names)}`);
}

const flat = (graph: Graph, node: Node): Node =>
  node.shape.length === 2 ? node : append(graph, reshape, [node], axesOf([size(node.shape.slice(0, -1)), 1]));

function joined(graph: Graph, parts: readonly Node[]): Node {
  return concatOf(
    graph,
    parts.map((part) => flat(graph, part)),
  );
}

/** Throws ArgumentError for what is not given for each output by its name. */
function demandNames(outputs: readonly Output[], given: unknown, where: string, what: string): void {
  const names = outputs.map(({ name }) => name);
  const found = keysOf(given);
  if (found?.length === names.length && names.every((name) => found.includes(name))) return;
  const wrong = found ? found.join(', ') || 'none' : showValue(given);
  throw new ArgumentError(`${where}: expected ${what} for the outputs ${names.join(', ')}, found ${wrong}`);
}

const rule: OutputsRule = {
  losses(outputs, losses, weights, where) {
    demandNames(outputs, losses, `${where}: loss`, 'a loss');
    return severalLosses(outputs, losses as Record<string, LossFunction>, weights as Record<string, number>, where);
  },

  named(outputs, given, where, what) {
    demandNames(outputs, given, where, what);
    return outputs.map(({ name }) => (given as Record<string, unknown>)[name]);
  },

  table(outputs, parts, where) {
    let at = 0;
    const places = new Map<string, { readonly part: TargetPart; readonly at: number }>();
    for (const part of parts) {
      places.set(part.name, { part, at });
      at += part.kind === 'labels' ? 1 : part.size;
    }
    const wanted = outputs.map(({ name, shape }) => ({ name, size: size(shape) }));
    if (parts.length !== wanted.length || wanted.some(({ name, size }) => places.get(name)?.part.size !== size)) {
      const [expected, found] = [wanted, parts].map((all) =>
        all.map(({ name, size }) => `${name} [${size}]`).join(', '),
      );
      throw new ShapeError(`${where}: expected targets for ${expected}, found ${found}`);
    }
    return wanted.flatMap(({ name, size }) => {
      const { part, at } = places.get(name)!;
      return Array.from({ length: size }, (_, k) => (part.kind === 'labels' ? [at, k] : [at + k, -1])).flat();
    });
  },

  gather(graph, data, table, attributes, name) {
    const places = appendConstant(graph, 'parts', [table.length / 2, 2], table);
    return append(graph, gatherParts, [data, places, stepOf(graph)], attributes, name);
  },

  predict(graph, outputs, activations, names) {
    const each = outputs.map((output, i) => appendActivation(graph, activations[i], output, `prediction.${names[i]}`));
    const all = joined(graph, each);
    if (!all.name) rename(graph, all, 'prediction');
    return all;
  },

  split(outputs, values) {
    const sizes = outputs.map(({ shape }) => size(shape));
    const width = sizes.reduce((sum, n) => sum + n, 0);
    const count = values.length / width;
    let first = 0;
    return Object.fromEntries(
      outputs.map(({ name }, o) => {
        const n = sizes[o];
        const out = new Float32Array(count * n);
        for (let i = 0; i < count; i++) out.set(values.subarray(i * width + first, i * width + first + n), i * n);
        first += n;
        return [name, out];
      }),
    );
  },
};

export const outputsKind: LayerKind<OutputsLayer> = {
  outputs: rule,

  takes: { least: 1, most: Number.POSITIVE_INFINITY },

  shape({ names }, inputs) {
    if (inputs.length === names.length) return [inputs.reduce((sum, shape: Shape) => sum + size(shape), 0)];
    throw new ShapeError(`outputs: expected ${names.length} values, one for each name, found ${inputs.length}`);
  },

  append: (_layer, { graph }, inputs) => joined(graph, inputs),

  remade: outputsLayer,

  describe: ({ names }) => `outputs ${names.join(', ')}`,
};
