/** One of several inputs: the part of a sample that it is. `model` puts these layers first. */
import { isCount, isShape, keysOf } from '../../base/arguments.ts';
import { ArgumentError, ShapeError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';
import { type Shape, sameSamples, show, sideBySide, size } from '../../base/tensor.ts';
import { append, rename } from '../../graph/graph.ts';
import { axesOf, reshape } from '../../ops/reshape.ts';
import { slice } from '../../ops/rows.ts';
import { type InputsRule, type LayerKind, ofKind } from './layer.ts';

/** One of several inputs of a model, as plain data; made by {@link model}. */
export interface InputLayer {
  /** Kind of layer. */
  readonly layer: 'input';
  /** Name of the input. */
  readonly name: string;
  /** Shape of one sample of it. */
  readonly shape: Shape;
  /** The number of a whole sample with which it begins. */
  readonly first: number;
}

export function inputLayer({ name, shape, first }: Omit<InputLayer, 'layer'>): InputLayer {
  const isFirst = first === 0 || isCount(first);
  if (typeof name === 'string' && name !== '' && isShape(shape) && isFirst)
    return ofKind(inputKind, { layer: 'input', name, shape: [...shape], first });
  throw new ArgumentError(`input: expected { name, shape, first }, found ${showValue({ name, shape, first })}`);
}

const inputsIn = (layers: readonly { readonly layer: string }[]): InputLayer[] =>
  layers.filter((layer): layer is InputLayer => layer.layer === 'input');

const rule: InputsRule = {
  partsOf(layers, given, where) {
    const inputs = inputsIn(layers);
    const names = inputs.map(({ name }) => name);
    const found = keysOf(given)!;
    if (found.length !== names.length || !names.every((name) => found.includes(name))) {
      throw new ArgumentError(
        `${where}: expected samples of the inputs ${names.join(', ')}, found ${found.join(', ') || 'none'}`,
      );
    }
    return inputs.map(({ name, shape }) => ({ name, shape, x: (given as Record<string, unknown>)[name] }));
  },

  join(parts, where) {
    const counts = parts.map(({ shape, samples }) => samples.length / size(shape));
    const odd = counts.findIndex((count) => count !== counts[0]);
    if (odd > 0) {
      const expected = `as many samples of ${parts[odd].name} as of ${parts[0].name}, ${counts[0]}`;
      throw new ShapeError(`${where}: expected ${expected}, found ${counts[odd]}`);
    }
    return sideBySide(
      parts.map(({ samples }) => samples),
      counts[0],
    );
  },

  check(layers, parts, where) {
    const inputs = inputsIn(layers);
    const list = (all: readonly { name: string; shape?: Shape; size?: number }[]): string =>
      all.map(({ name, shape, size: n }) => `${name} ${show(shape ?? [n!])}`).join(', ');
    const isSame = (part: (typeof parts)[number], { name, shape }: InputLayer): boolean =>
      part.name === name && part.size === size(shape) && (!part.shape || sameSamples(part.shape, shape));
    if (inputs.length === parts.length && parts.every((part, i) => isSame(part, inputs[i]))) return;
    throw new ShapeError(`${where}: expected the inputs ${list(inputs)} in this order, found ${list(parts)}`);
  },
};

export const inputKind: LayerKind<InputLayer> = {
  inputs: rule,
  part: ({ shape, first }) => [first, first + size(shape)],
  rearranges: true,

  shape({ name, shape, first }, [x]) {
    if (x.length === 1 && first + size(shape) <= x[0]) return shape;
    throw new ShapeError(`input: ${name} ${show(shape)} is no part of a sample ${show(x)} from number ${first} on`);
  },

  append({ name, shape, first }, { graph }, [x]) {
    const part = append(graph, slice, [x], { first, count: size(shape) });
    const whole = shape.length === 1 ? part : append(graph, reshape, [part], axesOf([...shape, 1]));
    rename(graph, whole, `x.${name}`);
    return whole;
  },

  remade: inputLayer,

  describe: ({ name, shape }) => `${name} ${shape.join('x')}`,
};
