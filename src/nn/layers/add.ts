/** The sum of values, which makes a stack a residual net (He et al. 2016). */
import { ShapeError } from '../../base/errors.ts';
import { sameShape, show } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { add as addOp } from '../../ops/arithmetic.ts';
import { type LayerCase, type LayerKind, ofKind } from './layer.ts';

/** An addition layer as plain data; made by {@link add}. */
export interface Add {
  /** Kind of layer. */
  readonly layer: 'add';
}

/** Adds two or more values of one shape, for residual nets (He et al. 2016): `apply(add(), a, b)`. */
export const add = (): Add => ofKind(addKind, { layer: 'add' });

export const addKind: LayerKind<Add> = {
  takes: { least: 2, most: Number.POSITIVE_INFINITY },

  shape(_layer, inputs) {
    if (inputs.every((shape) => sameShape(shape, inputs[0]))) return inputs[0];
    throw new ShapeError(`add: expected values of one shape, found ${inputs.map(show).join(' and ')}`);
  },

  append(_layer, { graph, index }, [first, ...others]) {
    return others.reduce((sum, x, i) => {
      const name = i === others.length - 1 ? `a${index}` : '';
      return append(graph, addOp, [sum, x], {}, name);
    }, first);
  },

  remade: add,

  describe: () => 'add',
};

export const addCases = (): readonly LayerCase[] => [
  { layer: add(), inputs: [[5], [5]] },
  {
    layer: add(),
    inputs: [
      [2, 3, 2],
      [2, 3, 2],
      [2, 3, 2],
    ],
  },
];
