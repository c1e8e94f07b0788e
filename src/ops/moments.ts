/**
 * Mean and (biased) variance, attribute `per`: 'channel', over all places of a channel in the valid columns of the batch,
 * (x, step) -> [channels, 1]; 'sample', over the features of each sample, x -> [1, N], or with attribute `groups` over those of each
 * of so many groups of rows, x -> [groups, N]. The variance is that of the
 * differences from the mean, Σ (x − mean)² / n, where E[x²] − E[x]² would cancel. Both share one body, and one dispatch
 * where both are wanted.
 */
import channelMomentsWgsl from '../../shaders/channel_moments.wgsl';
import sampleMomentsWgsl from '../../shaders/sample_moments.wgsl';
import { DIVISION, TINY, U } from '../base/float32.ts';
import { columns, rows, type Shape, size, stride } from '../base/tensor.ts';
import { type Attributes, append, type Graph, type Node, reuse } from '../graph/graph.ts';
import { stepOf } from '../graph/leaf.ts';
import type { Body, Case, KernelOp, Value } from '../graph/op.ts';
import type { StepRow } from '../graph/step-row.ts';
import { meanGradient, varianceGradient } from './moments-gradient.ts';
import { columnWalk, groupsOf } from './shared/columns.ts';

export type Per = 'channel' | 'sample';

/** The mean and the variance of x, appended where they are not there yet; `more` may have `groups`. */
export function momentsOf(graph: Graph, x: Node, per: Per, more: Attributes = {}): { mean: Node; variance: Node } {
  const inputs = per === 'channel' ? [x, stepOf(graph)] : [x];
  const attributes = { per, ...more };
  return { mean: reuse(graph, mean, inputs, attributes), variance: reuse(graph, variance, inputs, attributes) };
}

const shape = ([x]: readonly Node[], attributes: Attributes): Shape =>
  attributes.per === 'channel' ? [x.shape[0], 1] : [groupsOf(attributes), columns(x.shape)];

/** The elements that each value of the result is about, by their index. */
function groups(x: Shape, { attributes }: Node, step: StepRow): number[][] {
  const [m, n] = [rows(x), columns(x)];
  if (attributes.per === 'sample') {
    const [count, height] = [groupsOf(attributes), m / groupsOf(attributes)];
    return Array.from({ length: count * n }, (_, k) =>
      Array.from({ length: height }, (_, i) => (Math.floor(k / n) * height + i) * n + (k % n)),
    );
  }
  const perGroup = m / x[0];
  const valid = Math.min(n, step.columns);
  return Array.from({ length: x[0] }, (_, c) =>
    Array.from({ length: perGroup * valid }, (_, i) => (c * perGroup + Math.floor(i / valid)) * n + (i % valid)),
  );
}

/** Runs `f` on the elements of each group, and on the bounds of their errors. */
function byGroup(x: Value, node: Node, step: StepRow, f: (x: number[], errors: number[]) => number): Float64Array {
  const values = groups(x.shape, node, step).map((indices) => {
    const errors = indices.map((i) => x.error?.[i] ?? 0);
    return f(
      indices.map((i) => x.data[i]),
      errors,
    );
  });
  return Float64Array.from(values);
}

/** Attributes of the gradients: the elements of one column that a value is about. */
const share = ({ inputs: [x], attributes }: Node): Attributes => ({
  per: attributes.per,
  count: rows(x.shape) / (attributes.per === 'channel' ? x.shape[0] : groupsOf(attributes)),
});

const average = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const averageSquare = (values: readonly number[], center: number): number =>
  average(values.map((x) => (x - center) ** 2));

/** Additions one after another: all, or those of one of 64 parts and the tree of six levels over the parts. */
const depth = ({ inputs: [x], attributes }: Node): number =>
  attributes.per === 'channel' ? Math.ceil(size(x.shape) / x.shape[0] / 64) + 6 : rows(x.shape) / groupsOf(attributes);

/** Of a mean of exact values. */
const meanRounding = (values: readonly number[], node: Node): number =>
  (depth(node) * U + DIVISION) * average(values.map(Math.abs)) + 2 * TINY;

function body(node: Node, own: 'finish' | 'finish_mean', lanes = 64): Body {
  const [x] = node.inputs;
  const { per } = node.attributes;
  const groups = groupsOf(node.attributes);
  const same = (other: Node) =>
    other.attributes.per === per &&
    groupsOf(other.attributes) === groups &&
    other.inputs.every((input, i) => input === node.inputs[i]);
  const { shape } = node;
  const shared: Pick<Body, 'operands' | 'epilogues' | 'carries'> = {
    operands: { X: x },
    epilogues: own === 'finish' ? { finish: shape, finish_mean: shape } : { finish_mean: shape, finish: shape },
    carries: (other) => {
      if (other.op === variance && same(other)) return 'finish';
      return other.op === mean && same(other) ? 'finish_mean' : undefined;
    },
  };
  if (per === 'sample') {
    return { ...shared, shaders: [sampleMomentsWgsl], columnwise: ['X'], ...columnWalk(x.shape, lanes, groups) };
  }
  const channels = x.shape[0];
  return {
    ...shared,
    shaders: [channelMomentsWgsl],
    constants: {
      COLUMNS: columns(x.shape),
      STRIDE: stride(x.shape),
      COUNT: size(x.shape) / channels,
    },
    lanes,
    workgroups: [channels, 1, 1],
  };
}

const cases = (): Case[] => [
  ...[
    [1, 1],
    [7, 33],
    [100, 100],
    [3, 784],
    [6, 12, 12, 7],
    [3, 5, 1, 33],
  ].map((shape) => ({
    shapes: [shape, null],
    attributes: { per: 'channel' },
  })),
  ...[
    [1, 1],
    [7, 33],
    [100, 7],
    [784, 3],
    [6, 5, 4, 7],
  ].map((shape) => ({
    shapes: [shape],
    attributes: { per: 'sample' },
  })),
  { shapes: [[6, 5, 4, 33]], attributes: { per: 'sample', groups: 3 } },
  { shapes: [[6, 5, 1]], attributes: { per: 'sample', groups: 6 } },
  // Far from 0, where squares would cancel.
  { shapes: [[7, 33], null], attributes: { per: 'channel' }, domain: [1000, 1001] },
  { shapes: [[33, 7]], attributes: { per: 'sample' }, domain: [1000, 1001] },
];

export const mean: KernelOp = {
  kind: 'kernel',
  name: 'mean',
  shape,
  gradient: (graph, node, upstream) => {
    const [x, ...step] = node.inputs;
    return [() => append(graph, meanGradient, [x, upstream, ...step], share(node))];
  },
  reference: ([x], node, step) => byGroup(x, node, step, average),
  error: ([x], _data, node, step) =>
    byGroup(x, node, step, (values, errors) => meanRounding(values, node) + average(errors)),
  body: (node, { lanes } = {}) => body(node, 'finish_mean', lanes),
};

export const meanCases = (): readonly Case[] => [
  ...cases(),
  { shapes: [[65_600, 1], null], attributes: { per: 'channel' } },
  { shapes: [[131_200, 1]], attributes: { per: 'sample', groups: 65_600 } },
];

export const variance: KernelOp = {
  kind: 'kernel',
  name: 'variance',
  shape,
  gradient: (graph, node, upstream) => {
    const { inputs, attributes } = node;
    const [x, ...step] = inputs;
    return [
      () =>
        append(graph, varianceGradient, [x, reuse(graph, mean, inputs, attributes), upstream, ...step], share(node)),
    ];
  },
  reference: ([x], node, step) => byGroup(x, node, step, (values) => averageSquare(values, average(values))),
  // A mean that is off by e adds e² to the average of (x − mean)²; an error of x moves x − mean by itself and the average
  // of all.
  error: ([x], _data, node, step) =>
    byGroup(x, node, step, (values, errors) => {
      const center = average(values);
      const off = meanRounding(values, node) ** 2;
      const all = average(errors);
      const carried = values.map((value, i) => {
        const moved = errors[i] + all;
        return 2 * Math.abs(value - center) * moved + moved ** 2;
      });
      const largest = averageSquare(values, center) + off + average(carried);
      return off + average(carried) + ((depth(node) + 4) * U + DIVISION) * largest + 2 * TINY;
    }),
  body: (node, { lanes } = {}) => body(node, 'finish', lanes),
};

export const varianceCases = (): readonly Case[] => cases();
