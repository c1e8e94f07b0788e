/**
 * Steps of sequences side by side: [L, F, N] as [F, L · N], where column t · N + n is step t of sample n. So one matrix product
 * serves all steps.
 */
import inStepsWgsl from '../../shaders/in_steps.wgsl';
import hadamardWgsl from '../../shaders/pointwise/hadamard.wgsl';
import previousStepsWgsl from '../../shaders/previous_steps.wgsl';
import sideBySideWgsl from '../../shaders/side_by_side.wgsl';
import stepMaskWgsl from '../../shaders/step_mask.wgsl';
import { TINY, U } from '../base/float32.ts';
import { columns, rows, size, stride } from '../base/tensor.ts';
import { append } from '../graph/graph.ts';
import type { Case, Data, KernelOp, Node, PointwiseOp, Value } from '../graph/op.ts';
import { byColumn, column, columnErrors, columnWalk } from './shared/columns.ts';
import { grid } from './shared/grid.ts';
import { mismatch } from './shared/shapes.ts';

/** What ops share that only move values: `source` gives, for each element of the result, the element that it is, or -1 for 0. */
const moves = (source: (node: Node) => (at: number) => number): Pick<KernelOp, 'reference' | 'error'> => {
  const moved = (node: Node, data: Data): Float64Array => {
    const of = source(node);
    return new Float64Array(size(node.shape)).map((_, at) => data[of(at)] ?? 0);
  };
  return {
    reference: ([x], node) => moved(node, x.data),
    error: ([x], data, node) => (x.error ? moved(node, x.error) : new Float64Array(data.length)).map((e) => e + TINY),
  };
};

const numbers = ({ attributes }: Pick<Node, 'attributes'>) => attributes as Record<'first' | 'steps' | 'count', number>;

/** [L, F, N] -> [F, steps · N], with L steps from step `first` on, and zeros beside them. */
export const sideBySide: KernelOp = {
  kind: 'kernel',
  name: 'sideBySide',
  shape(inputs, attributes) {
    const [{ shape }] = inputs;
    const { first, steps } = numbers({ attributes });
    if (shape.length !== 3 || first + shape[0] > steps)
      mismatch('sideBySide', `at most ${steps} steps [L, F, N]`, inputs);
    return [shape[1], steps * shape[2]];
  },
  gradient: (graph, node, upstream) => {
    const { first, steps } = numbers(node);
    return [() => append(graph, inSteps, [upstream], { first, steps, count: node.inputs[0].shape[0] })];
  },
  ...moves((node) => {
    const [L, F, N] = node.inputs[0].shape;
    const { first } = numbers(node);
    const width = columns(node.shape);
    return (at) => {
      const [feature, col] = [Math.floor(at / width), at % width];
      const t = Math.floor(col / N) - first;
      return t >= 0 && t < L ? (t * F + feature) * N + (col % N) : -1;
    };
  }),
  body: (node, { lanes = 64 } = {}) => {
    const [x] = node.inputs;
    const { first, steps } = numbers(node);
    return {
      shaders: [sideBySideWgsl],
      constants: {
        FEATURES: x.shape[1],
        COLUMNS: x.shape[2],
        STEPS: steps,
        INPUT_STEPS: x.shape[0],
        FIRST: first,
        STRIDE: stride(x.shape),
      },
      operands: { X: x },
      epilogues: { finish: node.shape },
      lanes,
      workgroups: grid(size(node.shape), lanes),
    };
  },
};

export const sideBySideCases = (): readonly Case[] => [
  { shapes: [[1, 1, 1]], attributes: { first: 0, steps: 1 } },
  { shapes: [[5, 3, 7]], attributes: { first: 0, steps: 5 } },
  { shapes: [[2, 9, 5]], attributes: { first: 3, steps: 6 } },
];

/** [F, steps · N] -> [count, F, N]: `count` steps from step `first` on. */
export const inSteps: KernelOp = {
  kind: 'kernel',
  name: 'inSteps',
  shape(inputs, attributes) {
    const [{ shape }] = inputs;
    const { first, steps, count } = numbers({ attributes });
    if (shape.length !== 2 || shape[1] % steps || first + count > steps) mismatch('inSteps', `${steps} steps`, inputs);
    return [count, shape[0], shape[1] / steps];
  },
  gradient: (graph, node, upstream) => {
    const { first, steps } = numbers(node);
    return [() => append(graph, sideBySide, [upstream], { first, steps })];
  },
  ...moves((node) => {
    const [, F, N] = node.shape;
    const { first } = numbers(node);
    const width = columns(node.inputs[0].shape);
    return (at) => {
      const [row, n] = [Math.floor(at / N), at % N];
      return (row % F) * width + (first + Math.floor(row / F)) * N + n;
    };
  }),
  body: (node, { lanes = 64 } = {}) => {
    const [x] = node.inputs;
    const [count, F, N] = node.shape;
    return {
      shaders: [inStepsWgsl],
      constants: { FEATURES: F, COLUMNS: N, STEPS: count, FIRST: numbers(node).first, STRIDE: stride(x.shape) },
      operands: { X: x },
      epilogues: { finish: node.shape },
      lanes,
      workgroups: grid(size(node.shape), lanes),
    };
  },
};

export const inStepsCases = (): readonly Case[] => [
  { shapes: [[1, 1]], attributes: { first: 0, steps: 1, count: 1 } },
  { shapes: [[3, 35]], attributes: { first: 0, steps: 5, count: 5 } },
  { shapes: [[9, 30]], attributes: { first: 5, steps: 6, count: 1 } },
];

/** [M, steps · N] -> the same, each step in the place of the next, after zeros. */
export const previousSteps: KernelOp = {
  kind: 'kernel',
  name: 'previousSteps',
  shape: ([x]) => x.shape,
  ...moves((node) => {
    const width = columns(node.shape);
    const N = width / numbers(node).steps;
    return (at) => (at % width < N ? -1 : at - N);
  }),
  body: (node, { lanes = 64 } = {}) => {
    const [x] = node.inputs;
    const width = columns(x.shape);
    return {
      shaders: [previousStepsWgsl],
      constants: { ROWS: rows(x.shape), TOTAL: width, COLUMNS: width / numbers(node).steps, STRIDE: stride(x.shape) },
      operands: { X: x },
      epilogues: { finish: node.shape },
      lanes,
      workgroups: grid(size(node.shape), lanes),
    };
  },
};

export const previousStepsCases = (): readonly Case[] => [
  { shapes: [[1, 1]], attributes: { steps: 1 } },
  { shapes: [[4, 35]], attributes: { steps: 5 } },
];

/** [F, steps · N] -> [1, steps · N]: 1 for a step that has other numbers than 0, else 0. What takes it gives it no gradient. */
export const stepMask: KernelOp = {
  kind: 'kernel',
  name: 'stepMask',
  shape: ([x]) => [1, columns(x.shape)],
  reference: ([x], { shape }) =>
    byColumn(shape, (j) => [Number(column(x.data, x.shape, j).some((value) => value !== 0))]),
  // A number as small as its error may be 0.
  error: ([x], data, { shape }) =>
    byColumn(shape, (j) => {
      const errors = columnErrors(x, j);
      const values = column(x.data, x.shape, j);
      const isSure = values.some((value, i) => Math.abs(value) > errors[i] + TINY);
      return [Number(!isSure && (data[j] !== 0 || errors.some((e) => e > 64 * TINY)))];
    }),
  body: (node, { lanes } = {}) => ({
    shaders: [stepMaskWgsl],
    operands: { X: node.inputs[0] },
    epilogues: { finish: node.shape },
    columnwise: ['X'],
    ...columnWalk(node.inputs[0].shape, lanes),
  }),
};

export const stepMaskCases = (): readonly Case[] => [
  { shapes: [[1, 1]] },
  { shapes: [[3, 33]] },
  { shapes: [[2, 4]], values: [[0, 1, 0, -3, 0, 0, 2, 1]] },
];

/** (x [M, steps · N], mask [1, steps · N]) -> x where the mask is 1, 0 where it is 0. */
export const keepSteps: PointwiseOp = {
  kind: 'pointwise',
  name: 'keepSteps',
  shape(inputs) {
    const [x, mask] = inputs;
    if (rows(mask.shape) !== 1 || columns(mask.shape) !== columns(x.shape))
      mismatch('keepSteps', 'one mask per column', inputs);
    return x.shape;
  },
  gradient: (graph, { inputs: [, mask] }, upstream) => [() => append(graph, keepSteps, [upstream, mask]), undefined],
  f: ([x, mask]) => x * mask,
  rounding: (_args, result) => U * Math.abs(result),
  shaders: () => [hadamardWgsl],
  call: ([x, mask]) => `hadamard(${x}, ${mask})`,
};

export const keepStepsCases = (): readonly Case[] => [
  {
    shapes: [
      [3, 4],
      [1, 4],
    ],
    values: [undefined, [0, 1, 1, 0]],
  },
];

/** The mask of a step: whether it counts. */
export const counts = (mask: Value | undefined, at: number): boolean => mask?.data[at] !== 0;
