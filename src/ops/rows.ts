/** Ops whose rows are rows of their operand at other places: parts of the first axis, and axes in another order. */
import amongWgsl from '../../shaders/among.wgsl';
import rowsWgsl from '../../shaders/rows.wgsl';
import { TINY } from '../base/float32.ts';
import { columns, rows, type Shape, size, stride } from '../base/tensor.ts';
import { append, type Node } from '../graph/graph.ts';
import type { Attributes, Body, Case, KernelOp } from '../graph/op.ts';
import { grid } from './shared/grid.ts';
import { mismatch } from './shared/shapes.ts';

/** One axis of the result: how many places it has, and how many rows of the operand there are from one to the next. */
interface Axis {
  readonly places: number;
  readonly step: number;
}

/** Axes that the kernel knows. */
const MOST_AXES = 4;

/** The row of the operand that each row of a result with these axes is. */
function sources(axes: readonly Axis[], first: number): number[] {
  return axes.reduce<number[]>(
    (places, { places: count, step }) => places.flatMap((at) => Array.from({ length: count }, (_, i) => at + i * step)),
    [first],
  );
}

function gathered(data: ArrayLike<number>, n: number, from: readonly number[]): Float64Array {
  const out = new Float64Array(from.length * n);
  from.forEach((row, i) => {
    for (let j = 0; j < n; j++) out[i * n + j] = data[row * n + j];
  });
  return out;
}

interface Places {
  readonly axes: readonly Axis[];
  readonly first: number;
}

/** What such ops share, given where their rows are. */
const moves = (of: (node: Node) => Places): Pick<KernelOp, 'reference' | 'error' | 'body'> => ({
  reference([x], node) {
    const { axes, first } = of(node);
    return gathered(x.data, columns(x.shape), sources(axes, first));
  },
  error([x], data, node) {
    const { axes, first } = of(node);
    if (!x.error) return new Float64Array(data.length).fill(TINY);
    return gathered(x.error, columns(x.shape), sources(axes, first)).map((e) => e + TINY);
  },
  body(node, { lanes = 64 } = {}): Body {
    const { axes, first } = of(node);
    const missing = Array.from({ length: MOST_AXES - axes.length }, (): Axis => ({ places: 1, step: 0 }));
    const [i, j, k, l] = [...missing, ...axes];
    const { shape } = node;
    return {
      shaders: [rowsWgsl],
      title: node.op.name,
      constants: {
        ROWS: rows(shape),
        COLUMNS: columns(shape),
        STRIDE: stride(shape),
        FIRST: first,
        J: j.places,
        K: k.places,
        L: l.places,
        STEP_I: i.step,
        STEP_J: j.step,
        STEP_K: k.step,
        STEP_L: l.step,
      },
      operands: { X: node.inputs[0] },
      epilogues: { finish: shape },
      lanes,
      workgroups: grid(size(shape), lanes),
    };
  },
});

/** Part of the first axis: [A, ..., N] -> [count, ..., N], from place `first` on. */
export const slice: KernelOp = {
  kind: 'kernel',
  name: 'slice',
  shape(inputs, { first, count }) {
    const [A, ...others] = inputs[0].shape;
    if (Number(first) + Number(count) > A) mismatch('slice', `${count} places from ${first} on`, inputs);
    return [Number(count), ...others];
  },
  gradient: (graph, { inputs: [x], attributes }, upstream) => [
    () => append(graph, among, [upstream], { first: attributes.first, count: x.shape[0] }),
  ],
  ...moves(({ inputs: [x], shape, attributes }) => ({
    axes: [{ places: rows(shape), step: 1 }],
    first: Number(attributes.first) * (rows(x.shape) / x.shape[0]),
  })),
};

export const sliceCases = (): readonly Case[] => [
  { shapes: [[1, 1]], attributes: { first: 0, count: 1 } },
  { shapes: [[10, 33]], attributes: { first: 3, count: 7 } },
  { shapes: [[5, 3, 4, 7]], attributes: { first: 1, count: 2 } },
];

/** A part among zeros: [A, ..., N] -> [count, ..., N], the part from place `first` on. It is the gradient of `slice`. */
export const among: KernelOp = {
  kind: 'kernel',
  name: 'among',
  shape(inputs, { first, count }) {
    const [A, ...others] = inputs[0].shape;
    if (Number(first) + A > Number(count)) mismatch('among', `at most ${count} places from ${first} on`, inputs);
    return [Number(count), ...others];
  },
  gradient: (graph, { inputs: [x], attributes }, upstream) => [
    () => append(graph, slice, [upstream], { first: attributes.first, count: x.shape[0] }),
  ],
  reference: ([x], node) => placed(x.data, node),
  error: ([x], data, node) => (x.error ? placed(x.error, node) : new Float64Array(data.length)).map((e) => e + TINY),
  body(node, { lanes = 64 } = {}): Body {
    const { shape } = node;
    const [x] = node.inputs;
    return {
      shaders: [amongWgsl],
      constants: {
        ROWS: rows(shape),
        COLUMNS: columns(shape),
        STRIDE: stride(shape),
        FIRST: firstRow(node),
        COUNT: rows(x.shape),
      },
      operands: { X: x },
      epilogues: { finish: shape },
      lanes,
      workgroups: grid(size(shape), lanes),
    };
  },
};

/** The row of the result where the part begins. */
const firstRow = ({ shape, attributes }: Node): number => Number(attributes.first) * (rows(shape) / shape[0]);

function placed(part: ArrayLike<number>, node: Node): Float64Array {
  const out = new Float64Array(size(node.shape));
  out.set(part, firstRow(node) * columns(node.shape));
  return out;
}

export const amongCases = (): readonly Case[] => [
  { shapes: [[1, 1]], attributes: { first: 0, count: 1 } },
  { shapes: [[7, 33]], attributes: { first: 3, count: 10 } },
  { shapes: [[2, 3, 4, 7]], attributes: { first: 1, count: 5 } },
];

/** Attribute of `permute`: for each axis of the result, which one of the operand it is; the last one stays. */
export const orderOf = (order: readonly number[]): Attributes => ({ order: JSON.stringify(order) });

const orderIn = ({ order }: Attributes): readonly number[] => JSON.parse(String(order)) as number[];

/** Axes of the operand in the order of the result; those that stay next to each other are one. */
function axesIn(shape: Shape, order: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  order.forEach((from, i) => {
    const step = size(shape.slice(from + 1, -1));
    const together = i > 0 && order[i - 1] === from - 1 ? axes.pop()!.places : 1;
    axes.push({ places: together * shape[from], step });
  });
  return axes;
}

/** Axes in another order: [A, B, ..., N] -> [B, A, ..., N]. Its gradient is that with the order turned round. */
export const permute: KernelOp = {
  kind: 'kernel',
  name: 'permute',
  shape(inputs, attributes) {
    const [{ shape }] = inputs;
    const order = orderIn(attributes);
    const axes = shape.length - 1;
    const isOrder = order.length === axes && new Set(order).size === axes && order.every((i) => i >= 0 && i < axes);
    if (!isOrder) mismatch('permute', `an operand of ${order.length} axes beside the batch`, inputs);
    if (axesIn(shape, order).length > MOST_AXES) mismatch('permute', `at most ${MOST_AXES} axes to move`, inputs);
    return [...order.map((i) => shape[i]), columns(shape)];
  },
  gradient: (graph, { attributes }, upstream) => [
    () => {
      const order = orderIn(attributes);
      return append(graph, permute, [upstream], orderOf(order.map((_, i) => order.indexOf(i))));
    },
  ],
  ...moves(({ inputs: [x], attributes }) => ({ axes: axesIn(x.shape, orderIn(attributes)), first: 0 })),
};

export const permuteCases = (): readonly Case[] => [
  { shapes: [[7, 33]], attributes: orderOf([0]) },
  { shapes: [[3, 5, 7]], attributes: orderOf([1, 0]) },
  { shapes: [[2, 3, 4, 33]], attributes: orderOf([2, 0, 1]) },
  { shapes: [[2, 3, 4, 1]], attributes: orderOf([0, 2, 1]) },
  { shapes: [[2, 3, 4, 5, 6]], attributes: orderOf([3, 1, 0, 2]) },
  { shapes: [[2, 2, 3, 2, 3, 5]], attributes: orderOf([3, 4, 2, 0, 1]) },
];
