/**
 * Softmax and categorical cross-entropy in one, from the logits: the loss of a column is Σᵢ yᵢ (log Σₖ exp zₖ − zᵢ), its
 * gradient δ = p − y (where the targets of a column sum to 1; p Σy − y in general). Of [C, ..., N], channels at many places, each
 * place of a sample has a loss of its own. Weighted as in `loss`, with its attributes `mean` and `factor`. Loss and gradient share one body, and one dispatch where both are wanted.
 */
import weighWgsl from '../../shaders/pointwise/weigh.wgsl';
import softmaxCrossEntropyWgsl from '../../shaders/softmax_cross_entropy.wgsl';
import { DIVISION, expError, LOG_ONE_PLUS, literal, logError, TINY, U } from '../base/float32.ts';
import { columns, rows } from '../base/tensor.ts';
import { type Attributes, append, type Node } from '../graph/graph.ts';
import { tensors } from '../graph/leaf.ts';
import type { Body, Case, KernelOp, Value } from '../graph/op.ts';
import type { StepRow } from '../graph/step-row.ts';
import { weight } from './loss.ts';
import { byColumn, channelWalk, column, columnErrors, inChannels, placesIn } from './shared/columns.ts';
import { equalShapes } from './shared/shapes.ts';
import { softmaxError, softmaxOf } from './softmax.ts';

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
/** exp(z − max z), and 0 in the place of the highest itself, the first of several. */
function othersOf(z: readonly number[]): number[] {
  const highest = Math.max(...z);
  const at = z.indexOf(highest);
  return z.map((x, i) => (i === at ? 0 : Math.exp(x - highest)));
}

/** log Σₖ exp zₖ − zᵢ of a column, and bounds on its errors, those of z included, where it is added up with others. */
export function surprises(z: Value, j: number): { values: number[]; errors: number[] } {
  const zj = column(z.data, z.shape, j);
  const highest = Math.max(...zj);
  const e = othersOf(zj);
  const others = total(e);
  const logSum = Math.log1p(others);
  // Where others, the sum of all but the highest, errs, its logarithm does by 1 / (1 + others) of that.
  const othersError =
    total(e.map((x, i) => x * (expError(zj[i] - highest) + U * Math.abs(zj[i] - highest)))) +
    zj.length * (U * others + TINY);
  const ofLog = others < 1.001 ? logSum * LOG_ONE_PLUS : 0;
  const ofBuiltin = others > 0.999 ? U + logError(1 + others) : 0;
  const carried = 2 * Math.max(...columnErrors(z, j));
  const logSumError = othersError / (1 + others) + Math.max(ofLog, ofBuiltin) + carried;
  return {
    values: zj.map((x) => logSum - (x - highest)),
    errors: zj.map((x) => logSumError + (4 + zj.length) * U * (logSum + Math.abs(x - highest))),
  };
}

/** Where column j of the channels is, which are those of a sample at one of many places. */
export const placeOf = ({ attributes, shape }: Node, step: StepRow, j: number) => ({
  attributes,
  step,
  column: j % columns(shape),
});

/** Both ops, in either order: whichever comes first owns the kernel, the other is carried. */
function body(node: Node, own: string, lanes?: number): Body {
  const [z, y] = node.inputs;
  const same = (other: Node) =>
    other.inputs.every((input, i) => input === node.inputs[i]) &&
    ['mean', 'factor'].every((name) => other.attributes[name] === node.attributes[name]);
  const { constants, ...grid } = channelWalk(z.shape, lanes);
  const all = { finish: z.shape, finish_column: [placesIn(z.shape), columns(z.shape)] };
  const epilogues = own === 'finish' ? all : { finish_column: all.finish_column, finish: all.finish };
  return {
    shaders: [softmaxCrossEntropyWgsl, weighWgsl],
    constants: {
      ...constants,
      FACTOR: literal(Number(node.attributes.factor ?? 1)),
      MEAN: Boolean(node.attributes.mean),
    },
    operands: { Z: z, Y: y },
    epilogues,
    carries: (other) => {
      if (other.op === softmaxCrossEntropyGradient && same(other)) return 'finish';
      return other.op === softmaxCrossEntropy && same(other) ? 'finish_column' : undefined;
    },
    columnwise: ['Z', 'Y'],
    ...grid,
  };
}

const cases = (): Case[] =>
  [
    [1, 1],
    [2, 7],
    [10, 100],
    [33, 7],
    [100, 33],
    [3, 2, 5, 7],
    [1, 4, 6],
  ].flatMap((shape) =>
    [true, false].map((mean) => ({
      shapes: [shape, shape, null],
      attributes: (shape.length > 2 && mean ? { mean, factor: 0.1 } : { mean }) as Attributes,
      domain: [shape[0] === 10 ? [-60, 60] : [-3, 3], [0, 1], [0, 1]] as const,
    })),
  );

/** (z, y, step) -> weighted losses [1, N], or [places, N] */
export const softmaxCrossEntropy: KernelOp = {
  kind: 'kernel',
  name: 'softmaxCrossEntropy',
  shape(inputs) {
    const shape = equalShapes('softmaxCrossEntropy', tensors(inputs));
    return [placesIn(shape), columns(shape)];
  },
  lossGradient: (graph, node) => [() => append(graph, softmaxCrossEntropyGradient, node.inputs, node.attributes)],
  reference(inputs, node, step) {
    const [z, y] = inputs.map((value) => inChannels(value));
    return byColumn([1, columns(z.shape)], (j) => {
      const [zj, yj] = [column(z.data, z.shape, j), column(y.data, y.shape, j)];
      const highest = Math.max(...zj);
      const logSum = Math.log1p(total(othersOf(zj)));
      return [total(zj.map((x, i) => yj[i] * (logSum - (x - highest)))) * weight(placeOf(node, step, j))];
    });
  },
  error(inputs, losses, node, step) {
    const [z, y] = inputs.map((value) => inChannels(value));
    return byColumn([1, columns(z.shape)], (j) => {
      const yj = column(y.data, y.shape, j);
      const terms = surprises(z, j).errors.map((error, i) => Math.abs(yj[i]) * error);
      const w = weight(placeOf(node, step, j));
      return [w * total(terms) + (2 * U + DIVISION) * Math.abs(losses[j]) + TINY];
    });
  },
  body: (node, { lanes } = {}) => body(node, 'finish_column', lanes),
};

export const softmaxCrossEntropyCases = (): readonly Case[] => cases();

/** (z, y, step) -> δ of the shape of z, weighted */
export const softmaxCrossEntropyGradient: KernelOp = {
  kind: 'kernel',
  name: 'softmaxCrossEntropyGradient',
  shape: (inputs) => equalShapes('softmaxCrossEntropyGradient', tensors(inputs)),
  reference(inputs, node, step) {
    const [z, y] = inputs.map((value) => inChannels(value));
    return byColumn(z.shape, (j) => {
      const yj = column(y.data, y.shape, j);
      const p = softmaxOf(column(z.data, z.shape, j));
      return p.map((pi, i) => (pi * total(yj) - yj[i]) * weight(placeOf(node, step, j)));
    });
  },
  error(inputs, _data, node, step) {
    const [z, y] = inputs.map((value) => inChannels(value));
    return byColumn(z.shape, (j) => {
      const [zj, yj] = [column(z.data, z.shape, j), column(y.data, y.shape, j)];
      const p = softmaxOf(zj);
      const pError = softmaxError(zj, p, columnErrors(z, j));
      const targets = total(yj.map(Math.abs));
      const w = weight(placeOf(node, step, j));
      return p.map((pi, i) => {
        const size = pi * targets + Math.abs(yj[i]);
        return w * (pError[i] * targets + (rows(z.shape) + 4) * U * size + DIVISION * size) + TINY;
      });
    });
  },
  body: (node, { lanes } = {}) => body(node, 'finish', lanes),
};

export const softmaxCrossEntropyGradientCases = (): readonly Case[] => cases();
