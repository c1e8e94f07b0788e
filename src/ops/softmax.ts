/** p = softmax(z) over the features of [K, N], or over the channels of [C, ..., N] at each place, and its Jacobian pᵢ(δᵢⱼ − pⱼ) times the upstream gradient. */
import softmaxWgsl from '../../shaders/softmax.wgsl';
import softmaxGradientWgsl from '../../shaders/softmax_gradient.wgsl';
import { DIVISION, expError, TINY, U } from '../base/float32.ts';
import { append } from '../graph/graph.ts';
import type { Case, KernelOp } from '../graph/op.ts';
import { byColumn, channelWalk, column, columnErrors, inChannels } from './shared/columns.ts';
import { equalShapes } from './shared/shapes.ts';

export function softmaxOf(z: readonly number[]): number[] {
  const highest = Math.max(...z);
  const e = z.map((x) => Math.exp(x - highest));
  const sum = e.reduce((a, b) => a + b);
  return e.map((x) => x / sum);
}

/** Bound on the error of each pᵢ: errors of z move log pᵢ by at most twice the largest of them. */
export function softmaxError(z: readonly number[], p: readonly number[], zError: readonly number[]): number[] {
  const highest = Math.max(...z);
  const carried = 2 * Math.max(...zError);
  // exp of a difference that is itself rounded, for the element and, weighted by p, for the sum.
  const exponent = z.map((x) => expError(x - highest) + U * Math.abs(x - highest));
  const sum = exponent.reduce((total, e, i) => total + p[i] * e, z.length * U);
  return p.map((pi, i) => pi * (exponent[i] + sum + DIVISION + carried) + TINY);
}

export const softmax: KernelOp = {
  kind: 'kernel',
  name: 'softmax',
  shape: ([z]) => z.shape,
  gradient: (graph, node, upstream) => [() => append(graph, softmaxGradient, [upstream, node])],
  reference([logits]) {
    const z = inChannels(logits);
    return byColumn(z.shape, (j) => softmaxOf(column(z.data, z.shape, j)));
  },
  error([logits], p) {
    const z = inChannels(logits);
    return byColumn(z.shape, (j) =>
      softmaxError(column(z.data, z.shape, j), column(p, z.shape, j), columnErrors(z, j)),
    );
  },
  body: (node, { lanes } = {}) => ({
    shaders: [softmaxWgsl],
    operands: { Z: node.inputs[0] },
    epilogues: { finish: node.shape },
    columnwise: ['Z'],
    ...channelWalk(node.shape, lanes),
  }),
};

export const softmaxCases = (): readonly Case[] => [
  { shapes: [[1, 1]] },
  { shapes: [[7, 33]] },
  { shapes: [[10, 100]], domain: [-80, 80] },
  { shapes: [[100, 7]], domain: [-1e4, 1e4] },
  { shapes: [[3, 4, 5, 7]] },
];

/** (upstream g, p) -> pᵢ (gᵢ − Σⱼ gⱼ pⱼ) */
export const softmaxGradient: KernelOp = {
  kind: 'kernel',
  name: 'softmaxGradient',
  shape: (inputs) => equalShapes('softmaxGradient', inputs),
  reference(inputs) {
    const [g, p] = inputs.map((value) => inChannels(value));
    return byColumn(g.shape, (j) => {
      const [gj, pj] = [column(g.data, g.shape, j), column(p.data, p.shape, j)];
      const mean = gj.reduce((sum, x, i) => sum + x * pj[i], 0);
      return gj.map((x, i) => pj[i] * (x - mean));
    });
  },
  error(inputs, result) {
    const [g, p] = inputs.map((value) => inChannels(value));
    return byColumn(g.shape, (j) => {
      const [gj, pj] = [column(g.data, g.shape, j), column(p.data, p.shape, j)];
      const [ge, pe] = [columnErrors(g, j), columnErrors(p, j)];
      const dot = gj.reduce((sum, x, i) => sum + Math.abs(x * pj[i]), 0);
      const dotError =
        gj.length * U * dot +
        gj.reduce((sum, x, i) => sum + ge[i] * (Math.abs(pj[i]) + pe[i]) + Math.abs(x) * pe[i], 0);
      const r = column(result, g.shape, j);
      return gj.map((x, i) => {
        const bracket = Math.abs(x) + dot;
        return Math.abs(pj[i]) * (ge[i] + dotError + 2 * U * bracket) + pe[i] * bracket + 2 * U * Math.abs(r[i]) + TINY;
      });
    });
  },
  body: (node, { lanes } = {}) => ({
    shaders: [softmaxGradientWgsl],
    operands: { G: node.inputs[0], P: node.inputs[1] },
    epilogues: { finish: node.shape },
    columnwise: ['G', 'P'],
    ...channelWalk(node.shape, lanes),
  }),
};

export const softmaxGradientCases = (): readonly Case[] =>
  [
    [1, 1],
    [7, 33],
    [10, 100],
    [100, 7],
    [3, 4, 5, 7],
  ].map((shape) => ({
    shapes: [shape, shape],
    domain: [
      [-2, 2],
      [0, 1],
    ],
  }));
