/** What the ops of recurrent layers share: how they split their work, the walk over steps on the CPU, and σ and tanh with bounds. */
import blockWgsl from '../../../shaders/load/block.wgsl';
import blockSubgroupWgsl from '../../../shaders/load/block_subgroup.wgsl';
import maskWgsl from '../../../shaders/load/mask.wgsl';
import noMaskWgsl from '../../../shaders/load/no_mask.wgsl';
import { TINY, U } from '../../base/float32.ts';
import { columns, rows, sameShape, stride } from '../../base/tensor.ts';
import { append, type Graph, type Node } from '../../graph/graph.ts';
import { batch, leaf } from '../../graph/leaf.ts';
import type { Body, Case, Form, KernelOp, Probe, ShaderFile, Target, Value } from '../../graph/op.ts';
import { sigmoid as sigmoidRow, tanh as tanhRow } from '../activation-table.ts';
import { bias } from '../arithmetic.ts';
import { matmul } from '../matmul.ts';
import { previousSteps } from '../steps.ts';
import { type Bounded, exact } from './bounded.ts';
import { mismatch } from './shapes.ts';
import { PORTABLE } from './target.ts';

/** Units up to which the gates of one sample fit into a workgroup. */
export const MOST_UNITS = 1024;

/** Floats that every device has for a workgroup. */
const WORKGROUP_FLOATS = 4096;
const MOST_LANES = 256;
/** Samples of a workgroup: the more, the fewer times weights are read; the fewer, the more workgroups there are. */
const MOST_SAMPLES = 8;

/** Throws ShapeError for weights, biases or a mask that do not go with x. */
export function checkRecurrence(op: string, gates: number, inputs: readonly Node[], steps: number): number {
  const [x, W, b, mask] = inputs;
  const units = columns(W.shape);
  const width = columns(x.shape);
  const fits =
    rows(W.shape) === gates * units &&
    rows(x.shape) === gates * units &&
    sameShape(b.shape, [gates * units, 1]) &&
    width % steps === 0 &&
    (!mask || sameShape(mask.shape, [1, width]));
  if (!fits)
    mismatch(op, `x [${gates} units, ${steps} N], W [${gates} units, units], b and a mask that go with them`, inputs);
  return units;
}

/** What the sums W h + b of all steps are, as the states before are known, and these. */
export function hiddenSums(graph: Graph, { inputs: [, W, b], attributes }: Node, states: Node) {
  const before = append(graph, previousSteps, [states], { steps: attributes.steps });
  return { before, sums: append(graph, bias, [append(graph, matmul, [W, before]), b]) };
}

/** Made when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Units, gates and steps of a layer with weights W [gates · units, units], for N samples. */
export function extent(node: Node, weights: Node, width: number) {
  const units = columns(weights.shape);
  const steps = Number(node.attributes.steps);
  return { units, gates: rows(weights.shape) / units, steps, N: width / steps };
}

/** The files by which lanes get at the values that they share, as forms name them. */
const blockFiles: Readonly<Record<string, ShaderFile>> = { block: blockWgsl, block_subgroup: blockSubgroupWgsl };

type Extent = ReturnType<typeof extent>;

/** Each lane has so many units at a time, and the values of others from memory, or from lanes of a subgroup of so many. */
function formOf({ units, gates, N }: Extent, atATime: number, subgroup = 0): Form {
  const fits = (block: number): boolean => gates * units * block <= WORKGROUP_FLOATS;
  const block = [MOST_SAMPLES, 4, 2].find((block) => fits(block) && block < 2 * N) ?? 1;
  const lanes = Math.min(MOST_LANES, 8 * Math.ceil(units / atATime / 8));
  return {
    name: `${subgroup > 0 ? 'subgroup' : 'plain'} ${atATime}×${block}`,
    shader: subgroup > 0 ? 'block_subgroup' : 'block',
    constants: {
      BLOCK: block,
      ROWS: atATime,
      PASSES: Math.ceil(units / lanes / atATime),
      ...(subgroup > 0 && { SUBGROUP: subgroup, LOADS: Math.ceil(block / subgroup) }),
    },
    lanes,
    tile: [units, block],
  };
}

/** Without a GPU, reading one address in every lane costs as much as reading many, so lanes read less and have more units. */
function formsOf(of: Extent, { software, subgroup }: Target): readonly Form[] {
  if (!software) return [formOf(of, 1)];
  return [...(subgroup > 0 ? [formOf(of, 2, subgroup)] : []), formOf(of, 2)];
}

/** The forms of a kernel that walks over all steps of a sample, whose weights are the input of this number. */
export const walkingForms =
  (weights: number) =>
  (node: Node, target: Target): readonly Form[] =>
    formsOf(extent(node, node.inputs[weights], columns(node.shape)), target);

/** The self-test of an op that takes x, W and b. */
export function probing(gates: number, op: () => KernelOp): Probe {
  const of = { units: 9, gates, steps: 3, N: 11 };
  return {
    shaders: Object.keys(blockFiles),
    forms: (target) => formsOf(of, target),
    append(graph) {
      const { units, steps, N } = of;
      const x = leaf(graph, batch, 'x', [gates * units, steps * N]);
      const W = leaf(graph, batch, 'W', [gates * units, units]);
      const b = leaf(graph, batch, 'b', [gates * units, 1]);
      append(graph, op(), [x, W, b], { steps }, 'states');
    },
    least: ({ constants: { ROWS, SUBGROUP } }) => formOf(of, ROWS, SUBGROUP),
  };
}

/** The mask file of a kernel, and what it reads. */
export const masking = (mask: Node | undefined) => ({
  shaders: [mask ? maskWgsl : noMaskWgsl],
  operands: mask ? { MASK: mask } : ({} as Record<string, Node>),
});

/** Element of a matrix, with the bound on its error. */
export const element = ({ data, error }: Value, at: number): Bounded => ({ value: data[at], error: error?.[at] ?? 0 });

const through = ({ value, error }: Bounded, f: typeof sigmoidRow, slope: number): Bounded => ({
  value: f.f(value),
  // The argument may be a little further out than the value, where σ rounds a little more.
  error: slope * error + 2 * f.rounding(value) + TINY,
});
export const sigma = (z: Bounded): Bounded => through(z, sigmoidRow, 1 / 4);
export const hyperbolic = (z: Bounded): Bounded => through(z, tanhRow, 1);
/** 1 − σ(z), computed as σ(−z). */
export const rest = ({ value, error }: Bounded): Bounded => sigma({ value: -value, error });

/** (1 − a)(1 + a) of a = tanh z. */
export const slopeOfTanh = ({ value: a, error }: Bounded): Bounded => {
  const slope = (1 - a) * (1 + a);
  return { value: slope, error: 2 * Math.abs(a) * error + error ** 2 + 4 * U * Math.abs(slope) + TINY };
};

/** Σ of products, in any order, after what they start from. */
export function dot(start: Bounded, count: number, pair: (k: number) => readonly [Bounded, Bounded]): Bounded {
  let [value, magnitude, carried] = [start.value, Math.abs(start.value), start.error];
  for (let k = 0; k < count; k++) {
    const [a, b] = pair(k);
    value += a.value * b.value;
    magnitude += (Math.abs(a.value) + a.error) * (Math.abs(b.value) + b.error);
    carried += Math.abs(a.value) * b.error + Math.abs(b.value) * a.error + a.error * b.error;
  }
  return { value, error: (count + 1) * (U * magnitude + TINY) + carried };
}

/** [M, width] of values with bounds. */
export function bounded(height: number, width: number) {
  const values = Array.from({ length: height * width }, () => exact(0));
  return {
    at: (row: number, col: number): Bounded => values[row * width + col],
    put: (row: number, col: number, value: Bounded): void => {
      values[row * width + col] = value;
    },
    data: () => Float64Array.from(values, ({ value }) => value),
    error: () => Float64Array.from(values, ({ error }) => error),
  };
}

/** Floats from one row to the next of some operands, as constants. */
export const strides = (of: Readonly<Record<string, Node>>): Record<string, number> =>
  Object.fromEntries(Object.entries(of).map(([name, { shape }]) => [`${name}_STRIDE`, stride(shape)]));

interface Walk {
  readonly title: string;
  readonly shaders: readonly ShaderFile[];
  /** By their names in the shaders; W are the weights. */
  readonly operands: Readonly<Record<string, Node>> & { readonly W: Node };
  readonly mask: Node | undefined;
}

/** The body of a kernel that walks over all steps of a sample. */
export function walking(node: Node, { title, shaders, operands, mask }: Walk, given?: Form): Body {
  const masks = masking(mask);
  const of = extent(node, operands.W, columns(node.shape));
  const { units, gates, steps, N } = of;
  const form = given ?? formsOf(of, PORTABLE)[0];
  return {
    title,
    form,
    shaders: [...shaders, blockFiles[form.shader], ...masks.shaders],
    constants: { ...form.constants, UNITS: units, GATES: gates, STEPS: steps, COLUMNS: N, ...strides(operands) },
    operands: { ...operands, ...masks.operands },
    epilogues: { finish: node.shape },
    alone: true,
    work: gates * units * units,
    lanes: form.lanes,
    workgroups: [Math.ceil(N / form.tile[1]), 1, 1],
  };
}

/** Layers with so many gates: x, W, b, and a mask or none. */
export const recurrenceCases = (gates: number): readonly Case[] =>
  [
    { units: 1, steps: 1, N: 1 },
    { units: 3, steps: 4, N: 5 },
    { units: 9, steps: 2, N: 33 },
    { units: 33, steps: 3, N: 2 },
    { units: 4, steps: 3, N: 2, mask: [1, 1, 0, 1, 1, 0] },
  ].map(({ units, steps, N, mask }) => ({
    shapes: [
      [gates * units, steps * N],
      [gates * units, units],
      [gates * units, 1],
      ...(mask ? [[1, mask.length]] : []),
    ],
    attributes: { steps },
    values: [undefined, undefined, undefined, mask],
    domain: [
      [-2, 2],
      [-1 / units, 1 / units],
      [-1, 1],
      [0, 1],
    ],
  }));
