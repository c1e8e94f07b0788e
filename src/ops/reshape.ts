/**
 * The same numbers with other axes: attribute `axes` gives them, and the last one stays. It costs nothing where it fuses.
 */
import { columns, rows, type Shape } from '../base/tensor.ts';
import { append } from '../graph/graph.ts';
import type { Case, PointwiseOp } from '../graph/op.ts';
import { mismatch } from './shared/shapes.ts';

/** What gives a result the axes of this shape. */
export const axesOf = (shape: Shape) => ({ axes: JSON.stringify(shape.slice(0, -1)) });

export const reshape: PointwiseOp = {
  kind: 'pointwise',
  name: 'reshape',
  shape(inputs, { axes }) {
    const [{ shape }] = inputs;
    const result = [...(JSON.parse(String(axes)) as number[]), columns(shape)];
    if (rows(result) !== rows(shape)) mismatch('reshape', `an operand of as many rows as ${axes}`, inputs);
    return result;
  },
  gradient: (graph, { inputs: [x] }, upstream) => [() => append(graph, reshape, [upstream], axesOf(x.shape))],
  f: ([x]) => x,
  rounding: () => 0,
  shaders: () => [],
  call: ([x]) => x,
};

export const reshapeCases = (): readonly Case[] => [
  { shapes: [[3, 2, 5, 7]], attributes: { axes: '[30]' } },
  { shapes: [[12, 4]], attributes: { axes: '[3,2,2]' } },
];
